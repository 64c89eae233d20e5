"""Pane 4: the source as it was stored with the job, highlighted, the failing line marked."""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import Sequence
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding, BindingType

from axtui.base.records import Record
from axtui.base.text import safe
from axtui.tui.palette import Line
from axtui.tui.pane import Pane
from axtui.tui.reader import Reader
from axtui.tui.rows import Row

_HIGHLIGHT_LINES = 5000


class SourcePane(Pane, inherit_bindings=True):
    """The stored source files of one job; without a job, the file on disk that is wrong."""

    NUMBER = 4
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("]", "file(1)", "next file", id="source.next_file"),
        Binding("[", "file(-1)", "file before", show=False, id="source.previous_file"),
    ]

    def __init__(self, reader: Reader) -> None:
        super().__init__(id="source")
        self._reader = reader
        self._shown: tuple[object, ...] = ()
        self._row: Row | None = None
        self._names: list[str] = []
        self._file = ""
        self._on_disk = False
        self._text: list[str] = []
        self._coloured: list[list[Segment]] = []
        self._can_highlight = False
        self._mark = 0
        self._problem = ("", "", 0)

    async def prepare(self) -> None:
        """Import the highlighter beside the loop; it is not needed for the first frame."""
        await asyncio.get_running_loop().run_in_executor(None, importlib.import_module, "textual.highlight")
        self._can_highlight = True
        self._highlight()

    def show(self, row: Row | None, error: Record) -> None:
        """Show the source that belongs to a row: what ran, or what cannot be used.

        Args:
            row: The row, None for nothing.
            error: Its job's `error.json`, which names the line where no event did.
        """
        if row is None:
            return self._clear()
        broken = row.broken if row.shown == "broken" else None
        self._problem = _find_problem(row, error)
        key = (row.row, row.job, broken, self._problem)
        if key == self._shown:
            return None
        self._shown, self._row, self._on_disk = key, row, broken is not None or not row.job
        file = self._problem[1]
        self._names = [file] if self._on_disk and file else self._reader.sources(row.job)
        self._open(_choose(self._names, row.method, file))
        return None

    @property
    def nothing(self) -> str:
        """Say that there is no source to show."""
        return "no source was stored" if self._row else "no job"

    def line(self, y: int) -> Line:
        """Draw a line with its number."""
        marked = y + 1 == self._mark
        line = Line().put(f"{y + 1:>5} ", self.palette["error" if marked else "faint"])
        line.put("✘ " if marked else "  ", self.palette["error"])
        if y < len(self._coloured):
            line.extend(self._coloured[y])
        else:
            line.put(self._text[y], self.palette["foreground"])
        if marked:
            line.put(f"   ◀ {safe(self._problem[0])}", self.palette["error"])
        return line

    def band(self, y: int) -> Style | None:
        """Put the failing line on a band."""
        return self.palette["mark"] if y + 1 == self._mark else None

    def notify_style_update(self) -> None:
        """Colour the source anew with the theme."""
        super().notify_style_update()
        if self.is_attached:
            self._highlight()

    def action_file(self, step: int) -> None:
        """Show another of the stored files."""
        if len(self._names) > 1:
            self._open(self._names[(self._names.index(self._file) + step) % len(self._names)])

    def _clear(self) -> None:
        self._shown, self._names, self._row, self._problem = (), [], None, ("", "", 0)
        self._open("")

    def _open(self, name: str) -> None:
        row, self._file = self._row, name
        job = row.job if row else ""
        self._text = self._read(job, name)
        _, file, number = self._problem
        self._mark = number if name and _is_same(name, file) else 0
        self._left = 0
        self.resize_content(len(self._text))
        self._highlight()
        self.go_to(self._mark - 1 - self.size.height // 2 if self._mark else 0)
        self._show_title(job)
        self.refresh()

    def _read(self, job: str, name: str) -> list[str]:
        if not name:
            return []
        return self._reader.disk_source(name) if self._on_disk else self._reader.source(job, name)

    def _highlight(self) -> None:
        self._coloured = []
        if self._can_highlight and self._file.endswith(".py") and len(self._text) <= _HIGHLIGHT_LINES:
            self._coloured = self._colour(self._text)
        self.refresh()

    def _colour(self, text: Sequence[str]) -> list[list[Segment]]:
        from textual.highlight import highlight

        content = highlight("\n".join(text), language="python")
        lines = content.split("\n", allow_blank=True)
        return [_plain_background(line.render_segments(self.visual_style)) for line in lines[: len(text)]]

    def _show_title(self, job: str) -> None:
        where = "on disk" if self._on_disk else f"as built, {job}"
        files = f" · file {self._names.index(self._file) + 1} of {len(self._names)}" if len(self._names) > 1 else ""
        count = len(self._text)
        at = f"line {self._mark} of {count}" if self._mark else f"{count} line{'s' * (count != 1)}"
        self.title(f"Source {self._file} {where}{files}" if self._file else "Source", at if self._file else "")


def _find_problem(row: Row, error: Record) -> tuple[str, str, int]:
    """Return message, file and line of what is wrong: from the row, else from what its job left behind."""
    message, file, number = row.problem
    if message and not file and isinstance(error.get("file"), str) and isinstance(error.get("line"), int):
        return message, error["file"], error["line"]
    return message, file, number


def _choose(names: Sequence[str], method: str, file: str) -> str:
    """Choose the file to show first: the one with the failing line, else the method's own."""
    own = [name for name in names if name.rpartition("/")[2] in (f"a_{method}.py", f"{method}.py")]
    failing = [name for name in names if file and _is_same(name, file)]
    return next(iter([*failing, *own, *names]), "")


def _is_same(name: str, file: str) -> bool:
    """Tell whether a stored file is the one that a traceback names, which may say more of its path."""
    return bool(file) and (file == name or file.endswith("/" + name) or name.endswith("/" + file))


def _plain_background(segments: list[Segment]) -> list[Segment]:
    """Leave out backgrounds, so that a band under the line shows through."""
    return [
        Segment(text, style.from_color(style.color) + style.without_color if style and style.bgcolor else style)
        for text, style, _ in segments
    ]
