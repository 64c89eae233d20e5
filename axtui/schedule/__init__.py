"""Event in, actions out. Reads no clock and does no input or output."""
