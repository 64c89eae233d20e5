"""What synthesis gets from the slices: in order, once; merged by kind."""

from __future__ import annotations

from collections import Counter, OrderedDict, defaultdict
from pathlib import Path
from typing import Any

import pytest

from axtui.execute.analysis_result import AnalysisResult, merge_values, plain_defaults, save_slice_result


def results(directory: Path, *values: Any) -> AnalysisResult:
    """Save what slices returned and give what synthesis gets."""
    return AnalysisResult(directory, [save_slice_result(value, directory, n) for n, value in enumerate(values)])


def test_results_come_once_in_slice_order(tmp_path: Path) -> None:
    """Values as they were returned, tuples as tuples; a second iteration is an error, not an empty one."""
    found = results(tmp_path, (1, "a"), (2, "b"), 3)

    assert list(found) == [(1, "a"), (2, "b"), 3]
    for _ in range(2):
        with pytest.raises(RuntimeError, match="don't re-use it"):
            list(found)


def test_merging_comes_first_and_once(tmp_path: Path) -> None:
    """After the first value was taken, or a merge, there is nothing to merge."""
    begun = results(tmp_path, [1], [2])
    next(begun)
    merged = results(tmp_path, [1], [2])

    assert merged.merge_auto() == [1, 2]
    for used in (begun, merged):
        with pytest.raises(RuntimeError, match="before any iteration"):
            used.merge_auto()
    with pytest.raises(RuntimeError, match="don't re-use it"):
        next(merged)


def test_tuples_are_merged_by_position(tmp_path: Path) -> None:
    """One value a position, as an iterator; slices that disagree on the length are told."""
    found = results(tmp_path, ({"a"}, 1, {"x": [1]}), ({"b"}, 2, {"y": [2]}))

    assert list(found.merge_auto()) == [{"a", "b"}, 3, {"x": [1], "y": [2]}]
    with pytest.raises(ValueError, match=r"tuples of different lengths: \[2, -1\]"):
        results(tmp_path, (1, 2), 3).merge_auto()


MERGED: dict[str, tuple[list[Any], Any]] = {
    "numbers": ([1, 2.5, 3], 6.5),
    "lists": ([[1], [], [2]], [1, 2]),
    "nothing, then something": ([None, {}, {"a": 1}], {"a": 1}),
    "all empty, the last": ([None, set(), {}], {}),
    "sets": ([{1}, {1, 2}], {1, 2}),
    "counters": ([Counter("ab"), Counter("b")], Counter(a=1, b=2)),
    "dicts of sets": ([{"k": {1}}, {"k": {2}, "l": {3}}], {"k": {1, 2}, "l": {3}}),
    "dicts of counters": ([{"k": Counter("a")}, {"k": Counter("a")}], {"k": Counter(a=2)}),
    "dicts three deep": ([{1: {2: {3: 4}}}, {1: {2: {5: 6}, 7: {}}}], {1: {2: {3: 4, 5: 6}, 7: {}}}),
}


@pytest.mark.parametrize("kind", [*MERGED])
def test_values_are_merged_by_kind(kind: str) -> None:
    """Numbers are summed, lists joined, dicts merged down to their last level, Counters added."""
    values, wanted = MERGED[kind]

    found = merge_values(iter(values), None)

    assert found == wanted
    assert type(found) is type(wanted)


TWICE: list[tuple[list[Any], bool | None, Any]] = [
    ([{"a": 1}, {"a": 2}], None, "Duplicate key 'a' (index 4)"),
    ([OrderedDict(a=1), OrderedDict(a=2)], None, "Duplicate key 'a' (index 4)"),
    ([{"a": 1}, {"a": 2}], False, "Duplicate key 'a'"),
    ([{"a": 1}, {"a": 2}], True, {"a": 2}),
    ([{"k": {"a": 1}}, {"k": {"a": 2}}], None, "Duplicate key 'a'"),
    ([{"k": {"a": 1}}, {"k": {"a": 2}}], True, {"k": {"a": 2}}),
    ([{1}, {1}], False, "Duplicate key 1"),
    ([Counter("a"), Counter("a")], False, "Duplicate key 'a'"),
    ([Counter("a"), Counter("a")], True, Counter(a=2)),
    (["a", "b"], None, "Top level has no .values"),
    ([{"a": {}}, {"a": {}}], None, "an empty dict inside"),
]


@pytest.mark.parametrize(("values", "may_overwrite", "wanted"), TWICE, ids=repr)
def test_what_two_slices_have(values: list[Any], may_overwrite: bool | None, wanted: Any) -> None:
    """Twice the same key is an error, unless it may be; what cannot be merged is told."""
    if not isinstance(wanted, str):
        assert merge_values(iter(values), may_overwrite, 4) == wanted
        return
    with pytest.raises(ValueError) as caught:
        merge_values(iter(values), may_overwrite, 4)

    assert wanted in str(caught.value)


def test_outer_defaults_that_cannot_be_pickled_are_dropped() -> None:
    """Layer by layer from outside, as long as the factory cannot be pickled; what is below stays as it is."""
    value = defaultdict(lambda: defaultdict(int), a=defaultdict(int, x=1), b={"plain": 2})

    found = plain_defaults(value)

    assert (type(found), type(found["a"]), found) == (dict, defaultdict, {"a": {"x": 1}, "b": {"plain": 2}})
    assert plain_defaults(found["a"]) is found["a"]
