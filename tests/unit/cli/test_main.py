"""The command: words in, one sentence and a status out."""

from __future__ import annotations

import importlib

import pytest

from axtui.base.errors import UserError
from axtui.cli import main as command
from axtui.cli.main import COMMANDS, main


@pytest.mark.parametrize("name", [*COMMANDS])
def test_every_command_has_a_file(name: str) -> None:
    """With a docstring for its help, an example of itself, and what the command needs to run."""
    module = importlib.import_module(f"axtui.cli.{name}")

    assert module.__doc__
    assert module.EXAMPLE.startswith("axtui ")
    assert callable(module.add_arguments)
    assert callable(module.run)


@pytest.mark.parametrize(
    ("error", "status", "said"),
    [
        (UserError("no \x1b]0;owned\x07 luck"), 2, "axtui version: no  luck\n"),
        (KeyboardInterrupt(), 130, ""),
    ],
)
def test_errors_are_a_sentence_and_a_status(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], error: BaseException, status: int, said: str
) -> None:
    """What is ours is told safely in one line; an interruption needs no words."""

    def fail(arguments: object) -> int:
        raise error

    monkeypatch.setattr("axtui.cli.version.run", fail)

    assert main(["version"]) == status
    assert capsys.readouterr() == ("", said)


def test_a_reader_that_is_gone_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """`axtui jobs | head` ends quietly."""

    def fail(arguments: object) -> int:
        raise BrokenPipeError

    monkeypatch.setattr("axtui.cli.version.run", fail)
    monkeypatch.setattr(command.os, "dup2", lambda *fds: None)

    assert main(["version"]) == 0


def test_help_lists_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    """With what each is for."""
    with pytest.raises(SystemExit) as ended:
        main(["--help"])

    assert ended.value.code == 0
    text = capsys.readouterr().out
    assert all(f"  {name} " in text and purpose in text for name, purpose in COMMANDS.items())
