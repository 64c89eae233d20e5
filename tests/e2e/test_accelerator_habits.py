"""What methods and scripts written for the Accelerator rely on without thinking: small things of its reference."""

from __future__ import annotations

from dataclasses import replace

from tests.conftest import ProjectDirectory
from tests.e2e.conftest import Command


def test_params_of_a_finished_job_have_its_times(project: ProjectDirectory, axtui: Command) -> None:
    """When it began and ended and what its stages took; a job that failed has begun, and not ended."""
    project.method("one", "options = {'fail': False}\ndef synthesis(options): assert not options.fail\n")
    project.script(
        "from axtui import JobError\n"
        "params = urd.build('one').params\n"
        "print(params.starttime < params.endtime, sorted(params.exectime), params.exectime.per_slice)\n"
        "try: urd.build('one', fail=True)\n"
        "except JobError as error: print('starttime' in error.job.params, 'endtime' in error.job.params)\n"
    )

    done = axtui("run")

    assert done.stdout == "True ['analysis', 'per_slice', 'prepare', 'synthesis', 'total'] []\nTrue False\n"


def test_a_script_has_the_environment_of_who_runs_it(project: ProjectDirectory, axtui: Command) -> None:
    """Each run its own, while one engine serves both; what the engine sets stays, and no record keeps any of it."""
    project.method("one", "def synthesis(): pass\n")
    project.script(
        "import os\nprint(os.environ.get('DAY'), os.environ['PYTHONHASHSEED'])\n"
        "os.system('echo ${DAY:-none} ${AXTUI_PROJECT:+marked}')\nurd.build('one')\n"
    )

    days = ({"DAY": "secret-1"}, {"DAY": "secret-2", "ODD": "\udcff"}, {})
    said = [replace(axtui, environment={**axtui.environment, **day})("run").stdout for day in days]

    assert said == ["secret-1 0\nsecret-1 marked\n", "secret-2 0\nsecret-2 marked\n", "None 0\nnone marked\n"]
    kept = [path for path in project.root.rglob("*") if path.is_file() and path.parent.name != "output"]
    assert not [path for path in kept if b"secret-" in path.read_bytes()]


def test_a_script_is_found_in_g(project: ProjectDirectory, axtui: Command) -> None:
    """Code that is given no parameters finds the run of the script in `axtui.g`, as it finds a job in a method."""
    project.script("from axtui import g\nprint(g.job, g.running, g.slices, g.params.method, g.options.flags)\n")

    assert axtui("run", "-f", "a").stdout == "dev-0 build 2 small.build ['a']\n"
