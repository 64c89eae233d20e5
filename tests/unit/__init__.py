"""Tests of single rooms, laid out as axtui is."""
