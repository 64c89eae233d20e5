"""The last defence of the terminal: whatever a widget drew, no control sequence leaves."""

from __future__ import annotations

import re
from typing import Any

from rich.segment import Segment
from textual.app import App
from textual.color import Color
from textual.filter import LineFilter

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


class ControlFilter(LineFilter):
    """Replaces control characters in drawn text."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Return the segments with `�` where a control character stood."""
        if not any(_CONTROL.search(segment.text) for segment in segments):
            return segments
        return [Segment(_CONTROL.sub("�", text), style, control) for text, style, control in segments]


def add_filter(app: App[Any]) -> None:
    """Make every drawn line pass the filter.

    Textual 8.2.8 has no public place for filters of an app; a test holds this private one.
    """
    app._filters.append(ControlFilter())
