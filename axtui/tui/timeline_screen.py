"""The timeline screen: builds, bars and the graph of one build under one time cursor. It decides what a key means."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Horizontal, Vertical
from textual.events import DescendantFocus, Resize

from axtui.base import clock
from axtui.base.text import safe
from axtui.tui.bars import KeyBar
from axtui.tui.build_diff import compare_tables
from axtui.tui.build_summary import draw_summary
from axtui.tui.builds_bar import BuildsBar
from axtui.tui.builds_pane import BuildsPane, SummaryPane
from axtui.tui.history import History
from axtui.tui.measure import settle
from axtui.tui.pane import Pane
from axtui.tui.past_bar import PastBar
from axtui.tui.past_graph import PastGraph
from axtui.tui.past_output import PastOutput
from axtui.tui.past_workbench import title_of
from axtui.tui.reader import Reader
from axtui.tui.spans import Slice, Span, Timeline, collect_spans, find_slices
from axtui.tui.status_screen import StatusScreen
from axtui.tui.timeline_lines import median_times
from axtui.tui.timeline_pane import TimelinePane

_LIVE_SECONDS = 1.0
_BROAD = 140
"""From this width on there is room for the output beside the graph; else `4` puts it in the place of the graph."""
_GRAPH_FROM = 28
"""With fewer rows than this the timeline takes the place of the graph."""


class TimelineScreen(StatusScreen, inherit_bindings=False):
    """When the jobs of a build ran, and why they took as long as they did.

    Args:
        history: The builds.
        reader: Reads jobs.
        number: The build to begin with.
    """

    CSS = """
    TimelineScreen { layout: vertical; overflow: hidden; }
    TimelineScreen #past { height: 1; background: $panel; }
    TimelineScreen #lanes { height: 1fr; layout: horizontal; }
    TimelineScreen #left { width: 44; height: 1fr; }
    TimelineScreen #builds { height: 2fr; }
    TimelineScreen #summary { height: 3fr; }
    TimelineScreen #right { width: 1fr; height: 1fr; }
    TimelineScreen #timeline { height: 2fr; }
    TimelineScreen #below { height: 1fr; min-height: 5; }
    TimelineScreen #jobs, TimelineScreen #output { height: 1fr; width: 1fr; }
    TimelineScreen.-broad #output, TimelineScreen.log #output { display: block; }
    TimelineScreen.-short #below, TimelineScreen.log #jobs { display: none; }
    TimelineScreen.log #below { display: block; }
    TimelineScreen.-narrow #left, TimelineScreen.-short #strip { display: none; }
    TimelineScreen.-narrow.builds #left { display: block; width: 1fr; }
    TimelineScreen.-narrow.builds #right { display: none; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left_square_bracket", "step_build(-1)", "older", id="history.older", tooltip="the build before"),
        Binding("right_square_bracket", "step_build(1)", "newer", id="history.newer", tooltip="the build after"),
        Binding("tab,shift+tab", "next_pane", "next pane", id="pane.next"),
        Binding("1", "pane('builds')", "builds", show=False, id="pane.jobs"),
        Binding("2", "pane('timeline')", "timeline", show=False, id="pane.detail"),
        Binding("3", "pane('jobs')", "graph", show=False, id="pane.output"),
        Binding("4", "log", "log", show=False, id="pane.source",
                tooltip="what the job had written by then, in the place of the graph; again: the graph"),
        Binding("E", "export", "export", id="timeline.export", tooltip="write the timeline: SVG, JSON or Chrome trace"),
        Binding("C", "copy_commands", "commands", show=False, id="build.commands",
                tooltip="copy the commands that show and repeat this build"),
        Binding("escape,T", "close", "back", id="screen.back"),
        Binding("question_mark", "app.help", "keys", id="help.open", tooltip="the keys of this pane; type to search"),
        Binding("q", "app.quit", "quit", id="app.leave"),
    ]  # fmt: skip

    def __init__(self, history: History, reader: Reader, number: int) -> None:
        super().__init__()
        self.HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide"), (_BROAD, "-broad")]
        self.VERTICAL_BREAKPOINTS = [(0, "-short"), (_GRAPH_FROM, "-tall")]
        self._is_due = False
        self._history = history
        self._reader = reader
        self._timeline: Timeline | None = None
        self.number = number

    def compose(self) -> ComposeResult:
        """Lay out panes and bars."""
        yield PastBar(self._reader.project_name())
        with Container(id="lanes"):
            with Vertical(id="left"):
                yield BuildsPane()
                yield SummaryPane()
            with Vertical(id="right"):
                yield TimelinePane(self._read_slices)
                with Horizontal(id="below"):
                    yield PastOutput(self._reader)
        yield BuildsBar()
        yield KeyBar()

    def on_mount(self) -> None:
        """Show the build."""
        self.query_one(TimelinePane).focus()
        self.set_interval(_LIVE_SECONDS, self._follow)
        self.show_build(self.number)

    @property
    def timeline(self) -> Timeline | None:
        """The build that is shown."""
        return self._timeline

    def show_build(self, number: int, row: str = "") -> None:
        """Show a build, with the cursor on a row where it has that."""
        builds = self._history.builds
        build = self._history.find(number)
        self.query_one(BuildsPane).show(builds, number)
        self.query_one(BuildsBar).show(builds, number)
        if build is None:
            return self.query_one(PastBar).show("there was no build yet")
        self.number = number
        self._timeline = collect_spans(
            self._history.entries(number), build, self._reader.slots, clock.monotonic()
        )  # the row of a build that runs ends now
        pane = self.query_one(TimelinePane)
        usual = median_times(self._history.durations(number))
        pane.show(self._timeline, usual)
        self.call_later(self._show_graph)
        self._summarise(usual)
        return self.query_one(PastBar).show(f"{safe(build.script)}.py  {title_of(build)}")

    def _summarise(self, usual: dict[str, float]) -> None:
        if self._timeline is None:
            return
        before = self._history.before_of_script(self.number)
        table = self._history.replay(self.number).table
        compared = compare_tables(table, self._history.replay(before).table if before else None)
        critical = self.query_one(TimelinePane).critical
        palette = self._axtui.palette
        self.query_one(SummaryPane).show(draw_summary(self._timeline, critical, compared, before, usual, palette))

    async def _show_graph(self) -> None:
        """Put in the graph of the build that is shown now, or of the same one with more in it."""
        await self.query(PastGraph).remove()
        await self.query_one("#below").mount(PastGraph(self._history.player(self.number), self._reader), before=0)
        self._move_graph()

    def on_timeline_pane_moved(self, message: TimelinePane.Moved) -> None:
        """Show the graph at the time cursor once the keys that are waiting have been taken."""
        if not self._is_due:
            self._is_due = True
            self.call_later(self._move_graph)

    def _move_graph(self) -> None:
        self._is_due = False
        pane = self.query_one(TimelinePane)
        if self._timeline is None:
            return
        for graph in self.query(PastGraph):
            if graph.is_mounted:
                graph.show_at(self._timeline, pane.at, pane.cursor)
        span = next((each for each in self._timeline.ran if each.row == pane.cursor), None)
        job, runs = (span.job, span.state == "running") if span else ("", False)
        self.query_one(PastOutput).show_at(job, self._timeline.build.at + pane.at, runs)

    def _follow(self) -> None:
        """Draw a build that runs anew."""
        if self._timeline is not None and not self._timeline.build.outcome:
            self.show_build(self.number)

    def _read_slices(self, span: Span, timeline: Timeline) -> Sequence[Slice]:
        progress = self._reader.progress(span.job) if span.job else []
        return find_slices(progress if span.state == "running" else settle(progress), span, timeline.build.began)

    def on_builds_pane_picked(self, message: BuildsPane.Picked) -> None:
        """Show another build."""
        self.show_build(message.number)

    def on_builds_bar_picked(self, message: BuildsBar.Picked) -> None:
        """Show another build."""
        self.show_build(message.number)

    def on_builds_pane_opened(self, message: BuildsPane.Opened) -> None:
        """Show a build on the main screen."""
        self._axtui.show_build(message.number)

    def on_builds_pane_compared(self, message: BuildsPane.Compared) -> None:
        """Compare two builds; a single one with the build of its script before it."""
        from axtui.tui.builds_diff_screen import BuildsDiffScreen

        numbers = sorted(message.numbers)
        if len(numbers) == 1:
            numbers.insert(0, self._history.before_of_script(numbers[0]))
        if len(numbers) != 2:
            self.status(f"{len(numbers)} builds are marked; space marks the two to compare")
        elif not numbers[0]:
            self.status(f"build {numbers[1]} is the first one of its script")
        else:
            self.app.push_screen(BuildsDiffScreen(self._history, self._reader, *numbers))

    def on_timeline_pane_opened(self, message: TimelinePane.Opened) -> None:
        """Show a job as this build left it."""
        self._axtui.show_build(self.number, (message.row, "jobs"))

    def on_descendant_focus(self, event: DescendantFocus) -> None:
        """Show the keys of the pane with the focus."""
        self.set_class(isinstance(event.widget, BuildsPane | SummaryPane), "builds")
        self.show_keys()

    def on_resize(self, event: Resize) -> None:
        """Show as many keys as fit."""
        self.show_keys()

    def action_step_build(self, step: int) -> None:
        """Show the build before or after this one."""
        found = self._history.beside(self.number, step)
        if found:
            self.show_build(found)
        else:
            ends = {-1: "the journal knows no older build", 1: "this is the last build"}
            self.status(ends[step])

    def action_next_pane(self) -> None:
        """Go to the other pane."""
        self.action_pane("builds" if isinstance(self.focused, TimelinePane) else "timeline")

    def action_pane(self, name: str) -> None:
        """Go to a pane."""
        self.set_class(name == "builds", "builds")
        if name == "jobs":
            self.remove_class("log")
        self.query_one(f"#{name}", Pane).focus()

    def action_log(self) -> None:
        """Show the output of the job in the place of the graph, or the graph again."""
        self.toggle_class("log")

    def action_close(self) -> None:
        """Go back to the main screen."""
        self.app.pop_screen()

    def action_export(self) -> None:
        """Ask in which form the timeline is written, and write it."""
        answers = {"s": "SVG, a picture", "j": "JSON", "c": "Chrome trace, for chrome://tracing or Perfetto"}
        self._axtui.ask("Export the timeline", "As what?", answers, self._export)

    def _export(self, answer: str) -> None:
        from axtui.tui.timeline_export import FORMS

        if self._timeline is None:
            return
        suffix, write = FORMS[answer]
        slices = {span.row: self._read_slices(span, self._timeline) for span in self._timeline.ran}
        text = write(self._timeline, self.query_one(TimelinePane).critical, slices)
        self._axtui.save(f"build-{self.number}{suffix}", text.encode())

    def action_copy_commands(self) -> None:
        """Copy the commands that show and repeat this build."""
        if self._timeline is None:
            return
        text = format_commands(self._timeline)
        self.app.copy_to_clipboard(text)
        self.status(f"copied {len(text.splitlines())} commands, {len(text)} characters")


def format_commands(timeline: Timeline) -> str:
    """Write the commands that run a build's script again, show its own job, and look at what failed."""
    build = timeline.build
    lines = [f"axtui run {build.script}"]
    lines += [f"axtui job {build.job}", f"axtui log {build.job}"] if build.job else []
    for span in timeline.spans:
        if span.state == "failed" and span.job:
            lines += [f"axtui why {span.job}", f"axtui log {span.job}"]
    return "\n".join(lines) + "\n"
