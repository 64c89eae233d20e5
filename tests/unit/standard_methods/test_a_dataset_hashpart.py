"""dataset_hashpart: lines go to the slice that their hash says, in their order; chains, captions, names."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from axtui import Dataset, DatasetUsageError
from axtui.dataset.hashing import hash_value
from axtui.standard_methods import a_dataset_hashpart
from tests.unit.dataset.desk import Desk
from tests.unit.dataset.strategies import HASHABLE, VALUES
from tests.unit.standard_methods.staging import run_method

FEW = settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])


def chain_of_three(desk: Desk) -> Dataset:
    """Return the last of three datasets of 10 lines each: n counts on, t is one of three words."""
    last = None
    for start in (0, 10, 20):
        rows = [(n, f"t{n % 3}") for n in range(start, start + 10)]
        columns = {"n": "int64", "t": "ascii"}
        last = desk.dataset(columns, rows, previous=last, caption=f"from {start}", filename=f"f{start}")
    assert last is not None
    return last


def expected(source: Dataset, column: int, sliceno: int, slices: int) -> list[Any]:
    """Return the rows of a dataset that belong to a slice, by source slice and then in order."""
    return [row for row in source.iterate(None) if hash_value(row[column]) % slices == sliceno]


@FEW
@given(data=st.data(), kind=st.sampled_from(sorted(set(HASHABLE) - {"float32", "complex32"})))
def test_lines_are_where_their_hash_says(desk: Desk, data: Any, kind: str) -> None:
    """Every line is in the slice of its hash, and there by source slice and then in its order."""
    values = data.draw(st.lists(st.none() | VALUES[kind], max_size=20))
    source = desk.dataset({"k": (kind, True), "n": "int64"}, list(zip(values, range(len(values)), strict=True)))

    job, _ = run_method(desk, a_dataset_hashpart, source=source, hashlabel="k")

    found = Dataset(job)
    for sliceno in range(desk.slices):
        assert list(found.iterate(sliceno)) == expected(source, 0, sliceno, desk.slices)
    assert found.hashlabel == "k" and found.columns["k"].type == kind and found.columns["k"].none_support


def test_json_and_pickles_come_along(desk: Desk) -> None:
    """Columns that cannot be a hashlabel are copied as they are."""
    rows = [({"a": [n]}, n, (n, b"x")) for n in range(9)]
    source = desk.dataset({"j": "json", "n": "int64", "p": "pickle"}, rows)

    job, _ = run_method(desk, a_dataset_hashpart, source=source, hashlabel="n")

    assert sorted(Dataset(job).iterate(None), key=lambda row: row[1]) == rows


def test_a_chain_becomes_a_chain(desk: Desk) -> None:
    """There is a dataset for each of the chain, the last is default, and captions and file names tell of the source."""
    source = chain_of_three(desk)

    job, _ = run_method(desk, a_dataset_hashpart, source=source, hashlabel="t")

    chain = Dataset(job).chain()
    assert chain == [f"{job}/0", f"{job}/1", job]
    assert [ds.filename for ds in chain] == ["f0", "f10", "f20"]
    assert [ds.caption for ds in chain] == [f'"from {n}" hashed on t' for n in (0, 10, 20)]
    for old, new in zip(source.chain(), chain, strict=True):
        for sliceno in range(desk.slices):
            assert list(new.iterate(sliceno)) == expected(old, 1, sliceno, desk.slices)


@pytest.mark.parametrize(
    ("template", "caption"),
    [("plain", "plain"), ("{hashlabel} of {caption}", "t of from 20"), ("100% %(hashlabel)s {x}", "100% t {x}")],
)
def test_the_caption_is_a_template(desk: Desk, template: str, caption: str) -> None:
    """Both spellings of what may be filled in work, and nothing else is touched."""
    job, _ = run_method(desk, a_dataset_hashpart, source=chain_of_three(desk), hashlabel="t", caption=template)

    assert Dataset(job).caption == caption


def test_length_limits_the_chain(desk: Desk) -> None:
    """Only so many datasets are taken from the end of the chain."""
    job, _ = run_method(desk, a_dataset_hashpart, source=chain_of_three(desk), hashlabel="t", length=2)

    assert sorted(n for n, _ in Dataset(job).iterate_chain(None)) == list(range(10, 30))
    assert Dataset(job).chain() == [f"{job}/0", job]


def test_only_what_is_new_after_previous(desk: Desk) -> None:
    """With a previous dataset the chain stops at that one's source, and goes on from it."""
    source = chain_of_three(desk)
    first, _ = run_method(desk, a_dataset_hashpart, source=source.previous, hashlabel="t")

    job, _ = run_method(desk, a_dataset_hashpart, source=source, previous=first, hashlabel="t")

    assert Dataset(job).previous == first and Dataset(job).shape == (2, 10)
    assert sorted(n for n, _ in Dataset(job).iterate_chain(None)) == list(range(30))


def test_nothing_new_gives_an_empty_dataset(desk: Desk) -> None:
    """Where the previous job has had all of the chain, an empty dataset follows it."""
    source = chain_of_three(desk)
    first, _ = run_method(desk, a_dataset_hashpart, source=source, hashlabel="t")

    job, _ = run_method(desk, a_dataset_hashpart, source=source, previous=first, hashlabel="t")

    assert Dataset(job).shape == (2, 0) and Dataset(job).previous == first
    assert (Dataset(job).hashlabel, list(Dataset(job).columns)) == ("t", ["n", "t"])


def test_chained_slices(desk: Desk) -> None:
    """With chain_slices there is a dataset a source slice, and the chain has the same lines in the same order."""
    source = chain_of_three(desk)

    plain, _ = run_method(desk, a_dataset_hashpart, source=source, hashlabel="t")
    job, _ = run_method(desk, a_dataset_hashpart, source=source, hashlabel="t", chain_slices=True)

    names = [ds.name for ds in Dataset(job).chain()]
    assert names == ["0.0", "0.1", "0", "1.0", "1.1", "1", "default.0", "default.1", "default"]
    for sliceno in range(desk.slices):
        rows = list(Dataset(job).iterate_chain(sliceno, hashlabel="t"))
        assert rows == list(Dataset(plain).iterate_chain(sliceno))


def test_a_column_that_is_not_there(desk: Desk) -> None:
    """The message names the option, the dataset and what there is."""
    with pytest.raises(DatasetUsageError, match="hashlabel: dev-2 has no column 'x'; it has n, t"):
        run_method(desk, a_dataset_hashpart, source=chain_of_three(desk), length=1, hashlabel="x")


def test_a_column_without_a_hash(desk: Desk) -> None:
    """JSON cannot be hashed, and that is said before anything is written."""
    source = desk.dataset({"j": "json"}, [({},)])

    with pytest.raises(DatasetUsageError, match="column 'j' of dev-0 is json, which has no hash"):
        run_method(desk, a_dataset_hashpart, source=source, hashlabel="j")
