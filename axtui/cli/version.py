"""Show the versions of axtui, Python and the libraries that jobs use."""

from __future__ import annotations

import argparse
import json
import platform
from importlib.metadata import version

from axtui import __version__

EXAMPLE = "axtui version --json"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(arguments: argparse.Namespace) -> int:
    """Print the versions."""
    versions = {"axtui": __version__, "python": platform.python_version()}
    versions |= {name: version(name) for name in ("numpy", "pyarrow", "textual")}
    print(json.dumps(versions) if arguments.json else "\n".join(f"{name} {text}" for name, text in versions.items()))
    return 0
