"""A workdir with a few jobs, and requests for more."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from axtui.build.request import Request
from axtui.store.catalogue import Catalogue
from axtui.store.workdir import Workdir
from tests.unit.store.jobs import make_job, make_workdir

CODE = "c" * 64


@pytest.fixture
def workdir(tmp_path: Path) -> Workdir:
    """Give a workdir in which dev-1 and dev-2 are the same in all that counts, and the others are not."""
    made = make_workdir(tmp_path)
    datasets: dict[str, Any] = {"datasets": {"default": "e", "more": "f"}}
    make_job(made, 1, datasets)
    make_job(made, 2, {**datasets, "notes": ["later"], "endtime": 99.0}, caption="again", starttime=5.0, key="9" * 64)
    make_job(made, 3, {**datasets, "output": "0" * 64})
    make_job(made, 4, datasets, parameters="1" * 64)
    make_job(made, 5, datasets, method="other")
    return made


@pytest.fixture
def catalogue(workdir: Workdir, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Catalogue:
    """Give the catalogue of that workdir."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    made = Catalogue({"dev": workdir.path}, "dev", tmp_path)
    made.refresh()
    return made


def request(**changes: Any) -> Request:
    """Make a typed request."""
    fields: dict[str, Any] = {"method": "one", "options": {"n": 1}, "datasets": {}, "jobs": {}, "input_files": {}}
    return Request(**{**fields, **changes})
