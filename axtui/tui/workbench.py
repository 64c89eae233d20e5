"""The main screen: four panes and their keys. It decides what a key means; the app talks to the engine."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Vertical
from textual.events import DescendantFocus, Resize

from axtui.base import clock
from axtui.tui.bars import KeyBar, NoticeBar
from axtui.tui.detail_pane import DetailPane
from axtui.tui.estimates import Estimate
from axtui.tui.events_pane import EventsPane
from axtui.tui.facts import FactsReader
from axtui.tui.header_bar import HeaderBar
from axtui.tui.job_screen import FILTER, JobScreen
from axtui.tui.jobs_pane import JobsPane
from axtui.tui.layout import EVENTS_FROM, PANES, Layout
from axtui.tui.list_pane import ListPane
from axtui.tui.measure import Share, share_of
from axtui.tui.output_pane import OutputPane
from axtui.tui.overview_bar import OverviewBar
from axtui.tui.pane import Pane
from axtui.tui.prompt_line import PromptLine
from axtui.tui.reader import Reader
from axtui.tui.rows import SCRIPT, Row
from axtui.tui.session import Session
from axtui.tui.source_pane import SourcePane
from axtui.tui.state import Board
from axtui.tui.text_pane import TextPane

_TICK_SECONDS = 0.25


class Workbench(JobScreen, inherit_bindings=True):
    """What the jobs of the last build are doing, and everything about one of them."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "filter", "filter", id="jobs.filter", tooltip="filter the jobs, or search the text here"),
        Binding("d", "inspect('diff')", "diff", id="job.diff", tooltip="what differs from the version before"),
        Binding("D", "compare", "compare", show=False, id="job.compare", tooltip="compare two marked jobs"),
        Binding("W", "inspect('overview')", "why", show=False, id="job.why", tooltip="why it was built or is not"),
        Binding("e", "edit", "edit", id="job.edit", tooltip="open the source in $EDITOR, at the failing line"),
        Binding("o", "page", "pager", show=False, id="output.page", tooltip="open the output in $PAGER"),
        Binding("y", "copy_menu", "copy", show=False, id="job.copy", tooltip="copy id, path, error, line or output"),
        Binding("z", "zoom", "zoom", id="pane.zoom", tooltip="give this pane the screen"),
        Binding("plus", "widen(1)", "wider", show=False, id="pane.wider", tooltip="more room for jobs"),
        Binding("underscore", "widen(-1)", "narrower", show=False, id="pane.narrower", tooltip="less room for jobs"),
        Binding("tab", "next_pane(1)", "next pane", id="pane.next"),
        Binding("shift+tab", "next_pane(-1)", "pane before", show=False, id="pane.previous"),
        Binding("1", "pane(1)", "jobs", show=False, id="pane.jobs"),
        Binding("2", "pane(2)", "detail", show=False, id="pane.detail"),
        Binding("3", "pane(3)", "output", show=False, id="pane.output"),
        Binding("4", "pane(4)", "source", show=False, id="pane.source"),
        Binding("5", "pane(5)", "events", show=False, id="pane.events"),
        Binding("enter", "go_to_failure", "go to the failure", show=False, id="failure.go"),
        Binding("escape", "back", "back", show=False, id="screen.back"),
        Binding("question_mark", "app.help", "keys", id="help.open", tooltip="the keys of this pane; type to search"),
        Binding("left_square_bracket", "step_build(-1)", "older build", show=False, id="history.older"),
        Binding("right_square_bracket", "step_build(1)", "newer build", show=False, id="history.newer"),
        Binding("T", "timeline", "timeline", show=False, id="timeline.show", tooltip="when the jobs of this build ran"),
        Binding("q", "app.quit", "quit", id="app.leave"),
        Binding("ctrl+c,super+c", "copy_selected", "copy what is selected", show=False, id="screen.copy"),
    ]

    def __init__(self, board: Board, reader: Reader) -> None:
        super().__init__(board, reader)
        self.HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]
        self.VERTICAL_BREAKPOINTS = [(0, "-short"), (EVENTS_FROM, "-medium"), (40, "-tall"), (56, "-high")]
        self._facts = FactsReader(reader)
        self._layout = Layout(self)
        self._notice = ""
        self._dismissed: set[str] = set()

    def compose(self) -> ComposeResult:
        """Lay out panes and bars."""
        yield HeaderBar(self._board, self._reader.project_name(), self.slots)
        with Container(id="body"):
            yield JobsPane(self._board, self._reader, self.slots)
            with Vertical(id="side"):
                yield DetailPane()
                yield OutputPane(self._reader)
                yield SourcePane(self._reader)
        yield EventsPane(self._board, self.slots)
        yield PromptLine()
        yield OverviewBar(self._board)
        yield NoticeBar()
        yield KeyBar()

    def on_mount(self) -> None:
        """Show what the journal told before the first frame."""
        self._ticks = self.set_interval(_TICK_SECONDS, self._tick_unless_typing, pause=True)
        self._clock = self.set_interval(1.0, self.query_one(HeaderBar).tick)
        self._layout.bring("output")
        self._layout.bring("detail")
        self._layout.open("jobs")
        self.refresh_board()

    def refresh_board(self) -> None:
        """Show what the events since the last call changed."""
        changes = self._board.take()
        self.jobs.show(changes)
        self.query_one(OverviewBar).show(changes)
        self.query_one(EventsPane).show()
        self.query_one(HeaderBar).refresh()
        self._show_notice()
        row = self.shown_row
        if row and (row.row in changes.rows or row.row not in self._board.table.rows):
            self.show_row()
        if self._board.is_building or self._board.running():
            self._ticks.resume()
        else:
            self._ticks.pause()
        self.tick()

    def _tick_unless_typing(self) -> None:
        if not self._axtui.keys_come_first:
            self.tick()

    def tick(self) -> None:
        """Measure what runs and redraw that, four times a second while something does."""
        now, running = clock.monotonic(), self._board.running()
        shares = {row.row: self._share(row, now) for row in running}
        self.jobs.show_shares(shares)
        if int(now) != int(self.query_one(HeaderBar).now):
            self._tick_second(now, running, shares)
        if not self._board.is_building:
            self.query_one(HeaderBar).estimate = Estimate()
        self.query_one(EventsPane).show_slots(running, shares, self.query_one(HeaderBar).estimate)
        if self.shown_row and self.shown_row.state == "running":
            self.show_row()

    def _tick_second(self, now: float, running: list[Row], shares: dict[str, Share]) -> None:
        """Redraw once a second what has whole seconds in it."""
        header = self.query_one(HeaderBar)
        lenders = {row.parent for row in running}
        header.now, header.shares = now, [shares[row.row] for row in running if row.row not in lenders]
        header.estimate = self._board.estimate(now, self.slots) if self._board.is_building else Estimate()
        header.refresh()
        self.jobs.refresh_rows((SCRIPT,))

    def _share(self, row: Row, now: float) -> Share:
        return share_of(row, self._reader.progress(row.job), now) or Share(0.0, True)

    def show_link(self, text: str) -> None:
        """Say what is wrong with the connection to the engine, or nothing."""
        header = self.query_one(HeaderBar)
        header.link = text
        header.refresh()

    def show_row(self) -> None:
        """Show the row under the cursor in the other panes once the keys that are waiting have been taken."""
        if not self.is_due:
            self.is_due = True
            self.call_later(self._show_row)

    def _show_row(self) -> None:
        self.is_due = False
        row = self.shown_row
        facts = self._facts.read(row, clock.monotonic())
        self.query_one(DetailPane).show(row, self._board, facts, bool(self._pinned))
        output = self.query_one(OutputPane)
        output.show(row.job if row else "", row is not None and row.state == "running")
        output.poll()
        self.query_one(SourcePane).show(row, facts.record.error if facts.record else {})

    def _show_notice(self) -> None:
        """Point to the newest failure that has not been looked at."""
        open_failures = [key for key in self._board.failures if key not in self._dismissed]
        self._dismissed &= set(self._board.failures)
        self._notice = open_failures[-1] if open_failures else ""
        row = self.jobs.find(self._notice)
        if row is None or (row.row == self.jobs.cursor and not self._is_elsewhere()):
            self.query_one(NoticeBar).show(None, self._due_text())
            self._notice = ""
        else:
            self.query_one(NoticeBar).show(row)

    def _due_text(self) -> str:
        """Say what a save will cause where nothing is done about it by itself."""
        due = self.what_is_due()
        if not due or (self._board.watching and not self._board.held):
            return ""
        return (
            f"saved: {due}{'   it is built when this build has ended' if self._board.held == 'wait' else '   b builds'}"
        )

    def _is_elsewhere(self) -> bool:
        return self._layout.is_zoomed and self._layout.current != "jobs"

    def on_overview_bar_picked(self, message: OverviewBar.Picked) -> None:
        """Go to the job that was clicked."""
        self.go_to_row(message.row)

    def on_events_pane_picked(self, message: EventsPane.Picked) -> None:
        """Go to the job that something happened to."""
        self.go_to_row(message.row)

    def go_to_row(self, key: str) -> None:
        """Put the cursor on a row; a filter that leaves it out is taken away."""
        if self.jobs.at(key) is None:
            self.query_one(PromptLine).close()
            self.jobs.widen()
        self._layout.open("jobs")
        self.jobs.move_to(key)

    def on_list_pane_picked(self, message: ListPane.Picked) -> None:
        """Show another row."""
        if message.row == self._notice:
            self._show_notice()
        self.show_row()

    def on_list_pane_opened(self, message: ListPane.Opened) -> None:
        """Go to the failure that is pointed to, else look closely at the row."""
        row = self.row
        if self._notice:
            self.action_go_to_failure()
        elif row and row.job and row.shown != "broken":
            self.inspect(row)
        elif row and row.problem[0]:
            self._layout.open("source")
        else:
            self._layout.open("detail")

    def inspect(self, row: Row, tab: str = "", against: str = "") -> None:
        """Look closely at a row's job; at what went wrong where something did.

        Args:
            row: The row.
            tab: What to look at first.
            against: The job to compare it with; "" for the version before.
        """
        from axtui.tui.inspection import Inspection

        tab = tab or ("source" if row.problem[0] else "overview")
        self.app.push_screen(Inspection(self._board, self._reader, row.job, tab, against))

    def action_inspect(self, tab: str) -> None:
        """Look closely at the job under the cursor, at one thing first."""
        if self.row and self.row.job:
            self.inspect(self.row, tab)
        else:
            self.status("this row has no job yet")

    def action_compare(self) -> None:
        """Compare the two marked jobs, the older first."""
        rows = [row for row in self._chosen() if row.job]
        if len(rows) != 2:
            return self.status(f"{len(rows)} job{'s' * (len(rows) != 1)} chosen; space marks the two to compare")
        return self.inspect(rows[1], "diff", rows[0].job)

    def on_prompt_line_typed(self, message: PromptLine.Typed) -> None:
        """Narrow the job list; other texts are the panes'."""
        if message.purpose == FILTER:
            self.status(self.jobs.narrow(message.text))
        else:
            self.pass_on(message.purpose, message.text)

    def on_prompt_line_left(self, message: PromptLine.Left) -> None:
        """Give the keys back."""
        if message.purpose == FILTER:
            self.jobs.focus()
        else:
            self.query_one(PromptLine).display = False
            self._layout.pane(self._layout.current).focus()

    def on_descendant_focus(self, event: DescendantFocus) -> None:
        """Bring the pane with the focus to the front, and show its keys."""
        if isinstance(event.widget, Pane) and event.widget.id:
            self._layout.bring(event.widget.id)
        self.show_keys()

    def on_resize(self, event: Resize) -> None:
        """Draw the other panes for their new width."""
        self.show_row()
        self.show_keys()

    def open_pane(self, name: str) -> None:
        """Give a pane the focus."""
        self._layout.open(name)

    def action_pane(self, number: int) -> None:
        """Go to a pane by its number; the same number again zooms it."""
        name = PANES[number - 1]
        if not self._layout.has_room(name):
            self.status(f"the events need {EVENTS_FROM} rows; this terminal has {self.size.height}")
        elif self._layout.current == name:
            self.action_zoom()
        else:
            self._layout.open(name)

    def action_next_pane(self, step: int) -> None:
        """Go to the next pane."""
        self._layout.open(self._layout.next_pane(step))

    def action_widen(self, steps: int) -> None:
        """Give the jobs more of the width, or less."""
        if self.has_class("-narrow"):
            self.status("below 100 columns the panes lie one above the other")
        elif not self._layout.widen(steps):
            self.status("the panes can be made no narrower than that")
        self.call_after_refresh(self.show_row)

    def action_zoom(self) -> None:
        """Give the pane with the focus the screen, or take it back."""
        self._layout.zoom("" if self._layout.is_zoomed else self._layout.current)

    @property
    def place(self) -> tuple[str, str]:
        """The row under the cursor, and the pane that has the focus."""
        return self.jobs.cursor, self._layout.current

    @property
    def session(self) -> Session:
        """Where the user is."""
        row, pane = self.place
        return Session(row, pane, self._layout.is_zoomed, self.jobs.filter, self.jobs.folds, self._layout.left)

    def resume(self, session: Session) -> None:
        """Go where the user was, as far as that is there."""
        self._layout.lay(session.left)
        if session.folds is not None:
            self.jobs.action_fold(session.folds)
        if session.filter:
            self.filter_jobs(session.filter)
        if self.jobs.at(session.row) is not None:
            self.jobs.move_to(session.row)
        if session.pane in PANES and self._layout.has_room(session.pane):
            self._layout.open(session.pane)
            if session.zoomed:
                self._layout.zoom(session.pane)

    def action_step_build(self, step: int) -> None:
        """Show the build before the present one."""
        present = self._board.build.number if self._board.build else 0
        self.status(self._axtui.step_build(present, step, self.place))

    def action_timeline(self) -> None:
        """Show when the jobs of this build ran."""
        self._axtui.show_timeline(self._board.build.number if self._board.build else 0)

    def action_back(self) -> None:
        """Take one step back, at last to the job list."""
        if not self.step_back():
            self.jobs.focus()

    def step_back(self) -> bool:
        """Take back selection or search of a pane, zoom, filter or notice; tell whether there was one of these."""
        prompt, focused = self.query_one(PromptLine), self.focused
        if isinstance(focused, TextPane) and focused.step_back():
            return True
        if self._layout.is_zoomed:
            self._layout.zoom("")
        elif prompt.display or self.jobs.is_narrowed:
            prompt.close()
            self.jobs.widen()
        elif self._notice:
            self._dismissed.update(self._board.failures)
            self._show_notice()
        else:
            return False
        return True

    def action_filter(self) -> None:
        """Type a filter for the job list, or what to search for in the text that has the focus."""
        pane = self._layout.pane(self._layout.current)
        if isinstance(pane, TextPane):
            pane.begin_search()
            self.query_one(PromptLine).open(pane.SEARCH)
        else:
            self.query_one(PromptLine).open(FILTER, anew=False)

    def action_go_to_failure(self) -> None:
        """Put the cursor on the failure that is pointed to."""
        if self._notice:
            key, self._notice = self._notice, ""
            self._dismissed.add(key)
            self.go_to_row(key)
            self._show_notice()
