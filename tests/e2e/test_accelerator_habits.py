"""What methods and scripts written for the Accelerator rely on without thinking: small things of its reference."""

from __future__ import annotations

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
