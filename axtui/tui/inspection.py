"""The screen that looks closely at one job: tabs of panes, a walk along inputs and users, versions one by one."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Vertical
from textual.events import DescendantFocus, Resize

from axtui.base import clock
from axtui.tui.bars import KeyBar
from axtui.tui.data_pane import DataPane
from axtui.tui.detail_pane import DetailPane
from axtui.tui.diff_pane import DiffPane
from axtui.tui.facts import Facts, FactsReader
from axtui.tui.inspected import datasets_of, row_of, tell_no_dataset
from axtui.tui.inspection_bars import TABS, JobBar, TabBar, VersionBar
from axtui.tui.links_pane import LinkList, LinksPane
from axtui.tui.output_pane import OutputPane
from axtui.tui.pane import Pane
from axtui.tui.programs import NoProgramError, editor_command, pager_command
from axtui.tui.prompt_line import PromptLine
from axtui.tui.reader import Reader
from axtui.tui.rows import SCRIPT, Row
from axtui.tui.slices_pane import SlicesPane
from axtui.tui.source_pane import SourcePane
from axtui.tui.state import Board
from axtui.tui.text_pane import TextPane
from axtui.tui.text_screen import Texts, TextScreen
from axtui.tui.versions import JobVersions

_TICK_SECONDS = 0.25
_PANES = dict(zip(TABS, ("detail", "source", "diff", "output", "data", "slices", "links"), strict=True))


class OverviewPane(DetailPane):
    """Everything about the job, the weightiest first."""

    NUMBER = 1


class BuiltSourcePane(SourcePane):
    """The source as it was built."""

    NUMBER = 2


class LogPane(OutputPane):
    """What the job wrote."""

    NUMBER = 4


class Inspection(TextScreen, inherit_bindings=False):
    """One job, and from there any other.

    Args:
        board: What is known of the builds.
        reader: What reads files.
        job: The job to begin with.
        tab: The tab to begin with.
        against: The job to compare with; "" for the version before.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        *(Binding(str(number), f"tab('{tab}')", tab, show=False, id=f"inspect.{tab}")
          for number, tab in enumerate(TABS, 1)),
        Binding("tab", "next_tab(1)", "next tab", id="inspect.next"),
        Binding("shift+tab", "next_tab(-1)", "tab before", show=False, id="inspect.previous"),
        Binding("left_square_bracket", "version(-1)", "older", id="inspect.older", tooltip="the version before"),
        Binding("right_square_bracket", "version(1)", "newer", id="inspect.newer", tooltip="the version after"),
        Binding("d", "diff", "diff", id="job.diff", tooltip="what differs from the version before"),
        Binding("W", "tab('overview')", "why", show=False, id="job.why", tooltip="why it was built or is not"),
        Binding("r", "rebuild(False)", "rebuild", id="job.rebuild", tooltip="build this job if anything changed"),
        Binding("R", "rebuild(True)", "force", show=False, id="job.force", tooltip="build this job again in any case"),
        Binding("x", "cancel", "cancel", show=False, id="job.cancel", tooltip="cancel this job"),
        Binding("slash", "search", "search", id="text.search", tooltip="search the text here"),
        Binding("e", "edit", "edit", id="job.edit", tooltip="open source, or the file under the cursor, in $EDITOR"),
        Binding("o", "page", "pager", id="output.page", tooltip="open output, or the file under the cursor, in $PAGER"),
        Binding("y", "copy_menu", "copy", id="job.copy", tooltip="copy id, path, error, line, value or output"),
        Binding("exclamation_mark", "prompt", "python", show=False, id="job.prompt", tooltip="a prompt with the job"),
        Binding("z", "zoom", "zoom", id="pane.zoom", tooltip="give this pane the screen"),
        Binding("escape", "back", "back", id="screen.back", tooltip="one step back"),
        Binding("question_mark", "app.help", "keys", id="help.open"),
        Binding("q", "app.quit", "quit", id="app.leave"),
        Binding("ctrl+c,super+c", "copy_selected", "copy what is selected", show=False, id="screen.copy"),
    ]  # fmt: skip

    def __init__(self, board: Board, reader: Reader, job: str, tab: str = "overview", against: str = "") -> None:
        super().__init__(reader)
        self.add_class("spread")
        self.HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (140, "-wide")]
        self.VERTICAL_BREAKPOINTS = [(0, "-short"), (36, "-tall")]
        self._board = board
        self._facts = FactsReader(reader)
        self._job, self._tab, self._against = job, tab, against
        self._trail: list[tuple[str, str]] = []
        self._row = Row("", "", job=job)
        self._versions: JobVersions | None = None
        self._is_looking = False
        self._seen: tuple[object, ...] = ()
        self._around: dict[str, Any] = {}
        """What was found out in the background: `users` of the job in any build, and `changed` versions since."""

    def compose(self) -> ComposeResult:
        """Lay out bars and panes."""
        yield JobBar()
        yield TabBar()
        with Container(id="body"):
            yield LinksPane()
            with Vertical(id="middle"):
                yield BuiltSourcePane(self._reader)
                yield DiffPane(self._reader)
                yield DataPane(self._reader)
            with Vertical(id="right"):
                yield OverviewPane()
                yield SlicesPane()
        yield LogPane(self._reader)
        yield PromptLine()
        yield VersionBar()
        yield KeyBar()

    def on_mount(self) -> None:
        """Show the job, and look after it while it runs."""
        self.set_interval(_TICK_SECONDS, self.tick)
        self.run_worker(self.source.prepare(), group="prepare", exit_on_error=False)
        self.inspect(self._job, self._tab)
        self._look_for_versions()

    @property
    def row(self) -> Row | None:
        """The row of the job."""
        return self._row

    @property
    def is_busy(self) -> bool:
        """Whether something that is known is still to be drawn."""
        data, diff = self.query_one(DataPane), self.query_one(DiffPane)
        return super().is_busy or self._is_looking or data.is_busy or diff.is_busy

    @property
    def pane(self) -> Pane:
        """The pane of the tab."""
        return self.query_one(f"#{_PANES[self._tab]}", Pane)

    def inspect(self, job: str, tab: str = "") -> None:
        """Show a job, on the tab that is open or on another."""
        self._job, self._seen, self._around = job, (), {}
        self.tick()
        if self._row.state in ("built", "reused"):
            self._axtui.look_for_users(job, lambda users: self._take_around(job, users=users))
            self.run_worker(self._look_for_changes(job), group="changes", exclusive=True)
        self.open_tab(tab or self._tab)

    def tick(self) -> None:
        """Draw the job again where something of it can have changed; four times a second while it runs."""
        key = self._board.table.jobs.get(self._job, "")
        row = self._board.table.rows.get(key)
        state = row.state if row and row.job == self._job else ""
        widths = [pane.room for pane in (self.query_one(OverviewPane), self.query_one(SlicesPane))]
        seen = (self._job, self._board.last_seq, state, self._versions is None, widths)
        if seen != self._seen or self._row.state == "running":
            is_new = seen[:1] != self._seen[:1] or seen[2] != self._seen[2]
            self._seen = seen
            self._draw(is_new)

    def _draw(self, is_new: bool) -> None:
        record = self._reader.job(self._job) if is_new or self._row.job != self._job else None
        if record is not None or self._row.job != self._job:
            self._row = row_of(self._job, self._board.table, record)
        row = self._row
        facts = self._facts.read(row, clock.monotonic())
        runs = row.state == "running"
        past = self._versions.past_seconds(row.job) if self._versions else []
        memory = [self._reader.memory(each) for each in facts.progress] if runs else []
        self.query_one(OverviewPane).show(row, self._board, facts)
        self.query_one(SlicesPane).show(row, facts, past, memory)
        self.output.show(row.job, runs)
        self.output.poll()
        self.source.show(row, facts.record.error if facts.record else {})
        self._show_links(facts)
        self._show_diff()
        self.query_one(DataPane).show(row.job, datasets_of(facts.record), tell_no_dataset(row, facts.record))
        self.query_one(JobBar).show(row, self._board.build.number if self._board.build else 0)
        self.query_one(VersionBar).show(self._versions.of(row.job) if self._versions else (), row.job)

    def _show_links(self, facts: Facts) -> None:
        found = LinkList(self._axtui.palette, self._reader.job)
        found.lay(self._row, self._board, facts, self._versions, datasets_of(facts.record), **self._around)
        self.query_one(LinksPane).show(self._job, found.lines)

    def _take_around(self, job: str, **found: Any) -> None:
        if job == self._job and self.is_running:
            self._around |= found
            self._show_links(self._facts.read(self._row, clock.monotonic()))

    async def _look_for_changes(self, job: str) -> None:
        self._take_around(job, changed=await asyncio.to_thread(self._reader.versions_now, job))

    def _show_diff(self) -> None:
        versions = self._versions.of(self._job) if self._versions else [self._job]
        at = versions.index(self._job) if self._job in versions else 0
        before = self._against or (versions[at - 1] if at else "")
        why = "looking for the version before …" if self._versions is None else "this is its first version"
        self.query_one(TabBar).show(self._tab, before)
        if self._tab == "diff":
            self.query_one(DiffPane).show(before, self._job, "" if before else why)

    def _look_for_versions(self) -> None:
        self._is_looking = True
        self.run_worker(self._find_versions(), group="versions", exclusive=True)

    async def _find_versions(self) -> None:
        try:
            self._versions = await asyncio.to_thread(self._reader.versions)
        except (OSError, ValueError) as error:
            self._versions = JobVersions()
            self.status(f"the journal cannot be read: {error}")
        self._is_looking = False
        self.tick()

    def open_tab(self, tab: str) -> None:
        """Show a tab, and give its pane the keys."""
        self._tab = tab
        for each in TABS:
            self.set_class(each == tab, f"tab-{each}")
        self._show_diff()
        self.pane.focus()
        self.call_after_refresh(self.tick)

    def open_pane(self, name: str) -> None:
        """Give a pane the keys."""
        self.open_tab(next(tab for tab, pane in _PANES.items() if pane == name))

    def pass_on(self, purpose: str, text: str) -> None:
        """Give what is typed in the prompt to the pane it is for."""
        if isinstance(self.pane, TextPane | DataPane):
            self.status("")
            self.pane.typed(purpose, text)

    def on_prompt_line_typed(self, message: PromptLine.Typed) -> None:
        """Take what is typed."""
        self.pass_on(message.purpose, message.text)

    def on_prompt_line_left(self, message: PromptLine.Left) -> None:
        """Give the keys back."""
        prompt = self.query_one(PromptLine)
        prompt.display = False
        if message.kept and isinstance(self.pane, DataPane):
            self.pane.entered(message.purpose, prompt.text)
        self.pane.focus()

    def on_descendant_focus(self, event: DescendantFocus) -> None:
        """Open the tab of the pane that was clicked, and show its keys."""
        tab = next((tab for tab, pane in _PANES.items() if pane == event.widget.id), "")
        if tab and tab != self._tab and self.has_class("-wide") and self.has_class("spread"):
            self._tab = tab
            self.query_one(TabBar).show(tab, self.query_one(DiffPane).before)
        self.show_keys()

    def on_resize(self, event: Resize) -> None:
        """Draw the panes for their new width."""
        self.call_after_refresh(self.tick)

    def on_tab_bar_picked(self, message: TabBar.Picked) -> None:
        """Open the tab that was clicked."""
        self.open_tab(message.tab)

    def on_data_pane_asked(self, message: DataPane.Asked) -> None:
        """Let the user choose a dataset."""
        from axtui.tui.finder import Finder, Item

        data = self.query_one(DataPane)
        finder = Finder("Datasets", [Item(name) for name in message.names], message.current)
        self.app.push_screen(finder, lambda item: data.open_dataset(item.text) if item else None)

    def on_links_pane_followed(self, message: LinksPane.Followed) -> None:
        """Go to a job, a dataset or a file."""
        link = message.link
        if link.kind == "job" and link.target == self._job:
            self.status(f"{link.target} is the job that is shown")
        elif link.kind == "job":
            self._trail.append((self._job, self._tab))
            self.inspect(link.target)
        elif link.kind == "dataset":
            self.open_tab("data")
            self.query_one(DataPane).open_dataset(link.target)
        else:
            self._page_file(Path(link.target))

    def _page_file(self, path: Path) -> None:
        try:
            self._run(pager_command(1), self._reader.file_lines(path))
        except NoProgramError as error:
            self.status(str(error))

    def action_ask_data(self, what: str) -> None:
        """Let the user type a line number or a condition; at once, since the next key is part of it."""
        purpose = self.query_one(DataPane).begin_prompt(what)
        if purpose:
            self.query_one(PromptLine).open(purpose)

    def action_tab(self, tab: str) -> None:
        """Go to a tab."""
        self.open_tab(tab)

    def action_next_tab(self, step: int) -> None:
        """Go to the next tab."""
        self.open_tab(TABS[(TABS.index(self._tab) + step) % len(TABS)])

    def action_version(self, step: int) -> None:
        """Go to an older or newer version of the job."""
        versions = self._versions.of(self._job) if self._versions else []
        at = versions.index(self._job) + step if self._job in versions else -1
        if not 0 <= at < len(versions):
            return self.status(f"this is its {'newest' if step > 0 else 'first'} version")
        self._against = ""
        return self.inspect(versions[at])

    def action_diff(self) -> None:
        """Compare with the version before."""
        self._against = ""
        self.open_tab("diff")

    def action_zoom(self) -> None:
        """Give the pane of this tab the screen, or take it back."""
        self.toggle_class("spread")
        self.call_after_refresh(self.tick)

    def action_back(self) -> None:
        """Take one step back: in the pane, zoom, the job from which the walk came, the screen."""
        pane = self.pane
        if isinstance(pane, TextPane | DataPane) and pane.step_back():
            return
        if not self.has_class("spread"):
            self.action_zoom()
        elif self._trail:
            self.inspect(*self._trail.pop())
        else:
            self.app.pop_screen()

    def action_search(self) -> None:
        """Type what to search for in the text here."""
        pane = self.pane
        if isinstance(pane, TextPane):
            pane.begin_search()
            self.query_one(PromptLine).open(pane.SEARCH)
        else:
            self.status("there is nothing to search here; 2 to 7 have texts that can be searched")

    def action_rebuild(self, force: bool) -> None:
        """Build the job again."""
        if self._row.row == SCRIPT:
            self._axtui.build("asked")
        elif not self._row.row:
            self.status(f"{self._job} is not a job of the build on the screen, so it cannot be built again from here")
        else:
            self._axtui.rebuild([self._row], force)

    def action_cancel(self) -> None:
        """Cancel the job."""
        if self._row.row and self._row.state in ("running", "waiting"):
            self._axtui.stop("cancel", self._row if self._row.row != SCRIPT else None)
        else:
            self.status("this job does not run")

    def action_edit(self) -> None:
        """Edit the source; on a file of the job, that file, after asking."""
        link = self.query_one(LinksPane).link
        if self._tab != "links" or link.kind != "file":
            return super().action_edit()
        text = "This file belongs to the record of the job: saved with a change, the job counts as damaged."
        return self._axtui.ask("Edit", text, {"y": "open it"}, lambda _: self._edit_file(Path(link.target)))

    def _edit_file(self, path: Path) -> None:
        try:
            self._run(editor_command(path, 1))
        except NoProgramError as error:
            self.status(str(error))

    def action_page(self) -> None:
        """Page through the output, or the file under the cursor."""
        link = self.query_one(LinksPane).link
        if self._tab == "links" and link.kind == "file":
            return self._page_file(Path(link.target))
        return super().action_page()

    def more_texts(self) -> Texts:
        """Return what can be copied besides, by its key."""
        link = self.query_one(LinksPane).link
        if self._tab == "data":
            return self.query_one(DataPane).copy_texts()
        if self._tab == "links" and link.kind:
            return {"t": (f"what the line leads to: {link.kind}", lambda: (link.target, False))}
        return {}
