"""The command: words in, one sentence and a status out."""

from __future__ import annotations

import importlib
import io

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
    ("name", "words", "wanted"),
    [
        ("run", "A -f x B", {"script": ["A", "B"], "flags": "x"}),
        ("run", "A -c 1 B +q --json C -c 2", {"script": ["A", "B", "C"], "concurrency": ["1", "2"], "json": True}),
        ("run", "-f x", {"script": ["build"], "flags": "x"}),
        ("diff", "dev-1 --json dev-2", {"before": "dev-1", "now": "dev-2", "json": True}),
        ("run", "-f x -- A -f", {"script": ["A", "-f"], "flags": "x"}),
        ("jobs", "--json small", {"method": "small"}),
        ("equivalent", "declare small --why renamed dev-1", {"method": "small", "old": "dev-1", "why": "renamed"}),
    ],
)
def test_options_stand_anywhere(
    monkeypatch: pytest.MonkeyPatch, name: str, words: str, wanted: dict[str, object]
) -> None:
    """Before, between and behind what a command is about, also below a word that says what it does."""
    seen: list[dict[str, object]] = []
    monkeypatch.setattr(f"axtui.cli.{name}.run", lambda arguments: seen.append(vars(arguments)) or 0)

    assert main([name, *words.split()]) == 0
    assert wanted.items() <= seen[0].items()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("run A --nonsense B", "unrecognized arguments: --nonsense"),
        ("run A -f", "argument -f/--flags: expected one argument"),
        ("diff --json A", "the following arguments are required: JOB"),
        ("equivalent declare --why x", "the following arguments are required: METHOD"),
    ],
)
def test_words_that_make_no_command_are_refused(capsys: pytest.CaptureFixture[str], words: str, said: str) -> None:
    """With how the command is used, and what is wrong."""
    with pytest.raises(SystemExit) as ended:
        main(words.split())

    usage, *_, error = capsys.readouterr().err.splitlines()
    assert ended.value.code == 2
    assert usage.startswith(f"usage: axtui {words.split()[0]} ")
    assert said in error


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


def test_what_is_printed_never_fails_for_its_letters(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the output takes no such letters they are written out."""
    written = io.BytesIO()
    monkeypatch.setattr("sys.stdout", io.TextIOWrapper(written, encoding="ascii", errors="strict"))
    monkeypatch.setattr("axtui.cli.version.run", lambda arguments: print("å\udcff") or 0)

    assert main(["version"]) == 0
    assert written.getvalue() == rb"\xe5\udcff" + b"\n"


def test_help_lists_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    """With what each is for."""
    with pytest.raises(SystemExit) as ended:
        main(["--help"])

    assert ended.value.code == 0
    text = capsys.readouterr().out
    assert all(f"  {name} " in text and purpose in text for name, purpose in COMMANDS.items())
