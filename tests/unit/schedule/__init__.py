"""Tests of axtui/schedule."""
