"""The demo project: a year of real flights."""
