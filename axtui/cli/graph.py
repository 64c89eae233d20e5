"""Draw which job of a build reads which: as lanes beside a list, for Graphviz (dot), or for Mermaid."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from axtui.base.clock import format_seconds
from axtui.base.errors import UserError
from axtui.base.text import safe
from axtui.event.events import BuildFinished, BuildStarted, Entry
from axtui.event.journal import read_journal, read_last_builds
from axtui.project.config import find_root, read_project
from axtui.tui.glyphs import GLYPHS
from axtui.tui.lanes import LaneRow, lay_out
from axtui.tui.rows import Row
from axtui.tui.state import Board

EXAMPLE = "axtui graph --format dot | dot -Tsvg > build.svg"
_LANES_MOST = 40
_COLOURS = {"failed": "red", "broken": "red", "running": "blue", "stale": "orange", "blocked": "orange"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.add_argument("--build", type=int, default=0, metavar="N", help="this build (default: the last)")
    parser.add_argument("--format", choices=("text", "dot", "mermaid"), default="text", help="default: text")
    parser.add_argument("--json", action="store_true", help="print JSON: the rows with what each reads")


def run(arguments: argparse.Namespace) -> int:
    """Print the graph."""
    project = read_project(find_root(Path.cwd()))
    board = Board(str(project.root))
    entries = _until(read_journal(project.journal), arguments.build) if arguments.build else None
    for entry in read_last_builds(project.journal) if entries is None else entries:
        board.apply(entry)
    if board.build is None or arguments.build not in (0, board.build.number):
        raise UserError(f"there is no build {arguments.build}" if arguments.build else "there is no build yet")
    if arguments.json:
        print(json.dumps([_as_json(board, row) for row in board.table], indent=1))
        return 0
    for line in {"text": _text, "dot": _dot, "mermaid": _mermaid}[arguments.format](board):
        print(line)
    return 0


def _until(entries: Iterable[Entry], build: int) -> Iterator[Entry]:
    """Give the entries up to the end of a build, or to the start of the one after it."""
    for entry in entries:
        if isinstance(entry.event, BuildStarted) and entry.event.build > build:
            return
        yield entry
        if isinstance(entry.event, BuildFinished) and entry.event.build == build:
            return


def _as_json(board: Board, row: Row) -> dict[str, object]:
    return {
        "row": row.row,
        "method": row.method,
        "name": row.name,
        "job": row.job,
        "state": row.shown,
        "seconds": row.seconds,
        "inputs": list(board.links.inputs(row.row)),
    }


def _text(board: Board) -> Iterator[str]:
    """Draw a line a job, with a lane for each output that a later job reads."""
    rows = list(board.table)
    number = {row.row: index for index, row in enumerate(rows)}
    lanes = lay_out([[number[key] for key in board.links.inputs(row.row)] for row in rows], _LANES_MOST)
    indent = max((lane.width for lane in lanes), default=1)
    name = max((len(_name(row)) for row in rows), default=0)
    for row, lane in zip(rows, lanes, strict=True):
        reads = [_name(rows[index]) for index in lane.spilled]
        told = [row.shown, *([f"reads {', '.join(reads)}"] if reads else []), row.problem[0]]
        seconds = format_seconds(row.seconds) if row.seconds else ""
        line = f"{_lanes(row, lane).ljust(indent)} {_name(row):<{name}}  {row.job or '-':<10} {seconds:>8}"
        yield safe(f"{line}  {': '.join(filter(None, told))}".rstrip())


def _lanes(row: Row, lane: LaneRow) -> str:
    glyphs = enumerate(char for char, _ in lane.cells)
    return "".join(GLYPHS[row.shown] if at == 2 * lane.own else char for at, char in glyphs)


def _name(row: Row) -> str:
    return safe(row.method if row.name in ("", row.method) else f"{row.method} {row.name}")


def _dot(board: Board) -> Iterator[str]:
    yield f"digraph {_quoted(_title(board))} {{"
    yield '  rankdir=LR; node [shape=box, fontname="sans-serif"];'
    for row in board.table:
        colour = f", color={_COLOURS[row.shown]}" if row.shown in _COLOURS else ""
        yield f"  {_quoted(row.row)} [label={_quoted(_label(row))}{colour}];"
    for row in board.table:
        for key in board.links.inputs(row.row):
            yield f"  {_quoted(key)} -> {_quoted(row.row)};"
    yield "}"


def _mermaid(board: Board) -> Iterator[str]:
    number = {row.row: f"n{index}" for index, row in enumerate(board.table)}
    yield "flowchart LR"
    for row in board.table:
        text = "".join(char if char.isalnum() or char in " _-./~" else f"#{ord(char)};" for char in _label(row))
        yield f'  {number[row.row]}["{text}"]'
    for row in board.table:
        for key in board.links.inputs(row.row):
            yield f"  {number[key]} --> {number[row.row]}"


def _title(board: Board) -> str:
    return f"{board.build.script} {board.build.number}" if board.build else ""


def _label(row: Row) -> str:
    told = [_name(row), safe(row.job), row.shown if row.shown in _COLOURS else ""]
    return " ".join(filter(None, told))


def _quoted(text: str) -> str:
    """Write an identifier of the dot language."""
    escaped = safe(text).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
