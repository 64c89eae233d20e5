"""What jobs write and what their sources hold stays text in the output and source panes, wherever it is shown."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import pytest
from rich.cells import cell_len

from axtui.tui.output_lines import OutputLines
from axtui.tui.tail import Tail
from tests.bench.output import Screen
from tests.tui.payloads import PAYLOADS, find_dangerous
from tests.tui.recorded import Recorded
from tests.tui.screen import NARROW, WIDE, in_loop, lines_of, opened, settle

KEYS = ("3", "z", "g", "w", "i", "m", "e", "v", "j", "escape", "tab", "G", "u", "w", "u", "shift+tab", "1", "A")
GROUP = 5
OURS = rb"\x1b(?:\[[\d;]*[mHK]|\[\?(?:25|10\d\d|20\d\d|7|2026|2048)(?:[hl]|\$p)|\[[<>=?][\du]*u|\]22;[a-z]+\x07.*)"
"""What Textual itself writes: colours, places, modes, the keyboard protocol, the shape of the pointer."""


def make_project(root: Path, payloads: Sequence[bytes]) -> Recorded:
    """Make a project with a job that writes payloads, and whose source has them in it; on disk it is another one."""
    rec = Recorded(root)
    rec.begin()
    directory = rec.job("dev-1", "noisy", finished=False)
    lines = b"".join(b'<%b>\n  File "flights/%b.py", line 1\nError: %b\n' % (each, each, each) for each in payloads)
    (directory / "output/analysis.0.out").write_bytes(lines)
    (directory / "output/analysis.1.err").write_bytes(lines + payloads[0])
    code = b"".join(b"# %b\nx = '%b'\n" % (each, each) for each in payloads)
    (directory / "method/flights/a_noisy.py").write_bytes(code)
    (rec.root / "flights/a_noisy.py").write_bytes(code.replace(b"x =", b"y ="))
    rec.start("noisy.1", "dev-1")
    return rec


@pytest.mark.slow
@pytest.mark.parametrize("first", range(0, len(PAYLOADS), GROUP))
@in_loop
async def test_payloads_are_only_text(tmp_path: Path, first: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """In output, search, filter, source, diff and clipboard no control character comes through; nothing is obeyed."""
    rec = make_project(tmp_path, PAYLOADS[first : first + GROUP])
    size = WIDE if first % 2 else NARROW
    async with opened(rec.project, size) as (app, pilot):
        copied: list[str] = []
        monkeypatch.setattr(app, "copy_to_clipboard", copied.append)
        shown = lines_of(app)
        for key in (*KEYS, "slash", *"<.", "enter", "ampersand", ".", "enter", "y", "a", "escape", "escape"):
            await pilot.press(key)
            await settle(pilot)
            shown += lines_of(app)

        assert not find_dangerous(shown)
        assert copied and not find_dangerous(copied[0].split("\n"))
        assert {cell_len(line) for line in shown} == {size[0]}
        assert app.is_running


def test_what_a_pager_gets_is_safe(tmp_path: Path) -> None:
    """The pager reads lines with colours and nothing else: whatever it lets through does no harm."""
    directory = tmp_path / "output"
    directory.mkdir()
    (directory / "prepare.out").write_bytes(b"\n".join(b"\x1b[31mred\x1b[0m " + payload for payload in PAYLOADS))
    lines = OutputLines(Tail(directory))
    while lines.step(0.0, 1.0)[1]:
        pass

    text = b"".join(lines.page(Tail(directory))).decode()

    assert text.startswith("prep │ \x1b[31mred\x1b[0m ")
    without_colours = "".join(_without_colours(text))
    assert not find_dangerous(without_colours.split("\n"))


@pytest.mark.slow
def test_the_terminal_gets_no_payload(tmp_path: Path) -> None:
    """Of the bytes that go to a real terminal every sequence is one that Textual draws or switches modes with."""
    rec = make_project(tmp_path / "p", PAYLOADS)
    screen = Screen(rec.root)
    try:
        screen.wait_for("3 Output")
        for keys in ("3", "z", "g", "w", "i", "m", "v", "jj", "\t", "u", "G", "w"):
            screen.press(keys)
            screen.watch(0.3)
        sequences = set(re.findall(rb"\x1b(?:\[[0-?]*[ -/]*[@-~]|[^\[].{0,12})", screen.text))
    finally:
        screen.close()

    assert sequences
    assert [each for each in sequences if not re.fullmatch(OURS, each, re.DOTALL)] == []
    assert not re.search(
        rb"[\x00-\x09\x0b\x0c\x0e-\x1a\x1c-\x1f\x7f]", re.sub(rb"\x1b\]22;[a-z]+\x07", b"", screen.text)
    )


def _without_colours(text: str) -> list[str]:
    """Return the pieces of text between allowed sequences."""
    pieces = text.split("\x1b[")
    for piece in pieces[1:]:
        codes, _, _ = piece.partition("m")
        assert all(char in "0123456789;:" for char in codes)
    return [pieces[0], *(piece.partition("m")[2] for piece in pieces[1:])]
