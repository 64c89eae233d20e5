"""Tests of axtui/cli."""
