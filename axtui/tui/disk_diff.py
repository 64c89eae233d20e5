"""What differs between a source as it was built and the file on disk, line by line. Reads no files."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from typing import Literal, NamedTuple

Sign = Literal[" ", "+", "-"]
_COMPARED_MOST = 3000
"""Where more lines differ on both sides than this, they count as replaced: comparing them takes seconds."""


class DiffLine(NamedTuple):
    """A line: " " in both, "-" only as built, "+" only on disk; its numbers from 0 there, -1 for none."""

    sign: Sign
    built: int
    disk: int


def compare(built: Sequence[str], disk: Sequence[str]) -> list[DiffLine]:
    """Return all lines of both, in order; of a change first what was built."""
    head = 0
    while head < min(len(built), len(disk)) and built[head] == disk[head]:
        head += 1
    tail = 0
    while tail < min(len(built), len(disk)) - head and built[-1 - tail] == disk[-1 - tail]:
        tail += 1
    lines = [DiffLine(" ", at, at) for at in range(head)]
    lines += _middle(built[head : len(built) - tail], disk[head : len(disk) - tail], head)
    lines += [DiffLine(" ", len(built) - tail + at, len(disk) - tail + at) for at in range(tail)]
    return lines


def count_changes(lines: Sequence[DiffLine]) -> tuple[int, int]:
    """Return how many lines are only on disk, and how many only as built."""
    return sum(line.sign == "+" for line in lines), sum(line.sign == "-" for line in lines)


def find_on_disk(lines: Sequence[DiffLine], built: int) -> int:
    """Return where a line as built is on disk; where it is gone, what stands in its place. Both from 0."""
    last = 0
    for line in lines:
        if line.built == built and line.disk >= 0:
            return line.disk
        if line.built >= built >= 0:
            break
        last = line.disk + 1 if line.disk >= 0 else last
    return last


def _middle(built: Sequence[str], disk: Sequence[str], head: int) -> list[DiffLine]:
    if min(len(built), len(disk)) > _COMPARED_MOST:
        codes = [("replace", 0, len(built), 0, len(disk))]
    else:
        codes = list(difflib.SequenceMatcher(None, built, disk, autojunk=False).get_opcodes())
    lines: list[DiffLine] = []
    for code, first, last, disk_first, disk_last in codes:
        if code == "equal":
            lines += [DiffLine(" ", head + a, head + b) for a, b in
                      zip(range(first, last), range(disk_first, disk_last), strict=True)]  # fmt: skip
            continue
        lines += [DiffLine("-", head + at, -1) for at in range(first, last)]
        lines += [DiffLine("+", -1, head + at) for at in range(disk_first, disk_last)]
    return lines
