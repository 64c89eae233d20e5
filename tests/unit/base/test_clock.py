"""Durations as people read them."""

from __future__ import annotations

import pytest

from axtui.base.clock import boot_id, format_seconds, monotonic


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.0, "0.0s"),
        (0.44, "0.4s"),
        (12.04, "12.0s"),
        (99.94, "99.9s"),
        (99.96, "1m39s"),
        (192.0, "3m12s"),
        (3599.9, "59m59s"),
        (3600.0, "1h00m"),
        (3900.0, "1h05m"),
        (360_000.0, "100h00m"),
    ],
)
def test_durations_are_short(seconds: float, text: str) -> None:
    """Tenths below a hundred seconds, then minutes, then hours."""
    assert format_seconds(seconds) == text


def test_monotonic_never_goes_back() -> None:
    """Two readings are in order, and this boot has a name that stays."""
    assert monotonic() <= monotonic()
    assert boot_id() == boot_id() != ""
