"""What an edit means, through the command: which jobs run again and which do not."""

from __future__ import annotations

import os
import pickle
from pathlib import Path
from typing import Any

import pytest

from axtui.base.files import changed_ns, full_stamp, is_fresh
from tests.conftest import ProjectDirectory, wait_until
from tests.e2e.conftest import READ, Command, built_by, start
from tests.e2e.engines import attached

ONE = '''\
"""Make a number."""

import helper

options = {"n": 1}


def synthesis(options):
    """Return it."""
    return helper.double(options.n) * 10
'''
TWO = """\
jobs = ("one",)


def synthesis(jobs):
    return jobs.one.load() + 1
"""
HELPER = """\
def double(number):
    return 2 * number
"""


@pytest.fixture
def chain(project: ProjectDirectory, axtui: Command) -> ProjectDirectory:
    """Give a project of two jobs, the second built from the first, which uses a helper; both are built."""
    project.method("one", ONE)
    project.method("two", TWO)
    project.write("helper.py", HELPER)
    project.script("one = urd.build('one', n=2)\nprint(urd.build('two', one=one).load())")
    assert axtui("run").stdout == "41\n"
    return project


def result(project: ProjectDirectory, method: str) -> Any:
    """Load the result of the newest finished job of a method."""
    job = [job for job in project.jobs().values() if job.method == method and job.state == "finished"][-1]
    return pickle.loads((job.directory / "result.pickle").read_bytes())


def test_second_run_reuses(chain: ProjectDirectory, axtui: Command) -> None:
    """Nothing changed, nothing runs, and the same answer is printed."""
    done = axtui("run")

    assert done.stdout == "41\n"
    assert chain.methods() == ["one", "two"]
    assert "0 built, 2 reused" in done.stderr


NOTHING = {
    "comment": ("small/a_one.py", lambda text: text + "# the end\n"),
    "docstring": ("small/a_one.py", lambda text: text.replace("Return it.", "Give it back.")),
    "layout": ("small/a_one.py", lambda text: text.replace("(options.n) * 10", "(\n        options.n\n    ) * 10")),
    "description": ("small/a_one.py", lambda text: text.replace("options = {", 'description = "x"\noptions = {')),
    "CRLF": ("small/a_one.py", lambda text: text.replace("\n", "\r\n")),
    "helper's comment": ("helper.py", lambda text: "# twice\n" + text),
    "script's layout": ("small/build.py", lambda text: text.replace("n=2", "n =  2")),
}


def test_words_and_layout_build_nothing(chain: ProjectDirectory, axtui: Command) -> None:
    """What only people read makes no job run again: one edit after the other, a run after each."""
    for what, (name, edit) in NOTHING.items():
        before = (chain.root / name).read_bytes()
        (chain.root / name).write_bytes(edit(before.decode()).encode())
        assert (chain.root / name).read_bytes() != before, what

        assert built_by(axtui, chain) == [], what


SPOKEN = "def synthesis(): return 'café'\n"
COOKIE = "# -*- coding: latin-1 -*-\n"


def test_the_way_a_source_is_written_down_builds_nothing(project: ProjectDirectory, axtui: Command) -> None:
    """A byte order mark, an encoding cookie, the same text in another encoding; a cookie that changes what the bytes
    mean does build. What is stored is byte by byte what is there."""
    path = project.method("one", SPOKEN)
    project.script("print(urd.build('one').load())")
    first = axtui("run").stdout
    runs = {}
    for what, data in {
        "a mark": b"\xef\xbb\xbf" + SPOKEN.encode(),
        "a mark and a cookie": b"\xef\xbb\xbf# coding: utf-8\n" + SPOKEN.encode(),
        "a cookie": b"# coding: utf-8\n" + SPOKEN.encode(),
        "another encoding": (COOKIE + SPOKEN).encode("latin-1"),
    }.items():
        path.write_bytes(data)
        runs[what] = built_by(axtui, project)
    path.write_bytes((COOKIE + SPOKEN).encode())
    other = axtui("run").stdout

    assert (first, other) == ("café\n", "caf\xc3\xa9\n")
    assert [*runs.values()] == [[], [], [], []]
    last = [*project.jobs().values()][-1]
    assert (last.directory / "method/small/a_one.py").read_bytes() == (COOKIE + SPOKEN).encode()


@pytest.mark.parametrize("what", ["method", "helper"])
def test_an_edit_while_the_import_runs(project: ProjectDirectory, axtui: Command, tmp_path: Path, what: str) -> None:
    """A job has the source that it stores, whichever that is; the next run has what was saved."""
    importing, go = tmp_path / "importing", tmp_path / "go"
    source = (
        f"import os, time\nopen({str(importing)!r}, 'w').close()\nuntil = time.monotonic() + 60\n"
        f"while not os.path.exists({str(go)!r}): assert time.monotonic() < until\nimport helper\nVALUE = 'old'\n"
        "def synthesis(): return VALUE, helper.VALUE\n"
    )
    project.method("one", source)
    project.write("helper.py", "VALUE = 'old'\n")
    project.script("print(*urd.build('one').load())")
    run = start(axtui, "run")
    wait_until(importing.exists)

    if what == "method":
        project.method("one", source.replace("'old'", "'new'"))
    else:
        project.write("helper.py", "VALUE = 'new'\n")
    go.touch()
    out, said = run.communicate(timeout=60)
    again = axtui("run").stdout

    assert run.returncode == 0, said
    assert out.endswith(("old old\n", again))
    assert again == ("new old\n" if what == "method" else "old new\n")
    for job in project.jobs().values():
        if job.state == "finished":
            stored = [(job.directory / "method" / name).read_text() for name in ("small/a_one.py", "helper.py")]
            found = pickle.loads((job.directory / "result.pickle").read_bytes())
            assert list(found) == ["new" if "'new'" in text else "old" for text in stored]


def test_touch_chmod_and_equal_saves_build_nothing(chain: ProjectDirectory, axtui: Command) -> None:
    """Another mtime, another mode, another inode with the same bytes: the program is the same."""
    path = chain.root / "small/a_one.py"
    os.utime(path, ns=(1, 1))
    path.chmod(0o600)
    (chain.root / "helper.new").write_text(HELPER)
    os.replace(chain.root / "helper.new", chain.root / "helper.py")

    assert built_by(axtui, chain) == []


def test_options_given_otherwise_build_nothing(chain: ProjectDirectory, axtui: Command) -> None:
    """By keyword or in `options`, as a number or as its text: the same value is the same job."""
    chain.script("one = urd.build('one', options={'n': '2'})\nurd.build('two', jobs={'one': one})")

    assert built_by(axtui, chain) == []


def test_the_same_job_twice_in_one_build_runs_once(project: ProjectDirectory, axtui: Command) -> None:
    """Asked for twice, built once; a default given explicitly is the default."""
    project.method("one", ONE)
    project.write("helper.py", HELPER)
    project.script("first = urd.build('one')\nsecond = urd.build('one', n=1)\nprint(first == second)")

    done = axtui("run")

    assert done.stdout == "True\n"
    assert project.methods() == ["one"]


def test_own_body_builds_again(chain: ProjectDirectory, axtui: Command) -> None:
    """An edited method runs again, and what is built from its new output."""
    chain.method("one", ONE.replace("* 10", "* 100"))

    assert built_by(axtui, chain) == ["one", "two"]
    assert result(chain, "two") == 401


def test_helper_edit_builds_its_users(chain: ProjectDirectory, axtui: Command) -> None:
    """An edit of an imported file runs the jobs that use it, with the new code, and those after them."""
    chain.write("helper.py", HELPER.replace("2 *", "3 *"))

    assert built_by(axtui, chain) == ["one", "two"]
    assert result(chain, "two") == 61


def test_revert_builds_nothing(chain: ProjectDirectory, axtui: Command) -> None:
    """Going back to an earlier version finds the jobs of that version."""
    chain.write("helper.py", HELPER.replace("2 *", "3 *"))
    built_by(axtui, chain)
    chain.write("helper.py", HELPER)

    done = axtui("run")

    assert "0 built, 2 reused" in done.stderr
    assert done.stdout == "41\n"


@pytest.mark.parametrize("is_old", [False, True])
def test_same_size_edits_with_the_mtime_put_back_are_each_seen(
    chain: ProjectDirectory, axtui: Command, is_old: bool
) -> None:
    """By the engine that has read the file before: each run has the code that is there, however old the file is."""
    path = chain.root / "helper.py"
    before = os.stat(path)
    with attached(axtui):
        for factor in (3, 4, 5):
            chain.write("helper.py", HELPER.replace("2 *", f"{factor} *"))
            os.utime(path, ns=(before.st_mtime_ns, before.st_mtime_ns))
            if is_old:
                wait_until(lambda: not is_fresh(changed_ns(full_stamp(path))))

            assert axtui("run").stdout == f"{factor * 20 + 1}\n"


def test_equal_output_stops_the_rebuild(chain: ProjectDirectory, axtui: Command) -> None:
    """A helper edited without effect on the result runs its users and nothing after them, and says so."""
    chain.write("helper.py", HELPER.replace("2 * number", "number + number"))
    before = chain.jobs()

    done = axtui("run")

    assert [job.method for jobid, job in chain.jobs().items() if jobid not in before] == ["one"]
    assert "same output as dev-1" in done.stderr
    assert done.stdout == "41\n"
    assert "because dev-3 ≡ dev-1" in axtui("run").stderr or "because" in done.stderr


def test_a_changed_default_builds_again(chain: ProjectDirectory, axtui: Command) -> None:
    """Where an option was left to its default, another default is another job."""
    chain.script("print(urd.build('one').load())")
    first = axtui("run").stdout
    chain.method("one", ONE.replace('{"n": 1}', '{"n": 3}'))

    assert (first, axtui("run").stdout) == ("20\n", "60\n")


def test_kinds_of_values_are_kept_apart(project: ProjectDirectory, axtui: Command) -> None:
    """1, 1.0, True and "1" are four jobs; minus nought, not-a-number, sets and zones are none of each other's."""
    project.method("one", "options = {'x': None}\ndef synthesis(options): return repr(options.x)\n")
    values = [
        "1", "1.0", "True", "'1'", "0.0", "-0.0", "float('nan')", "[1]", "{1}", "None",
        "datetime(2020, 1, 1)", "datetime(2020, 1, 1, tzinfo=timezone.utc)", "Path('1')",
    ]  # fmt: skip
    imports = "from datetime import datetime, timezone\nfrom pathlib import Path\n"
    project.script(f"{imports}for x in [{', '.join(values)}]: urd.build('one', x=x)")

    first = built_by(axtui, project)
    again = built_by(axtui, project)

    assert len(first) == len(values)
    assert again == []


def test_order_of_keys_does_not_count(project: ProjectDirectory, axtui: Command) -> None:
    """A dict with the same keys in another order, and a set filled in another order, are the same options."""
    project.method("one", "options = {'d': {}, 's': set()}\ndef synthesis(options): return sorted(options.s)\n")
    project.script("urd.build('one', d={'a': 1, 'b': 2}, s={'x', 'y', 'z'})")
    built_by(axtui, project)
    project.script("urd.build('one', s={'z', 'y', 'x'}, d={'b': 2, 'a': 1})")

    assert built_by(axtui, project) == []


def test_input_file_is_followed_by_content(project: ProjectDirectory, axtui: Command) -> None:
    """An edit of an input file, also one of equal size, runs the jobs that read it; a touch does not."""
    project.method("one", READ)
    project.script("print(urd.build('one', file='words.txt').load())")
    path = project.write("data/words.txt", "alpha")
    first = axtui("run").stdout
    os.utime(path, ns=(10**18, 10**18))
    touched = built_by(axtui, project)

    project.write("data/words.txt", "gamma")

    assert first == "alpha\n"
    assert touched == []
    assert axtui("run").stdout == "gamma\n"
    job = [*project.jobs().values()][-1]
    assert job.setup["why"] == ["input file changed: words.txt"]


@pytest.mark.parametrize("is_old", [False, True])
def test_input_file_of_equal_size_and_time_is_read_again(
    project: ProjectDirectory, axtui: Command, is_old: bool
) -> None:
    """An edit that leaves size and mtime as they were is seen by the same engine, however old the file is."""
    project.method("one", READ)
    project.script("print(urd.build('one', file='words.txt').load())")
    path = project.write("data/words.txt", "alpha")
    if is_old:  # so that what it was is remembered
        wait_until(lambda: not is_fresh(changed_ns(full_stamp(path))))
    before = os.stat(path)
    with attached(axtui):
        first = [axtui("run").stdout, axtui("run").stdout]

        project.write("data/words.txt", "gamma")
        os.utime(path, ns=(before.st_mtime_ns, before.st_mtime_ns))

        assert [*first, axtui("run").stdout] == ["alpha\n", "alpha\n", "gamma\n"]
    assert project.methods() == ["one", "one"]


@pytest.mark.parametrize(("text", "runs"), [("alpha", 1), ("gamma", 2)])
def test_an_input_file_whose_mtime_is_put_back_during_a_job(
    project: ProjectDirectory, axtui: Command, text: str, runs: int
) -> None:
    """With another content the job is not reused; with the same, and another mode, it is."""
    during = f"    path = '{project.root}/data/words.txt'\n    info = os.stat(path)\n"
    during += f"    open(path, 'r+').write({text!r})\n    os.utime(path, ns=(info.st_mtime_ns,) * 2)\n"
    read = READ.replace("return handle.read()", "handle.read()")
    project.method("one", f"import os\n{read}{during}    os.chmod(path, 0o600)\n")
    project.script("urd.build('one', file='words.txt')")
    project.write("data/words.txt", "alpha")
    axtui("run")
    project.write("data/words.txt", "alpha")

    axtui("run")

    assert project.methods() == ["one"] * runs


def test_a_file_that_shadows_an_import_is_seen(project: ProjectDirectory, axtui: Command) -> None:
    """A new file under the name of a module from elsewhere is what is imported from then on."""
    project.method("one", "import tabnanny\ndef synthesis(): return tabnanny.__file__\n")
    project.script("urd.build('one')")
    built_by(axtui, project)

    project.write("tabnanny.py", "")

    assert built_by(axtui, project) == ["one"]
    assert result(project, "one") == str(project.root / "tabnanny.py")


COMPUTED = {
    "in a function": "def synthesis(): return __import__('late_' + str('one')).VALUE\n",
    "at the top": "late = __import__('late_' + str('one'))\ndef synthesis(): return late.VALUE\n",
}


@pytest.mark.parametrize("where", [*COMPUTED])
def test_a_computed_import_is_followed(project: ProjectDirectory, axtui: Command, where: str) -> None:
    """A module whose name is only known while it runs is noticed then, and its edit runs the job with the new code."""
    project.method("one", COMPUTED[where])
    project.write("late_one.py", "VALUE = 1")
    project.script("print(urd.build('one').load())")
    first = axtui("run").stdout

    project.write("late_one.py", "VALUE = 2")
    second = axtui("run").stdout
    again = built_by(axtui, project)

    assert (first, second, again) == ("1\n", "2\n", [])


def test_what_ran_is_what_is_stored(chain: ProjectDirectory, axtui: Command) -> None:
    """The job holds the source that ran, method and helper, byte by byte."""
    job = next(iter(chain.jobs().values()))

    assert (job.directory / "method/small/a_one.py").read_text() == ONE
    assert (job.directory / "method/helper.py").read_text() == HELPER


def test_why_is_told(chain: ProjectDirectory, axtui: Command) -> None:
    """A job says what differs from the nearest one: the file, the option from what to what, the input."""
    chain.write("helper.py", HELPER.replace("2 *", "3 *"))
    source = axtui("run").stderr
    chain.script("one = urd.build('one', n=7)\nurd.build('two', one=one)")
    option = axtui("run").stderr

    assert "source changed: helper.py" in source
    assert "option n: 2 → 7" in option
    assert "input one: " in option


def test_a_damaged_job_is_built_again(chain: ProjectDirectory, axtui: Command) -> None:
    """A result that is gone is built again, with the reason, and nothing else is."""
    (chain.root / "workdirs/dev/dev-1/result.pickle").unlink()

    built = built_by(axtui, chain)

    assert built == ["one"]
    assert [*chain.jobs().values()][-1].setup["why"][0].startswith("dev-1 is damaged: result.pickle")


def test_another_slice_count_is_another_workdir(chain: ProjectDirectory, axtui: Command, tmp_path: Path) -> None:
    """A workdir keeps its slice count; with another workdir everything is built there."""
    config = (chain.root / "axtui.toml").read_text()
    chain.write("axtui.toml", config.replace("slices = 2", "slices = 3").replace("workdirs/dev", "workdirs/three"))
    done = axtui("run")

    assert "2 built, 0 reused" in done.stderr
    assert chain.methods() == ["one", "two"]
