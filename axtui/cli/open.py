"""Open the workbench on the project here; without a terminal, build it with plain lines."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from axtui.cli.run import run_script
from axtui.cli.workbench import can_draw, open_workbench
from axtui.project.config import find_root, read_project


def run(arguments: argparse.Namespace) -> int:
    """Open the workbench."""
    return open_or_build(find_root(Path.cwd()), arguments.ascii)


def open_or_build(root: Path, ascii: bool = False) -> int:
    """Open the workbench on a project, or build it where there is no terminal to draw on."""
    if can_draw():
        return open_workbench(root, ascii)
    print("axtui: no terminal to draw on; building with plain lines", file=sys.stderr)
    return run_script(read_project(root), "build")
