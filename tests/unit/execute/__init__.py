"""Tests of axtui/execute."""
