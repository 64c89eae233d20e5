"""The application: folds what the engine says into the board, draws at most thirty times a second, asks the engine.

It builds nothing and writes nothing. Nothing is ever forked from this process.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, ClassVar

from textual.app import App
from textual.binding import Binding, BindingType
from textual.events import Event, Key
from textual.screen import ModalScreen, Screen

from axtui.base import clock
from axtui.base.clock import format_seconds
from axtui.base.errors import RecordError
from axtui.base.text import safe
from axtui.base.wire import Message
from axtui.event.events import BuildFinished, Entry, parse_entry
from axtui.project.config import Project
from axtui.tui.ascii_filter import use_ascii
from axtui.tui.commands_app import CommandsApp
from axtui.tui.key_order import KeyOrder
from axtui.tui.link import Engines, Link
from axtui.tui.palette import AXTUI_THEME, Palette
from axtui.tui.rows import Row
from axtui.tui.safety import add_filter
from axtui.tui.session import Session, read_session, write_session
from axtui.tui.text_screen import TextScreen
from axtui.tui.themes import choose_theme
from axtui.tui.workbench import Workbench

_FIRST_SECONDS, _PIECE_SECONDS = 0.15, 0.02
"""So long the journal is read before the first frame, and then in one piece."""
_LOOK_EVERY = 64
_SESSION_SECONDS = 10.0
_FRAME_REST = 4
"""How much longer than it took to draw the last frame nothing is drawn."""


class AxtuiApp(CommandsApp, inherit_bindings=True):
    """The workbench of one project.

    Args:
        project: The project.
        engines: Where its engine is found; None looks at the journal alone.
        ascii: Whether to draw with ASCII characters alone.
        session: Where the user's place is kept; None keeps none.
        background: "light" or "dark", where the terminal has said which it is.

    Attributes:
        workbench: The main screen.
    """

    CSS_PATH = "workbench.tcss"
    TITLE = "axtui"
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+q", "quit", "quit", show=False, id="app.quit"),
        Binding("ctrl+c", "help_quit", "copy", show=False, id="app.copy"),
        Binding("ctrl+l", "repaint", "repaint", show=False, id="app.repaint"),
    ]

    def __init__(
        self, project: Project, engines: Engines | None = None, ascii: bool = False, session: Path | None = None,
        background: str = "",
    ) -> None:  # fmt: skip
        super().__init__(project)
        self._engines = engines
        self._link: Link | None = None
        self._palette: tuple[str, Palette] | None = None
        self._due = False
        self._build_due = False
        """Whether the engine left, with a build asked for, to make room for one that knows the new configuration."""
        self._session = session
        self._kept: Session | None = None
        """What was written of the session last."""
        self._least_seconds = 1 / self.settings.frames
        self._frame_seconds = self._least_seconds
        self._pending: dict[int, tuple[str, Callable[[Message], None] | None]] = {}
        self._watches = True
        self._is_away = False
        self._keys = KeyOrder(self, super().on_event)
        self.theme = self.settings.theme or choose_theme(self.console.color_system, os.environ, background)
        add_filter(self)
        if ascii or self.settings.ascii:
            use_ascii(self)
        gc.disable()  # until all is read: looking through so much that stays takes a third of the time
        self._backlog: Iterator[Entry] | None = self.reader.last_entries()
        self._read_backlog(_FIRST_SECONDS)

    def _read_backlog(self, seconds: float) -> None:
        """Fold what the journal says of the last build, for so long; the rest is for later."""
        until = clock.monotonic() + seconds
        for number, entry in enumerate(self._backlog or ()):
            self.board.apply(entry)
            if number % _LOOK_EVERY == 0 and clock.monotonic() > until:
                return
        self._backlog = None

    async def _read_on(self) -> None:
        """Read the rest of a long journal in pieces, so that keys are taken in between; then find the engine."""
        while self._backlog is not None:
            self._read_backlog(_PIECE_SECONDS)
            self._show_link(f"reading the journal, {len(self.board.table.order):,} jobs so far")
            self._draw_soon()
            await asyncio.sleep(0)
        self._show_link("")
        gc.enable()
        gc.freeze()  # what is there by now stays; looking through it would hold up a key for 40 ms now and then
        if self._engines is not None:
            self._link = Link(self._engines, self._heard, self._show_link, self._catch_up)
            self.run_worker(self._link.keep(), group="link")
            self.run_worker(self._follow_sources(), group="watch")

    @property
    def palette(self) -> Palette:
        """The styles of the chosen theme."""
        if self._palette is None or self._palette[0] != self.theme:
            own = self.theme == AXTUI_THEME.name
            self._palette = self.theme, Palette(self.theme_variables, self.native_ansi_color, own)
        return self._palette[1]

    @property
    def is_busy(self) -> bool:
        """Whether something that is known is still to be drawn."""
        shown = self.screen if isinstance(self.screen, TextScreen) else self.workbench
        return self._backlog is not None or self._due or self._keys.is_busy or self.workbench.is_busy or shown.is_busy

    @property
    def keys_come_first(self) -> bool:
        """Whether what nobody waits for had better wait, because a key was pressed just now."""
        return self._keys.come_first()

    async def on_event(self, event: Event) -> None:
        """Take keys one by one."""
        if isinstance(event, Key) and not event.is_forwarded:
            await self._keys.take(event)
        else:
            await super().on_event(event)

    def get_default_screen(self) -> Screen[None]:
        """Begin with the workbench."""
        self.workbench = Workbench(self.board, self.reader)
        return self.workbench

    def on_mount(self) -> None:
        """Take signals, and leave the rest until the first frame is drawn."""
        loop = asyncio.get_running_loop()
        self.app_resume_signal.subscribe(self, self._come_back)
        if not self.is_headless:
            loop.add_signal_handler(signal.SIGTERM, self._terminate)
            loop.add_signal_handler(signal.SIGHUP, self._hang_up)
            loop.add_signal_handler(signal.SIGINT, self._interrupt)
        self.call_after_refresh(self._begin)

    def _begin(self) -> None:
        """Start what the first frame does not need: the highlighter, the engine, the watcher."""
        from axtui.tui.source_pane import SourcePane

        if self._session is not None:
            if not self._keys.any_came:  # who types already is somewhere else by now
                self.workbench.resume(read_session(self._session))
            self.set_interval(_SESSION_SECONDS, self._keep_session)
        for text in self.wrong:
            self.say(text, "warning")
        self.run_worker(self._read_on(), group="journal")
        self.run_worker(self.workbench.query_one(SourcePane).prepare(), group="prepare", exit_on_error=False)
        self.run_worker(self._learn_past(), group="history", exit_on_error=False)

    async def _learn_past(self) -> None:
        """Read the builds before those that were folded in, and how long their jobs took, beside the event loop."""
        first = min(self.board.builds, default=0)
        self.board.past.put_before(await asyncio.to_thread(self.history.durations, first))

    async def _follow_sources(self) -> None:
        from axtui.watch.watcher import follow

        try:
            async for paths in follow(self.project):
                self._request("hint", paths=list(paths))
        except OSError as error:
            self.say(f"{error}; the engine looks at them every ten seconds.", "warning")

    def _catch_up(self) -> None:
        """Catch up with the journal, have the sources looked at, and build where nothing was ever built."""
        self._request("attach", since=self.board.last_seq + 1)
        self._request("watch", on=self._watches)
        self._request("state")
        self._request("hint", paths=[])
        if self.board.build is None or self._build_due:
            self._build_due = False
            self.build("asked")

    def _heard(self, messages: list[Message]) -> None:
        for message in messages:
            if "entry" in message:
                self._fold(message["entry"])
            elif message.get("re") in self._pending:
                asked, then = self._pending.pop(message["re"])
                if message.get("again"):
                    self._build_due = True
                elif message.get("error"):
                    self.say(f"{asked}: {message['error']}", "error")
                elif asked == "state":
                    self.board.learn(message.get("watching") is True, message.get("methods"))
                elif then is not None:
                    then(message)
        self._draw_soon()

    def _fold(self, record: Any) -> None:
        try:
            entry: Entry = parse_entry(record)
        except (RecordError, TypeError, AttributeError):
            return
        notes = len(self.board.notes)
        self.board.apply(entry)
        if isinstance(entry.event, BuildFinished):
            self._ring(entry.event)
        if len(self.board.notes) > notes:
            self.say(self.board.notes[-1])

    def _ring(self, event: BuildFinished) -> None:
        """Tell of the end of a long build, also who looks at another window."""
        least = self.settings.notify_seconds
        if not least or event.seconds < least:
            return
        text = f"build {event.build} {event.outcome} after {format_seconds(event.seconds)}"
        self.say(text)
        self.bell()
        if self.settings.osc9 and self._driver is not None:
            self._driver.write(f"\x1b]9;axtui: {safe(text)}\x07")

    def _draw_soon(self) -> None:
        if not self._due:
            self._due = True
            self.set_timer(self._frame_seconds, self._draw)

    def _draw(self) -> None:
        """Draw what has come; the more that takes the rarer, so that a large build keeps its cores."""
        if self.keys_come_first:
            self.set_timer(self._least_seconds, self._draw)
            return
        self._due = False
        began = clock.monotonic()
        if self.workbench.is_running:  # messages may come while the app is ending
            self.workbench.refresh_board()
        self._frame_seconds = max(self._least_seconds, _FRAME_REST * (clock.monotonic() - began))

    def _show_link(self, text: str) -> None:
        if self.workbench.is_running:
            self.workbench.show_link(safe(text))

    def _request(self, do: str, then: Callable[[Message], None] | None = None, **fields: Any) -> bool:
        number = self._link.request(do, **fields) if self._link else None
        if number is None:
            return False
        self._pending[number] = do, then
        return True

    def _ask_engine(self, text: str, do: str, then: Callable[[Message], None] | None = None, **fields: Any) -> None:
        """Send a request that a user asked for, and say what became of it; `then` gets the answer if it is no error."""
        sent = self._request(do, then, **fields)
        if sent and text:
            self.say(text)
        elif not sent:
            self.say(f"There is no engine to {do}; the workbench is read-only.", "warning")

    def build(self, cause: str) -> None:
        """Run the build script of the last build."""
        script = self.board.build.script if self.board.build else "build"
        how: dict[str, Any] = {"script": script, "cause": cause, "environment": dict(os.environ)}
        self._ask_engine(f"Building {script}.", "build", **how, saved=[], force=[])

    def rebuild(self, rows: Sequence[Row], force: bool) -> None:
        """Build the jobs of rows again; `force` runs them even where nothing changed."""
        name = rows[0].row if len(rows) == 1 else f"{len(rows)} jobs"
        keys = [row.row for row in rows]
        self._ask_engine(f"{'Running' if force else 'Rebuilding'} {name}.", "rebuild", rows=keys, force=force)

    def find_users(self, job: str, then: Callable[[list[str]], None]) -> None:
        """Ask which jobs were made from one."""
        self._ask_engine("", "users", lambda answer: then([safe(str(each)) for each in answer["users"]]), job=job)

    def look_for_users(self, job: str, then: Callable[[list[str]], None]) -> None:
        """Have the engine look which jobs of any build were made from one; without an engine nobody looks."""
        self._request("users", lambda answer: then([safe(str(each)) for each in answer["users"]]), job=job)

    def answer_save(self, choice: str) -> None:
        """Say what becomes of a save that came during a build: "restart", "wait" or "drop"."""
        self._ask_engine("", "held", choice=choice)
        self.board.held = "wait" if choice == "wait" else ""

    def remove(self, job: str) -> None:
        """Remove the directory of a job."""
        self._ask_engine(f"Removing {job}.", "remove", job=job)

    def stop(self, do: str, row: Row | None) -> None:
        """Cancel or kill a row's job; None stops every build."""
        for build in [build.number for build in self.board.builds.values() if not build.outcome]:
            name = row.row if row else f"build {build}"
            text = f"{'Killing' if do == 'kill' else 'Cancelling'} {name}."
            self._ask_engine(text, do, row=row.row if row else "", build=build)

    def set_watching(self, on: bool) -> None:
        """Rebuild on save, or not."""
        self._watches = on
        text = "A save rebuilds again." if on else "Paused: a save rebuilds nothing; b builds."
        self._ask_engine(text, "watch", on=on)

    async def action_quit(self) -> None:
        """Leave; ask what becomes of the build if one runs."""
        if isinstance(self.screen, ModalScreen):
            self.pop_screen()
        if not self.board.is_building or self._link is None or not self._link.is_up:
            self._leave("d")
            return
        answers = {"d": "detach: the build goes on", "c": "cancel the build"}
        self.ask("A build runs", "What becomes of it?", answers, self._leave)

    def action_help_quit(self) -> None:
        """Say what leaves, since ctrl+c does not."""
        self.say("q quits, x cancels a job.")

    @contextlib.contextmanager
    def away(self) -> Iterator[None]:
        """While another program has the terminal: interrupts are meant for that one."""
        self._is_away = True
        try:
            yield
        finally:
            self._is_away = False

    def action_repaint(self) -> None:
        """Draw everything again."""
        self.refresh(repaint=True, layout=True)

    def _leave(self, answer: str) -> None:
        if answer == "c":
            self.stop("cancel", None)
        self._keep_session()
        if self._link is not None:
            self._link.close()
        self.exit(return_code=0)

    def _come_back(self, _: App[None]) -> None:
        """Draw everything again after the shell had the terminal: it is empty then."""
        self.call_after_refresh(self.action_repaint)

    def _keep_session(self) -> None:
        """Write where the user is, if that is elsewhere than when it was written last."""
        if self._session is None or self._backlog is not None or not self.workbench.is_running:
            return  # before the journal has been read the user's row may be still to come
        session = self.workbench.session
        if session != self._kept:
            self._kept = session
            write_session(self._session, session)

    def _hang_up(self) -> None:
        """Leave at once: the terminal is gone."""
        self._keep_session()
        os._exit(128 + signal.SIGHUP)

    def _terminate(self) -> None:
        self._keep_session()
        self.exit(return_code=128 + signal.SIGTERM)

    def _interrupt(self) -> None:
        """Ask as q does; who interrupts again while the question stands leaves at once."""
        if self._is_away:
            return
        if isinstance(self.screen, ModalScreen):
            self._leave("d")
        else:
            self.run_worker(self.action_quit())
