"""Datasets made of the columns of others: linked, renamed, chosen, merged."""

from __future__ import annotations

import shutil
from typing import Any

import pytest

from axtui import Dataset
from axtui.api import context
from axtui.base.errors import DatasetUsageError, NoSuchDatasetError
from tests.unit.dataset.desk import Desk


@pytest.fixture
def source(desk: Desk) -> Dataset:
    """Return a dataset dev-1 of 20 lines, hashed on a, with columns a, b, c and a previous dev-0."""
    previous = desk.dataset({"a": "int64"}, [(1,)])
    rows = [(n, f"{n}", n / 2) for n in range(20)]
    types = {"a": "int64", "b": "ascii", "c": "float64"}
    return desk.dataset(types, rows, hashlabel="a", previous=previous, filename="f", caption="c")


def test_linked_datasets_share_everything(desk: Desk, source: Dataset) -> None:
    """A link has the columns, lines, hashlabel, previous, filename and caption of its source, which is its parent."""
    job = desk.job()

    linked = source.link_to_here()

    assert desk.finish() == ["default"] and linked == job == "dev-2"
    assert [list(linked.iterate(n)) for n in range(3)] == [list(source.iterate(n)) for n in range(3)]
    assert (linked.hashlabel, linked.previous, linked.parent) == ("a", "dev-0", source)
    assert (linked.filename, linked.caption) == ("f", "c")
    assert [path.name for path in linked.path.iterdir()] == ["dataset.json"]
    assert set(context.current().digests) == {"datasets/default/dataset.json"}


@pytest.mark.parametrize(
    ("how", "columns", "hashlabel"),
    [
        ({"column_filter": ["a", "b"]}, "ab", "a"),
        ({"column_filter": "b"}, "b", None),
        ({"rename": {"a": "x"}}, "bcx", "x"),
        ({"rename": {"a": "b", "b": "a"}}, "abc", "b"),
        ({"rename": {"a": None}}, "bc", None),
        ({"rename": {"b": None, "c": "b"}}, "ab", "a"),
        ({"rename": {"a": "x"}, "column_filter": iter("xc")}, "cx", "x"),
    ],
)
def test_links_rename_then_filter(
    desk: Desk, source: Dataset, how: dict[str, Any], columns: str, hashlabel: str | None
) -> None:
    """Renaming comes before filtering; the hashlabel follows its column and goes with it."""
    desk.job()
    old = {new: old for old, new in (how.get("rename") or {}).items()}

    linked = source.link_to_here("other", **how)

    assert (linked, "".join(linked.columns), linked.hashlabel) == ("dev-2/other", columns, hashlabel)
    for name in columns:
        assert list(linked.iterate(None, name)) == list(source.iterate(None, old.get(name, name)))


def test_links_take_another_previous(desk: Desk, source: Dataset) -> None:
    """The previous dataset and the filename are the source's unless given; None is no previous."""
    desk.job()
    first = source.link_to_here("first", override_previous=None, filename="g")
    second = source.link_to_here("second", override_previous=first)

    assert (first.previous, first.filename, second.previous) == (None, "g", first)
    assert second.chain() == [first, second]


def test_links_of_links_point_at_the_files(desk: Desk, source: Dataset) -> None:
    """A link of a renamed link lies where the files are, and outlives the link between."""
    desk.job()
    first = source.link_to_here(rename={"a": "x"})
    desk.job()
    second = first.link_to_here(rename={"x": "y"})
    shutil.rmtree(desk.root / "dev-2")

    assert second.columns["y"].location == "dev-1/default" and second.hashlabel == "y"
    assert sorted(second.iterate(None, "y", hashlabel="y")) == list(range(20))


@pytest.mark.parametrize(
    ("how", "error", "message"),
    [
        ({"column_filter": ["q"]}, DatasetUsageError, "cannot have 'q': dev-1 has 'a', 'b', 'c'"),
        ({"rename": {"q": "r"}}, DatasetUsageError, "cannot have 'q'"),
        ({"rename": {"a": "b"}}, DatasetUsageError, "several columns named 'b'"),
        ({"rename": {"a": "x", "b": "x"}}, DatasetUsageError, "several columns named 'x'"),
        (
            {"rename": {"a": "x\ud800"}},
            DatasetUsageError,
            "text that UTF-8 has: .* lone surrogate at position 1",
        ),
        ({"column_filter": []}, DatasetUsageError, "would have no columns"),
        ({"rename": dict.fromkeys("abc")}, DatasetUsageError, "would have no columns"),
        ({"override_previous": "dev-9"}, NoSuchDatasetError, "no job dev-9"),
        ({"name": "there"}, DatasetUsageError, "has a dataset 'there' already"),
    ],
)
def test_wrong_links_are_refused(
    desk: Desk, source: Dataset, how: dict[str, Any], error: type[Exception], message: str
) -> None:
    """Unknown and doubled names, no columns at all and no such previous are errors, and nothing is made."""
    desk.job()
    source.link_to_here("there")

    with pytest.raises(error, match=message) as caught:
        source.link_to_here(**how)

    assert type(caught.value) is error and desk.finish() == ["there"]


def test_links_and_writers_have_different_names(desk: Desk, source: Dataset) -> None:
    """A name is taken once in a job, whether by a writer or by a link."""
    job = desk.job()
    job.datasetwriter(columns={"a": "int64"}, name="written")
    source.link_to_here("linked")

    with pytest.raises(DatasetUsageError, match="already"):
        source.link_to_here("written")
    with pytest.raises(DatasetUsageError, match="already"):
        job.datasetwriter(name="linked")


def test_nothing_is_linked_in_analysis(desk: Desk, source: Dataset) -> None:
    """Every slice would make the dataset: that is refused."""
    desk.job("analysis")

    with pytest.raises(DatasetUsageError, match="in analysis"):
        source.link_to_here()
    with pytest.raises(DatasetUsageError, match="in analysis"):
        source.merge(source)


def child(desk: Desk, parent: Dataset, columns: dict[str, Any], **arguments: Any) -> Dataset:
    """Return a dataset with new columns of ints beside a parent's."""
    writer = desk.job().datasetwriter(columns=columns, parent=parent, **arguments)
    for sliceno, lines in enumerate(parent.lines):
        writer.set_slice(sliceno)
        for line in range(lines):
            writer.write(*[line] * len(columns))
    return writer.finish()


def test_merged_datasets_have_both_columns(desk: Desk, source: Dataset) -> None:
    """Columns of the other win; the parents are both; nothing is copied."""
    one = child(desk, source, {"d": "int64", "b": "int64"})
    other = child(desk, source, {"e": "int64"})
    desk.job()

    merged = one.merge(other, "m", previous=source)

    assert "".join(merged.columns) == "abcde" and merged.parent == (one, other)
    assert (merged.previous, merged.hashlabel, merged.lines) == (source, "a", source.lines)
    assert list(merged.iterate(None, ["b", "d"])) == list(
        zip(source.iterate(None, "b"), one.iterate(None, "d"), strict=True)
    )
    assert desk.finish() == ["m"] and len(list(merged.path.iterdir())) == 1


def test_a_column_without_a_name_is_no_hashlabel(desk: Desk) -> None:
    """A dataset that is not hashed is not hashed on a column called '' either, whatever a link calls it."""
    source = desk.dataset({"": "int64", "a": "int64"}, [(n, n) for n in range(9)])

    desk.job()
    links = [source.link_to_here("1"), source.link_to_here("2", rename={"": "b"})]

    assert [link.hashlabel for link in links] == [None, None]


def test_the_hashlabel_of_a_merge(desk: Desk, source: Dataset) -> None:
    """It is the other's, else this one's, and none where the other's column of that name replaces it."""
    desk.job()
    plain = source.link_to_here("plain", rename={"a": "z"}, column_filter="c")
    overwriting = plain.link_to_here("over", rename={"c": "a"})
    renamed = source.link_to_here("renamed", rename={"a": "x"})

    assert source.merge(plain, "1").hashlabel == "a"
    assert plain.merge(source, "2").hashlabel == "a"
    assert source.merge(overwriting, "3").hashlabel is None
    assert source.merge(renamed, "4").hashlabel == "x"


def test_what_cannot_be_merged(desk: Desk, source: Dataset) -> None:
    """Other lines, no common ancestor (unless that is allowed) and the same dataset twice are refused."""
    lines = desk.dataset({"z": "int64"}, [(1,)])
    stranger = desk.dataset({"z": "int64"}, [(n,) for n in source.iterate("roundrobin", "a")])
    desk.job()
    same_lines = source.lines == stranger.lines

    with pytest.raises(DatasetUsageError, match=r"they have .* lines"):
        source.merge(lines)
    with pytest.raises(DatasetUsageError, match="with itself"):
        source.merge(source)
    if same_lines:
        with pytest.raises(DatasetUsageError, match="no common ancestor; wanted allow_unrelated=True"):
            source.merge(stranger)
        assert "z" in source.merge(stranger, allow_unrelated=True).columns
