"""dataset_concat: a chain as one dataset."""

from __future__ import annotations

from typing import Any

import pytest

from axtui import Dataset, DatasetUsageError
from axtui.standard_methods import a_dataset_concat
from tests.unit.dataset.desk import Desk
from tests.unit.standard_methods.staging import run_method


def test_slices_have_the_lines_of_the_chain(desk: Desk) -> None:
    """In each slice come the lines of the oldest first; None is allowed if it was anywhere; the hashlabel stays."""
    one = desk.dataset({"j": "json", "n": "number"}, [({}, 1), ([], 2.5)], hashlabel="n")
    two = desk.dataset({"j": "json", "n": ("number", True)}, [(None, None), (7, 2**70)], hashlabel="n", previous=one)

    job, _ = run_method(desk, a_dataset_concat, source=two)

    found = Dataset(job)
    for sliceno in range(desk.slices):
        assert list(found.iterate(sliceno)) == list(two.iterate_chain(sliceno))
    assert (found.hashlabel, found.columns["n"].none_support, found.previous) == ("n", True, None)


def test_only_what_is_new_after_previous(desk: Desk) -> None:
    """The chain stops at the source of the previous dataset's job."""
    one = desk.dataset({"n": "int32"}, [(1,)])
    two = desk.dataset({"n": "int32"}, [(2,)], previous=one)
    first, _ = run_method(desk, a_dataset_concat, source=one)

    job, _ = run_method(desk, a_dataset_concat, source=two, previous=first)

    assert list(Dataset(job).iterate(None, "n")) == [2] and Dataset(job).previous == first


@pytest.mark.parametrize(
    ("columns", "arguments", "message"),
    [
        ({"n": "int64"}, {}, "column 'n' of dev-0 is int64 and int32 in dev-1; all must have the same types"),
        ({"m": "int32"}, {}, "dev-0 has a column 'm' and dev-1 has not; all must have the same columns"),
        ({"n": "int32"}, {"hashlabel": "n"}, "dev-0 has hashlabel 'n' and dev-1 None; all must have the same"),
    ],
)
def test_what_does_not_go_together(desk: Desk, columns: Any, arguments: Any, message: str) -> None:
    """Other columns, types and hashlabels are refused, and the message names both datasets."""
    one = desk.dataset(columns, [(1,)], **arguments)
    two = desk.dataset({"n": "int32"}, [(2,)], previous=one)

    with pytest.raises(DatasetUsageError) as raised:
        run_method(desk, a_dataset_concat, source=two)

    assert message in str(raised.value)
