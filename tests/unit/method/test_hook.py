"""The import hook: what was hashed is what runs. Each test runs in a process of its own, as a loader does."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable
from pathlib import Path

import pytest

from axtui.method.hook import SnapshotFinder, decode_source, install
from axtui.method.snapshot import take_snapshot
from axtui.method.sources import Sources


def in_child(work: Callable[[], object]) -> str:
    """Run something in a forked process and return what it returned, as text; an exception comes as its traceback."""
    read_end, write_end = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            text = str(work())
        except BaseException:
            text = traceback.format_exc()
        os.write(write_end, text.encode())
        os._exit(0)
    os.close(write_end)
    with open(read_end, "rb") as handle:
        text = handle.read().decode()
    os.waitpid(pid, 0)
    return text


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Give a project with a package and a helper beside it."""
    (tmp_path / "hooked").mkdir()
    (tmp_path / "hooked/__init__.py").write_text("")
    (tmp_path / "hooked/a_one.py").write_text("import hooked_helper\nVALUE = hooked_helper.VALUE\n")
    (tmp_path / "hooked_helper.py").write_text("VALUE = 'hashed'\n")
    return tmp_path


def load(root: Path, before_import: Callable[[], object] = lambda: None) -> tuple[object, SnapshotFinder]:
    """Take a snapshot, let something happen, install the hook and import; return the module and the finder."""
    sources = Sources((root,))
    snapshot = take_snapshot(sources, "hooked.a_one")
    before_import()
    finder = install(snapshot, sources)
    import hooked.a_one  # type: ignore[import-not-found]

    return hooked.a_one, finder


def test_what_was_hashed_runs(root: Path) -> None:
    """A save between hashing and importing does not change what runs."""

    def save() -> None:
        (root / "hooked_helper.py").write_text("VALUE = 'saved'\n")
        (root / "hooked/a_one.py").write_text("VALUE = 'other'\n")

    assert in_child(lambda: load(root, save)[0].VALUE) == "hashed"  # type: ignore[attr-defined]


def test_deleted_sources_run_all_the_same(root: Path) -> None:
    """What was hashed needs no file any more."""
    assert in_child(lambda: load(root, (root / "hooked_helper.py").unlink)[0].VALUE) == "hashed"  # type: ignore[attr-defined]


def test_no_bytecode_is_written_or_read(root: Path) -> None:
    """A `.pyc` that Python would trust is passed over, and none is left behind."""
    in_child(
        lambda: (
            setattr(sys, "dont_write_bytecode", False),
            sys.path.insert(0, str(root)),
            __import__("hooked_helper"),
        )
    )
    before = sorted(root.rglob("*.pyc"))
    stat = os.stat(root / "hooked_helper.py")
    (root / "hooked_helper.py").write_text("VALUE = 'edited'\n")
    os.utime(root / "hooked_helper.py", ns=(stat.st_mtime_ns, stat.st_mtime_ns))

    value = in_child(lambda: load(root)[0].VALUE)  # type: ignore[attr-defined]

    assert before
    assert value == "edited"
    assert sorted(root.rglob("*.pyc")) == before


def test_modules_know_where_they_are(root: Path) -> None:
    """`__file__`, `__package__`, `__path__` and `__spec__` are those that Python gives."""

    def work() -> object:
        module, _ = load(root)
        package = sys.modules["hooked"]
        return (
            module.__file__,  # type: ignore[attr-defined]
            module.__package__,
            package.__file__,
            list(package.__path__),
            module.__spec__.origin,
        )

    method, package = str(root / "hooked/a_one.py"), str(root / "hooked/__init__.py")
    assert in_child(work) == str((method, "hooked", package, [str(root / "hooked")], method))


def test_tracebacks_quote_what_ran(root: Path) -> None:
    """The lines in a traceback are those of the snapshot, whatever lies on disk by then."""
    (root / "hooked_helper.py").write_text("def fail():\n    raise ValueError('the old line')\nVALUE = fail\n")

    def work() -> object:
        module, _ = load(root)
        (root / "hooked_helper.py").write_text("# new\n# lines\n")
        return module.VALUE()  # type: ignore[attr-defined]

    told = in_child(work)

    assert "raise ValueError('the old line')" in told
    assert f'File "{root / "hooked_helper.py"}", line 2, in fail' in told


def test_computed_imports_are_observed(root: Path) -> None:
    """A project module whose name is only known while it runs is noted, with what it imports; others are not."""
    (root / "hooked/a_one.py").write_text("import json\nVALUE = __import__('hooked_' + str('late')).VALUE\n")
    (root / "hooked_late.py").write_text("import hooked_deeper, csv\nVALUE = 'late'\n")
    (root / "hooked_deeper.py").write_text("")

    def work() -> object:
        module, finder = load(root)
        return (module.VALUE, sorted(finder.observed))  # type: ignore[attr-defined]

    assert in_child(work) == str(("late", ["hooked_deeper", "hooked_late"]))


def test_computed_imports_are_read_when_they_happen(root: Path) -> None:
    """A module that was looked at before and saved since runs, and is noted, as it is at its import."""
    (root / "hooked/a_one.py").write_text("VALUE = lambda: __import__('hooked_' + str('late')).VALUE\n")
    (root / "hooked_late.py").write_text("VALUE = 'old'\n")
    sources = Sources((root,))

    def work() -> object:
        sources.find("hooked_late")
        finder = install(take_snapshot(sources, "hooked.a_one"), sources)
        import hooked.a_one

        (root / "hooked_late.py").write_text("VALUE = 'new'\n")
        value = hooked.a_one.VALUE()
        return (value, finder.observed["hooked_late"].data)

    assert in_child(work) == str(("new", b"VALUE = 'new'\n"))


def test_a_project_module_shadows_the_standard_library(root: Path) -> None:
    """What the digest says is imported is imported: the project's own file before Python's."""
    (root / "hooked/a_one.py").write_text("import colorsys\nVALUE = colorsys.VALUE\n")
    (root / "colorsys.py").write_text("VALUE = 'mine'\n")

    found = in_child(lambda: load(root, lambda: sys.modules.pop("colorsys", None))[0].VALUE)  # type: ignore[attr-defined]

    assert found == "mine"


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"x = '\xc3\xa9'", "x = 'é'"),
        (b"# coding: latin-1\nx = '\xe9'", "# coding: latin-1\nx = 'é'"),
        (b"\xef\xbb\xbfx = 1\r\n", "x = 1\n"),
        (b"x = '\xff'", "x = '�'"),
        (b"# coding: klingon\nx = 1", "# coding: klingon\nx = 1"),
    ],
)
def test_sources_are_decoded_as_python_does(data: bytes, text: str) -> None:
    """By cookie or as UTF-8; what cannot be decoded is replaced, for it is only shown."""
    assert decode_source(data) == text
