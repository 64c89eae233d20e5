"""Names in a job directory."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from axtui.store.layout import dataset_directory, output_name, parse_output_name


@pytest.mark.parametrize("stage", ["prepare", "synthesis"])
@pytest.mark.parametrize("stream", ["out", "err"])
def test_output_names_of_stages_round_trip(stage: str, stream: str) -> None:
    """A stage's output file tells stage and stream."""
    assert parse_output_name(output_name(stage, stream)) == (stage, -1, stream)


def test_output_names_of_slices_round_trip() -> None:
    """A slice's output file tells its number."""
    assert output_name("analysis", "err", 17) == "analysis.17.err"
    assert parse_output_name("analysis.17.err") == ("analysis", 17, "err")


@given(st.text(st.sampled_from("analysisoutprepare.0123-erx")) | st.text())
def test_other_names_are_no_output(name: str) -> None:
    """A name is either one that is written, exactly, or none."""
    parsed = parse_output_name(name)

    if parsed is not None:
        stage, sliceno, stream = parsed
        assert output_name(stage, stream, sliceno) == name


@pytest.mark.parametrize("name", ["", "analysis", "analysis.out", "analysis.x.out", "analysis.-1.out", "commit.out"])
def test_near_names_are_no_output(name: str) -> None:
    """What looks alike is another file."""
    assert parse_output_name(name) is None


@pytest.mark.parametrize(
    ("name", "directory"),
    [
        ("default", "default"),
        ("a b.c", "a b.c"),
        ("a/b", "a\\x2fb"),
        ("..", "\\x.."),
        (".", "\\x."),
        ("", "\\x"),
        ("a\\b", "a\\\\b"),
        ("50%", "50\\x25"),
        ("\n\0", "\\x0a\\x00"),
        ("a\ud800å\udcff", "a\\ud800å\\udcff"),
        ("a\\ud800", "a\\\\ud800"),
    ],
)
def test_any_text_names_a_dataset(name: str, directory: str) -> None:
    """Characters that a file name must not have are written out."""
    assert dataset_directory(Path("/w/dev-1"), name) == Path("/w/dev-1/datasets") / directory


@given(st.text(max_size=9), st.text(max_size=9))
def test_dataset_directories_stay_apart_and_inside(first: str, second: str) -> None:
    """Two names never share a directory, and none leaves the job's."""
    one, two = (dataset_directory(Path("/w/dev-1"), name) for name in (first, second))

    assert (one == two) == (first == second)
    assert one.parent == Path("/w/dev-1/datasets")
    assert one.name not in ("", ".", "..")
