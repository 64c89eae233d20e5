"""A process of a build killed at random, 200 times: what was lost, and how soon the next build of a new engine is done.

The test in tests/faults does the same some 30 times and fails where anything is lost; this one prints figures.
"""

from __future__ import annotations

import statistics
import tempfile
from pathlib import Path

from tests.bench.sides import axtui_environment
from tests.bench.table import format_machine, format_seconds
from tests.faults.killing import Tally, kill_at_random, make_project

ROUNDS = 200


def measure(rounds: int = ROUNDS) -> Tally:
    """Kill so many times in a new project, and return what came of it."""
    with tempfile.TemporaryDirectory() as name:
        make_project(Path(name))
        return kill_at_random(Path(name), axtui_environment(), rounds, seed=7)


def format_tally(tally: Tally) -> str:
    """Write a tally for people."""
    kills = ", ".join(f"{kind} {count}" for kind, count in sorted(tally.kills.items()))
    starts = sorted(tally.starts)
    return "\n".join(
        [
            f"{tally.rounds} rounds, {sum(tally.kills.values())} kills ({kills})",
            f"{len(tally.acknowledged)} jobs acknowledged, {len(tally.lost)} rounds with one lost, "
            f"{len(tally.damaged)} damaged, {len(tally.hung)} commands hung",
            f"`axtui run` with a new engine: median {format_seconds(statistics.median(starts))}, "
            f"longest {format_seconds(starts[-1])}",
        ]
    )


def main() -> None:
    """Measure and print."""
    print(format_machine())
    print(format_tally(measure()))


if __name__ == "__main__":
    main()
