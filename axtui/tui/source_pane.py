"""Pane 4: the source as it was stored with the job, highlighted, the failing line marked; what is on disk now."""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding, BindingType
from textual.message import Message

from axtui.base.records import Record
from axtui.base.text import safe
from axtui.tui.copying import join_lines
from axtui.tui.disk_diff import DiffLine, compare, count_changes, find_on_disk
from axtui.tui.palette import Line
from axtui.tui.reader import Reader
from axtui.tui.rows import Row
from axtui.tui.searched_pane import SearchedPane
from axtui.tui.styled import Span, Styled

_HIGHLIGHT_LINES = 5000
_GUTTER = 8


class SourcePane(SearchedPane, inherit_bindings=True):
    """The stored source files of one job; without a job, the file on disk that is wrong."""

    NUMBER = 4
    SEARCH = "search source /"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("e", "edit", "edit", id="source.edit", tooltip="open the file on disk at this line in $EDITOR"),
        Binding(
            "u", "disk", "disk or built", id="source.disk", tooltip="the file on disk with what differs, or as built"
        ),
        Binding("f", "file", "files", id="source.file", tooltip="choose among the stored files of this job"),
    ]

    @dataclass
    class Edited(Message):
        """The user wants to edit a file at a line, from 1."""

        path: Path
        line: int

    @dataclass
    class Asked(Message):
        """The user wants to choose a file."""

        names: list[str]
        current: str

    def __init__(self, reader: Reader) -> None:
        super().__init__(id="source")
        self._reader = reader
        self._shown: tuple[object, ...] = ()
        self._row: Row | None = None
        self._names: list[str] = []
        self._file = ""
        self._has_built = True
        self._shows_disk = False
        self._built: list[str] = []
        self._disk: list[str] = []
        self._stamp: tuple[int, ...] = ()
        self._difference: list[DiffLine] = []
        self._lines_of_both: list[DiffLine] = []
        self._coloured: tuple[list[Styled], list[Styled]] = ([], [])
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
            return self._look_at_disk()
        self._shown, self._row, self._has_built = key, row, broken is None and bool(row.job)
        file = self._problem[1]
        self._names = self._reader.sources(row.job) if self._has_built else [file] if file else []
        return self._open(_choose(self._names, row.method, file))

    def open_place(self, places: Sequence[tuple[str, int]]) -> bool:
        """Show the first of these source lines that is in a stored file. Return whether there is one."""
        for file, number in places:
            for name in self._names:
                if _is_same(name, file):
                    self.open_file(name)
                    self._shows_disk = False
                    self._lay_lines()
                    self.show_line(number - 1)
                    self.show_title()
                    return True
        return False

    def open_file(self, name: str) -> None:
        """Show another of the stored files."""
        if name != self._file:
            self._open(name)

    @property
    def place(self) -> tuple[Path, int] | None:
        """The file on disk and the line in it, from 1, that belong to the cursor; None where there is no file."""
        path = self._reader.disk_path(self._file) if self._file else None
        if path is None or not self._lines:
            return (path, 1) if path else None
        line = self._lines_of_both[self.cursor]
        number = line.disk if line.disk >= 0 else find_on_disk(self._difference, line.built)
        return path, max(0, number) + 1

    @property
    def nothing(self) -> str:
        """Say that there is no source to show."""
        return "no source was stored" if self._row else "no job"

    @property
    def label_width(self) -> int:
        """How many cells number and sign of a line take."""
        return _GUTTER

    def text(self, y: int) -> Styled:
        """Return a line."""
        sign, built, disk = self._lines_of_both[y]
        lines, coloured, number = (self._built, self._coloured[0], built)
        if self._shows_disk and sign != "-":
            lines, coloured, number = (self._disk, self._coloured[1], disk)
        return coloured[number] if number < len(coloured) else Styled(lines[number])

    def draw_label(self, y: int) -> Line:
        """Draw the number of a line, and its sign."""
        sign, built, disk = self._lines_of_both[y]
        marked = self._is_marked(y)
        number = built if built >= 0 and not self._shows_disk else disk if disk >= 0 else built
        style = {"+": "success", "-": "error"}.get(sign, "error" if marked else "faint")
        text = f"{number + 1:>5} {'✘' if marked else sign} "
        return Line().put(text, self.palette[style])

    def suffix(self, y: int) -> Line:
        """Say at the failing line what went wrong."""
        if not self._is_marked(y):
            return Line()
        return Line().put(f"   ◀ {safe(self._problem[0])}", self.palette["error"])

    def band(self, y: int) -> Style | None:
        """Put the failing line on a band, and what differs."""
        if self._is_marked(y):
            return self.palette["mark"]
        return {"+": self.palette["added"], "-": self.palette["removed"]}.get(self._lines_of_both[y].sign)

    def banner(self) -> list[Line]:
        """Say that the file on disk is another one."""
        if self._shows_disk or not self._has_built or not self._differs:
            return []
        text = " ▲ the file on disk is gone" if not self._stamp else " ▲ the file on disk differs from this build"
        line = Line().put(f"{text}{self._changes()}   ", self.palette["warning"])
        return [line.put("u shows it  r rebuilds with it" if self._stamp else "", self.palette["muted"])]

    def notify_style_update(self) -> None:
        """Colour the source anew with the theme."""
        super().notify_style_update()
        if self.is_attached:
            self._highlight()

    def step_back(self) -> bool:
        """Undo the last of selection, search, and looking at the disk. Return whether there was one."""
        if super().step_back():
            return True
        shows_disk = self._shows_disk and self._has_built
        if shows_disk:
            self.action_disk()
        return shows_disk

    def all_text(self) -> tuple[str, bool]:
        """Return the file that is shown."""
        return join_lines(self.text(y).plain for y in range(self._lines) if self._lines_of_both[y].sign != "-")

    def action_edit(self) -> None:
        """Edit the file on disk at this line."""
        place = self.place
        if self._reader.is_ours(self._file):
            return self.hint(f"{self._file} is a part of axtui, and is not edited here")
        if place is None:
            name = self._file or "a file"
            return self.hint(f"{name} is not in the project on disk" if self._file else "there is no source here")
        self.post_message(self.Edited(*place))
        return None

    def action_disk(self) -> None:
        """Show the file on disk, with what differs, or the file as built."""
        if not self._has_built:
            return self.hint("nothing was built from this file; it is shown as it is on disk")
        if not self._stamp:
            return self.hint(f"{self._file} is not on disk any more" if self._file else "there is no source here")
        before = self._lines_of_both[self.cursor] if self._lines else DiffLine(" ", 0, 0)
        self._shows_disk = not self._shows_disk
        self._lay_lines()
        lines = enumerate(self._lines_of_both)
        self.show_line(next((y for y, line in lines if _is_from(line, before)), 0))
        self.show_title()
        return self.hint("the file on disk" if self._shows_disk else "as built")

    def action_file(self) -> None:
        """Choose another of the stored files."""
        if len(self._names) > 1:
            self.post_message(self.Asked(self._names, self._file))
        else:
            self.hint("this is the only file that was stored" if self._names else "no source was stored")

    @property
    def _differs(self) -> bool:
        return self._built != self._disk

    def _is_marked(self, y: int) -> bool:
        line = self._lines_of_both[y]
        return bool(self._mark) and (line.built if self._has_built else line.disk) + 1 == self._mark

    def _changes(self) -> str:
        if not self._stamp:
            return ""
        added, removed = count_changes(self._difference)
        return f": +{added} −{removed}"

    def _clear(self) -> None:
        self._shown, self._names, self._row, self._problem = (), [], None, ("", "", 0)
        self._open("")

    def _open(self, name: str) -> None:
        self._file, self._shows_disk, self._left = name, not self._has_built, 0
        self._built = self._reader.source(self._row.job, name) if name and self._has_built and self._row else []
        self._read_disk()
        _, file, number = self._problem
        self._mark = number if name and _is_same(name, file) else 0
        self.drop_selection()
        self._lay_lines()
        self.cursor = max(0, min(self._mark - 1, self._lines - 1))
        self.put_in_middle(self.cursor)
        self.show_title()

    def _look_at_disk(self) -> None:
        """Read the file on disk again if it was saved."""
        if self._file and self._reader.disk_stamp(self._file) != self._stamp:
            self._read_disk()
            self._shows_disk = (self._shows_disk and bool(self._stamp)) or not self._has_built
            self._lay_lines()
            self.put_cursor(self.cursor)
            self.show_title()

    def _read_disk(self) -> None:
        self._stamp = self._reader.disk_stamp(self._file) if self._file else ()
        self._disk = self._reader.disk_source(self._file) if self._stamp else []
        self._difference = compare(self._built, self._disk)

    def _lay_lines(self) -> None:
        """Put together the lines that are shown."""
        if not self._has_built:
            self._lines_of_both = [DiffLine(" ", -1, at) for at in range(len(self._disk))]
        elif self._shows_disk:
            self._lines_of_both = self._difference
        else:
            self._lines_of_both = [DiffLine(" ", at, -1) for at in range(len(self._built))]
        self.resize_content(len(self._lines_of_both))
        self._highlight()

    def _highlight(self) -> None:
        self._coloured = self._colour(self._built), self._colour(self._disk) if self._shows_disk else []
        self.redraw()

    def _colour(self, text: Sequence[str]) -> list[Styled]:
        if not (self._can_highlight and self._file.endswith(".py") and len(text) <= _HIGHLIGHT_LINES):
            return []
        from textual.highlight import highlight

        lines = highlight("\n".join(text), language="python").split("\n", allow_blank=True)
        return [_styled(line.render_segments(self.visual_style)) for line in lines[: len(text)]]

    def show_title(self) -> None:
        """Say which file is shown, as built or as it is on disk, what is searched for, and where the cursor is."""
        if not self._file:
            return self.title("Source")
        where = f"as built, {self._row.job}" if self._row and not self._shows_disk else "on disk"
        if self._shows_disk and self._has_built and self._row:
            where = f"on disk{self._changes()} against {self._row.job}" if self._differs else "on disk, as built"
        files = f" · file {self._names.index(self._file) + 1} of {len(self._names)}" if len(self._names) > 1 else ""
        at = f"line {self.cursor + 1} of {self._lines}" if self._lines else "empty"
        return self.title(f"Source {self._file} {where}{files}", self.describe_search() + at)


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


def _is_from(line: DiffLine, before: DiffLine) -> bool:
    """Tell whether a line is the one from before or behind it, in either file."""
    return line.built >= before.built >= 0 or line.disk >= before.disk >= 0


def _styled(segments: Sequence[Segment]) -> Styled:
    """Return segments as a line, without their backgrounds, so that a band under the line shows through."""
    plain, spans, at = "".join(segment.text for segment in segments), [], 0
    for text, style, _ in segments:
        if style:
            bare = style.from_color(style.color) + style.without_color if style.bgcolor else style
            spans.append(Span(at, at + len(text), bare))
        at += len(text)
    return Styled(plain, spans)
