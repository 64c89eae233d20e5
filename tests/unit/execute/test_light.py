"""Which methods are light."""

from __future__ import annotations

from pathlib import Path

import pytest

from axtui.execute.light import is_light
from axtui.method.snapshot import take_snapshot
from axtui.method.sources import Sources

PLAIN = "import json\nfrom helper import twice\nfrom axtui import Job\n\ndef synthesis(job):\n    return twice(1)\n"


def write_project(root: Path, method: str, helper: str = "import os\n\ndef twice(x):\n    return 2 * x\n") -> Sources:
    """Write a method and a helper that it may import."""
    (root / "a_one.py").write_text(method)
    (root / "helper.py").write_text(helper)
    return Sources((root,))


def test_a_method_of_pythons_own_modules_is_light(tmp_path: Path) -> None:
    """Python's own modules, the project's and axtui's leave a method light."""
    sources = write_project(tmp_path, PLAIN)

    assert is_light(take_snapshot(sources, "a_one"))


@pytest.mark.parametrize(
    ("method", "helper"),
    [
        (PLAIN, "import numpy as np\n"),
        (PLAIN, "def twice(x):\n    from scipy import stats\n"),
        ("datasets = ('source',)\n\ndef synthesis():\n    return 1\n", ""),
        ("def synthesis(job):\n    dw = job.DatasetWriter()\n", ""),
        ("import yaml\n\ndef synthesis():\n    return 1\n", ""),
    ],
)
def test_a_method_that_speaks_of_data_is_not(tmp_path: Path, method: str, helper: str) -> None:
    """A data library anywhere in its closure, any other library, or a word of datasets makes it a heavy one."""
    sources = write_project(tmp_path, method, helper)

    assert not is_light(take_snapshot(sources, "a_one"))
