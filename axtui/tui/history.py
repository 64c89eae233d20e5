"""The builds of a project's past, each replayed through the same fold that shows the present. Draws nothing."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from axtui.event import events as ev
from axtui.event.build_index import BuildIndex
from axtui.tui.rows import Build
from axtui.tui.state import Board


class History:
    """Every build that the journal knows.

    Args:
        index: Where the builds lie in the journal.
        root: The project's directory, as for `Board`.
    """

    def __init__(self, index: BuildIndex, root: str) -> None:
        self._index = index
        self._root = root
        self._fold = Board(root)
        self._builds: dict[int, Build] = {}
        self._entries: tuple[int, list[ev.Entry]] = (0, [])
        self._lock = threading.Lock()

    def update(self) -> None:
        """Read what the journal says that was not read yet. May run in any thread."""
        with self._lock:
            for entry in self._index.update():
                self._fold.apply(entry)
                if isinstance(entry.event, ev.BuildStarted) and self._fold.build:
                    self._builds[entry.event.build] = self._fold.build

    @property
    def builds(self) -> list[Build]:
        """Every build, the oldest first."""
        self.update()
        return list(self._builds.values())

    def find(self, number: int) -> Build | None:
        """Return a build by its number."""
        return self._builds.get(number)

    def beside(self, number: int, step: int) -> int:
        """Return the number of the build so many steps after this one, 0 where there is none."""
        numbers = [build.number for build in self.builds]
        at = (numbers.index(number) if number in numbers else len(numbers)) + step
        return numbers[at] if 0 <= at < len(numbers) else 0

    def before_of_script(self, number: int) -> int:
        """Return the number of the build of the same script before this one, 0 where there is none."""
        script = self._builds[number].script if number in self._builds else ""
        same = [build.number for build in self._builds.values() if build.script == script]
        return max((other for other in same if other < number), default=0)

    def entries(self, number: int) -> Sequence[ev.Entry]:
        """Return what the journal says of a build, with what stood before it. Kept for the build asked for last."""
        self.update()
        build = self._builds.get(number)
        if self._entries[0] != number or (build and not build.outcome):
            self._entries = number, self._index.read(number)
        return self._entries[1]

    def replay(self, number: int, until: float | None = None) -> Board:
        """Fold a build anew: as it ended, or as it was at a time of the monotonic clock.

        Until the build begins, everything is folded in any case.
        """
        board = Board(self._root)
        for entry in self.entries(number):
            began = board.build is not None and board.build.number == number
            if until is not None and began and entry.seconds > until:
                break
            board.apply(entry)
        return board

    def durations(self, number: int) -> dict[str, list[float]]:
        """Return how long the jobs of each row took in builds before this one, in seconds, the newest last."""
        self.update()
        return self._index.durations(number)
