"""A desk for every test that wants one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from axtui.api import context
from axtui.api.context import Context
from tests.unit.dataset.desk import Desk


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """Return a place to make jobs with three slices."""
    yield Desk(tmp_path)
    context.use(Context())
