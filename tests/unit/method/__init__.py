"""Tests of axtui/method."""
