"""The `axtui` command: finds the subcommand's file, runs it, and turns errors into one sentence and a status.

Exit status: 0 all went well, 1 a job failed, 2 used wrongly, 130 interrupted.
"""

from __future__ import annotations

import argparse
import importlib
import io
import os
import sys
from collections.abc import Iterable, Sequence
from typing import Any

from axtui.base.errors import AxtuiError
from axtui.base.text import safe

COMMANDS = {
    "demo": "make the demo project and open it",
    "debug": "run a job's method here, where breakpoint() stops in it",
    "diff": "compare two jobs",
    "equivalent": "let jobs of an older source answer, once they are seen to come out the same",
    "graph": "draw which job of a build reads which",
    "init": "make a new project",
    "run": "run build scripts",
    "jobs": "list jobs",
    "job": "show a job",
    "log": "show what a job printed",
    "screenshot": "draw the workbench into a picture",
    "trace": "follow a file back to where it comes from",
    "urd": "show urd lists and what is in them",
    "version": "show versions",
    "why": "say why a job was built or reused, and whether it is still current",
}
_WRONG = 2


class Parser(argparse.ArgumentParser):
    """Takes options before, between and behind the other words; `--` ends them."""

    _is_inside = False

    def parse_known_args(self, args: Iterable[str] | None = None, namespace: Any = None) -> Any:
        """Parse words; what parses them in any order asks for the options alone, and then for the rest, by this."""
        given = sys.argv[1:] if args is None else [*args]
        is_ordered = "--" in given or any(action.nargs == argparse.PARSER for action in self._actions)
        if self._is_inside or is_ordered:
            return super().parse_known_args(given, namespace)
        self._is_inside = True
        try:
            return self.parse_known_intermixed_args(given, namespace)
        finally:
            self._is_inside = False


def main(words: Sequence[str] | None = None) -> int:
    """Run the command with the words that follow its name; return the exit status."""
    if isinstance(sys.stdout, io.TextIOWrapper) and sys.stdout.errors == "strict":
        sys.stdout.reconfigure(errors="backslashreplace")
    given = list(sys.argv[1:] if words is None else words)
    name = given[0] if given and given[0] in COMMANDS else "open"
    parser, arguments = _parse(name, given)
    try:
        module = importlib.import_module(f"axtui.cli.{name}")
        status = int(module.run(arguments))
        sys.stdout.flush()
        return status
    except AxtuiError as error:
        print(f"{parser.prog}: {safe(str(error))}", file=sys.stderr)
        return _WRONG
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return 0


def _parse(name: str, given: list[str]) -> tuple[argparse.ArgumentParser, argparse.Namespace]:
    """Parse the words of one command, with only that command's file imported."""
    if name == "open":
        parser = Parser(
            prog="axtui",
            description="A workbench for building results from data. Without a command it opens on the project here.",
            epilog=_list_commands(),
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        parser.add_argument(
            "command", nargs="?", metavar="COMMAND", help="one of the below; --help after it tells more"
        )
        parser.add_argument("--ascii", action="store_true", help="draw the workbench with ASCII characters alone")
        arguments = parser.parse_args(given)
        if arguments.command is not None:
            parser.error(f"there is no command {arguments.command!r}; there are {', '.join(COMMANDS)}")
        return parser, arguments
    module = importlib.import_module(f"axtui.cli.{name}")
    parser = Parser(
        prog=f"axtui {name}",
        description=module.__doc__,
        epilog=f"example: {module.EXAMPLE}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    module.add_arguments(parser)
    return parser, parser.parse_args(given[1:])


def _list_commands() -> str:
    lines = [f"  {name:<12} {text}" for name, text in COMMANDS.items()]
    return "commands:\n" + "\n".join(lines) + "\n\nexample: axtui demo"


if __name__ == "__main__":
    sys.exit(main())
