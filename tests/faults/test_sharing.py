"""Several people and processes on one workdir: nobody's run fails, nothing is built twice, no id is given twice."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults.sharing import NUMBERS, make_projects, run_at_once

pytestmark = pytest.mark.slow
ROUNDS = 20
"""200 were done by hand."""


def test_runs_at_the_same_moment_share_their_jobs(tmp_path: Path, surroundings: dict[str, str]) -> None:
    """Two clones with an engine each, two runs in each of the same and of different scripts: six jobs a round."""
    make_projects(tmp_path)

    tally = run_at_once(tmp_path, surroundings, ROUNDS)

    different = len({number for numbers in NUMBERS.values() for number in numbers})
    assert not tally.failed
    assert set(tally.built.values()) == {1}
    assert len(tally.built) == ROUNDS * different
    assert len(tally.answers) == ROUNDS * different
