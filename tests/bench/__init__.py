"""Figures: what axtui takes, beside what the Accelerator takes for the same work in the same run. Never fails on time.

`make bench` runs all; `python -m tests.bench.jobs --rounds 3 --ax /path/to/ax` runs one.
"""
