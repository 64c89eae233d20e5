"""`accelerator.conf`: what it may say, what it means here, and what is said where it says something else."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from axtui.base.errors import UserError
from axtui.project.accelerator_conf import parse_accelerator_conf
from axtui.project.config import find_root, read_project

LEAST = "slices: 3\nworkdirs:\n\tdev workdirs/dev\nmethod packages: dev auto-discover\n"
WHOLE = """
# made by hand
slices: 3                       # in all
workdirs:
    dev  ${WORK=workdirs}/dev
    old  "/data/old jobs"
    old  "/data/old jobs"
target workdir: old
method packages:
    dev auto-discover
    shared.lib

    accelerator.standard_methods
listen: .socket.dir/server
board listen: localhost:8520
urd: local
interpreters:
    3.12 /usr/bin/python3.12
result directory: ${HOME}/results
input directory: 'in put'
"""


def test_everything_has_its_meaning(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys become what `axtui.toml` has for them; those without a meaning are passed over."""
    monkeypatch.setenv("HOME", "/home/somebody")
    monkeypatch.delenv("WORK", raising=False)
    (tmp_path / "accelerator.conf").write_text(WHOLE)

    project = read_project(tmp_path)

    assert (project.root, project.source_directory, project.slices, project.target) == (tmp_path, tmp_path, 3, "old")
    assert project.workdirs == {"dev": tmp_path / "workdirs/dev", "old": Path("/data/old jobs")}
    assert project.packages == ("dev", "shared.lib")
    assert project.listed == ("shared.lib",)
    assert project.result_directory == Path("/home/somebody/results")
    assert project.input_directory == tmp_path / "in put"
    assert project.parallel_jobs == os.cpu_count()


def test_directories_are_the_projects_unless_said(tmp_path: Path) -> None:
    """Input and results are in the project directory; that is the file's own, or another one that it names."""
    (tmp_path / "accelerator.conf").write_text(LEAST)

    project = read_project(tmp_path)

    assert (project.input_directory, project.result_directory) == (tmp_path, tmp_path)
    (tmp_path / "accelerator.conf").write_text(LEAST + "project directory: ../code\ninput directory: data\n")
    project = read_project(tmp_path)
    code = tmp_path.parent / "code"
    assert (project.root, project.source_directory) == (tmp_path, code)
    assert (project.input_directory, project.result_directory) == (code / "data", code)
    assert project.workdirs == {"dev": code / "workdirs/dev"}


def test_axtui_toml_comes_first(tmp_path: Path) -> None:
    """Of both files in one directory `axtui.toml` counts; of one file each, the nearer directory's."""
    inner = tmp_path / "inner"
    inner.mkdir()
    (inner / "accelerator.conf").write_text(LEAST)
    (tmp_path / "axtui.toml").write_text("slices = 5\n")

    assert find_root(inner) == inner
    assert read_project(inner).slices == 3
    (inner / "axtui.toml").write_text("slices = 4\n")
    assert read_project(inner).slices == 4


WRONG = {
    "slice: 3": "line 1: unknown key 'slice'; the nearest known one is 'slices'",
    "slices 3": "line 1: 'slices 3' has no colon; wanted `key: value`",
    "  slices: 3": "line 1: 'slices: 3' is indented, but no key is above it",
    LEAST.replace("3", "three"): "line 1: slices is 'three'; wanted a whole number",
    LEAST.replace("3", "0"): "line 1: slices is '0'; wanted a whole number, at least 1",
    "slices: 3 4": "line 1: 'slices' has '3 4'; wanted a whole number",
    "slices: 3\nslices: 3": "line 2: 'slices' stands twice",
    "slices:\n  3\n  4": "line 3: 'slices' has a second value '4'",
    "slices:": "there is no 'slices'; wanted a whole number",
    "": "there is no 'slices'",
    "slices: 3": "there is no 'workdirs'; wanted a name and a path",
    "workdirs: dev": "line 1: 'workdirs' has 'dev'; wanted a name and a path",
    "workdirs:\n  a b c": "line 2: 'workdirs' has 'a b c'; wanted a name and a path",
    "workdirs: a 'b": 'line 1: "workdirs: a \'b": no closing quotation',
    "input directory: ${NOT_THERE}": "line 1: the environment has no 'NOT_THERE'",
    LEAST + "workdirs: dev elsewhere": "line 5: the workdir 'dev' has two paths, 'workdirs/dev' and 'elsewhere'",
    LEAST + "workdirs: b workdirs/dev": "two workdirs have the same path",
    LEAST + "workdirs: 'a b' x": "the workdir name 'a b' has characters other than letters",
    LEAST + "target workdir: prod": "line 5: target workdir is 'prod', but the workdirs are dev",
    LEAST + "workdirs: all ..": "the project",
    LEAST + "method packages: x discover": "line 5: after the package 'x' stands 'discover'; wanted auto-discover",
    LEAST + "method packages: dev": "line 5: the package 'dev' stands twice",
    LEAST + "method packages: a/b": "methods.packages has 'a/b'; wanted the name of a package",
}


@pytest.mark.parametrize("text", [*WRONG])
def test_an_error_names_file_and_line(tmp_path: Path, text: str) -> None:
    """What cannot be is told in one sentence, with the file, the line where it is one, and what was wanted."""
    (tmp_path / "accelerator.conf").write_text(text)

    with pytest.raises(UserError) as caught:
        read_project(tmp_path)

    assert str(caught.value).startswith(f"{tmp_path}/accelerator.conf: {WRONG[text]}")
    assert "\n" not in str(caught.value)


@given(st.text(st.sampled_from("slices: work\n\t3'\"#${=}")))
def test_any_text_is_read_or_one_error(text: str) -> None:
    """Whatever the file holds, it is read or refused with an error that is made for people."""
    try:
        conf = parse_accelerator_conf(text, {})
    except UserError:
        return

    assert conf.values["slices"] >= 1
