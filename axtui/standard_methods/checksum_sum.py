"""One sum of many row digests in order of their value, without having them all in memory.

Digests go to a file in sorted runs, equal ones once with their count. The sum is the MD5 of all digests in ascending
order, read from all runs a range of values at a time: MD5 spreads the digests evenly over their range.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from hashlib import md5
from typing import IO, Any

import numpy as np
import numpy.typing as npt

RUN_LINES = 1 << 18
_TOGETHER = 1 << 16
Records = npt.NDArray[np.void]
_RECORD = np.dtype([("high", ">u8"), ("low", ">u8"), ("count", "<u8")])


def write_runs(digests: Iterable[bytes], handle: IO[bytes], run_lines: int = RUN_LINES) -> list[int]:
    """Write digests as sorted runs.

    Args:
        digests: 16 bytes a line, in pieces of any size.
        handle: The file.
        run_lines: How many lines make a run, about.

    Returns:
        How many records each run has.
    """
    lengths: list[int] = []
    held: list[bytes] = []
    for piece in digests:
        held.append(piece)
        if sum(map(len, held)) >= 16 * run_lines:
            lengths.append(_write_run(b"".join(held), handle))
            held = []
    return [*lengths, _write_run(b"".join(held), handle)]


def sum_runs(files: Iterable[tuple[str, list[int]]], together: int = RUN_LINES) -> int:
    """Return the MD5 of all digests in ascending order, as a number.

    Args:
        files: What `write_runs` wrote: the file's path, and how many records each run has.
        together: How many records are in memory at a time, about.
    """
    runs = [run for path, lengths in files for run in _map_runs(path, lengths)]
    found = md5()
    for digests, counts in _ranges(runs, together):
        for piece in _repeat(digests, counts):
            found.update(piece)
    return int(found.hexdigest(), 16)


def _write_run(digests: bytes, handle: IO[bytes]) -> int:
    """Write one run; return how many records it has."""
    parts = np.frombuffer(digests, dtype=">u8").reshape(-1, 2)
    high, low = parts[:, 0].astype(np.uint64), parts[:, 1].astype(np.uint64)
    ordered, counts = _count(high, low, np.ones(len(high), dtype=np.uint64))
    records = np.empty(len(ordered), dtype=_RECORD)
    records["high"], records["low"], records["count"] = ordered[:, 0], ordered[:, 1], counts
    handle.write(records.tobytes())
    return len(records)


def _count(high: Any, low: Any, counts: Any) -> tuple[Any, Any]:
    """Return distinct digests in ascending order, shape (distinct, 2), and the sum of the counts of each."""
    order = np.lexsort((low, high))
    pairs = np.stack([high[order], low[order]], axis=1)
    is_new = np.ones(len(pairs), dtype=bool)
    is_new[1:] = (pairs[1:] != pairs[:-1]).any(axis=1)
    starts = np.flatnonzero(is_new)
    return pairs[starts], np.add.reduceat(counts[order], starts) if len(starts) else counts


def _map_runs(path: str, lengths: list[int]) -> list[Records]:
    if not sum(lengths):
        return []
    whole = np.memmap(path, dtype=_RECORD, mode="r")
    stops = np.cumsum(lengths)
    return [whole[stop - length : stop] for length, stop in zip(lengths, stops, strict=True)]


def _ranges(runs: list[Records], together: int) -> Iterator[tuple[Any, Any]]:
    """Give the distinct digests of all runs and their counts, in ascending order, a range of values at a time."""
    pieces = 1 + sum(map(len, runs)) // together
    limits = np.array([index * (1 << 64) // pieces for index in range(1, pieces)], dtype=np.uint64)
    cuts = [[0, *np.searchsorted(run["high"], limits).tolist(), len(run)] for run in runs]
    for index in range(pieces):
        parts = [np.asarray(run[cut[index] : cut[index + 1]]) for run, cut in zip(runs, cuts, strict=True)]
        if sum(map(len, parts)):
            records = np.concatenate(parts)
            yield _count(*(records[name].astype(np.uint64) for name in ("high", "low", "count")))


def _repeat(digests: Any, counts: Any) -> Iterator[bytes]:
    """Give the digests as bytes, each as often as it was counted."""
    many = np.flatnonzero(counts > _TOGETHER)
    begin = 0
    for index in [*many.tolist(), len(digests)]:
        for start in range(begin, index, _TOGETHER // 16):
            stop = min(start + _TOGETHER // 16, index)
            yield np.repeat(digests[start:stop], counts[start:stop].astype(np.int64), axis=0).astype(">u8").tobytes()
        if index < len(digests):
            yield from _one_repeated(digests[index].astype(">u8").tobytes(), int(counts[index]))
        begin = index + 1


def _one_repeated(digest: bytes, count: int) -> Iterator[bytes]:
    for done in range(0, count, _TOGETHER):
        yield digest * min(_TOGETHER, count - done)
