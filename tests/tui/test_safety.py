"""Nothing that comes from outside drives the terminal or is taken for markup."""

from __future__ import annotations

from pathlib import Path

from rich.segment import Segment
from textual.color import Color

from axtui.event import events as ev
from axtui.tui.safety import ControlFilter
from tests.tui.recorded import Recorded
from tests.tui.screen import FakeEngines, in_loop, lines_of, opened, settle, until

NASTY = "\x1b]52;c;aGk=\x07\x1b[2J[/red][@click=app.quit]x[/]\u202e\x9b31m"


def make_nasty(root: Path) -> Recorded:
    """Make a project in which every text is hostile."""
    rec = Recorded(root)
    rec.begin()
    rec.job("dev-1", "nasty", NASTY, {"prepare.out": NASTY + "\n"}, {NASTY: NASTY}, result=NASTY)
    (root / "workdirs/dev/dev-1" / "na\x1b]0;t\x07sty.txt").write_text("x")
    rec.say(ev.JobRequested(1, "nasty.1", NASTY, "", NASTY, NASTY, (NASTY,)))
    rec.say(ev.JobStarted(1, "nasty.1", "dev-1", 2, (NASTY,), 1.0))
    rec.say(ev.JobFailed(1, "nasty.1", "dev-1", 1.0, NASTY, NASTY, f"flights/{NASTY}.py", 1))
    return rec


@in_loop
async def test_hostile_text_stays_text(tmp_path: Path) -> None:
    """On every pane, in the dialogs and in notices, no control character is drawn and no markup is obeyed."""
    rec = make_nasty(tmp_path)
    engines = FakeEngines()
    async with opened(rec.project, engines=engines) as (app, pilot):
        shown = lines_of(app)
        engines.client.say(rec.entry(ev.Noted(NASTY)), rec.entry(ev.MethodBroken(NASTY, NASTY, 1, NASTY)))
        await until(pilot, lambda: len(app._notifications) > 0)
        for key in ("2", "2", "3", "4", "escape", "R", "escape", "question_mark"):
            await pilot.press(key)
            await settle(pilot)
            shown += lines_of(app)

        assert not any(ord(char) < 32 or 0x7F <= ord(char) < 0xA0 or char == "\u202e" for char in "".join(shown))
        assert any("[/red][@click=app.quit]" in line for line in shown)
        assert app.is_running


@in_loop
async def test_the_filter_is_where_textual_looks_for_it(tmp_path: Path) -> None:
    """The last defence is in the private list that Textual draws through; a new Textual may have moved it."""
    async with opened(Recorded(tmp_path).project) as (app, _):
        assert any(isinstance(one, ControlFilter) for one in app.get_line_filters())


def test_the_filter_takes_control_characters_out() -> None:
    """What no widget cleaned is clean after the filter; clean lines pass untouched."""
    nasty, clean = [Segment("a\x1b[2Jb\x9bc")], [Segment("plain ✔")]

    assert ControlFilter().apply(nasty, Color(0, 0, 0))[0].text == "a�[2Jb�c"
    assert ControlFilter().apply(clean, Color(0, 0, 0)) is clean
