"""What one dataset and several have in common: their lines, as rows, as numpy arrays, as Arrow."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from axtui.api import reading
from axtui.api.reading import Columns
from axtui.dataset.arrays import Array
from axtui.dataset.codes import TextCodes
from axtui.dataset.wishes import Wishes

if TYPE_CHECKING:
    from axtui.api.dataset import Dataset


class Readable:
    """Datasets whose lines are read one dataset after the other."""

    def _members(self) -> Sequence[Dataset]:
        """Return the datasets, in order."""
        raise NotImplementedError

    def iterate(
        self,
        sliceno: Any,
        columns: Columns = None,
        range: dict[str, tuple[Any, Any]] | None = None,
        sloppy_range: bool = False,
        hashlabel: str | None = None,
        pre_callback: Callable[..., Any] | None = None,
        post_callback: Callable[..., Any] | None = None,
        filters: Any = None,
        translators: Any = None,
        status_reporting: bool = True,
        rehash: bool = False,
        slice: Any = None,
        copy_mode: bool = False,
    ) -> Iterator[Any]:
        """Iterate over rows: bare values for one column given as str, else tuples.

        Args:
            sliceno: A slice; None for all, one after the other; "roundrobin" for a row of each in turn.
            columns: A name, or several; None for all of the first dataset, in sorted order.
            range: `{column: (start, stop)}`: only rows with start <= value < stop; None for an open end.
            sloppy_range: The range only leaves out whole datasets, which costs nothing.
            hashlabel: What the datasets must be hashed on, or with `rehash` are as good as hashed on.
            pre_callback: Called with each dataset, or with dataset and slice if it takes two arguments, before it is
                read. It may raise SkipDataset, SkipSlice, or StopIteration to end the iteration.
            post_callback: The same, afterwards.
            filters: `{column: function or None}`, None for the value's own truth; or a function of the row.
            translators: `{column: function or dict}` (what is not in a dict becomes None); or a function of the row.
                They come before filters.
            status_reporting: Show how far it is.
            rehash: Read all slices of a dataset that is hashed on something else, and give what belongs to this one.
            slice: A slice object over all rows, or how many rows to leave out at the beginning.
            copy_mode: Give text, json and pickle cells as the bytes that a writer with copy_mode takes.

        Raises:
            DatasetError: There is no such column, or a file is damaged.
            DatasetUsageError: What is wished for does not go together.
            AssertionError: copy_mode is wished for with filters, translators, or a column of several types.
        """
        wishes = Wishes(
            *(columns, range, sloppy_range, hashlabel, rehash, pre_callback, post_callback),
            *(filters, translators, slice, copy_mode),
        )
        return reading.iterate(sliceno, self._members(), status_reporting, wishes)

    def arrays(
        self, sliceno: int | None, columns: Columns = None, nulls: str = "mask", text: str = "object"
    ) -> dict[str, Array | TextCodes]:
        """Return columns as numpy arrays, where possible read-only views of the mapped file.

        Args:
            sliceno: A slice; None for all of them one after the other.
            columns: A name, or several; None for all.
            nulls: What None becomes: "mask" for masked arrays, "nan" for NaN and NaT.
            text: "object" for arrays of str, "codes" for `TextCodes(codes, values)`.

        Returns:
            For each column an array of shape (lines,). dataset/arrays.py has the table of dtypes.

        Raises:
            DatasetError: There is no such column, or a file is damaged.
            DatasetUsageError: There is no such slice; a column's types along a chain do not go into one array; with
                "nan", integers are too large for float64.
        """
        return reading.read_arrays(self._members(), sliceno, columns, nulls, text)

    def batches(
        self,
        sliceno: int | None,
        columns: Columns = None,
        lines: int = reading.BATCH_LINES,
        nulls: str = "mask",
        text: str = "object",
    ) -> Iterator[dict[str, Array | TextCodes]]:
        """Give columns as numpy arrays, piece by piece, in little memory however large the dataset is.

        Args:
            lines: How many lines a piece has at most.
            sliceno, columns, nulls, text: As in `arrays`; the dtypes are the same for all pieces, except along a chain
                where the types of a column do not go into one array.

        Yields:
            For each column an array of shape (lines of the piece,).
        """
        return reading.read_batches(self._members(), sliceno, columns, lines, nulls, text)

    def record_batches(
        self,
        sliceno: int | None,
        columns: Columns = None,
        lines: int = reading.BATCH_LINES,
        where: tuple[str, Callable[[pa.Array], Any]] | None = None,
        text: str = "plain",
    ) -> Iterator[pa.RecordBatch]:
        """Give columns as Arrow record batches with the types of dataset/types.py.

        Args:
            sliceno, columns, lines: As in `batches`; the schema is the same for all of them.
            where: One of the columns, and a function of its values in a batch that says which lines are wanted, shape
                (lines,) of bool. Text may be dictionary-coded there. It is called for every batch in order; what is not
                wanted is left out before it is unpacked.
            text: "codes" gives text and bytes as dictionary arrays where the files have them so, which need not be the
                same for all batches; `write_arrays` takes them as they are.

        Raises:
            DatasetError: There is no such column, or a file is damaged.
            DatasetUsageError: There is no such slice; a column's types along a chain do not go into one schema; the
                column of `where` is not read.
        """
        return reading.read_record_batches(self._members(), sliceno, columns, lines, where, text)[1]

    def to_arrow(self, columns: Columns = None, sliceno: int | None = None) -> pa.Table:
        """Return columns as an Arrow table: what polars, pandas and others take, also where they take a str for text.

        `polars.from_arrow(ds.to_arrow())`, `ds.to_arrow(["a", "b"]).to_pandas()`: a dataset is a str, which polars
        takes as text, and a chain is a list, of which duckdb and polars know nothing more. A table is in memory as a
        whole; where that is too much, `record_batches` goes piece by piece, and so does whoever takes an Arrow stream
        (`pyarrow.RecordBatchReader.from_stream(chain)`, `pandas.DataFrame.from_arrow(ds)`, `duckdb.sql("from ds")`).
        """
        schema, batches = reading.read_record_batches(self._members(), sliceno, columns, reading.BATCH_LINES)
        return pa.Table.from_batches(batches, schema)

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """Export all columns and lines to whoever speaks Arrow's C stream interface (pyarrow, duckdb, pandas, …)."""
        schema, batches = reading.read_record_batches(self._members(), None, None, reading.BATCH_LINES)
        return pa.RecordBatchReader.from_batches(schema, batches).__arrow_c_stream__(requested_schema)
