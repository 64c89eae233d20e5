"""Two builds against each other: which jobs came, went, were built anew and why. `enter` compares two jobs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.message import Message

from axtui.tui.bars import KeyBar
from axtui.tui.build_diff import Pair, compare_tables, draw_diff
from axtui.tui.history import History
from axtui.tui.lines_pane import LinesPane
from axtui.tui.palette import Line
from axtui.tui.past_bar import PastBar
from axtui.tui.past_workbench import title_of
from axtui.tui.prompt_line import PromptLine
from axtui.tui.reader import Reader
from axtui.tui.status_screen import StatusScreen


class BuildsDiffPane(LinesPane, inherit_bindings=True):
    """What became of the jobs, a line each."""

    NUMBER = 1
    SEARCH = "search jobs /"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "compare the jobs", id="builds.compare_jobs",
                tooltip="what differs between the two jobs of this line; of a single one, all about it"),
        Binding("u", "step(1)", "next change", show=False, id="builds.next_change"),
        Binding("U", "step(-1)", "change before", show=False, id="builds.previous_change"),
    ]  # fmt: skip

    @dataclass
    class Opened(Message):
        """Jobs should be looked at closely."""

        pair: Pair

    def __init__(self) -> None:
        super().__init__(id="changes")
        self._pairs: Sequence[Pair | None] = ()

    def show(self, lines: Sequence[tuple[Line, Pair | None]], heading: str) -> None:
        """Show lines with the jobs that they are about; the cursor stands on the first of these."""
        self._pairs = [pair for _, pair in lines]
        self.put([line for line, _ in lines], heading, False)
        self.put_cursor(next((y for y, pair in enumerate(self._pairs) if pair), 0))
        self.show_title()

    def action_open(self) -> None:
        """Ask for a close look at the jobs of the line."""
        pair = self._pairs[self.cursor] if self.cursor < len(self._pairs) else None
        if pair is None or not pair.row.job:
            self.hint("this line has no job; u goes to the next one that has")
        else:
            self.post_message(self.Opened(pair))

    def action_step(self, step: int) -> None:
        """Go to the next line with a job."""
        rows = [y for y, pair in enumerate(self._pairs) if pair and (y - self.cursor) * step > 0]
        if not rows:
            return self.hint(f"there is no job {'after' if step > 0 else 'before'} this")
        self.put_cursor(rows[0 if step > 0 else -1])
        return self.moved(False)


class BuildsDiffScreen(StatusScreen, inherit_bindings=False):
    """Compares two builds.

    Args:
        history: The builds.
        reader: Reads jobs.
        before: The number of the earlier build.
        now: That of the later one.
    """

    CSS = """
    BuildsDiffScreen { layout: vertical; overflow: hidden; }
    BuildsDiffScreen #past { height: 1; background: $panel; }
    BuildsDiffScreen #changes { height: 1fr; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "search", "search", id="text.search", tooltip="search the text here"),
        Binding("ctrl+c,super+c", "copy_selected", "copy what is selected", show=False, id="screen.copy"),
        Binding("escape", "back", "back", id="screen.back", tooltip="one step back"),
        Binding("question_mark", "app.help", "keys", id="help.open", tooltip="the keys of this pane; type to search"),
        Binding("q", "app.quit", "quit", id="app.leave"),
    ]

    def __init__(self, history: History, reader: Reader, before: int, now: int) -> None:
        super().__init__()
        self._history, self._reader = history, reader
        self._before, self._now = before, now

    def compose(self) -> ComposeResult:
        """Lay out the pane and the bars."""
        yield PastBar(self._reader.project_name())
        yield BuildsDiffPane()
        yield PromptLine()
        yield KeyBar()

    def on_mount(self) -> None:
        """Compare."""
        before, now = self._history.find(self._before), self._history.find(self._now)
        pane = self.query_one(BuildsDiffPane)
        pane.focus()
        self.query_one(PromptLine).display = False
        self.show_keys()
        if before is None or now is None:
            return
        found = compare_tables(self._history.replay(self._now).table, self._history.replay(self._before).table)
        palette = self._axtui.palette
        pane.show(draw_diff(found, (before, now), palette, title_of), f"Build {self._now} against {self._before}")
        self.query_one(PastBar).show(f"{now.script}.py  build {self._now} against {self._before}")

    def on_builds_diff_pane_opened(self, message: BuildsDiffPane.Opened) -> None:
        """Compare the two jobs of a line; look closely at one that stands alone or is the same."""
        from axtui.tui.inspection import Inspection

        before, row = message.pair.before, message.pair.row
        board = self._history.replay(self._now if message.pair.now else self._before)
        if message.pair.now and before and before.job and before.job != row.job:
            self.app.push_screen(Inspection(board, self._reader, row.job, "diff", before.job))
        else:
            self.app.push_screen(Inspection(board, self._reader, row.job))

    def on_prompt_line_typed(self, message: PromptLine.Typed) -> None:
        """Search."""
        self.query_one(BuildsDiffPane).typed(message.purpose, message.text)

    def on_prompt_line_left(self, message: PromptLine.Left) -> None:
        """Give the keys back."""
        self.query_one(PromptLine).display = False
        self.query_one(BuildsDiffPane).focus()

    def action_search(self) -> None:
        """Let the user type what to search for."""
        pane = self.query_one(BuildsDiffPane)
        pane.begin_search()
        self.query_one(PromptLine).open(pane.SEARCH)

    def action_copy_selected(self) -> None:
        """Copy what is selected."""
        selected = self.query_one(BuildsDiffPane).selected_text()
        if selected is None:
            return self.status("nothing is selected")
        self.app.copy_to_clipboard(selected[0])
        return self.status(f"copied {len(selected[0]):,} characters")

    def action_back(self) -> None:
        """Take one step back: in the pane, then the screen."""
        if not self.query_one(BuildsDiffPane).step_back():
            self.app.pop_screen()
