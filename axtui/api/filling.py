"""How the slices of one unfinished dataset are filled: one by one, by a split writer, or each by its own process."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from axtui.api import context
from axtui.base.errors import DatasetUsageError
from axtui.dataset.feed import Layout, SliceFeed, SplitFeed
from axtui.dataset.record import slice_path
from axtui.dataset.writer import Part, SliceWriter, hold_nbytes


class Filling:
    """The feeds of a dataset.

    Attributes:
        layout: What the feeds share, once writing has begun.
        parts: What is known of closed slices, by number.
        compression: What files are compressed with.
    """

    def __init__(
        self,
        where: str,
        directory: Path,
        single: int | None,
        may_miss: bool,
        compression: str | None,
        settle: Callable[[], Layout],
    ) -> None:
        """`settle` is called once, when writing begins; the others are as for `DatasetWriter`."""
        self.layout: Layout | None = None
        self.parts: dict[int, Part] = {}
        self._where = where
        self._directory = directory
        self._single = single
        self._may_miss = may_miss
        self.compression = compression
        self._settle = settle
        self._feeds: dict[int, SliceFeed] = {}
        self._split: SplitFeed | None = None
        self._sliceno: int | None = None
        self._closed: dict[int, Part] | None = None

    @property
    def is_settled(self) -> bool:
        """Whether it is too late for another column."""
        return self.layout is not None

    @property
    def was_written(self) -> bool:
        """Whether writing has begun in this process."""
        return bool(self._feeds or self._split)

    @property
    def has_slice(self) -> bool:
        """Whether there is a current slice, which in analysis there is."""
        return self._sliceno is not None or context.current().stage == "analysis"

    def set_slice(self, sliceno: int) -> SliceFeed:
        """Make a slice the current one.

        Raises:
            DatasetUsageError: There is no such slice, or not here.
        """
        if self._split is not None:
            raise DatasetUsageError(f"{self._where} is written with a split writer; set_slice does not go with it")
        self._refuse_in_analysis("set_slice")
        if not isinstance(sliceno, int) or not 0 <= sliceno < context.current().slices:
            raise DatasetUsageError(f"slice {sliceno!r} of {self._where} is not one of {context.current().slices}")
        return self._enter(sliceno)

    def current(self) -> SliceFeed:
        """Return the feed of the current slice; in analysis that is the slice that runs.

        Raises:
            DatasetUsageError: No slice is set, or a split writer is used.
        """
        if self._split is not None:
            raise DatasetUsageError(f"{self._where} is written with a split writer")
        if self._sliceno is not None:
            return self._feeds[self._sliceno]
        here = context.current()
        if here.stage != "analysis":
            raise DatasetUsageError(f"{self._where} has no slice yet; call set_slice first")
        if self._single not in (None, here.sliceno):
            raise DatasetUsageError(f"{self._where} is for slice {self._single} alone, found slice {here.sliceno}")
        return self._enter(here.sliceno)

    def split(self, hashlabel: str | None) -> SplitFeed:
        """Return the feed that deals lines out to all slices.

        Raises:
            DatasetUsageError: Slices are written one by one, or the hashlabel is not written here.
        """
        if self._split is None:
            self._refuse_in_analysis("a split writer")
            if self._feeds or any(part["lines"] for part in self.parts.values()):
                raise DatasetUsageError(f"{self._where} is written slice by slice; a split writer does not go with it")
            if self._may_miss:
                raise DatasetUsageError(f"{self._where} may miss slices; a split writer does not go with it")
            layout = self._begin()
            if hashlabel and layout.hash_index is None:
                raise DatasetUsageError(f"hashlabel {hashlabel!r} of {self._where} is inherited; write slice by slice")
            self._split = SplitFeed(layout, [self._writer(sliceno) for sliceno in range(layout.slices)])
        return self._split

    def close_slice(self) -> dict[int, Part] | None:
        """Close what the slice of analysis that runs has written; None if that slice is not to write.

        Nothing can be written to it any more. Closing it again gives the same.
        """
        sliceno = context.current().sliceno
        if self._single not in (None, sliceno):
            return None
        if self._closed is None:
            if not self.was_written:
                self._enter(sliceno)
            self._closed = self._close()
            self._feeds, self._sliceno = {}, None
        return self._closed

    def finish(self) -> list[int]:
        """Close everything; return the lines of each slice.

        Raises:
            DatasetUsageError: Nothing was written, or not all slices were.
        """
        self.parts |= self._close()
        self._begin()
        may_miss = self._may_miss or (self._single is not None and bool(self.parts))
        return check_all_written(self.parts, may_miss, self._where)

    def discard(self) -> None:
        """Forget everything."""
        for feed in self._feeds.values():
            feed.discard()
        if self._split is not None:
            self._split.discard()

    def _close(self) -> dict[int, Part]:
        if self._split is not None:
            return dict(enumerate(self._split.close()))
        return {sliceno: feed.close() for sliceno, feed in self._feeds.items()}

    def _begin(self) -> Layout:
        if self.layout is None:
            self.layout = self._settle()
            self._directory.mkdir(parents=True, exist_ok=True)
        return self.layout

    def _enter(self, sliceno: int) -> SliceFeed:
        if self._closed is not None:
            raise DatasetUsageError(f"slice {sliceno} of {self._where} is closed, and takes no more lines")
        layout = self._begin()
        if sliceno not in self._feeds:
            if self.parts.get(sliceno, {"lines": 0})["lines"]:
                raise DatasetUsageError(f"slice {sliceno} of {self._where} was written in analysis")
            self._feeds[sliceno] = SliceFeed(layout, sliceno, self._writer(sliceno))
        self._sliceno = sliceno
        return self._feeds[sliceno]

    def _writer(self, sliceno: int) -> SliceWriter:
        layout = self._begin()
        path = slice_path(self._directory, sliceno)
        return SliceWriter(path, layout.columns, self.compression, hold_nbytes(layout.slices))

    def _refuse_in_analysis(self, what: str) -> None:
        here = context.current()
        if here.stage == "analysis" and (self._single is None or self._single != here.sliceno):
            raise DatasetUsageError(f"{what} of {self._where} in analysis: each slice writes its own lines there")


def check_all_written(parts: Mapping[int, Part], may_miss: bool, where: str) -> list[int]:
    """Return the lines of each slice, 0 for one that was not written.

    Raises:
        DatasetUsageError: Nothing was written, or not every slice, and `may_miss` does not allow it.
    """
    if not parts and not may_miss:
        raise DatasetUsageError(f"{where} was never started: nothing was written to it")
    slices = range(context.current().slices)
    missing = set(slices) - set(parts)
    if missing and not may_miss:
        raise DatasetUsageError(f"Not all slices written, missing {missing} in {where}")
    return [parts[sliceno]["lines"] if sliceno in parts else 0 for sliceno in slices]
