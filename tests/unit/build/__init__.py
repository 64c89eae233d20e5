"""Tests of axtui/build."""
