"""What an app can do beside its work: palette, help, themes, pictures, the past, the user's keys. Asks no engine."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import ClassVar

from textual.app import App
from textual.binding import Binding, BindingType
from textual.notifications import SeverityLevel
from textual.screen import ModalScreen

from axtui.base.text import safe
from axtui.project.config import Project
from axtui.tui.finder import Item
from axtui.tui.history import History
from axtui.tui.palette import AXTUI_THEME
from axtui.tui.reader import Reader
from axtui.tui.settings import KEYS, config_directory, find_clashes, read_keys, read_settings
from axtui.tui.state import Board
from axtui.tui.themes import LIGHT_THEME, THEMES
from axtui.tui.workbench import Workbench


class CommandsApp(App[None], inherit_bindings=False):
    """An app on a project.

    Args:
        project: The project.

    Attributes:
        board: What is known of its builds.
        keys: The keys that the user gave to actions, by their ids.
        wrong: What is wrong with the user's settings and keys, a sentence each.
        workbench: The main screen.
    """

    workbench: Workbench
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("colon,ctrl+p", "palette", "palette", show=False, id="app.palette",
                tooltip="search actions, jobs, methods, builds and themes"),
        Binding("ctrl+t", "theme", "theme", show=False, id="app.theme"),
        Binding("S", "picture", "screenshot", show=False, id="app.screenshot", tooltip="keep this screen as a file"),
        Binding("ctrl+z", "suspend_process", "to the shell", show=False, id="app.suspend"),
    ]  # fmt: skip

    def __init__(self, project: Project) -> None:
        super().__init__()
        self.project = project
        self.reader = Reader(project)
        self.board = Board(str(project.root), self.reader.slots)
        self.history = History(self.reader.build_index(), str(project.root))
        self.register_theme(AXTUI_THEME)
        self.register_theme(LIGHT_THEME)
        self.settings, self.wrong = read_settings(config_directory(), self.available_themes)
        self.keys: Mapping[str, str] = {}
        self._take_keys()

    def _take_keys(self) -> None:
        """Give actions the keys that the user wants for them; a key that would mean two things keeps the first."""
        if not (config_directory() / KEYS).exists():
            return
        from axtui.tui.key_places import find_places  # it knows every pane, which the first frame need not wait for

        places = find_places(type(self))
        actions = {name: key for place in places for name, key in place.items()}
        keys, wrong = read_keys(config_directory(), actions)
        self.wrong = (*self.wrong, *wrong, *find_clashes(keys, places))
        self.keys = keys
        self.set_keymap(keys)

    def tell_idle(self, key: str, name: str) -> str:
        """Say of a key that does nothing where it was pressed where it does what."""
        from axtui.tui.key_places import tell_idle

        return tell_idle(key, safe(name), self.keys)

    def say(self, text: str, severity: SeverityLevel = "information") -> None:
        """Answer the user in a corner of the screen."""
        self.notify(safe(text), severity=severity, markup=False, timeout=4)

    def ask(self, title: str, text: str, answers: Mapping[str, str], then: Callable[[str], None]) -> None:
        """Ask a question; `then` gets the key of the answer, and is not called where the user stays."""
        from axtui.tui.dialogs import Question

        self.push_screen(Question(title, text, list(answers.items())), lambda key: then(key) if key else None)

    def step_build(self, number: int, step: int, place: tuple[str, str]) -> str:
        """Show the build beside one; after the last one of the past comes the present. Return why not, or "".

        Args:
            number: The build that is shown.
            step: -1 for the one before it, 1 for the one after it.
            place: The row and the pane to begin with.
        """
        found = self.history.beside(number, step)
        if found:
            self.show_build(found, place)
            return ""
        return "the journal knows no older build" if step < 0 else "this is the present; [ goes to the build before"

    def show_build(self, number: int, place: tuple[str, str] = ("", "jobs")) -> None:
        """Show a build as it ended; the last one is the present."""
        from axtui.tui.past_workbench import PastWorkbench

        while len(self.screen_stack) > 1 and not isinstance(self.screen, PastWorkbench):
            self.pop_screen()
        is_past = isinstance(self.screen, PastWorkbench)
        if self.board.build and number == self.board.build.number:
            self.pop_screen() if is_past else None
            return
        screen = PastWorkbench(self.history.replay(number), self.reader, place)
        self.switch_screen(screen) if is_past else self.push_screen(screen)

    def show_timeline(self, number: int) -> None:
        """Show when the jobs of a build ran."""
        from axtui.tui.timeline_screen import TimelineScreen

        self.push_screen(TimelineScreen(self.history, self.reader, number))

    def save(self, name: str, data: bytes) -> None:
        """Write a file of the user's among the project's exports, and say where it is."""
        try:
            self.say(f"wrote {self.reader.export(name, data)}")
        except OSError as error:
            self.say(f"{name} cannot be written: {error.strerror}", "error")

    def action_help(self) -> None:
        """List the keys of the screen; enter does what a key does."""
        from axtui.tui.commands import help_items

        self._find("Keys", help_items(self, self.screen))

    def action_palette(self) -> None:
        """Search among everything that can be done and seen."""
        from axtui.tui.commands import palette_items

        if not isinstance(self.screen, ModalScreen):
            self._find(":", palette_items(self, self.screen))

    def _find(self, title: str, items: Sequence[Item]) -> None:
        from axtui.tui.finder import Finder

        self.push_screen(Finder(title, items), lambda item: item.run() if item and item.run else None)

    def show_row(self, key: str) -> None:
        """Go to a row of the present build."""
        self._show_present()
        self.workbench.go_to_row(key)

    def show_method(self, method: str) -> None:
        """Show only the jobs of a method."""
        self._show_present()
        self.workbench.filter_jobs(f"method:{method}")

    def _show_present(self) -> None:
        while len(self.screen_stack) > 1:
            self.pop_screen()

    def choose_theme(self, name: str) -> None:
        """Draw with another theme from now on."""
        self.theme = name
        self.refresh(repaint=True, layout=True)

    def action_theme(self) -> None:
        """Take the next of our themes."""
        at = THEMES.index(self.theme) if self.theme in THEMES else -1
        self.choose_theme(THEMES[(at + 1) % len(THEMES)])
        self.say(f"theme {self.theme}")

    def action_picture(self) -> None:
        """Ask in which form the screen is kept, and keep it."""
        from axtui.tui.screenshot import draw_screen

        picture = draw_screen(self)
        answers = {"s": "SVG", "t": "text"} | ({"p": "PNG"} if picture.png else {})
        forms = {"s": (".svg", picture.svg.encode()), "t": (".txt", picture.text.encode()), "p": (".png", picture.png)}
        stamp = time.strftime("%Y%m%d-%H%M%S")
        self.ask(
            "Screenshot", "As what?", answers, lambda key: self.save(f"screen-{stamp}{forms[key][0]}", forms[key][1])
        )
