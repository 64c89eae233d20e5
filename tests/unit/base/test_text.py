"""Text from outside made fit for a terminal."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from axtui.base.text import format_nbytes, is_utf8, safe

DRIVES = {
    "title": ("\x1b]0;owned\x07after", "after"),
    "title ended by ST": ("\x1b]2;owned\x1b\\after", "after"),
    "clipboard": ("\x1b]52;c;ZXZpbA==\x07x", "x"),
    "link": ("\x1b]8;;http://evil\x1b\\text\x1b]8;;\x1b\\", "text"),
    "colour": ("\x1b[31mred\x1b[0m", "red"),
    "cursor": ("a\x1b[2Jb\x1b[10;10Hc\x1b[?1049hd", "abcd"),
    "device status": ("\x1b[6n\x1b[cx", "x"),
    "device control": ("\x1bP1$r0m\x1b\\x", "x"),
    "application command": ("\x1b_hidden\x1b\\x", "x"),
    "privacy message": ("\x1b^hidden\x1b\\x", "x"),
    "start of string": ("\x1bXhidden\x1b\\x", "x"),
    "two-character": ("\x1bcx\x1b7y\x1b(0z", "xyz"),
    "eight-bit CSI": ("\x9b31mx", "x"),
    "eight-bit OSC": ("\x9d0;owned\x9cx", "x"),
    "eight-bit DCS": ("\x90hidden\x9cx", "x"),
    "unfinished OSC": ("a\x1b]0;owned", "a"),
    "unfinished CSI": ("a\x1b[", "a"),
    "escape at the end": ("a\x1b", "a"),
    "escape that forms after a removal": ("\x1b\x1b[0m[31mx", None),
    "nul": ("a\0b", "a␀b"),
    "bell": ("a\x07b", "a␇b"),
    "backspace": ("a\bb", "a␈b"),
    "carriage return": ("good\rbad", "good␍bad"),
    "newline": ("a\nb", "a␊b"),
    "delete": ("a\x7fb", "a␡b"),
    "next line": ("a\x85b", "a�b"),
    "right-to-left override": ("a\u202eb", "a�b"),
    "isolate": ("a\u2066b", "a�b"),
    "zero width": ("a\u200bb\ufeffc", "a�b�c"),
    "line separator": ("a\u2028b\u2029c", "a�b�c"),
    "lone surrogate": ("a\ud800b", "a�b"),
    "tab": ("a\tb\tc", "a       b       c"),
}


def controls(text: str) -> list[str]:
    """Return the characters that are not for showing."""
    return [char for char in text if unicodedata.category(char) in ("Cc", "Cf", "Cs", "Zl", "Zp")]


@pytest.mark.parametrize("what", [*DRIVES])
def test_nothing_drives_the_terminal(what: str) -> None:
    """Sequences go, single controls become something to see."""
    given_text, wanted = DRIVES[what]

    found = safe(given_text)

    assert not controls(found)
    assert wanted is None or found == wanted


@given(st.text(st.characters() | st.sampled_from("\x1b[]\\;0m\x07\x9b\x9c\x9dPX^_\x90 31")))
def test_no_text_keeps_a_control_character(text: str) -> None:
    """Whatever comes in, nothing that a terminal would act on comes out; doing it again changes nothing."""
    found = safe(text)

    assert not controls(found)
    assert safe(found) == found


@given(st.text(st.sampled_from("\x1b[]0;1m3:\x07a\x9b\x9c ")))
def test_colours_are_all_that_may_stay(text: str) -> None:
    """With colours kept, what is left besides them has no control character."""
    rest = re.sub(r"\x1b\[[0-9;:]*m", "", safe(text, colours=True))

    assert not controls(rest)


def test_colours_stay_where_they_are_wanted() -> None:
    """SGR sequences are passed through, other sequences are not."""
    assert safe("a\x1b[1;31mb\x1b[2Jc\x1b[0m", colours=True) == "a\x1b[1;31mbc\x1b[0m"


@given(st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E)))
def test_plain_text_stays(text: str) -> None:
    """ASCII that can be printed is passed on as it is."""
    assert safe(text) == text


def test_other_scripts_stay() -> None:
    """Letters with marks, wide characters and emoji are text."""
    text = "naïve e\u0301 日本語 ☃ 🚀"

    assert safe(text) == text


def test_towers_of_marks_are_cut() -> None:
    """Thousands of combining marks on a letter become a few."""
    found = safe("a" + "\u0301" * 5000 + "b")

    assert len(found) <= 10
    assert found[0] == "a"
    assert found[-1] == "b"


def test_sizes_are_short() -> None:
    """A number of at most three places before the point, and its unit."""
    assert [format_nbytes(n) for n in (0, 999, 1000, 31_400_000_000)] == ["0 B", "999 B", "1.0 kB", "31.4 GB"]


def test_text_that_utf8_has() -> None:
    """All but lone surrogates."""
    assert is_utf8("") and is_utf8("aå\U0001f600\0\uffff")
    assert not is_utf8("a\udcff") and not is_utf8("\ud800")
