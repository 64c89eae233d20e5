"""Export datasets as a text file with separated fields, as Parquet, or as one such file a slice.

Lines come slice by slice: first those that slice 0 has of every dataset, then those of slice 1, and so on. `.gz` at the
end of the filename, or `.gz.` in it, compresses; `.parquet` at its end writes Parquet. How values are written is in
export_text.py.
"""

from __future__ import annotations

import gzip
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any

import pyarrow.parquet as pq

from axtui import DatasetList, DatasetUsageError, NoDataset, OptionDefault, UserError, progress
from axtui.standard_methods.columns import utf8_of
from axtui.standard_methods.export_text import LineFormat

description = "Export datasets as a CSV or Parquet file"

options = {
    "filename": "result.csv",
    "separator": ",",
    "line_separator": "\n",
    "labelsonfirstline": True,
    "chain_source": False,  # every dataset with those before it in its chain, back to the previous job's
    "quote_fields": "",  # a quote, or any text to put around fields; doubled inside
    "lazy_quotes": True,  # only around fields that need it
    "none_as": None,  # what None becomes, or {label: what}; "None", and "null" in json columns, unless given
    "labels": OptionDefault([], []),  # which columns, in this order; all, sorted, unless given
    "sliced": False,  # a file a slice; its number goes where filename has %d or %02d, or after a dot at the end
    "compression": 6,  # of gzip, from 1 to 9
}
datasets = (["source"],)
jobs = ("previous",)

_PARTS = "part"


def prepare(options: Any, datasets: Any, jobs: Any) -> tuple[DatasetList, list[str]]:
    """Find the datasets and columns."""
    if not datasets.source:
        raise UserError("csvexport has no source; wanted at least one dataset")
    if not 1 <= options.compression <= 9:
        raise UserError(f"compression is a level from 1 to 9, found {options.compression!r}")
    _check_texts(options)
    sources = _chains(datasets.source, jobs.previous) if options.chain_source else DatasetList(datasets.source)
    described = sources or datasets.source
    labels = list(options.labels) or sorted({name for ds in described for name in ds.columns})
    for ds in described:
        missing = [label for label in labels if label not in ds.columns]
        if missing:
            raise DatasetUsageError(f"{ds} has no column {missing[0]!r}; it has {', '.join(ds.columns)}")
    if options.sliced:
        _slice_name(options.filename, 0)
    return sources, labels


def analysis(sliceno: int, job: Any, options: Any, prepare_res: Any) -> None:
    """Write the lines of a slice: a file of its own, or a part of one."""
    sources, labels = prepare_res
    if options.sliced:
        name = _slice_name(options.filename, sliceno)
        if name.endswith(".parquet"):
            _write_parquet(job, name, sources, labels, [sliceno])
        else:
            with _open(job, name, options) as handle:
                _write_lines(handle, sources, labels, sliceno, options, with_labels=options.labelsonfirstline)
    elif not options.filename.endswith(".parquet"):
        with _open(job, _PARTS, options, sliceno) as handle:
            is_first = sliceno == 0 and options.labelsonfirstline
            _write_lines(handle, sources, labels, sliceno, options, with_labels=is_first)


def synthesis(job: Any, options: Any, prepare_res: Any, slices: int) -> None:
    """Put the slices together, where they go into one file."""
    if options.sliced:
        return
    if options.filename.endswith(".parquet"):
        sources, labels = prepare_res
        _write_parquet(job, options.filename, sources, labels, list(range(slices)))
        return
    with job.open(options.filename, "wb") as whole:
        for sliceno in range(slices):
            with job.open(_PARTS, "rb", sliceno=sliceno) as part:
                shutil.copyfileobj(part, whole, 1 << 20)


def _check_texts(options: Any) -> None:
    """Refuse text that a file in UTF-8 cannot have."""
    for name in ("separator", "line_separator", "quote_fields"):
        utf8_of(options[name], name)
    for none_as in options.none_as.values() if isinstance(options.none_as, dict) else [options.none_as]:
        utf8_of(str(none_as), "none_as")


def _chains(sources: Any, previous: Any) -> DatasetList:
    """Return each source with those before it in its chain, down to what the previous job had at its place."""
    stops = list(previous.params.datasets.source) if previous else []
    if stops and len(stops) != len(sources):
        raise UserError(f"{previous} exported {len(stops)} sources, found {len(sources)}; wanted as many")
    found = DatasetList()
    for source, stop in zip(sources, stops or [NoDataset] * len(sources), strict=True):
        found = found + source.chain(stop_ds=stop or None)
    return found


def _slice_name(filename: str, sliceno: int) -> str:
    if "%" not in filename:
        return f"{filename}.{sliceno}"
    try:
        return filename % (sliceno,)
    except (TypeError, ValueError) as error:
        raise UserError(f"filename {filename!r} takes no slice number: {error}; wanted something as %02d") from None


@contextmanager
def _open(job: Any, name: str, options: Any, sliceno: int | None = None) -> Iterator[IO[bytes]]:
    """Open a file, or a part of the one that is exported, for writing; compressed where its name says so."""
    wanted = name if sliceno is None else options.filename
    with job.open(name, "wb", sliceno=sliceno, temp=sliceno is not None) as raw:
        if not (wanted.endswith(".gz") or ".gz." in wanted):
            yield raw
            return
        with gzip.GzipFile("", "wb", options.compression, raw, mtime=0) as packed:
            yield packed  # type: ignore[misc]


def _write_lines(
    handle: IO[bytes], sources: DatasetList, labels: list[str], sliceno: int, options: Any, with_labels: bool
) -> None:
    form = LineFormat(
        options.separator, options.line_separator, options.quote_fields, options.lazy_quotes, options.none_as
    )
    if with_labels:
        handle.write(form.format_labels(labels))
    total, done = sources.lines(sliceno), 0
    for ds in sources:
        kinds = [ds.columns[label] for label in labels]
        for batch in ds.record_batches(sliceno, labels):
            handle.write(form.format_lines(labels, kinds, batch.columns))
            done += batch.num_rows
            progress(done, total)


def _write_parquet(job: Any, name: str, sources: DatasetList, labels: list[str], slices: list[int]) -> None:
    batches = sources.record_batches(None if len(slices) > 1 else slices[0], labels)
    with job.open(name, "wb") as handle:
        writer = None
        for batch in batches:
            writer = writer or pq.ParquetWriter(handle, batch.schema, compression="zstd")
            writer.write_batch(batch)
        if writer is None:
            raise UserError("csvexport: Parquet needs at least one line to know the types of columns")
        writer.close()
