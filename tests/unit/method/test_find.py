"""Finding methods and build scripts."""

from __future__ import annotations

from pathlib import Path

import pytest

from axtui.base.errors import BuildError, UserError
from axtui.method.find import STANDARD, find_methods, find_script, source_roots
from axtui.method.sources import Sources


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Give a project with the packages `one` and `two`."""
    for name in ("one", "two", "two/deep"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text("")
    for name in ("one/a_first.py", "one/build.py", "one/build_weekly.py", "two/a_second.py", "two/build_weekly.py"):
        (tmp_path / name).write_text("")
    (tmp_path / "two/deep/build_daily.py").write_text("")
    return tmp_path


def test_methods_are_files_that_begin_with_a(root: Path) -> None:
    """Every `a_NAME.py` of the packages is a method; other files, backups and folders are not."""
    for name in ("one/helper.py", "one/a_first.py~", "one/.a_first.py.swp", "one/b_x.py", "one/a_x.txt"):
        (root / name).write_text("")

    found = find_methods(Sources((root,)), ("one", "two")).methods

    ours = {name: place.module for name, place in found.items() if place.package != STANDARD}
    assert ours == {"first": "one.a_first", "second": "two.a_second"}


def test_a_method_is_defined_once(root: Path) -> None:
    """Two packages with a method of one name are told, with both; it is neither of them, and others are there."""
    (root / "two/a_first.py").write_text("")

    found = find_methods(Sources((root,)), ("one", "two"))

    assert found.faults == {"first": "method 'first' is defined both in one and in two"}
    assert "first" not in found.methods
    assert "second" in found.methods


def test_names_that_are_not_utf8_are_told(root: Path) -> None:
    """A file with other bytes in its name is no method and no build script, and stops no other one."""
    (root / "one/a_odd\udcff.py").write_text("")
    (root / "one/build_odd\udcff.py").write_text("")

    found = find_methods(Sources((root,)), ("one",))

    assert "not UTF-8; wanted another name" in found.faults["odd\udcff"]
    assert "first" in found.methods and "odd\udcff" not in found.methods
    with pytest.raises(BuildError, match=r"build script 'odd\\udcff' has a name that is not UTF-8"):
        find_script(Sources((root,)), ("one",), "odd\udcff")


@pytest.mark.parametrize("name", ["gone", "one.gone", "plain"])
def test_a_missing_package_is_told(root: Path, name: str) -> None:
    """A folder that is not there, or has no `__init__.py`, is named with where it was looked for."""
    (root / "plain").mkdir()

    with pytest.raises(UserError, match=f"there is no method package '{name}'.* in {root}"):
        find_methods(Sources((root,)), ("one", name))


@pytest.mark.parametrize(
    ("script", "module"),
    [
        ("build", "one.build"),
        ("weekly", "one.build_weekly"),
        ("build_weekly", "one.build_weekly"),
        ("two.weekly", "two.build_weekly"),
        ("daily", "two.deep.build_daily"),
        ("deep.daily", "two.deep.build_daily"),
        ("two.deep.build_daily", "two.deep.build_daily"),
    ],
)
def test_scripts_are_found_as_they_are_named(root: Path, script: str, module: str) -> None:
    """`build_` may be left out; without a package all are searched in order; a package's last parts are enough."""
    assert find_script(Sources((root,)), ("two.deep", "two", "one"), script) == module


@pytest.mark.parametrize("script", ["monthly", "two.build", "eep.daily", "", "../build", "build.py"])
def test_a_missing_script_is_told(root: Path, script: str) -> None:
    """The error says which scripts there are."""
    with pytest.raises(BuildError) as caught:
        find_script(Sources((root,)), ("one", "two", "two.deep"), script)

    assert str(caught.value).startswith(f"No build script {script!r} in one, two, two.deep; there are one.build, ")


def test_roots_are_the_project_and_pythonpath(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Modules on PYTHONPATH count as the project's, each directory once, the project first."""
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path / 'lib'}::{tmp_path}:{tmp_path / 'lib'}")

    assert source_roots(tmp_path) == (tmp_path, tmp_path / "lib")


LISTED = ("two",)


def test_a_listed_package_has_the_methods_of_its_list(root: Path) -> None:
    """Without auto-discover only what `methods.conf` lists is a method; an interpreter after it has no meaning."""
    (root / "two/a_third.py").write_text("")
    (root / "two/a_fourth.py").write_text("")
    (root / "two/methods.conf").write_text("# ours\nsecond   # the old one\n\nthird 3.11\n")

    found = find_methods(Sources((root,)), ("one", "two"), LISTED).methods

    assert {name for name, place in found.items() if place.package == "two"} == {"second", "third"}
    assert "first" in found


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("second\ngone\n", "/two/methods.conf line 2: there is no method 'gone' (a_gone.py)"),
        ("gone 3.11 more\nsecond\n", "/two/methods.conf line 1: Trailing garbage after 'gone': 'more'"),
    ],
)
def test_a_wrong_line_is_told(root: Path, text: str, wanted: str) -> None:
    """The fault names the file, its line and what stands there; other lines count."""
    (root / "two/methods.conf").write_text(text)

    found = find_methods(Sources((root,)), ("one", "two"), LISTED)

    assert wanted in found.faults["gone"]
    assert {"first", "second"} <= found.methods.keys()


def test_a_missing_list_is_told(root: Path) -> None:
    """With where it was looked for."""
    with pytest.raises(UserError, match=r"lists its methods in .*two/methods\.conf, which is not there"):
        find_methods(Sources((root,)), ("one", "two"), LISTED)


def test_a_list_in_a_package_that_is_not_listed_counts_for_nothing(root: Path) -> None:
    """With auto-discover every file is a method, and unknown names in the list are passed over."""
    (root / "two/methods.conf").write_text("gone 3.11\n")

    assert "second" in find_methods(Sources((root,)), ("two",)).methods
