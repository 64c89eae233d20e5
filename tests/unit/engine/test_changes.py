"""What a look at the project's files brings."""

from __future__ import annotations

import os
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from axtui.build.code import Code
from axtui.engine.builds import Row
from axtui.engine.changes import Changes
from axtui.event.events import SourcesChanged
from axtui.store.index import Finished

ROWS = {"good.1": Row("good.1", "good", "", "dev-1")}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Give a project with a method, a script, and a file that the method will be found to declare."""
    (tmp_path / "small").mkdir()
    for name, text in {
        "__init__.py": "",
        "a_good.py": "def synthesis(): return 1\n",
        "build.py": "def main(urd): pass\n",
        "notes.txt": "one\n",
    }.items():
        (tmp_path / "small" / name).write_text(text)
        os.utime(tmp_path / "small" / name, (1e9, 1e9))
    return tmp_path


@pytest.fixture
def code(root: Path) -> Code:
    """Give its code."""
    return Code(root, ("small",))


def look(changes: Changes, script: str = "") -> list[SourcesChanged]:
    """Look once, and return what changed."""
    found = changes.look(ROWS, script, {})
    return [event for event in found.events if isinstance(event, SourcesChanged)]


def test_only_what_was_saved_is_named(root: Path, code: Code, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that is read for the first time, and was there at the last look, was not saved."""
    monkeypatch.setattr("axtui.base.clock.wall", lambda: 1e11)  # every file is older than the first look
    changes = Changes(root, code, {})
    look(changes)
    (root / "small/a_good.py").write_text("def synthesis(): return 2\n")

    (event,) = look(changes, "build")

    assert event.files == ("small/a_good.py",)
    assert event.stale == ("good.1",)


def test_a_new_file_was_saved(root: Path, code: Code) -> None:
    """A method that was not there at the last look is named, as the file that it is."""
    changes = Changes(root, code, {})
    look(changes)
    (root / "small/a_new.py").write_text("def synthesis(): return 2\n")

    (event,) = look(changes)

    assert event.files == ("small/a_new.py",)
    assert event.methods == ("new",)


def test_what_comes_with_axtui_is_told_apart(root: Path, code: Code) -> None:
    """A method of the project and one of axtui's that both are others than those of the last build."""
    code.rescan()
    old = {"code": "0" * 64, "declared": {}, "packages": {}, "extra": [[], []]}
    built = {name: cast("Finished", SimpleNamespace(method=name, **old)) for name in ("good", "csvimport")}
    rows = {f"{name}.1": Row(f"{name}.1", name, "", "dev-1") for name in built}

    found = Changes(root, code, built).look(rows, "", {})

    (event,) = [event for event in found.events if isinstance(event, SourcesChanged)]
    assert (event.methods, event.ours) == (("csvimport", "good"), ("csvimport",))


def test_learning_what_a_method_declares_is_no_change(root: Path, code: Code) -> None:
    """That a method declares a file is known only when it has been loaded; the file counts from then on."""
    changes = Changes(root, code, {})
    look(changes)
    code.learn_extra("good", ((), ("notes.txt",)))

    assert look(changes) == []
    (root / "small/notes.txt").write_text("two\n")
    (event,) = look(changes)

    assert event.files == ("small/notes.txt",)
    assert event.methods == ("good",)


def test_a_method_that_declares_more_and_changed_has_changed(root: Path, code: Code) -> None:
    """Where the method was saved as well it is another one."""
    changes = Changes(root, code, {})
    look(changes)
    (root / "small/a_good.py").write_text("def synthesis(): return 2\n")
    code.learn_extra("good", ((), ("notes.txt",)))

    (event,) = look(changes)

    assert event.methods == ("good",)
