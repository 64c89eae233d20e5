"""Columns in slices: types, format, reader, writer, hashing. Works on directories; knows no jobs."""
