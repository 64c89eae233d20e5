"""What an engine was made for: whatever it cannot take in while it runs makes its surroundings others."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from axtui.engine.surroundings import look_around
from axtui.project import config
from axtui.project.config import read_project
from tests.conftest import ProjectDirectory


def test_the_same_surroundings_are_equal(project: ProjectDirectory) -> None:
    """As long as nothing changes an engine stays."""
    made = read_project(project.root)

    assert look_around(made) == look_around(made)


def test_another_configuration_is_seen(project: ProjectDirectory) -> None:
    """Also one that cannot be read any more."""
    made = read_project(project.root)
    before = look_around(made)

    project.write("axtui.toml", "slices = 3\n")
    changed = look_around(made)
    (project.root / "axtui.toml").unlink()

    assert len({str(before), str(changed), str(look_around(made))}) == 3


def test_a_package_that_comes_is_seen(
    project: ProjectDirectory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its directory in one of those that packages are installed in is new."""
    site = tmp_path / "lib/site-packages"
    site.mkdir(parents=True)
    monkeypatch.setattr(sys, "path", [*sys.path, str(site)])
    made = read_project(project.root)
    before = look_around(made)

    (site / "new").mkdir()

    assert look_around(made) != before


def test_a_disk_that_is_full_is_seen(project: ProjectDirectory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs of scripts then need another place, and get it; they stay there to be looked at when there is room again."""
    (project.root / "workdirs/dev").mkdir(parents=True)
    made = read_project(project.root)
    before = look_around(made)

    monkeypatch.setattr(config, "_LEAST_NBYTES", 1 << 80)
    full = read_project(project.root)
    seen = look_around(made)
    (full.workdirs[full.runs]).mkdir(parents=True)
    monkeypatch.undo()
    again = read_project(project.root)

    assert seen != before
    assert (made.runs, full.runs, again.runs) == ("dev", "runs", "dev")
    assert full.workdirs["runs"] == again.workdirs["runs"] == project.root / ".axtui/runs"
    assert [*made.workdirs] == ["dev"]
