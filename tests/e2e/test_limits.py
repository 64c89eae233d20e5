"""Limits of time and memory: a job that does not keep one is stopped with that sentence, and leaves nothing running."""

from __future__ import annotations

import re

import pytest

from tests.conftest import ProjectDirectory, processes_of, wait_until
from tests.e2e.conftest import Command, built_by, failure_of

ENDS = {
    "time of a slice": (
        "import signal\nlimits = {'seconds': 0.3}\ndef analysis(sliceno): signal.pause()\n",
        "launcher",
        r"ran longer than its limit of 0\.3 s",
    ),
    "time of one who will not stop": (
        "import signal, time\nlimits = {'seconds': 0.3}\ndef synthesis():\n    signal.signal(signal.SIGTERM, stop)\n"
        "    signal.pause()\ndef stop(*_): raise ValueError('not me')\n",
        "launcher",
        r"ran longer than its limit of 0\.3 s",
    ),
    "memory of a process": (
        "limits = {'memory': '200MB'}\ndef synthesis(): return [bytearray(10_000_000) for _ in range(50)]\n",
        "synthesis",
        r"needed more than its limit of 200 MB: MemoryError",
    ),
    "memory of numpy in a slice": (
        "import numpy\nlimits = {'memory': '400MB'}\ndef analysis(sliceno): numpy.zeros(100_000_000)\n",
        r"analysis\([01]\)",
        r"needed more than its limit of 400 MB: .*_ArrayMemoryError",
    ),
    "memory of all together": (
        "import signal\nlimits = {'memory': '200MB'}\n"
        "def analysis(sliceno):\n    kept = bytearray(b'x') * 120_000_000\n    signal.pause()\n",
        "launcher",
        r"needed more than its limit of 200 MB",
    ),
}


@pytest.mark.parametrize("how", [*ENDS])
def test_a_limit_that_is_not_kept_is_named(project: ProjectDirectory, axtui: Command, how: str) -> None:
    """On the screen and in the record; its processes are gone."""
    text, part, message = ENDS[how]
    project.method("one", text)
    project.script("urd.build('one')")

    said = axtui("run", status=1).stderr

    error = failure_of(project)
    assert re.fullmatch(part, error["part"])
    assert re.match(message, error["message"])
    assert re.search(rf"one +dev-1 +failed in {part}: {message}", said)
    wait_until(lambda: not processes_of(project.root))


def test_a_job_within_its_limits_is_as_any_other(project: ProjectDirectory, axtui: Command) -> None:
    """It is built, and says what limits it had: what the configuration says of it, else itself, else of all."""
    config = (project.root / "axtui.toml").read_text()
    project.write("axtui.toml", f"{config}[limits]\nseconds = 600\nmemory = '4GB'\n[limits.one]\nmemory = '3GB'\n")
    project.method("one", "limits = {'memory': '2GB', 'seconds': 300}\ndef synthesis(): return 1\n")
    project.script("urd.build('one')")

    built = built_by(axtui, project)

    assert built == ["one"]
    assert next(iter(project.jobs().values())).setup["limits"] == {"memory": 3 * 10**9, "seconds": 300.0}
    assert "  limits    memory 3 GB\n            seconds 300 s\n" in axtui("job", "one").stdout


def test_limits_are_no_part_of_what_a_job_is(project: ProjectDirectory, axtui: Command) -> None:
    """Another limit, in the source or in the configuration, builds nothing again; a program that uses it is another."""
    project.method("one", "limits = {'seconds': 300}\ndef synthesis(): return 1\n")
    project.script("urd.build('one')")
    first = built_by(axtui, project)
    project.method("one", "limits = {'memory': '1GB'}\nretries = 1\ndef synthesis(): return 1\n")
    second = built_by(axtui, project)
    project.write("axtui.toml", f"{(project.root / 'axtui.toml').read_text()}[limits]\nseconds = 60\n")
    third = built_by(axtui, project)
    project.method("one", "limits = {'memory': '1GB'}\ndef synthesis(): return limits and 1\n")
    fourth = built_by(axtui, project)

    assert (first, second, third, fourth) == (["one"], [], [], ["one"])


def test_wrong_limits_are_refused(project: ProjectDirectory, axtui: Command) -> None:
    """In a method they concern that method alone; in the configuration nothing is built."""
    project.method("one", "limits = {'secnds': 1}\ndef synthesis(): pass\n")
    project.script("urd.build('one')")

    said = axtui("run", status=1).stderr
    project.write("axtui.toml", f"{(project.root / 'axtui.toml').read_text()}[limits.one]\nmemory = 'much'\n")
    refused = axtui("run", status=2).stderr

    assert "one: unknown key 'limits.secnds'; the nearest known one is 'limits.seconds'" in said
    assert "axtui.toml: limits.one.memory is 'much'; wanted a size like \"2GB\", or a number of bytes" in refused


def test_limits_of_a_method_that_does_not_exist_are_told(project: ProjectDirectory, axtui: Command) -> None:
    """In a sentence that names it and the nearest one, at each run; nothing is stopped by that, and it may come."""
    config = (project.root / "axtui.toml").read_text()
    project.write("axtui.toml", config + "[limits.cuont]\nseconds = 600\n[limits.zzz]\nretries = 1\n")
    project.method("count", "def synthesis(): return 3\n")
    project.script("print(urd.build('count').load())")

    done = [axtui("run") for _ in range(2)]
    project.method("cuont", "def synthesis(): return 3\n")
    later = axtui("run")

    for each in done:
        assert each.stdout == "3\n"
        assert each.stderr.count(
            "axtui.toml: limits.cuont is for a method 'cuont', which does not exist; the nearest one is 'count'\n"
        ) == 1  # fmt: skip
        assert each.stderr.count("axtui.toml: limits.zzz is for a method 'zzz', which does not exist\n") == 1
    assert "cuont" not in later.stderr
