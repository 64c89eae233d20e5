"""`axtui.toml`: what it may say, and what is said where it says something else."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from axtui.base.errors import UserError
from axtui.project.config import find_root, parse_project, read_project

ROOT = Path("/home/somebody/clicks")


def test_an_empty_file_is_a_project() -> None:
    """Everything has a default."""
    project = parse_project("", ROOT)

    assert project.slices == (os.cpu_count() or 1)
    assert project.target == "dev"
    assert project.workdirs == {"dev": ROOT / "workdirs/dev"}
    assert project.input_directory == ROOT
    assert project.result_directory == ROOT / "results"
    assert project.packages == ()
    assert project.parallel_jobs == (os.cpu_count() or 1)
    assert project.limits == {}
    assert project.journal == ROOT / ".axtui/journal"


def test_everything_can_be_set() -> None:
    """Each key has its effect; paths are relative to the file, absolute, or below home."""
    project = parse_project(
        'slices = 8\ntarget = "shared"\ninput = "/data"\nresults = "../out"\nparallel_jobs = 3\n'
        '[workdirs]\ndev = "w/dev"\nshared = "~/shared"\n[methods]\npackages = ["a", "b.c"]\n'
        '[limits]\nmemory = "4GB"\nretries = 1\n[limits.slow]\nseconds = 60\nmemory = "8GB"\n',
        ROOT,
    )

    assert (project.slices, project.target, project.parallel_jobs) == (8, "shared", 3)
    assert project.input_directory == Path("/data")
    assert project.result_directory == Path("/home/somebody/out")
    assert project.workdirs == {"dev": ROOT / "w/dev", "shared": Path.home() / "shared"}
    assert project.packages == ("a", "b.c")
    assert project.limits == {"memory": 4 * 10**9, "retries": 1}
    assert project.limits_for("other", {"seconds": 5}) == {"memory": 4 * 10**9, "retries": 1, "seconds": 5}
    assert project.limits_for("slow", {"seconds": 5}) == {"memory": 8 * 10**9, "retries": 1, "seconds": 60}


def test_the_first_workdir_is_the_target() -> None:
    """Where no target is named, new jobs go to the first workdir."""
    assert parse_project('[workdirs]\nb = "b"\na = "a"\n', ROOT).target == "b"


WRONG = {
    "slice = 2": "unknown key 'slice'; the nearest known one is 'slices'",
    "parallel = 2": "unknown key 'parallel'; the nearest known one is 'parallel_jobs'",
    "[method]\npackages = []": "unknown key 'method'; the nearest known one is 'methods'",
    "[methods]\npackage = []": "unknown key 'methods.package'; the nearest known one is 'methods.packages'",
    "[limits]\nmemry = 1": "unknown key 'limits.memry'; the nearest known one is 'limits.memory'",
    "zzz = 1": "unknown key 'zzz'; the nearest known one is ",
    'slices = "2"': "slices is '2'; wanted a whole number",
    "slices = 2.0": "slices is 2.0; wanted a whole number",
    "slices = true": "slices is True; wanted a whole number",
    "slices = 0": "slices is 0; wanted at least 1",
    "slices = -1": "slices is -1; wanted at least 1",
    "parallel_jobs = 0": "parallel_jobs is 0; wanted at least 1",
    "target = 3": "target is 3; wanted a string",
    'target = "prod"': "target is 'prod', but the workdirs are dev",
    "workdirs = 1": "workdirs is 1; wanted a table",
    "[workdirs]": "workdirs is empty; wanted at least one line like",
    "[workdirs]\ndev = 1": "workdirs.dev is 1; wanted a path",
    '[workdirs]\n"a b" = "x"': "the workdir name 'a b' has characters other than letters",
    '[workdirs]\n"../x" = "x"': "the workdir name '../x' has characters other than letters",
    '[workdirs]\na = "x"\nb = "./x"': "two workdirs have the same path /home/somebody/clicks/x",
    "[methods]\npackages = 1": "methods.packages is 1; wanted a list of strings",
    "[methods]\npackages = [1]": "methods.packages has 1; wanted the name of a package",
    '[methods]\npackages = ["a/b"]': "methods.packages has 'a/b'; wanted the name of a package",
    '[methods]\npackages = [""]': "methods.packages has ''; wanted the name of a package",
    '[methods]\npackages = ["a", "a"]': "methods.packages names a package twice",
    "[limits]\nmemory = -4": "limits.memory is -4; wanted at least 1 MB",
    "[limits]\nseconds = '5'": "limits.seconds is '5'; wanted a number of seconds above 0",
    "[limits.memory]\nmemory = 1": "limits.memory is {'memory': 1}; wanted a size",
    "[limits.slow]\nsecnds = 1": "unknown key 'limits.slow.secnds'; the nearest known one is 'limits.slow.seconds'",
    "limits = 3": "limits is 3; wanted a table",
    'input = ["a"]': r"input is ['a']; wanted a string",
}


@pytest.mark.parametrize("text", [*WRONG])
def test_an_error_names_the_key_and_what_was_wanted(text: str) -> None:
    """What cannot be is told in one sentence."""
    with pytest.raises(UserError) as caught:
        parse_project(text, ROOT)

    assert str(caught.value).startswith(WRONG[text])
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("content", "wanted"),
    [
        (b"slices = = 2", r"axtui\.toml: .*line 1"),
        (b"a = 1\na = 2", r"axtui\.toml: .*"),
        (b"\xff\xfe", r"axtui\.toml: .*decode"),
        (b"slices = 1\nslcies = 2", r"axtui\.toml: unknown key 'slcies'; the nearest known one is 'slices'"),
        (b"x = " + b"[" * 5000, r"axtui\.toml: "),
        (b"#" * (2 << 20), r"axtui\.toml.* more than"),
    ],
)
def test_a_file_that_cannot_be_used_is_named(tmp_path: Path, content: bytes, wanted: str) -> None:
    """An error of the file says which file, and for TOML on which line."""
    (tmp_path / "axtui.toml").write_bytes(content)

    with pytest.raises(UserError, match=wanted):
        read_project(tmp_path)


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    """Where there is none, that is what is said; a directory of its name is no file."""
    with pytest.raises(UserError, match=r"there is no .*axtui\.toml"):
        read_project(tmp_path)
    (tmp_path / "axtui.toml").mkdir()
    with pytest.raises(UserError, match=r"axtui\.toml"):
        read_project(tmp_path)


def test_a_project_in_a_directory_that_is_not_utf8_is_refused(tmp_path: Path) -> None:
    """It is told before anything of it is read."""
    place = tmp_path / "odd\udcff"
    place.mkdir()
    (place / "axtui.toml").write_text("")

    with pytest.raises(UserError, match=r"odd\\udcff' is not UTF-8; wanted a directory with another name"):
        read_project(place)


@given(st.text(st.sampled_from('slicetargp_[]="\n.12# ')))
def test_any_text_is_a_project_or_one_error(text: str) -> None:
    """Whatever the file holds, it is read or refused with an error that is made for people."""
    import tomllib

    try:
        project = parse_project(text, ROOT)
    except (UserError, tomllib.TOMLDecodeError):
        return

    assert project.slices >= 1


def test_the_root_is_found_from_below(tmp_path: Path) -> None:
    """The nearest configuration at or above counts; without one it says how to make one."""
    inner = tmp_path / "a/b/c"
    inner.mkdir(parents=True)

    with pytest.raises(UserError, match=r"`axtui init` makes a project"):
        find_root(inner)
    (tmp_path / "axtui.toml").write_text("")
    assert find_root(inner) == tmp_path
    (tmp_path / "a/axtui.toml").write_text("")
    assert find_root(inner) == tmp_path / "a"
