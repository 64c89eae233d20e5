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
        self._is_whole = False
        """Whether the entries that are kept are those of a build that had ended when they were read."""
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
        if self._entries[0] != number or not self._is_whole:
            self._entries = number, self._index.read(number)
            self._is_whole = build is not None and bool(build.outcome)
        return self._entries[1]

    def replay(self, number: int) -> Board:
        """Fold a build anew, up to its end."""
        return self.player(number).board

    def player(self, number: int) -> Player:
        """Return a build that can be folded up to any time, folded up to its end."""
        return Player(self.entries(number), number, self._root)

    def durations(self, number: int) -> dict[str, list[float]]:
        """Return how long the jobs of each row took in builds before this one, in seconds, the newest last."""
        self.update()
        return self._index.durations(number)


class Player:
    """A build that is folded up to one time or another.

    Args:
        entries: What the journal says of it, and of what stood before it.
        number: The build.
        root: The project's directory, as for `Board`.

    Attributes:
        board: The fold; the same one all the time.
    """

    def __init__(self, entries: Sequence[ev.Entry], number: int, root: str) -> None:
        self.board = Board(root)
        self._entries = entries
        starts = (
            index for index, entry in enumerate(entries)
            if isinstance(entry.event, ev.BuildStarted) and entry.event.build == number
        )  # fmt: skip
        self._start = next(starts, len(entries))
        self._folded = 0
        self._fold(len(entries))

    def seek(self, until: float) -> None:
        """Fold the build up to a time of the monotonic clock; its beginning is folded in any case."""
        after = range(self._start + 1, len(self._entries))
        self._fold(next((index for index in after if self._entries[index].seconds > until), len(self._entries)))

    def _fold(self, count: int) -> None:
        if count < self._folded:
            self.board.forget()
            self._folded = 0
        for entry in self._entries[self._folded : count]:
            self.board.apply(entry)
        self._folded = count
