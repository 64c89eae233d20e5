"""Tests of axtui/store."""
