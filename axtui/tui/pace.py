"""How often lines that pour in are drawn, so that the line to the terminal stays free. Draws nothing."""

from __future__ import annotations

from axtui.base import clock

_DRAWS_MOST = 3.0
"""So many drawings may follow each other at once; then they have to earn it."""
_NBYTES_A_SECOND = 2500
"""So much is sent to the terminal in a second; what one drawing takes is estimated."""
_ROW_NBYTES = 110
"""What a row takes beside its characters, in colours and places."""
_SECONDS_LEAST, _SECONDS_MOST = 0.25, 1.5


class Pace:
    """Lets some drawings pass at once, and spaces those that follow."""

    def __init__(self) -> None:
        self._allowance, self._allowed_at = _DRAWS_MOST, 0.0

    def begin(self) -> None:
        """Let drawings follow each other at once again: something else is shown."""
        self._allowance = _DRAWS_MOST

    def wait(self, columns: int, rows: int) -> float:
        """Return after how many seconds so many cells may be drawn; 0.0 for now."""
        now, seconds = clock.monotonic(), _seconds(columns, rows)
        self._allowance = min(_DRAWS_MOST, self._allowance + (now - self._allowed_at) / seconds)
        self._allowed_at = now
        return max(0.0, 1 - self._allowance) * seconds

    def note(self) -> None:
        """Note that a drawing was made."""
        self._allowance -= 1


def _seconds(columns: int, rows: int) -> float:
    """Return how long a drawing takes its share of the line to the terminal."""
    nbytes = (rows + 2) * (columns + _ROW_NBYTES)
    return max(_SECONDS_LEAST, min(_SECONDS_MOST, nbytes / _NBYTES_A_SECOND))
