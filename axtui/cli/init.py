"""Make a new project: a configuration with comments, a method package with an example, a build script."""

from __future__ import annotations

import argparse
from pathlib import Path

from axtui.project.init import write_project

EXAMPLE = "axtui init clicks --slices 8"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.add_argument("directory", nargs="?", default=".", metavar="DIR", help="where (default: here)")
    parser.add_argument("--slices", type=int, default=0, metavar="N", help="how many slices (default: the cores)")
    parser.add_argument("--name", default="", metavar="NAME", help="the method package (default: the directory's name)")
    parser.add_argument("--input", default="data", metavar="DIR", help="where input files lie (default: data)")


def run(arguments: argparse.Namespace) -> int:
    """Write the project."""
    root = Path(arguments.directory).resolve()
    package = write_project(root, arguments.slices, arguments.name, arguments.input)
    print(f"A project in {root}, with methods in {package}/. `axtui run` builds it, `axtui` opens the workbench.")
    return 0
