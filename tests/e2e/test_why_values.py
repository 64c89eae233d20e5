"""Values in what `axtui why` says: as people wrote them, whether an option, a default or a file of another job."""

from __future__ import annotations

from tests.conftest import ProjectDirectory
from tests.e2e.conftest import Command

ONE = "options = {'n': 1, 'word': 'a'}\ndef synthesis(options): return options.n\n"


def test_a_changed_default_is_shown_as_it_is_written(project: ProjectDirectory, axtui: Command) -> None:
    """Before anything is built: the declarations, old and new; when it is built: the values."""
    project.method("one", ONE)
    project.script("urd.build('one')")
    axtui("run")
    changed = ONE.replace("1", "3").replace("'a'", "OptionEnum('a b').a")
    project.method("one", "from axtui import OptionEnum\n" + changed)
    before = axtui("why", "one").stdout
    (told,) = axtui.json("why", "one")
    project.method("one", ONE.replace("'n': 1, ", ""))
    gone = axtui("why", "one").stdout
    project.method("one", ONE.replace("1", "3"))
    axtui("run")
    after = axtui("why", "one").stdout

    assert "now: not current\n" in before
    assert "declaration of option n: 1 → 3\n" in before
    assert "declaration of option word: 'a' → OptionEnum('a b').a\n" in before
    assert {"kind": "declared", "name": "n", "before": "1", "now": "3"} in told["now"]["why"]["differences"]
    assert "declaration of option n is gone\n" in gone
    assert "option n: 1 → 3\n" in after


def test_a_file_of_a_job_is_shown_as_it_is_written(project: ProjectDirectory, axtui: Command) -> None:
    """In a tree that goes on into why its job came anew, also where it lies in a list; and in what is traced."""
    make = "def synthesis(job):\n    with job.open('out.txt', 'w') as handle: handle.write('a')\n"
    project.method("make", make)
    project.method(
        "take",
        "from axtui import JobWithFile\noptions = {'file': JobWithFile, 'files': [JobWithFile]}\n"
        "def synthesis(options): return [each.open().read() for each in (options.file, *options.files)]\n",
    )
    project.script("file = urd.build('make').withfile('out.txt')\nurd.build('take', file=file, files=[file])")
    axtui("run")
    project.method("make", make.replace("'a'", "'b'"))
    stale = axtui("why", "take").stdout
    axtui("run")

    lines = [line.strip("│├└─ ") for line in axtui("why", "take").stdout.splitlines()]
    traced = axtui("trace", "workdirs/dev/dev-4").stdout

    assert "its input dev-1 is not current" in stale
    assert lines[1:6] == [
        "built because, compared with dev-2",
        "option file: JobWithFile('dev-1', 'out.txt') → JobWithFile('dev-4', 'out.txt')",
        "dev-4 make, compared with dev-1",
        "source changed: a_make.py: synthesis()",
        "option files: [JobWithFile('dev-1', 'out.txt')] → [JobWithFile('dev-4', 'out.txt')]",
    ]
    assert "dev-4 make" in axtui("trace", "workdirs/dev/dev-5").stdout
    assert "gone" not in traced
