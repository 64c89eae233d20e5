"""When the output of a job came."""

from __future__ import annotations

from pathlib import Path

from axtui.store import layout
from axtui.store.output_times import append_sizes, read_output_times


def test_what_was_noted_is_read(tmp_path: Path) -> None:
    """By file, in order; a look that found nothing says only that somebody looked."""
    append_sizes(tmp_path, 10.0, {})
    append_sizes(tmp_path, 11.25, {"prepare.out": 5})
    append_sizes(tmp_path, 12.0, {"prepare.out": 9, "analysis.0.out": 3})

    assert read_output_times(tmp_path) == {"prepare.out": [(11.25, 5), (12.0, 9)], "analysis.0.out": [(12.0, 3)]}


def test_nobody_looked(tmp_path: Path) -> None:
    """No file is not an empty one; where none can be written nothing is raised."""
    append_sizes(tmp_path / "gone", 1.0, {})

    assert read_output_times(tmp_path) is None


def test_damaged_notes_are_passed_over(tmp_path: Path) -> None:
    """Lines that are no records, sizes that are none or shrink, times that go back."""
    lines = ["{", "[]", '{"at": "x", "nbytes": {}}', '{"at": 3, "nbytes": {"a": "b", "prepare.out": 4}}',
             '{"at": 4, "nbytes": {"prepare.out": 2}}', '{"at": 1, "nbytes": {"prepare.out": 9}}', "x"]  # fmt: skip
    (tmp_path / layout.OUTPUT_TIMES).write_text("\n".join(lines))

    assert read_output_times(tmp_path) == {"a": [], "prepare.out": [(3.0, 4)]}
