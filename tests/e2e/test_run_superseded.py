"""`axtui run` while somebody saves: it ends with the build of what was saved last."""

from __future__ import annotations

import pytest

from tests.conftest import ProjectDirectory, wait_until
from tests.e2e.conftest import SECONDS, Command, start

WAIT = """
import time
from pathlib import Path
def synthesis(job):
    Path(job.input_filename('started')).touch()
    time.sleep(60)
"""


@pytest.mark.slow
def test_run_follows_the_build_that_a_save_started(project: ProjectDirectory, axtui: Command) -> None:
    """The job is stopped (a scan every 10 s sees the save), the script runs again, and its end is the command's."""
    project.method("wait", WAIT)
    project.script("print('first')\nurd.build('wait')")
    run = start(axtui, "run")
    wait_until((project.root / "data/started").exists, SECONDS)

    project.method("wait", "def synthesis(): return 'saved'\n")
    project.script("print('second')\nprint(urd.build('wait').load())")
    out, said = run.communicate(timeout=SECONDS)

    assert run.returncode == 0, said
    assert out.endswith("second\nsaved\n")
    assert project.methods() == ["wait"]
