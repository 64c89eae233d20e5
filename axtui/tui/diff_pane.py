"""What a job has otherwise than another one: source by function and line by line, options, inputs, output, times."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType

from axtui.base.errors import AxtuiError
from axtui.base.text import safe
from axtui.tui.diff_drawing import draw_comparison
from axtui.tui.lines_pane import LinesPane
from axtui.tui.reader import Reader

if TYPE_CHECKING:
    from axtui.build.comparison import Comparison


class DiffPane(LinesPane, inherit_bindings=True):
    """One job against another."""

    NUMBER = 3
    SEARCH = "search diff /"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("J", "section(1)", "next part", id="diff.next", tooltip="next part: source, output, times"),
        Binding("K", "section(-1)", "part before", show=False, id="diff.previous"),
    ]

    def __init__(self, reader: Reader) -> None:
        super().__init__(id="diff")
        self._reader = reader
        self._pair = ("", "")
        self._heads: list[int] = []
        self._nothing = ""
        self.is_busy = False

    @property
    def before(self) -> str:
        """The job that is compared with, "" for none."""
        return self._pair[0]

    @property
    def nothing(self) -> str:
        """Say why there is nothing to compare."""
        return self._nothing

    def show(self, before: str, now: str, why_none: str = "") -> None:
        """Compare two jobs; `why_none` says why there is none before, which is then ""."""
        if (before, now, why_none) == (*self._pair, self._nothing):
            return
        self._pair = before, now
        if not before:
            self._say(why_none)
        elif not self.is_busy:
            self._nothing = "comparing …"
            self.is_busy = True
            self.run_worker(self._compare(), group="diff")

    async def _compare(self) -> None:
        """Compare the two that are wanted, until they are still wanted when it is done."""
        pair: tuple[str, str] | None = None
        while pair != self._pair:
            pair = before, now = self._pair
            if not before:
                break
            loop = asyncio.get_running_loop()
            try:
                found = await loop.run_in_executor(None, _compare_jobs, self._reader, before, now)
            except (AxtuiError, OSError, ValueError, TypeError, KeyError, RecursionError) as error:
                self._say(safe(str(error)))
            else:
                if pair == self._pair:
                    self._put(*found)
        self.is_busy = False

    def _put(self, compared: Comparison, sources: dict[str, list[str]]) -> None:
        lines, self._heads = draw_comparison(compared, sources, self.palette)
        self._nothing = ""
        self.put(lines, f"Diff {compared.before.jobid} → {compared.now.jobid}", False)

    def _say(self, text: str) -> None:
        self._nothing, self._heads = text, []
        self.put([], "Diff", False)

    def action_section(self, step: int) -> None:
        """Go to the next part."""
        ahead = [y for y in self._heads if (y - self.cursor) * step > 0]
        if not ahead:
            return self.hint(f"this is the {'last' if step > 0 else 'first'} part" if self._heads else self._nothing)
        self.put_cursor(ahead[0 if step > 0 else -1])
        self.go_to(self.cursor)
        return self.moved(False)


def _compare_jobs(reader: Reader, before: str, now: str) -> tuple[Comparison, dict[str, list[str]]]:
    """Compare two jobs; the import takes a moment, and is done in the thread."""
    from axtui.build.comparison import compare_jobs

    compared = compare_jobs(reader.wanted_job(before), reader.wanted_job(now))
    return compared, compared.diff_sources()
