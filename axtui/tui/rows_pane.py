"""Rows of a dataset from any place in it, with a heading that stays and a cursor on a row and a column.

No more is held than the rows around the view. Files are read by data_reader.py in a thread, so no key waits for them;
who scrolls on meanwhile skips what he passed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from rich.style import Style
from textual.events import Resize
from textual.geometry import Size
from textual.strip import Strip

from axtui.tui.data_facts import ColumnFacts, DataError, Page
from axtui.tui.palette import Line
from axtui.tui.pane import Pane
from axtui.tui.reader import Reader
from axtui.tui.row_table import RowTable

if TYPE_CHECKING:
    from axtui.tui.data_reader import OpenDataset
    from axtui.tui.scans import Filter

_FAR = 8
_COLUMNS_FAR = 5
_HEADS = 2
Given = TypeVar("Given")


class RowsPane(Pane, inherit_bindings=True):
    """Shows the rows of one dataset, or those that a filter has found.

    Attributes:
        cursor: The row that keys act on, among those that are shown.
    """

    def __init__(self, reader: Reader) -> None:
        super().__init__(id="data")
        self._reader = reader
        self.forget()

    def forget(self) -> None:
        """Have no dataset."""
        self._dataset: OpenDataset | None = None
        self._table = RowTable((), 0)
        self._page: Page | None = None
        self._filter: Filter | None = None
        self._trouble = ""
        self._is_opening = self._is_loading = False
        self.cursor = self._left = 0

    @property
    def is_busy(self) -> bool:
        """Whether something that will be drawn is being read."""
        return self._is_opening or self._is_loading

    @property
    def shows_rows(self) -> bool:
        """Whether rows are shown, and not something else about the dataset."""
        return True

    @property
    def heads(self) -> int:
        """How many lines the heading takes."""
        return _HEADS if self._dataset else 0

    @property
    def shown(self) -> int:
        """How many lines there are to see: all, or those that were found so far."""
        return self._filter.kept if self._filter else self._dataset.facts.lines if self._dataset else 0

    @property
    def here(self) -> ColumnFacts | None:
        """The column under the cursor."""
        return self._table.column if self._table.columns else None

    def number(self, y: int) -> int | None:
        """Return the line, from 0, that is shown in a row."""
        if self._filter is None:
            return y if y < self.shown else None
        found = self._filter.numbers(y, y + 1)
        return found[0] if found else None

    def open_reference(self, reference: str) -> None:
        """Show a dataset by its reference."""
        self._is_opening = True
        self.run_worker(self._open(reference), group="data", exclusive=True)

    async def _open(self, reference: str) -> None:
        try:
            found = await beside(lambda: _open_dataset(self._reader, reference))
        except DataError as error:
            self._trouble = str(error)
        else:
            self._dataset = found
            self._table = RowTable(found.facts.columns, found.facts.lines)
        self._is_opening = False
        self.lay()

    def render_line(self, y: int) -> Strip:
        """Draw a line of what is visible; the heading stays."""
        width, base = self.room, self.rich_style
        if self._trouble:
            text = self._trouble[y * (width - 2) : (y + 1) * (width - 2)]
            return Strip(Line().put(f" {text}", self.palette["error"])).crop_extend(0, width, None).apply_style(base)
        if y < self.heads:
            return Strip(self.draw_head(y)).crop_extend(0, width, None).apply_style(base)
        row = self.scroll_offset.y + y - self.heads
        if not self._lines and y == self.heads + 1:
            return Strip(Line().put(self.nothing.center(width), self.palette["faint"])).apply_style(base)
        if row >= self._lines:
            return Strip.blank(width, base)
        left = 0 if self.shows_rows else self._left
        strip = Strip(self.line(row)).crop_extend(left, left + width, None)
        return strip.apply_style(base + (self.band(row) or Style.null()))

    def draw_head(self, y: int) -> Line:
        """Draw a line of the heading."""
        draw = self._table.draw_names if y == 0 else self._table.draw_types
        return draw(self.room, self.palette)

    def line(self, y: int) -> Line:
        """Draw a row."""
        return self._table.draw_row(self._page, y, self.number(y), self.room, self.palette)

    def band(self, y: int) -> Style | None:
        """Put the row under the cursor on a band."""
        return self.palette["cursor"] if y == self.cursor and self.has_focus else None

    def resize_content(self, lines: int) -> None:
        """Say how many lines there are below the heading."""
        self._lines = lines
        self.virtual_size = Size(0, lines + self.heads)

    def on_resize(self, event: Resize) -> None:
        """Keep cursor and column in view."""
        self.lay()

    def show_title(self) -> None:
        """Say what is shown."""

    def count_lines(self) -> int:
        """Return how many lines there are to scroll through."""
        return self.shown

    def lay(self) -> None:
        """Find out what is to be drawn, have read what is missing, and draw."""
        lines = self.count_lines()
        if lines != self._lines or self.virtual_size.height != lines + self.heads:
            self.resize_content(lines)
        self.show_title()
        if self._wanted() and not self._is_loading:
            self._is_loading = True
            self.run_worker(self._load(), group="page")
        self.refresh()

    def drop_page(self) -> None:
        """Begin anew at the first row: other rows are shown."""
        self._page, self.cursor = None, 0

    def put_cursor(self, row: int, middle: bool = False) -> None:
        """Put the cursor on a row and bring that into view, in the middle where it was far away and `middle`."""
        self.lay()
        self.cursor = max(0, min(row, self.shown - 1))
        room = max(1, self.size.height - _HEADS)
        top = int(self.scroll_offset.y)
        if not top <= self.cursor < top + room:
            at = self.cursor - room // 2 if middle else self.cursor if self.cursor < top else self.cursor - room + 1
            self.scroll_to(y=max(0, at), animate=False, force=True, immediate=True)
        self.lay()

    def action_line(self, step: int) -> None:
        """Go up or down by rows."""
        self.put_cursor(self.cursor + step)

    def action_page(self, pages: float) -> None:
        """Go up or down by pages."""
        self.put_cursor(self.cursor + int(pages * (self.size.height - _HEADS)))

    def action_first(self) -> None:
        """Go to the first row."""
        self.put_cursor(0)

    def action_last(self) -> None:
        """Go to the last row."""
        self.put_cursor(self.shown - 1)

    def action_sideways(self, cells: int) -> None:
        """Go to the column on the left or right, or several columns on."""
        if not self._table.columns:
            return self.hint("there is no column here")
        step = (1 if abs(cells) <= _FAR else _COLUMNS_FAR) * (1 if cells > 0 else -1)
        before = self._table.cursor
        self._table.move(before + step, self.room)
        if self._table.cursor == before:
            self.hint(f"this is the {'last' if step > 0 else 'first'} column")
        return self.lay()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Have read what comes into view, however it was scrolled."""
        super().watch_scroll_y(old_value, new_value)
        if round(old_value) != round(new_value):
            self.lay()

    def _wanted(self) -> tuple[list[str], int, int] | None:
        """Return the columns and the rows that are to be seen and were not read."""
        if not self.shows_rows or not self._dataset or not self.shown or self._trouble:
            return None
        names = [self._table.columns[at].name for at in self._table.visible(self.room)]
        first = min(int(self.scroll_offset.y), self.shown - 1)
        last = min(first + self.size.height, self.shown)
        if not names or (self._page and self._page.has(first, last, names)):
            return None
        return names, first, last

    async def _load(self) -> None:
        """Read what is to be seen until it is there."""
        while (wanted := self._wanted()) and (dataset := self._dataset):
            names, first, last = wanted
            reading = self._filter
            try:
                page = await beside(lambda: _read_page(dataset, reading, names, first, last))  # noqa: B023
            except DataError as error:
                if dataset is self._dataset:
                    self._trouble = str(error)
                break
            if dataset is self._dataset and reading is self._filter:
                self._page = page
                self._table.fit(page)
        self._is_loading = False
        self.show_title()
        self.refresh()


def _open_dataset(reader: Reader, reference: str) -> OpenDataset:
    """Open a dataset; the import takes a moment, and is done in the thread."""
    from axtui.tui.data_reader import open_dataset

    return open_dataset(reader.directory, reference)


def _read_page(dataset: OpenDataset, reading: Filter | None, names: list[str], first: int, last: int) -> Page:
    """Read rows that are to be seen; where lines follow each other some more on both sides."""
    if reading is not None:
        return dataset.lines_at(names, first, reading.numbers(first, last))
    around = last - first
    return dataset.page(names, max(0, first - around), 3 * around)


async def beside(read: Callable[[], Given]) -> Given:
    """Call what reads files in a thread."""
    return await asyncio.get_running_loop().run_in_executor(None, read)
