"""Processes: loader, job, slices, and their ending. Does not choose what runs."""
