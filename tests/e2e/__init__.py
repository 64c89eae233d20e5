"""Real processes through the command line."""
