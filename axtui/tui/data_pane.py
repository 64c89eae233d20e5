"""The data of a job: rows of a dataset from any place in it, its columns, how values are spread, lines that match.

No more is held than the rows around the view. Files are read by data_reader.py in a thread, so no key waits for them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal, TypeVar

from rich.style import Style
from textual.binding import Binding, BindingType
from textual.events import Resize
from textual.geometry import Size
from textual.message import Message
from textual.strip import Strip

from axtui.base.ids import format_dataset
from axtui.tui import data_drawing
from axtui.tui.data_facts import ColumnFacts, DataError, Page
from axtui.tui.palette import Line
from axtui.tui.pane import Pane
from axtui.tui.reader import Reader
from axtui.tui.row_table import RowTable

if TYPE_CHECKING:
    from axtui.tui.data_reader import OpenDataset
    from axtui.tui.scans import Filter, Histogram, Scan
    from axtui.tui.text_screen import Texts

GOTO, FILTER = "go to line :", "filter rows /"
_POLL_SECONDS = 0.1
_FAR = 8
_COLUMNS_FAR = 5
View = Literal["rows", "columns", "bars", "value"]
_HEADS: dict[View, int] = {"rows": 2, "columns": 1, "bars": 0, "value": 0}
_Given = TypeVar("_Given")


class DataPane(Pane, inherit_bindings=True):
    """The datasets of one job."""

    NUMBER = 5
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("colon", "prompt('go')", "go to line", id="data.go", tooltip="go to a line by its number"),
        Binding("slash", "prompt('filter')", "filter", id="data.filter", tooltip="only lines whose value matches"),
        Binding("equals_sign", "same", "only this value", id="data.same", tooltip="only lines with this very value"),
        Binding("enter", "bars", "histogram", id="data.bars", tooltip="how the values of this column are spread"),
        Binding("c", "columns", "columns", id="data.columns", tooltip="the columns with types and bounds, or the rows"),
        Binding("v", "value", "value", id="data.value", tooltip="the value under the cursor, whole"),
        Binding("f", "dataset", "datasets", show=False, id="data.dataset", tooltip="choose among the job's datasets"),
    ]  # fmt: skip

    @dataclass
    class Prompted(Message):
        """The user wants to type; `purpose` says what for."""

        purpose: str

    @dataclass
    class Asked(Message):
        """The user wants to choose a dataset."""

        names: list[str]
        current: str

    def __init__(self, reader: Reader) -> None:
        super().__init__(id="data")
        self._reader = reader
        self._job = ""
        self._names: list[str] = []
        self._chosen = ""
        self._why_none = ""
        self._forget()

    def _forget(self) -> None:
        """Have no dataset."""
        self._dataset: OpenDataset | None = None
        self._table = RowTable((), 0)
        self._page: Page | None = None
        self._view: View = "rows"
        self._drawn: list[Line] = []
        self._filter: Filter | None = None
        self._bars: Histogram | None = None
        self._trouble = ""
        self._is_opening = self._is_loading = False
        self.cursor = self._left = 0

    def on_mount(self) -> None:
        """Look at what runs in the background as long as something does."""
        self._polls = self.set_interval(_POLL_SECONDS, self.poll, pause=True)

    def on_unmount(self) -> None:
        """Leave no thread behind that reads."""
        self._stop_scans()

    @property
    def is_busy(self) -> bool:
        """Whether something that will be drawn is being read."""
        return self._is_opening or self._is_loading

    @property
    def shown(self) -> int:
        """How many lines there are to see: all, or those that were found so far."""
        return self._filter.kept if self._filter else self._dataset.facts.lines if self._dataset else 0

    def show(self, job: str, names: Sequence[str], why_none: str) -> None:
        """Show the datasets of a job; `why_none` says why it has none."""
        if (job, list(names)) == (self._job, self._names):
            return
        self._job, self._names, self._why_none = job, list(names), why_none
        self.open_dataset(self._names[0] if self._names else "")

    def open_dataset(self, name: str) -> None:
        """Show another dataset of the job."""
        self._stop_scans()
        self._forget()
        self._chosen = name
        if name:
            self._is_opening = True
            self.run_worker(self._open(format_dataset(self._job, name)), group="data", exclusive=True)
        self._lay()

    async def _open(self, reference: str) -> None:
        try:
            found = await _beside(lambda: _open_dataset(self._reader, reference))
        except DataError as error:
            self._trouble = str(error)
        else:
            self._dataset = found
            self._table = RowTable(found.facts.columns, found.facts.lines)
        self._is_opening = False
        self._lay()

    @property
    def nothing(self) -> str:
        """Say why there is nothing to see."""
        if self._is_opening:
            return "reading …"
        if not self._names:
            return self._why_none
        if self._filter:
            return f"no line with {self._filter.condition.text}" if self._filter.is_over else "looking …"
        return "this dataset has no lines; c shows its columns"

    def render_line(self, y: int) -> Strip:
        """Draw a line of what is visible; the heading stays."""
        width, base = self.room, self.rich_style
        heads = _HEADS[self._view] if self._dataset else 0
        if self._trouble:
            text = self._trouble[y * (width - 2) : (y + 1) * (width - 2)]
            return Strip(Line().put(f" {text}", self.palette["error"])).crop_extend(0, width, None).apply_style(base)
        if y < heads:
            return Strip(self._draw_head(y)).crop_extend(0, width, None).apply_style(base)
        row = self.scroll_offset.y + y - heads
        if not self._lines and y == heads + 1:
            return Strip(Line().put(self.nothing.center(width), self.palette["faint"])).apply_style(base)
        if row >= self._lines:
            return Strip.blank(width, base)
        left = 0 if self._view == "rows" else self._left
        strip = Strip(self.line(row)).crop_extend(left, left + width, None)
        return strip.apply_style(base + (self.band(row) or Style.null()))

    def line(self, y: int) -> Line:
        """Draw a row, or a line of what is shown instead."""
        if self._view != "rows":
            return self._drawn[y] if y < len(self._drawn) else Line()
        return self._table.draw_row(self._page, y, self._number(y), self.room, self.palette)

    def band(self, y: int) -> Style | None:
        """Put the row under the cursor on a band, or the column where columns are listed."""
        at = {"rows": self.cursor, "columns": self._table.cursor}.get(self._view, -1)
        return self.palette["cursor"] if y == at and self.has_focus else None

    def resize_content(self, lines: int) -> None:
        """Say how many lines there are below the heading."""
        self._lines = lines
        self.virtual_size = Size(0, lines + (_HEADS[self._view] if self._dataset else 0))

    def on_resize(self, event: Resize) -> None:
        """Keep cursor and column in view."""
        self._lay()

    def poll(self) -> None:
        """Show how far a scan is."""
        if not [scan for scan in self._scans() if not scan.is_over]:
            self._polls.pause()
        self._lay()

    def typed(self, purpose: str, text: str) -> None:
        """Go to the line whose number is being typed."""
        number = text.replace(",", "").replace("_", "")
        if purpose == GOTO and number.isdecimal():
            self._put_cursor(int(number[:18]) - 1, middle=True)

    def entered(self, purpose: str, text: str) -> None:
        """Take a condition that was typed to its end."""
        if purpose == FILTER and self._dataset and text:
            self._start_filter(text)
        elif purpose == GOTO and not text.replace(",", "").replace("_", "").isdecimal():
            self.hint(f"a line number is wanted, found {text!r:.40}")

    def step_back(self) -> bool:
        """Undo the last of: another view, what runs, a filter. Return whether there was one."""
        if self._view != "rows":
            if self._bars:
                self._bars.stop()
            self._set_view("rows")
        elif self._filter and not self._filter.is_over:
            self._filter.stop()
            self.hint("stopped; what was found so far stays, esc again shows all lines")
        elif self._filter:
            line = self._number(self.cursor)
            self._filter = None
            self._drop_page()
            self._put_cursor(line or 0, middle=True)
        else:
            return False
        return True

    def copy_texts(self) -> Texts:
        """Return what can be copied by its key: words, and what gives it and whether it is cut."""
        found: Texts = {}
        reference = format_dataset(self._job, self._chosen)
        if self._dataset:
            found["d"] = ("reference of the dataset", lambda: (reference, False))
        cell = self._page.cell(self._table.column.name, self.cursor) if self._page and self._table.columns else None
        if cell is not None:
            found["v"] = ("value under the cursor", lambda: (cell, cell.endswith("…")))
        return found

    def action_line(self, step: int) -> None:
        """Go up or down: by rows, by columns where those are listed."""
        if self._view == "columns":
            self._table.move(self._table.cursor + step, self.room)
            return self._lay()
        return self._put_cursor(self.cursor + step) if self._view == "rows" else super().action_line(step)

    def action_page(self, pages: float) -> None:
        """Go up or down by pages."""
        if self._view == "rows":
            self._put_cursor(self.cursor + int(pages * (self.size.height - _HEADS["rows"])))
        else:
            super().action_page(pages)

    def action_first(self) -> None:
        """Go to the first line."""
        self._put_cursor(0) if self._view == "rows" else super().action_first()

    def action_last(self) -> None:
        """Go to the last line."""
        self._put_cursor(self.shown - 1) if self._view == "rows" else super().action_last()

    def action_sideways(self, cells: int) -> None:
        """Go to the column on the left or right, or several columns on."""
        if self._view != "rows" or not self._table.columns:
            return super().action_sideways(cells)
        step = (1 if abs(cells) <= _FAR else _COLUMNS_FAR) * (1 if cells > 0 else -1)
        before = self._table.cursor
        self._table.move(before + step, self.room)
        if self._table.cursor == before:
            self.hint(f"this is the {'last' if step > 0 else 'first'} column")
        return self._lay()

    def action_prompt(self, what: str) -> None:
        """Let the user type a line number or a condition."""
        if not self._dataset or not self._dataset.facts.lines:
            return self.hint("there are no lines here")
        self._set_view("rows")
        self.post_message(self.Prompted(GOTO if what == "go" else FILTER))
        return None

    def action_same(self) -> None:
        """Show only lines that have the value under the cursor."""
        column = self._here()
        cell = self._page.cell(column.name, self.cursor) if column and self._page else None
        if column is None or cell is None:
            return self.hint("there is no value under the cursor")
        if cell.endswith("…"):
            return self.hint("this value is too long to be compared with; / looks for a part of it")
        return self._start_filter(f"= {cell}")

    def action_bars(self) -> None:
        """Count how the values of the column are spread."""
        column = self._here()
        if column is None or self._dataset is None:
            return self.hint("there is no column here")
        from axtui.tui.scans import Histogram

        self._bars = Histogram(self._dataset, column.name)
        self._start(self._bars)
        return self._set_view("bars")

    def action_columns(self) -> None:
        """Show the columns, or the rows again."""
        if not self._dataset:
            return self.hint("there is no dataset here")
        return self._set_view("rows" if self._view == "columns" else "columns")

    def action_value(self) -> None:
        """Show the value under the cursor whole."""
        column, number, dataset = self._here(), self._number(self.cursor), self._dataset
        if column is None or number is None or dataset is None or self._view != "rows":
            return self.hint("there is no value under the cursor")
        self._is_loading = True
        self.run_worker(self._show_value(dataset, column, number), group="value", exclusive=True)
        return None

    async def _show_value(self, dataset: OpenDataset, column: ColumnFacts, number: int) -> None:
        try:
            text = await _beside(lambda: dataset.whole(column.name, number))
        except DataError as error:
            self.hint(str(error))
        else:
            label = f"{column.label} of line {number + 1:,}, {column.kind}"
            self._drawn = data_drawing.draw_value(label, text, self.room, self.palette)
            self._set_view("value")
        self._is_loading = False

    def action_dataset(self) -> None:
        """Choose another dataset of the job."""
        if len(self._names) > 1:
            self.post_message(self.Asked(self._names, self._chosen))
        else:
            self.hint("this is the job's only dataset" if self._names else self._why_none)

    def _here(self) -> ColumnFacts | None:
        return self._table.column if self._table.columns else None

    def _number(self, y: int) -> int | None:
        """Return the line that is shown in a row."""
        if self._filter is None:
            return y if y < self.shown else None
        found = self._filter.numbers(y, y + 1)
        return found[0] if found else None

    def _scans(self) -> list[Scan]:
        return [scan for scan in (self._filter, self._bars) if scan]

    def _stop_scans(self) -> None:
        for scan in self._scans():
            scan.stop()

    def _start(self, scan: Scan) -> None:
        self.run_worker(_beside(scan.run), group="scan")
        self._polls.resume()

    def _start_filter(self, text: str) -> None:
        from axtui.tui.condition import parse_condition
        from axtui.tui.scans import Filter

        column = self._here()
        if self._dataset is None or column is None:
            return None
        try:
            condition = parse_condition(text, self._table.columns, column)
        except DataError as error:
            return self.hint(str(error))
        if self._filter:
            self._filter.stop()
        self._filter = Filter(self._dataset, condition)
        self._drop_page()
        self._start(self._filter)
        return self._put_cursor(0)

    def _set_view(self, view: View) -> None:
        self._view, self._left = view, 0
        self._lay()
        self.go_to(0 if view != "rows" else max(0, self.cursor - self.size.height // 2))
        self._lay()

    def _drop_page(self) -> None:
        self._page, self.cursor = None, 0

    def _put_cursor(self, row: int, middle: bool = False) -> None:
        """Put the cursor on a row, and bring that into view."""
        self._lay()
        self.cursor = max(0, min(row, self.shown - 1))
        room = max(1, self.size.height - _HEADS["rows"])
        top = int(self.scroll_offset.y)
        if not top <= self.cursor < top + room:
            at = self.cursor - room // 2 if middle else self.cursor if self.cursor < top else self.cursor - room + 1
            self.scroll_to(y=max(0, at), animate=False, force=True, immediate=True)
        self._lay()

    def _lay(self) -> None:
        """Find out what is to be drawn, have read what is missing, and draw."""
        if self._view == "columns" and self._dataset:
            self._drawn = data_drawing.draw_columns(self._dataset.facts, self.room, self.palette)
        elif self._view == "bars" and self._bars:
            self._drawn = data_drawing.draw_histogram(self._bars, self._table.column, self.room, self.palette)
        lines = self.shown if self._view == "rows" else len(self._drawn)
        if lines != self._lines or self.virtual_size.height == 0:
            self.resize_content(lines)
        self._show_title()
        if self._wanted() and not self._is_loading:
            self._is_loading = True
            self.run_worker(self._load(), group="page")
        self.refresh()

    def _wanted(self) -> tuple[list[str], int, int] | None:
        """Return the columns and the rows that are to be seen and were not read."""
        if self._view != "rows" or not self._dataset or not self.shown or self._trouble:
            return None
        names = [self._table.columns[at].name for at in self._table.visible(self.room)]
        if not names:
            return None
        first = int(self.scroll_offset.y)
        last = min(first + self.size.height, self.shown)
        return None if self._page and self._page.has(first, last, names) else (names, first, last)

    async def _load(self) -> None:
        """Read what is to be seen until it is there; whoever scrolls on meanwhile skips what he passed."""
        while (wanted := self._wanted()) and (dataset := self._dataset):
            names, first, last = wanted
            reading = self._filter
            try:
                page = await _beside(lambda: _read_page(dataset, reading, names, first, last))  # noqa: B023
            except DataError as error:
                if dataset is self._dataset:
                    self._trouble = str(error)
                break
            if dataset is self._dataset and reading is self._filter:
                self._page = page
                self._table.fit(page)
        self._is_loading = False
        self._show_title()
        self.refresh()

    def _draw_head(self, y: int) -> Line:
        if self._view == "columns" and self._dataset:
            return Line().put(data_drawing.columns_heading(self._dataset.facts), self.palette["accent"])
        draw = self._table.draw_names if y == 0 else self._table.draw_types
        return draw(self.room, self.palette)

    def _show_title(self) -> None:
        if not self._dataset:
            return self.title(f"Data {self._chosen}" if self._chosen else "Data")
        facts = self._dataset.facts
        at = f" · dataset {self._names.index(self._chosen) + 1} of {len(self._names)}" if len(self._names) > 1 else ""
        title = f"Data {facts.reference}{at}   {len(facts.columns)} columns, {facts.lines:,} lines"
        return self.title(title, self._say_place(facts.lines))

    def _say_place(self, lines: int) -> str:
        number = self._number(self.cursor)
        place = f"line {number + 1:,} of {lines:,}" if number is not None else ""
        if self._filter is None:
            return place
        found = self._filter
        if found.trouble:
            return found.trouble
        state = "exact" if found.is_exact else f"{100 * found.done // max(1, found.total)}% read"
        cut = f", {found.kept:,} can be seen" if found.kept < found.count else ""
        return f"{found.condition.text}: {found.count:,} found, {state}{cut} · {place}"


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


async def _beside(read: Callable[[], _Given]) -> _Given:
    """Call what reads files in a thread."""
    return await asyncio.get_running_loop().run_in_executor(None, read)
