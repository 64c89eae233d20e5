"""Forty pieces of text that would do something to a terminal or to a layout, or are markup, if they got through."""

from __future__ import annotations

import re

PAYLOADS: tuple[bytes, ...] = (
    b"\x1b]0;title\x07",
    b"\x1b]2;title\x1b\\",
    b"\x1b]52;c;aGFjaw==\x07",
    b"\x1b]8;;http://evil.example\x07link\x1b]8;;\x07",
    b"\x1b]1337;File=inline=1:AAAA\x07",
    b"\x1b]4;1;rgb:ff/00/00\x07",
    b"\x1b]unfinished",
    b"\x1bP+q544e\x1b\\",
    b"\x1bPq#0;2;0;0;0~-\x1b\\",
    b"\x1b_Gf=100;AAAA\x1b\\",
    b"\x1b^private\x1b\\",
    b"\x1bXstring\x1b\\",
    b"\x1b[6n",
    b"\x1b[c",
    b"\x1b[>0q",
    b"\x1b[2J\x1b[H",
    b"\x1b[?1049l",
    b"\x1b[?1000h\x1b[?2004h",
    b"\x1b[5;10H",
    b"\x1b[999B",
    b"\x1b[21t",
    b"\x1b[4i",
    b"\x1b[8mhidden\x1b[28m",
    b"\x1b[5;38;5;99999999999m",
    b"\x1b[38;2;1",
    b"\x1bc",
    b"\x1b#8",
    b"\x1b(0lqqk\x1b(B",
    b"\x9b2J",
    "\x9b2J\x9d0;t\x9c\x90q\x9c".encode(),
    b"\x07\x08\x0b\x0c\x0e\x0f\x1a\x7f",
    b"nul\x00nul",
    b"over\rwritten",
    b"\xff\xfe\xc3\x28\xed\xa0\x80",
    "right \u202eto left\u202c \u2066isolate\u2069".encode(),
    "line\u2028para\u2029next\x85".encode(),
    ("a" + "\u0301" * 5000).encode(),
    "\u200b\u200d\ufeff".encode(),
    b"[/red][@click=app.quit]x[/][link=http://e][bold",
    b"\\[bold]$foreground {0} %s \xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x92\xbb",
)
_DANGEROUS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def find_dangerous(lines: list[str]) -> list[str]:
    """Return the lines with a character in them that a terminal would obey."""
    return [line for line in lines if _DANGEROUS.search(line)]
