"""The key of a job: what is in it and what is not."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any

import pytest

from axtui.base.errors import NoSuchDatasetError, NoSuchJobError
from axtui.build.identity import identify
from axtui.store.catalogue import Catalogue
from tests.unit.build.conftest import CODE, request


def key(
    catalogue: Catalogue, code: str = CODE, files: Any = MappingProxyType({}), slices: int = 2, **changes: Any
) -> str:
    """Return the key of a request."""
    return identify(request(**changes), code, catalogue, dict(files), slices).key


def test_every_part_is_in_the_key(catalogue: Catalogue) -> None:
    """Method, code, options, inputs by their names, files, slice count: with another one it is another job."""
    keys = [
        key(catalogue),
        key(catalogue, method="two"),
        key(catalogue, code="d" * 64),
        key(catalogue, options={"n": 2}),
        key(catalogue, options={"n": 1, "m": None}),
        key(catalogue, files={"file": "x"}),
        key(catalogue, files={"file": "y"}),
        key(catalogue, files={"other": "x"}),
        key(catalogue, slices=3),
        key(catalogue, jobs={"a": "dev-1"}),
        key(catalogue, jobs={"b": "dev-1"}),
        key(catalogue, jobs={"a": ["dev-1"]}),
        key(catalogue, jobs={"a": None}),
        key(catalogue, jobs={"a": []}),
        key(catalogue, jobs={"a": ["dev-1", None]}),
        key(catalogue, datasets={"a": "dev-1"}),
        key(catalogue, datasets={"a": "dev-1/more"}),
    ]

    assert len(set(keys)) == len(keys)


def test_order_counts_in_lists_only(catalogue: Catalogue) -> None:
    """The order of options does not count; that of listed inputs does."""
    assert key(catalogue, options={"a": 1, "b": 2}) == key(catalogue, options={"b": 2, "a": 1})
    lists = [["dev-1", "dev-3"], ["dev-3", "dev-1"]]
    assert len({key(catalogue, jobs={"a": each}) for each in lists}) == 2


def test_a_key_is_stable(catalogue: Catalogue) -> None:
    """It is the same in every version of axtui, or results of weeks would be built again; if it has to change, raise
    `SCHEME` in store/record.py with it."""
    parts = {"options": {"n": 1, "m": [1.5, None]}, "jobs": {"a": "dev-1"}, "datasets": {"d": ["dev-1/more"]}}

    found = key(catalogue, files={"file": "x"}, **parts)

    assert found == "d3257d1eb2d9cb580c97d2d413efb3ab2067910c72fdbf80ae49d330b1e61e01"


@pytest.mark.parametrize("group", ["jobs", "datasets"])
def test_an_input_is_what_it_made(catalogue: Catalogue, group: str) -> None:
    """A job that came out as another one, of the same method and parameters, is the same input; any other is not."""
    first, same, *others = (key(catalogue, **{group: {"a": f"dev-{number}"}}) for number in (1, 2, 3, 4, 5))

    assert first == same
    assert len({first, *others}) == 4


def test_an_input_that_is_not_there_is_refused(catalogue: Catalogue) -> None:
    """The error names the job, or the dataset and those that there are."""
    with pytest.raises(NoSuchJobError, match="there is no finished job 'dev-9'"):
        key(catalogue, jobs={"a": "dev-9"})
    with pytest.raises(NoSuchJobError, match="there is no finished job 'rubbish'"):
        key(catalogue, datasets={"a": "rubbish"})
    with pytest.raises(NoSuchDatasetError, match="job dev-1 has no dataset 'gone'; it has default, more"):
        key(catalogue, datasets={"a": ["dev-1/gone"]})
