"""The output pane: what a job writes, followed without taking the view from the user."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.events import Key, MouseEvent, MouseScrollDown, MouseScrollUp
from textual.pilot import Pilot

from axtui.tui.output_pane import OutputPane
from tests.tui.recorded import Recorded
from tests.tui.screen import HIGH, in_loop, line_with, lines_of, opened, settle, until


@pytest.fixture
def writing(tmp_path: Path) -> Recorded:
    """Give a project with one running job that has written a hundred lines."""
    rec = Recorded(tmp_path)
    rec.begin()
    lines = "".join(f"line {number}\n" for number in range(100))
    rec.job("dev-1", "noisy", outputs={"analysis.0.out": lines, "analysis.1.err": "trouble\n"}, finished=False)
    rec.start("noisy.1", "dev-1")
    return rec


def write_more(rec: Recorded, text: str) -> None:
    """Let the job write."""
    with open(rec.root / "workdirs/dev/dev-1/output/analysis.0.out", "a") as handle:
        handle.write(text)


@in_loop
async def test_the_end_is_followed(writing: Recorded) -> None:
    """New lines come into view by themselves."""
    async with opened(writing.project) as (app, pilot):
        write_more(writing, "the newest line\n")
        app.workbench.show_row()
        await settle(pilot)

        assert line_with(app, "the newest line")
        assert line_with(app, "FOLLOW · 102 lines")


@in_loop
async def test_the_view_is_never_taken(writing: Recorded) -> None:
    """Who scrolled up stays there, whatever is written; F follows again."""
    async with opened(writing.project) as (app, pilot):
        await pilot.press("3", "g")
        await settle(pilot)
        write_more(writing, "the newest line\n")
        app.workbench.show_row()
        await settle(pilot)
        away = lines_of(app)
        await pilot.press("F")
        await settle(pilot)

        assert any("line 0" in line for line in away) and not any("newest" in line for line in away)
        assert any("▼ 1 new below · line 1 of 102 · F follow" in line for line in away)
        assert line_with(app, "the newest line")


@in_loop
async def test_one_slice_can_be_looked_at_alone(writing: Recorded) -> None:
    """A digit shows one slice, A all of them again."""
    async with opened(writing.project) as (app, pilot):
        await pilot.press("3", "1")
        await settle(pilot)
        alone = "\n".join(lines_of(app))
        await pilot.press("A")
        await settle(pilot)

        assert "slice 1" in alone
        assert "trouble" in alone
        assert "line 99" not in alone
        assert line_with(app, "all slices")
        assert line_with(app, "line 99")


@in_loop
async def test_long_lines_are_reached_sideways(writing: Recorded) -> None:
    """l moves the text to the left, h back."""
    write_more(writing, "x" * 90 + "END\n")
    async with opened(writing.project) as (app, pilot):
        await pilot.press("3")
        before = line_with(app, "END")
        await pilot.press("l", "l", "l", "l")
        await settle(pilot)

        assert not before
        assert line_with(app, "END")


async def type_into(pilot: Pilot[None], *keys: str) -> None:
    """Press keys and wait until what they ask for is done."""
    await pilot.press(*keys)
    await settle(pilot)


@in_loop
async def test_only_the_user_leaves_or_takes_up_the_end(writing: Recorded) -> None:
    """k and the wheel leave the end, j to the last line and the wheel back take it up; a resize changes nothing."""
    async with opened(writing.project) as (app, pilot):
        output = app.workbench.output
        states = []
        await type_into(pilot, "3", "k")
        states.append(output.follows)
        await pilot.resize_terminal(100, 30)
        write_more(writing, "more\n" * 5)
        app.workbench.show_row()
        await settle(pilot)
        states.append(output.follows)
        await type_into(pilot, "G")
        states.append(output.follows)
        await pilot.resize_terminal(160, 45)
        await settle(pilot)
        states.append(output.follows)
        output.post_message(wheel(output, MouseScrollUp))
        await settle(pilot)
        states.append(output.follows)
        for _ in range(3):
            output.post_message(wheel(output, MouseScrollDown))
        await settle(pilot)
        states.append(output.follows)

        assert states == [False, False, True, True, False, True]
        assert line_with(app, "FOLLOW · 106 lines")


def wheel(output: OutputPane, kind: type[MouseEvent]) -> MouseEvent:
    """Turn the wheel over the pane."""
    return kind(output, 5, 5, 0, 0, 0, False, False, False)


@in_loop
async def test_a_search_counts_all_and_goes_round(writing: Recorded) -> None:
    """/ counts in the whole output as one types, n and N go on and round, esc ends it."""
    async with opened(writing.project) as (app, pilot):
        await type_into(pilot, "3", "slash", *"line 1")
        typed = line_with(app, "3 Output")
        await type_into(pilot, "enter", "n")
        first = line_with(app, "3 Output"), line_with(app, "other end")
        await type_into(pilot, "n", "n", "N")
        second = line_with(app, "3 Output")
        await type_into(pilot, "escape")

        assert "/line 1 11 of 11" in typed
        assert "/line 1 1 of 11" in first[0] and first[1]
        assert "/line 1 2 of 11" in second
        assert "/" not in line_with(app, "3 Output")


@in_loop
async def test_a_filter_leaves_only_what_matches(writing: Recorded) -> None:
    """& narrows as one types, &! gives the rest, esc brings all back with the cursor on its line."""
    async with opened(writing.project) as (app, pilot):
        await type_into(pilot, "3", "ampersand", *"line 7", "enter")
        some = line_with(app, "FOLLOW")
        await type_into(pilot, "g", "j")
        await type_into(pilot, "escape")
        back = line_with(app, "F follow")
        await type_into(pilot, "ampersand", *"!line", "enter")
        rest = line_with(app, "line 1 of 1"), line_with(app, "trouble")

        assert "FOLLOW · 11 lines" in some
        assert "line 71 of 101" in back
        assert all(rest)


@in_loop
async def test_streams_stand_apart(writing: Recorded) -> None:
    """s chooses standard error alone, and all again."""
    async with opened(writing.project) as (app, pilot):
        await type_into(pilot, "3", "s", "e")
        alone = line_with(app, "all slices · stderr"), line_with(app, "FOLLOW · 1 line ")
        await type_into(pilot, "s", "a")

        assert all(alone)
        assert line_with(app, "FOLLOW · 101 lines")


@in_loop
async def test_an_error_leads_to_its_source_and_to_the_editor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """E finds the error, enter its source line as built, e opens the file on disk where that line is now."""
    rec = Recorded(tmp_path / "p")
    rec.begin()
    frame = '  File "/x/flights/a_bad.py", line 2, in analysis\n    1 / 0\n'
    trace = f"Traceback (most recent call last):\n{frame}ZeroDivisionError: no\n"
    rec.job("dev-1", "bad", "def analysis():\n    1 / 0\n", {"analysis.0.err": trace + "after\n" * 50}, finished=False)
    (rec.root / "flights/a_bad.py").write_text("# new\n\ndef analysis():\n    1 / 0\n")
    rec.start("bad.1", "dev-1")
    told = tmp_path / "told"
    (tmp_path / "code").write_text(f'#!/bin/sh\necho "$@" > {told}.new && mv {told}.new {told}\n')
    (tmp_path / "code").chmod(0o755)
    monkeypatch.setenv("VISUAL", f"{tmp_path}/code --wait")
    async with opened(rec.project) as (app, pilot):
        await type_into(pilot, "3", "E", "enter")
        source = app.focused, line_with(app, "line 2 of 2"), line_with(app, "the file on disk differs")
        await type_into(pilot, "e")
        await until(pilot, told.exists)

        assert source[0] is app.workbench.source and all(source[1:])
        assert told.read_text() == f"--wait -g {rec.root}/flights/a_bad.py:4\n"


@in_loop
async def test_lines_are_selected_and_copied(writing: Recorded, monkeypatch: pytest.MonkeyPatch) -> None:
    """v and j select lines, y copies them; with the mouse a part of a line is selected and ctrl+c copies it."""
    async with opened(writing.project) as (app, pilot):
        copied: list[str] = []
        monkeypatch.setattr(app, "copy_to_clipboard", copied.append)
        await type_into(pilot, "3", "g", "v", "j", "j", "y")
        told = line_with(app, "copied 20 characters")
        label = app.workbench.output.label_width
        await pilot.mouse_down("#output", offset=(label + 1, 2))
        await pilot.hover("#output", offset=(label + 4, 2))
        await pilot.mouse_up("#output", offset=(label + 4, 2))
        await settle(pilot)
        await type_into(pilot, "ctrl+c")

        assert told
        assert copied == ["line 0\nline 1\nline 2", "line"]


@in_loop
async def test_marks_stand_between_lines(writing: Recorded) -> None:
    """m draws a line below, ' goes to the marks in turn, m takes it away."""
    async with opened(writing.project) as (app, pilot):
        await type_into(pilot, "3", "g", "j", "m", "G", "apostrophe")
        marked = lines_of(app)
        at = app.workbench.output.cursor
        await type_into(pilot, "m")

        row = next(number for number, line in enumerate(marked) if "line 1 " in line and "│ line" in line)
        assert "─ mark " in marked[row + 1] and "line 2" in marked[row + 2]
        assert at == 1
        assert not line_with(app, "─ mark ")


@in_loop
async def test_long_lines_wrap(writing: Recorded) -> None:
    """w shows a long line whole over several rows, and the end stays in view; w again cuts it."""
    write_more(writing, "x" * 300 + "END\n")
    async with opened(writing.project) as (app, pilot):
        cut = line_with(app, "END")
        await type_into(pilot, "3", "w")
        wrapped = [line for line in lines_of(app) if "│ xxx" in line or "        xxx" in line]
        shown = line_with(app, "END"), line_with(app, "FOLLOW")
        await type_into(pilot, "w")

        assert not cut
        assert len(wrapped) == 5 and all(shown)
        assert not line_with(app, "END")


@in_loop
async def test_a_key_that_does_nothing_says_why(writing: Recorded) -> None:
    """Each key that cannot do anything here answers in the status line, and the next key brings the keys back."""
    async with opened(writing.project) as (app, pilot):
        await type_into(pilot, "3")
        answers = []
        for key in ("n", "7", "A", "F", "apostrophe", "enter", "h", "Q", "i", "ctrl+c"):
            await type_into(pilot, key)
            answers.append(lines_of(app)[-1].strip())
        await type_into(pilot, "k")

        words = (
            "nothing is searched", "slice 7 wrote nothing: there are 0 to 1", "are shown already",
            "followed already", "nothing is marked", "names no source line", "beginning of the lines",
            "Q does nothing here", "was not noted", "nothing is selected",
        )  # fmt: skip
        assert [word for word, answer in zip(words, answers, strict=True) if word not in answer] == []
        assert "follow" in lines_of(app)[-1]


@in_loop
async def test_every_key_of_the_panes_is_in_the_help(writing: Recorded) -> None:
    """The help says of each key of the output and the source pane what it does."""
    async with opened(writing.project, (160, 70)) as (app, pilot):
        for pane, keys in (("3", "F e E & s A enter i m ' n N w v 0"), ("tab", "e u f n N w v")):
            await type_into(pilot, pane, "question_mark")
            lines = [line.split("┃")[1].split() for line in lines_of(app) if line.count("┃") >= 2]
            known = {key for words in lines for key in words}
            await type_into(pilot, "escape")

            assert [key for key in keys.split() if key not in known] == []


@in_loop
async def test_keys_typed_ahead_go_where_they_belong(writing: Recorded) -> None:
    """Of keys that come all at once none is taken for a command: what follows / is searched for."""
    async with opened(writing.project) as (app, pilot):
        for key, character in (("3", "3"), ("slash", "/"), ("x", "x"), ("q", "q"), ("enter", "\r"), ("k", "k")):
            app.post_message(Key(key, character))
        await until(pilot, lambda: not app.is_busy and bool(line_with(app, "/xq 0")))
        await settle(pilot)

        assert app.is_running
        assert app.focused is app.workbench.output


@in_loop
async def test_the_source_shows_what_is_on_disk_now(tmp_path: Path) -> None:
    """A saved file is noticed; u shows it with what differs, and as built again; f chooses among stored files."""
    rec = Recorded(tmp_path / "p")
    rec.begin()
    directory = rec.job("dev-1", "one", "first\nsecond\nthird\n")
    (directory / "method/flights/helper.py").write_text("helping = True\n")
    rec.built("one.1", "dev-1")
    async with opened(rec.project, HIGH) as (app, pilot):
        same = line_with(app, "the file on disk")
        (rec.root / "flights/a_one.py").write_text("first\n2nd\nthird\nfourth\n")
        app.workbench.show_row()
        await settle(pilot)
        told = line_with(app, "▲ the file on disk differs from this build: +2 −1")
        await type_into(pilot, "4", "u")
        both = [line.split("┃")[1].strip() for line in lines_of(app) if line.count("┃") == 2]
        await type_into(pilot, "u", "f", *"help", "enter")

        assert not same and told
        assert [line for line in both if line] == ["1   first", "2 - second", "2 + 2nd", "3   third", "4 + fourth"]
        assert line_with(app, "Source flights/helper.py as built, dev-1")
        assert line_with(app, "helping = True")
