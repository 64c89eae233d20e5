"""What keys do with jobs: build, cancel, remove, copy, the marked ones or that under the cursor; menus of the list."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual.binding import Binding, BindingType

from axtui.base import clock
from axtui.tui.copying import join_lines
from axtui.tui.jobs_pane import JobsPane
from axtui.tui.prompt_line import PromptLine
from axtui.tui.reader import Reader
from axtui.tui.rows import SCRIPT, Row
from axtui.tui.staleness import is_own
from axtui.tui.state import Board
from axtui.tui.text_screen import TextScreen

_DRAG_MOST = 10
_USERS_MOST = 8
FILTER = "filter jobs /"
_FILTERS = {
    "a": ("all jobs", ""),
    "r": ("running", "state:running"),
    "f": ("failed", "state:failed,broken"),
    "s": ("stale", "state:stale"),
    "m": ("of this method", "method:"),
    "c": ("changed since the build before", "!state:reused !state:expected"),
}
_SORTS = {"t": "time", "n": "name", "s": "state", "z": "size"}


class JobScreen(TextScreen, inherit_bindings=False):
    """A screen with a job list."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r", "rebuild(False)", "rebuild", id="job.rebuild", tooltip="build this job if anything changed"),
        Binding("R", "rebuild(True)", "force", id="job.force", tooltip="run this job, or what is marked, in any case"),
        Binding("x", "cancel", "cancel", id="job.cancel", tooltip="cancel this job, what is marked, or the build"),
        Binding("X", "kill", "kill", show=False, id="job.kill", tooltip="kill this job at once"),
        Binding("delete", "remove", "remove", show=False, id="job.remove", tooltip="remove this job's directory"),
        Binding("b", "build", "build", id="build.run", tooltip="run the build script"),
        Binding("p", "pause", "pause", id="watch.pause", tooltip="rebuild on save, or not"),
        Binding("exclamation_mark", "prompt", "python", show=False, id="job.prompt", tooltip="a prompt with the job"),
        Binding("P", "pin", "pin", show=False, id="job.pin", tooltip="keep detail, output and source at this job"),
    ]  # fmt: skip

    def __init__(self, board: Board, reader: Reader) -> None:
        super().__init__(reader)
        self._board = board
        self._pinned = ""

    @property
    def jobs(self) -> JobsPane:
        """The job list."""
        return self.query_one(JobsPane)

    @property
    def row(self) -> Row | None:
        """The row under the cursor."""
        return self.jobs.row

    @property
    def shown_row(self) -> Row | None:
        """The row that the other panes show: the pinned one, else that under the cursor."""
        return self.jobs.find(self._pinned) or self.row

    def show_row(self) -> None:
        """Show the row in the other panes."""
        raise NotImplementedError

    def _chosen(self) -> list[Row]:
        """Return the marked rows; where none are, that under the cursor."""
        marked = [row for key in self.jobs.marks.keys if (row := self.jobs.find(key))]
        return marked or ([self.row] if self.row else [])

    def action_rebuild(self, force: bool) -> None:
        """Build jobs again, if needed or in any case; ask first when that drags many along."""
        rows = self._chosen()
        if not rows:
            return self.status("there is no job here to rebuild; space marks those of a group")
        if any(row.row == SCRIPT for row in rows):
            return self._axtui.build("asked")
        dragged = len(self._board.followers(rows)) if force else 0
        if dragged <= _DRAG_MOST:
            return self._axtui.rebuild(rows, force)
        name = rows[0].method if len(rows) == 1 else f"{len(rows)} jobs"
        text = (
            f"{name} {'runs' if len(rows) == 1 else 'run'} again, and the {dragged} jobs after if the output changes."
        )
        return self._axtui.ask("Force", text, {"y": "run again"}, lambda _: self._axtui.rebuild(rows, force))

    def action_cancel(self) -> None:
        """Cancel the jobs that run or wait; where none does, the build, after asking."""
        rows = [row for row in self._chosen() if row.state in ("running", "waiting")]
        if rows:
            for row in rows:
                self._axtui.stop("cancel", row if row.row != SCRIPT else None)
        elif self._board.is_building:
            text = "No job that runs is chosen. Cancel the whole build?"
            self._axtui.ask("Cancel", text, {"y": "cancel the build"}, lambda _: self._axtui.stop("cancel", None))
        else:
            self.status("nothing runs")

    def action_kill(self) -> None:
        """Kill jobs without giving them time, after asking."""
        rows = [row for row in self._chosen() if row.state == "running" and row.row != SCRIPT]
        if not rows:
            return self.status("this job does not run")
        name = f"{rows[0].method} {rows[0].job}" if len(rows) == 1 else f"{len(rows)} jobs"
        text = f"Kill {name} at once, without letting it clean up?"
        return self._axtui.ask("Kill", text, {"y": "kill"}, lambda _: self._kill(rows))

    def _kill(self, rows: list[Row]) -> None:
        for row in rows:
            self._axtui.stop("kill", row)

    def action_build(self) -> None:
        """Run the build script; where a save waits for that, ask what becomes of it."""
        if not (self._board.held and self._board.is_building):
            return self._axtui.build("asked")
        answers = {"r": "restart the build", "w": "build when this one has ended", "n": "do not build it"}
        choices = {"r": "restart", "w": "wait", "n": "drop"}
        text = f"Files were saved while the build runs: {self.what_is_due()}."
        return self._axtui.ask("Saved", text, answers, lambda key: self._axtui.answer_save(choices[key]))

    def action_pause(self) -> None:
        """Stop rebuilding on save, or go on."""
        self._axtui.set_watching(self._board.watching is False)

    def action_pin(self) -> None:
        """Keep the other panes at the row under the cursor, or let them follow again."""
        row = self.row
        if self._pinned:
            self._pinned = ""
            self.status("detail, output and source follow the cursor again")
        elif row is None:
            return self.status("there is no job here to stay at")
        else:
            self._pinned = row.row
            self.status(f"detail, output and source stay at {row.method} {row.job}; P lets them follow again")
        return self.show_row()

    def action_remove(self) -> None:
        """Remove the directory of the row's job, after asking, with those named that use it."""
        row = self.row
        if row is None or not row.job:
            return self.status("there is no job here to remove")
        if row.state == "running":
            return self.status(f"{row.job} runs; x cancels it")
        return self._axtui.find_users(row.job, lambda users: self._ask_remove(row.method, row.job, users))

    def _ask_remove(self, method: str, job: str, users: list[str]) -> None:
        more = f" and {len(users) - _USERS_MOST} more" if len(users) > _USERS_MOST else ""
        used = f"It is used by {', '.join(users[:_USERS_MOST])}{more}; they stay." if users else "No job uses it."
        text = f"Remove the directory of {method} {job} for good? {used}"
        self._axtui.ask("Remove", text, {"y": f"remove {job}"}, lambda _: self._axtui.remove(job))

    def on_jobs_pane_asked(self, message: JobsPane.Asked) -> None:
        """Let the user choose from a menu of the job list."""
        if message.menu == "sort":
            self._axtui.ask("Sort", "By what?", _SORTS, lambda key: self.jobs.sort(_SORTS[key]))
            return
        words = {key: text for key, (text, _) in _FILTERS.items() if key != "m" or self.row}
        self._axtui.ask("Show", "Which jobs?", words, self._show_only)

    def _show_only(self, key: str) -> None:
        method = self.row.method if key == "m" and self.row else ""
        self.filter_jobs(_FILTERS[key][1] + method)

    def filter_jobs(self, text: str) -> None:
        """Put a filter into force, where it can be seen and changed; "" shows all jobs."""
        prompt = self.query_one(PromptLine)
        if not text:
            self.jobs.widen()
        prompt.keep(FILTER, text)
        self.status(self.jobs.narrow(text))

    def action_copy_menu(self) -> None:
        """Ask what of the marked jobs to copy; where none are, of the one under the cursor."""
        rows = [row for row in self._chosen() if row.job]
        if len(rows) < 2 or self.focused is not self.jobs:
            return super().action_copy_menu()
        texts: dict[str, tuple[str, Callable[[Row], str]]] = {
            "i": ("job ids", lambda row: row.job),
            "p": ("paths", lambda row: str(self._reader.directory(row.job))),
            "e": ("errors", lambda row: f"{row.job} {row.problem[0]}" if row.problem[0] else ""),
            "c": ("commands that show them", lambda row: f"axtui job {row.job}"),
        }
        answers = {key: words for key, (words, _) in texts.items()}
        return self._axtui.ask("Copy", f"What of {len(rows)} jobs?", answers,
                               lambda key: self._copy(*join_lines(filter(None, map(texts[key][1], rows)))))  # fmt: skip

    def what_is_due(self) -> str:
        """Say what a build would do by what is known: how much is stale, how much comes after it, how long it takes."""
        if self._board.is_building and not self._board.held:
            return ""
        if self._board.held:
            count, own, seconds = (
                len(self._board.stale.messages),
                self._board.stale.own,
                self._board.seconds_due(self.slots),
            )
        else:
            keys = self._board.in_state("stale")
            own, count = sum(is_own(self._board.table.rows[key].message) for key in keys), len(keys)
            seconds = self._board.estimate(clock.monotonic(), self.slots).seconds
        if not count:
            return ""
        about = f", about {clock.format_seconds(seconds)}" if seconds else ""
        after = f", {count - own} after them" if count > own else ""
        return f"{own} stale{after}{about}"

    @property
    def slots(self) -> int:
        """How many jobs run side by side at most."""
        return self._reader.slots
