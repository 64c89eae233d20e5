"""Tests of axtui/base."""
