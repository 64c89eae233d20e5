"""Make the demo project, a year of real flights, and open the workbench on it; without a terminal, build it."""

from __future__ import annotations

import argparse
from pathlib import Path

from axtui.cli.open import open_or_build
from axtui.cli.workbench import can_draw
from axtui.demo.write import write_demo
from axtui.project.config import read_project

EXAMPLE = "axtui demo flights-demo"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.add_argument("directory", nargs="?", default="axtui-demo", metavar="DIR", help="where (default: axtui-demo)")


def run(arguments: argparse.Namespace) -> int:
    """Write the project and open it."""
    root = Path(arguments.directory).resolve()
    write_demo(root)
    status = open_or_build(root)
    if not can_draw() and status == 0:
        results = read_project(root).result_directory
        print(f"The results are in {results}: report.md and its charts.")
        print(f"To look around: cd {root} && axtui")
    return status
