"""Methods: finding them, their options, their source as it is hashed and run. Runs nothing but the loader's import."""
