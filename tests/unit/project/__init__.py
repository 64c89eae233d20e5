"""Tests of axtui/project."""
