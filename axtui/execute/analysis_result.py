"""What the slices of analysis returned, as synthesis sees it: an iterator that can merge itself."""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from numbers import Number
from pathlib import Path
from typing import Any

from axtui.api import context
from axtui.api.current import let_handles_travel
from axtui.api.pickles import can_pickle, dump_pickle, load_pickle
from axtui.base.files import atomic_open


def save_slice_result(value: Any, directory: Path, sliceno: int) -> int:
    """Pickle what a slice returned, each element of a tuple to a file of its own.

    Returns:
        The length of the tuple, -1 where it is none.
    """
    parts = value if isinstance(value, tuple) else (value,)
    for index, part in enumerate(parts):
        with atomic_open(directory / _name(index, sliceno)) as handle, let_handles_travel():
            dump_pickle(plain_defaults(part), handle)
        context.current().registered[_name(index, sliceno)] = True
    return len(value) if isinstance(value, tuple) else -1


def plain_defaults(value: Any) -> Any:
    """Turn outer layers of defaultdicts whose factory cannot be pickled into plain dicts."""
    if not isinstance(value, defaultdict) or can_pickle(value.default_factory):
        return value
    return {key: plain_defaults(item) for key, item in value.items()}


def _name(index: int, sliceno: int) -> str:
    return f"Analysis.{index}.{sliceno}"


class AnalysisResult:
    """One-shot iterator over the slices' results, in slice order."""

    def __init__(self, directory: Path, lengths: list[int]) -> None:
        self._directory = directory
        self._lengths = lengths
        self._slices: Iterator[int] | None = None
        self._is_used_up = False

    def __iter__(self) -> AnalysisResult:
        return self

    def __next__(self) -> Any:
        if self._is_used_up:
            raise RuntimeError("analysis_res was iterated already; don't re-use it")
        if self._slices is None:
            self._slices = iter(range(len(self._lengths)))
        try:
            sliceno = next(self._slices)
        except StopIteration:
            self._is_used_up = True
            raise
        if self._lengths[sliceno] < 0:
            return self._load(0, sliceno)
        return tuple(self._load(index, sliceno) for index in range(self._lengths[sliceno]))

    def merge_auto(self, allow_overwrite: bool | None = None) -> Any:
        """Merge the results of all slices into one: sums, lists, sets, Counters, nested dicts.

        Args:
            allow_overwrite: A key that several slices have: True lets the later slice win, False is an error,
                None is an error but for sets and Counters.

        Returns:
            The merged value; where slices returned tuples, an iterator over the merged values by position.

        Raises:
            ValueError: A key is in several slices, or the values cannot be merged.
        """
        if self._slices is not None or self._is_used_up:
            raise RuntimeError("merge_auto comes before any iteration over analysis_res")
        self._is_used_up = True
        length = self._lengths[0] if self._lengths else -1
        if any(each != length for each in self._lengths):
            raise ValueError(f"the slices returned tuples of different lengths: {self._lengths}")
        if length < 0:
            return self._merge(0, allow_overwrite)
        return (self._merge(index, allow_overwrite) for index in range(length))

    def _merge(self, index: int, allow_overwrite: bool | None) -> Any:
        values = (self._load(index, sliceno) for sliceno in range(len(self._lengths)))
        return merge_values(values, allow_overwrite, index)

    def _load(self, index: int, sliceno: int) -> Any:
        return load_pickle(Path(os.path.join(self._directory, _name(index, sliceno))))


def merge_values(values: Iterator[Any], allow_overwrite: bool | None, index: int = 0) -> Any:
    """Merge values of one kind; see `AnalysisResult.merge_auto`."""
    merged = next(values, None)
    for value in values:
        if isinstance(merged, Number) and isinstance(value, Number):
            merged = merged + value  # type: ignore[operator]
        elif isinstance(merged, list):
            merged += value
        elif _is_empty(merged):
            merged = value
        elif not _is_empty(value):
            merged = _merge_into(merged, value, allow_overwrite, index)
    return merged


def _is_empty(value: Any) -> bool:
    return value is None or (not isinstance(value, Number) and not value)


def _merge_into(target: Any, value: Any, allow_overwrite: bool | None, index: int) -> Any:
    if not hasattr(target, "update"):
        raise ValueError(f"{type(target).__name__} cannot be merged: Top level has no .values and no .update")
    _merge_level(target, value, allow_overwrite, index, _depth(target))
    return target


def _depth(value: Any) -> int:
    """Return how many levels of dicts lie above the last, judged by the first value of each."""
    depth = 0
    while hasattr(value, "values"):
        if not value:
            raise ValueError("an empty dict inside a result that is to be merged; its depth cannot be told")
        value = next(iter(value.values()))
        if not hasattr(value, "update"):
            break
        depth += 1
    return depth


def _merge_level(target: Any, value: Any, allow_overwrite: bool | None, index: int, depth: int) -> None:
    if depth:
        for key, inner in value.items():
            if key in target:
                _merge_level(target[key], inner, allow_overwrite, index, depth - 1)
            else:
                target[key] = inner
        return
    is_counting = isinstance(target, Counter) or not hasattr(target, "values")
    if allow_overwrite is False or (allow_overwrite is None and not is_counting):
        _refuse_duplicates(target, value, index)
    update: Callable[[Any], Any] = target.update
    update(value)


def _refuse_duplicates(target: Any, value: Any, index: int) -> None:
    for key in value:
        if key in target:
            raise ValueError(f"Duplicate key {key!r:.80} (index {index})")
