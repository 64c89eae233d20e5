"""Draw the workbench into a picture: SVG, PNG (with cairosvg installed) or text, by the ending of the file's name."""

from __future__ import annotations

import argparse
from pathlib import Path

from axtui.base.errors import UserError
from axtui.project.config import find_root, read_project

EXAMPLE = "axtui screenshot main.png --size 160x45 --keys j,j,enter"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.add_argument("file", metavar="FILE", help="where: a name that ends in .svg, .png or .txt")
    parser.add_argument("--size", default="160x45", metavar="COLUMNSxROWS", help="default: 160x45")
    parser.add_argument("--keys", default="", metavar="KEY,...", help="keys to press before")
    parser.add_argument("--title", default="axtui", help="the text above the picture")


def run(arguments: argparse.Namespace) -> int:
    """Draw the picture."""
    from axtui.tui.screenshot import take_picture

    project = read_project(find_root(Path.cwd()))
    keys = [key for key in arguments.keys.split(",") if key]
    target = Path(arguments.file)
    if target.suffix not in (".svg", ".png", ".txt"):
        raise UserError(f"{target} ends in {target.suffix!r}; wanted .svg, .png or .txt")
    picture = take_picture(project, _parse_size(arguments.size), keys, arguments.title)
    data = {".svg": picture.svg.encode(), ".png": picture.png, ".txt": picture.text.encode()}[target.suffix]
    if not data:
        raise UserError("a PNG needs cairosvg: pip install 'axtui[screenshot]'")
    try:
        target.write_bytes(data)
    except OSError as error:
        raise UserError(f"{target} cannot be written: {error.strerror}") from None
    return 0


def _parse_size(text: str) -> tuple[int, int]:
    columns, _, rows = text.partition("x")
    if not (columns.isdecimal() and rows.isdecimal() and int(columns) >= 40 and int(rows) >= 10):
        raise UserError(f"--size is {text!r}; wanted something like 160x45, at least 40x10")
    return int(columns), int(rows)
