"""What a screen does for its panes of text: prompts, copying, editor and pager."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from axtui.tui.output_pane import OutputPane
from axtui.tui.programs import Command, NoProgramError, editor_command, pager_command, prompt_command, run_program
from axtui.tui.prompt_line import PromptLine
from axtui.tui.reader import Reader
from axtui.tui.rows import Row
from axtui.tui.source_pane import SourcePane
from axtui.tui.status_screen import StatusScreen
from axtui.tui.text_pane import TextPane

_STREAMS = {"a": ("", ""), "o": ("", "out"), "e": ("", "err"), "p": ("prep", ""), "s": ("syn", "")}

Texts = dict[str, tuple[str, Callable[[], tuple[str, bool]]]]
"""What can be copied by the key for it: words, and what gives the text and whether it is cut."""


class TextScreen(StatusScreen, inherit_bindings=False):
    """A screen with an output pane and a source pane.

    Attributes:
        is_due: Whether the row under the cursor is still to be shown in the other panes.
    """

    def __init__(self, reader: Reader) -> None:
        super().__init__()
        self._reader = reader
        self.is_due = False

    @property
    def row(self) -> Row | None:
        """The row whose job is shown."""
        raise NotImplementedError

    @property
    def output(self) -> OutputPane:
        """The output pane."""
        return self.query_one(OutputPane)

    @property
    def source(self) -> SourcePane:
        """The source pane."""
        return self.query_one(SourcePane)

    @property
    def is_busy(self) -> bool:
        """Whether something that is known is still to be drawn."""
        return self.is_due or self.output.is_busy

    def open_pane(self, name: str) -> None:
        """Give a pane the focus."""
        raise NotImplementedError

    def pass_on(self, purpose: str, text: str) -> None:
        """Give what is typed in the prompt to the pane it is for."""
        self.status("")
        pane = self.source if purpose == self.source.SEARCH else self.output
        pane.typed(purpose, text)

    def on_output_pane_prompted(self, message: OutputPane.Prompted) -> None:
        """Let the user type."""
        self.query_one(PromptLine).open(message.purpose)

    def on_output_pane_traced(self, message: OutputPane.Traced) -> None:
        """Open the source line that a traceback names."""
        if self.source.open_place(message.places):
            self.open_pane("source")
        else:
            file, line = message.places[0]
            self.status(f"{file}:{line} is not among the sources that were stored with this job")

    def on_output_pane_asked(self, message: OutputPane.Asked) -> None:
        """Let the user choose what of the output is shown."""
        answers = {"a": "all of it", "o": "standard output", "e": "standard error"}
        answers |= {"p": "prepare"} if "prep" in message.parts else {}
        answers |= {"s": "synthesis"} if "syn" in message.parts else {}
        self._axtui.ask("Output", "Which?", answers, lambda key: self.output.choose(*_STREAMS[key]))

    def on_source_pane_edited(self, message: SourcePane.Edited) -> None:
        """Open the user's editor."""
        try:
            self._run(editor_command(message.path, message.line))
        except NoProgramError as error:
            self.status(str(error))

    def on_source_pane_asked(self, message: SourcePane.Asked) -> None:
        """Let the user choose a file."""
        from axtui.tui.finder import Finder, Item

        finder = Finder("Stored files", [Item(name) for name in message.names], message.current)
        self.app.push_screen(finder, lambda item: self.source.open_file(item.text) if item else None)

    def action_edit(self) -> None:
        """Edit the source of the row's job, at the line that failed."""
        self.source.action_edit()

    def action_page(self) -> None:
        """Page through the output as it is shown, from the cursor's line."""
        if not self.output.has_lines:
            return self.status("there is no output to open")
        try:
            self._run(pager_command(self.output.cursor + 1), self.output.page())
        except NoProgramError as error:
            self.status(str(error))
        return None

    def action_prompt(self) -> None:
        """Open a Python prompt with the row's job."""
        if self.row is None or not self.row.job:
            return self.status("this row has no job yet, which a Python prompt could look at")
        return self._run(prompt_command(self.row.job))

    def action_copy_selected(self) -> None:
        """Copy what is selected, with the mouse or with keys."""
        pane = self.focused
        panes = [pane] if isinstance(pane, TextPane) else []
        panes += [pane for pane in (self.output, self.source) if pane.text_selection]
        for text in filter(None, (pane.selected_text() for pane in panes)):
            return self._copy(*text)
        return self.status("nothing is selected; q quits, x cancels a job, y copies")

    def action_copy_menu(self) -> None:
        """Copy the selected lines; where none are, ask what to copy."""
        pane = self.focused if isinstance(self.focused, TextPane) else self.output
        selected = pane.selected_text()
        if selected:
            pane.drop_selection()
            return self._copy(*selected)
        texts = self._texts(pane)
        if not texts:
            return self.status("there is nothing to copy here")
        answers = {key: words for key, (words, _) in texts.items()}
        return self._axtui.ask("Copy", "What?", answers, lambda key: self._copy(*texts[key][1]()))

    def _texts(self, pane: TextPane) -> Texts:
        """Return what can be copied by the key for it: words, and what gives the text and whether it is cut."""
        row = self.row
        found: Texts = {}
        if row and row.job:
            jobid, path = row.job, self._reader.directory(row.job)
            found["i"] = ("job id", lambda: (jobid, False))
            found["c"] = ("command that shows it", lambda: (f"axtui job {jobid}", False))
            found["p"] = ("path", lambda: (str(path), False))
        if row and row.problem[0]:
            message, file, line = row.problem
            found["e"] = ("error", lambda: (f"{message}\n{file}:{line}" if file else message, False))
        if pane.has_lines:
            found["l"] = ("line", pane.cursor_text)
            found["a"] = ("all lines", pane.all_text)
        return found | self.more_texts()

    def more_texts(self) -> Texts:
        """Return what can be copied besides, by its key."""
        return {}

    def _copy(self, text: str, cut: bool) -> None:
        self.app.copy_to_clipboard(text)
        rest = "; the rest is more than a terminal takes, o opens it in the pager" if cut else ""
        self.status(f"copied {len(text):,} character{'s' * (len(text) != 1)}{rest}")

    def _run(self, command: Command, feed: Iterator[bytes] | None = None) -> None:
        self.run_worker(self._run_and_tell(command, feed), group="program", exclusive=True)

    async def _run_and_tell(self, command: Command, feed: Iterator[bytes] | None) -> None:
        if command.windowed:
            self.status(f"{command.name} opens it")
        trouble = await run_program(self._axtui, command, feed)
        if trouble:
            self.status(trouble)
