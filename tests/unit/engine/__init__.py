"""Tests of axtui/engine."""
