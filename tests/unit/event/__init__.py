"""Tests of axtui/event."""
