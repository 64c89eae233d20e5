"""A disk that is full or can only be read: the cause is named, nothing is damaged, what exists goes on being used."""

from __future__ import annotations

from tests.conftest import ProjectDirectory
from tests.e2e.conftest import Command, built_by, failure_of
from tests.faults.conftest import SmallDisk

ONE = "options = {'n': 1}\ndef synthesis(options):\n    print('so far')\n    return options.n\n"
FILL = """
def synthesis(job):
    with job.open("big", "wb") as handle:
        for _ in range(20):
            handle.write(bytes(1_000_000))
"""
FILL_UP = """
def synthesis(job):
    size = 1_000_000
    with open("rest", "wb", buffering=0) as handle:
        while size:
            try:
                if handle.write(bytes(size)) < size: size //= 2
            except OSError:
                size //= 2
    return list(range(5000))
"""


def test_a_workdir_that_can_only_be_read_is_used(project: ProjectDirectory, axtui: Command, disk: SmallDisk) -> None:
    """Old results are looked at and reused by script after script; a new one is refused with the cause."""
    project.method("one", ONE)
    project.script("print(urd.build('one').load())")
    first = axtui("run").stdout
    disk.remount("ro")

    reused = [axtui("run") for _ in range(2)]
    listed, shown, printed = axtui("jobs").stdout, axtui("job", "one").stdout, axtui("log", "one").stdout
    project.script("print(urd.build('one').load())\nurd.build('one', n=2)")
    refused = axtui("run", status=1)
    disk.remount("rw")
    built = built_by(axtui, project)

    assert [first, *(each.stdout for each in reused)] == ["1\n"] * 3
    assert "0 built, 1 reused" in reused[1].stderr
    assert "one" in listed and "finished" in shown and printed == "so far\n"
    assert refused.stdout == "1\n"
    assert "no job can be made in workdir dev: Read-only file system" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert built == ["one"]


def test_a_method_that_fills_the_disk(project: ProjectDirectory, axtui: Command, disk: SmallDisk) -> None:
    """It fails with that cause in its record; what it had half written makes room again, and others are built."""
    project.method("big", FILL)
    project.method("one", ONE)
    project.script(
        "from axtui import JobError\ntry: urd.build('big')\nexcept JobError: pass\nprint(urd.build('one').load())"
    )

    done = axtui("run")

    failed = next(job for job in project.jobs().values() if job.method == "big")
    assert done.stdout == "1\n"
    assert "failed in synthesis: disk full: OSError" in done.stderr
    assert (failed.state, failed.error["message"][:10]) == ("failed", "disk full:")
    assert not [path for path in failed.directory.iterdir() if path.name.startswith("big")]
    assert (failed.directory / "method/small/a_big.py").is_file()


def test_a_disk_that_is_full_when_a_job_is_committed(
    project: ProjectDirectory, axtui: Command, disk: SmallDisk
) -> None:
    """The job has failed, and is built once there is room."""
    project.method("full", FILL_UP)
    project.script("urd.build('full')")

    said = axtui("run", status=1).stderr
    error = failure_of(project)
    disk.remount("size=64m")
    project.method("full", FILL_UP.replace("size = 1_000_000", "size = 0"))
    built = built_by(axtui, project)

    assert "disk full: OSError" in said
    assert error["message"].startswith("disk full: OSError")
    assert built == ["full"]


def test_a_disk_that_is_full_before_a_build(project: ProjectDirectory, axtui: Command, disk: SmallDisk) -> None:
    """What exists is reused; what does not is refused with the cause."""
    project.method("one", ONE)
    project.script("print(urd.build('one').load())")
    axtui("run")
    fill(disk)

    reused = axtui("run")
    project.script("urd.build('one', n=2)")
    refused = axtui("run", status=1)

    assert reused.stdout == "1\n"
    assert "no job can be made in workdir dev: No space left on device" in refused.stderr


def fill(disk: SmallDisk) -> None:
    """Take every byte that is left."""
    size = 1 << 20
    with open(disk.path / "filler", "wb", buffering=0) as handle:
        while size:
            try:
                if handle.write(bytes(size)) < size:
                    size //= 2
            except OSError:
                size //= 2


def test_a_file_that_may_not_grow(project: ProjectDirectory, axtui: Command) -> None:
    """A limit on the size of files is named."""
    project.method(
        "one",
        "import resource\ndef synthesis(job):\n    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 200_000_000))\n"
        "    with job.open('big', 'wb') as handle: handle.write(bytes(200_000))\n",
    )
    project.script("urd.build('one')")

    said = axtui("run", status=1).stderr

    assert "failed in synthesis: file size limit reached: OSError" in said
