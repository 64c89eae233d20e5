"""The project: its configuration, its folders, and what `axtui init` writes. Knows no jobs."""
