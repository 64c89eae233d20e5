"""The demo: a project as it would be written by hand (`project/`), and its data (`data/`, a year of real flights)."""
