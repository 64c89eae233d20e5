"""A power cut under a build: nothing that was acknowledged is lost or damaged, and the next build goes on."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import TREE
from tests.faults.power_disk import IN_NAMESPACE, why_not

pytestmark = pytest.mark.slow
ROUNDS = 4
SEED = 3


def test_power_cuts_lose_nothing(tmp_path: Path, surroundings: dict[str, str]) -> None:
    """Every job and urd session that anybody was told of is there, whole, and reused; the rest is built."""
    if reason := why_not(tmp_path):
        pytest.skip(reason)

    command = [*IN_NAMESPACE, sys.executable, "-m", "tests.faults.power", tmp_path, "ext4", str(ROUNDS), str(SEED)]
    done = subprocess.run(command, cwd=TREE, env=surroundings, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    tally = json.loads(done.stdout)

    assert tally["wrong"] == []
    assert tally["rounds"] == ROUNDS
    assert tally["acknowledged"] >= ROUNDS * 10
    assert tally["forgotten"] >= 2, "the cuts have lost nothing, so that nothing was tried"
