"""Options of `axtui run` that say what is shown, and waiting for what runs."""

from __future__ import annotations

import pytest

from tests.conftest import ProjectDirectory, processes_of, wait_until
from tests.e2e.conftest import Command, start
from tests.e2e.test_cancel import SLOW

ADD = "options = {'n': 0, 'fail': False}\ndef synthesis(options):\n    if options.fail: raise ValueError('no')\n"


@pytest.mark.parametrize("words", [("--quiet",), ("--verbose", "no"), ("--verbose=log", "--quiet")])
def test_quiet_says_what_goes_wrong_alone(project: ProjectDirectory, axtui: Command, words: tuple[str, ...]) -> None:
    """What the script prints is there all the same."""
    project.method("add", ADD)
    project.script("urd.build('add')\nprint('mine')")
    project.script("urd.build('add', fail=True)", "build_bad")

    good = axtui("run", *words)
    bad = axtui("run", "bad", *words, status=1)

    assert (good.stdout, good.stderr) == ("mine\n", "")
    assert "ValueError: no" in bad.stderr
    assert "JobError: Failed to build" in bad.stderr


def test_all_that_a_script_prints_is_shown(project: ProjectDirectory, axtui: Command) -> None:
    """However much it is, and though it prints it at once."""
    project.script("print('x' * (3 << 20))")

    assert axtui("run").stdout == "x" * (3 << 20) + "\n"


def test_full_paths_of_jobs(project: ProjectDirectory, axtui: Command) -> None:
    """Of those that are built and those that are reused."""
    project.method("add", ADD)
    project.script("urd.build('add')")

    said = [axtui("run", *words).stderr for words in ((), ("-p",), ("--full-path", "+p"))]

    assert [f"{project.root}/workdirs/dev/dev-1 " in text for text in said] == [False, True, False]


def test_waiting_for_what_runs(project: ProjectDirectory, axtui: Command) -> None:
    """No script is run; the status tells how the builds ended; without any there is nothing to wait for."""
    project.method("slow", SLOW)
    project.script("urd.build('slow')\nraise SystemExit(3)", "build_bad")
    project.script("urd.build('slow')")
    assert axtui("run", "--just-wait").stderr == ""
    assert not processes_of(project.root)

    for script, status in (("build", 0), ("bad", 1)):
        run = start(axtui, "run", script)
        wait_until(lambda: (project.root / "workdirs/dev").is_dir() and any(
            job.state == "running" for job in project.jobs().values()))  # fmt: skip
        waiting = start(axtui, "run", "-W", "none")
        assert waiting.stderr is not None
        assert waiting.stderr.readline().startswith("waiting for build ")
        project.write("go", "")
        said = [each.communicate(timeout=60) for each in (run, waiting)]
        assert waiting.returncode == status, said
        (project.root / "go").unlink()
        project.method("slow", SLOW.replace("return 5", "return 6"))


def test_words_that_make_no_sense(project: ProjectDirectory, axtui: Command) -> None:
    """Status 2, and what was wrong."""
    project.script("pass")

    assert "wanted N or method=N" in axtui("run", "-c", "many", status=2).stderr
    assert "invalid choice: 'loud'" in axtui("run", "--verbose", "loud", status=2).stderr
    assert "unrecognized arguments: --no-flags" in axtui("run", "--no-flags", status=2).stderr
