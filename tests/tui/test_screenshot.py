"""The workbench as files."""

from __future__ import annotations

from pathlib import Path

import pytest

from axtui.tui.screenshot import take_picture
from tests.tui.flights import record_flights


def test_a_picture_has_three_forms(tmp_path: Path) -> None:
    """SVG and text show the jobs; keys are pressed before; the font is one that machines have."""
    rec = record_flights(tmp_path)

    picture = take_picture(rec.project, keys=["enter"])

    assert picture.svg.startswith("<svg")
    assert "DejaVu Sans Mono" in picture.svg and "Fira" not in picture.svg
    assert "2 delays dev-35" in picture.text
    assert len(picture.text.splitlines()) == 45


def test_a_png_is_drawn_where_cairo_is(tmp_path: Path) -> None:
    """With cairo there is a PNG too."""
    pytest.importorskip("cairocffi")

    assert take_picture(record_flights(tmp_path).project, (80, 24)).png.startswith(b"\x89PNG")
