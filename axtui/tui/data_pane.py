"""The data of a job: rows of its datasets, the columns, how values are spread, lines that match."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

from rich.style import Style
from textual.binding import Binding, BindingType
from textual.message import Message

from axtui.base.ids import format_dataset
from axtui.tui import data_drawing
from axtui.tui.data_facts import ColumnFacts, DataError
from axtui.tui.palette import Line
from axtui.tui.reader import Reader
from axtui.tui.rows_pane import RowsPane, beside

if TYPE_CHECKING:
    from axtui.tui.condition import Condition
    from axtui.tui.data_reader import OpenDataset
    from axtui.tui.scans import Histogram, Scan
    from axtui.tui.text_screen import Texts

GOTO, FILTER = "go to line #", "filter rows /"
_POLL_SECONDS = 0.1
View = Literal["rows", "columns", "bars", "value"]


class DataPane(RowsPane, inherit_bindings=True):
    """The datasets of one job."""

    NUMBER = 5
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("number_sign", "screen.ask_data('go')", "go to line", id="data.go", tooltip="go to a line by number"),
        Binding("slash", "screen.ask_data('filter')", "filter", id="data.filter", tooltip="only lines that match"),
        Binding("equals_sign", "same", "only this value", id="data.same", tooltip="only lines with this very value"),
        Binding("enter", "bars", "histogram", id="data.bars", tooltip="how the values of this column are spread"),
        Binding("c", "columns", "columns", id="data.columns", tooltip="the columns with types and bounds, or the rows"),
        Binding("v", "value", "value", id="data.value", tooltip="the value under the cursor, whole"),
        Binding("f", "dataset", "datasets", show=False, id="data.dataset", tooltip="choose among the job's datasets"),
    ]  # fmt: skip

    @dataclass
    class Asked(Message):
        """The user wants to choose a dataset."""

        names: list[str]
        current: str

    def __init__(self, reader: Reader) -> None:
        self._job = ""
        self._names: list[str] = []
        self._chosen = ""
        self._why_none = ""
        super().__init__(reader)

    def forget(self) -> None:
        """Have no dataset."""
        super().forget()
        self._view: View = "rows"
        self._drawn: list[Line] = []
        self._bars: Histogram | None = None

    def on_mount(self) -> None:
        """Look at what runs in the background as long as something does."""
        self._polls = self.set_interval(_POLL_SECONDS, self.poll, pause=True)

    def on_unmount(self) -> None:
        """Leave no thread behind that reads."""
        self._stop_scans()

    def show(self, job: str, names: Sequence[str], why_none: str) -> None:
        """Show the datasets of a job; `why_none` says why it has none."""
        if (job, list(names)) == (self._job, self._names):
            return
        self._job, self._names, self._why_none = job, list(names), why_none
        self.open_dataset(self._names[0] if self._names else "")

    def open_dataset(self, name: str) -> None:
        """Show another dataset of the job."""
        self._stop_scans()
        self.forget()
        self._chosen = name
        if name:
            self.open_reference(format_dataset(self._job, name))
        self.lay()

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

    @property
    def shows_rows(self) -> bool:
        """Whether rows are shown."""
        return self._view == "rows"

    @property
    def heads(self) -> int:
        """How many lines the heading takes."""
        return super().heads if self.shows_rows else int(self._view == "columns" and self._dataset is not None)

    def line(self, y: int) -> Line:
        """Draw a row, or a line of what is shown instead."""
        if self.shows_rows:
            return super().line(y)
        return self._drawn[y] if y < len(self._drawn) else Line()

    def draw_head(self, y: int) -> Line:
        """Draw a line of the heading."""
        if self._view == "columns" and self._dataset:
            return Line().put(data_drawing.columns_heading(self._dataset.facts), self.palette["accent"])
        return super().draw_head(y)

    def band(self, y: int) -> Style | None:
        """Put the row under the cursor on a band, or the column where columns are listed."""
        if self._view == "columns":
            return self.palette["cursor"] if y == self._table.cursor and self.has_focus else None
        return super().band(y) if self.shows_rows else None

    def count_lines(self) -> int:
        """Draw what is shown instead of rows, and return how many lines there are to scroll through."""
        if self._view == "columns" and self._dataset:
            self._drawn = data_drawing.draw_columns(self._dataset.facts, self.room, self.palette)
        elif self._view == "bars" and self._bars:
            self._drawn = data_drawing.draw_histogram(self._bars, self._table.column, self.room, self.palette)
        return super().count_lines() if self.shows_rows else len(self._drawn)

    def poll(self) -> None:
        """Show how far a scan is."""
        if not [scan for scan in self._scans() if not scan.is_over]:
            self._polls.pause()
        self.lay()

    def typed(self, purpose: str, text: str) -> None:
        """Go to the line whose number is being typed."""
        number = text.replace(",", "").replace("_", "")
        if purpose == GOTO and number.isdecimal():
            self.put_cursor(int(number[:18]) - 1, middle=True)

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
            line = self.number(self.cursor)
            self._filter = None
            self.drop_page()
            self.put_cursor(line or 0, middle=True)
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
            self.lay()
        elif self.shows_rows:
            super().action_line(step)
        else:
            self.go_to(self.scroll_offset.y + step)

    def action_page(self, pages: float) -> None:
        """Go up or down by pages."""
        if self.shows_rows:
            super().action_page(pages)
        else:
            self.go_to(self.scroll_offset.y + int(pages * self.size.height))

    def action_first(self) -> None:
        """Go to the beginning."""
        if self.shows_rows:
            super().action_first()
        else:
            self.go_to(0)

    def action_last(self) -> None:
        """Go to the end."""
        if self.shows_rows:
            super().action_last()
        else:
            self.go_to(self._lines)

    def action_sideways(self, cells: int) -> None:
        """Go to another column, or shift what is shown instead of rows."""
        if self.shows_rows:
            return super().action_sideways(cells)
        self._left = max(0, self._left + cells)
        self.refresh()
        return None

    def begin_prompt(self, what: str) -> str:
        """Return what the user is asked for, "go" or "filter"; "" where there are no lines."""
        if not self._dataset or not self._dataset.facts.lines:
            self.hint("there are no lines here")
            return ""
        self._set_view("rows")
        return GOTO if what == "go" else FILTER

    def action_same(self) -> None:
        """Show only lines that have the value under the cursor."""
        column, number, dataset = self.here, self.number(self.cursor), self._dataset
        if column is None or number is None or dataset is None or not self.shows_rows:
            return self.hint("there is no value under the cursor")
        self._is_loading = True
        self.run_worker(self._find_same(dataset, column, number), group="value", exclusive=True)
        return None

    async def _find_same(self, dataset: OpenDataset, column: ColumnFacts, number: int) -> None:
        try:
            condition = await beside(lambda: dataset.condition_at(column, number))
        except DataError as error:
            self.hint(str(error))
        else:
            self._filter_by(dataset, condition)
        self._is_loading = False
        self.lay()

    def action_bars(self) -> None:
        """Count how the values of the column are spread."""
        column = self.here
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
        column, number, dataset = self.here, self.number(self.cursor), self._dataset
        if column is None or number is None or dataset is None or self._view != "rows":
            return self.hint("there is no value under the cursor")
        self._is_loading = True
        self.run_worker(self._show_value(dataset, column, number), group="value", exclusive=True)
        return None

    async def _show_value(self, dataset: OpenDataset, column: ColumnFacts, number: int) -> None:
        try:
            text = await beside(lambda: dataset.whole(column.name, number))
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

    def _scans(self) -> list[Scan]:
        return [scan for scan in (self._filter, self._bars) if scan]

    def _stop_scans(self) -> None:
        for scan in self._scans():
            scan.stop()

    def _start(self, scan: Scan) -> None:
        self.run_worker(self._run(scan), group="scan")
        self._polls.resume()

    async def _run(self, scan: Scan) -> None:
        await beside(scan.run)
        self.lay()

    def _start_filter(self, text: str) -> None:
        from axtui.tui.condition import parse_condition

        column = self.here
        if self._dataset is None or column is None:
            return None
        try:
            condition = parse_condition(text, self._table.columns, column)
        except DataError as error:
            return self.hint(str(error))
        return self._filter_by(self._dataset, condition)

    def _filter_by(self, dataset: OpenDataset, condition: Condition) -> None:
        from axtui.tui.scans import Filter

        if self._filter:
            self._filter.stop()
        self._filter = Filter(dataset, condition)
        self.drop_page()
        self._start(self._filter)
        self.put_cursor(0)

    def _set_view(self, view: View) -> None:
        self._view, self._left = view, 0
        self.lay()
        self.go_to(0 if view != "rows" else max(0, self.cursor - self.size.height // 2))
        self.lay()

    def show_title(self) -> None:
        """Say which dataset and which line that is, and how far a filter is."""
        if not self._dataset:
            return self.title(f"Data {self._chosen}" if self._chosen else "Data")
        facts = self._dataset.facts
        at = f" · dataset {self._names.index(self._chosen) + 1} of {len(self._names)}" if len(self._names) > 1 else ""
        title = f"Data {facts.reference}{at}   {len(facts.columns)} columns, {facts.lines:,} lines"
        return self.title(title, self._say_place(facts.lines))

    def _say_place(self, lines: int) -> str:
        number = self.number(self.cursor)
        place = f"line {number + 1:,} of {lines:,}" if number is not None else ""
        if self._filter is None:
            return place
        found = self._filter
        if found.trouble:
            return found.trouble
        state = "exact" if found.is_exact else f"{100 * found.done // max(1, found.total)}% read"
        cut = f", {found.kept:,} can be seen" if found.kept < found.count else ""
        return f"{found.condition.text}: {found.count:,} found, {state}{cut} · {place}"
