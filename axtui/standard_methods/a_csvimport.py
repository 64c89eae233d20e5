"""Import a text file with separated fields, a Parquet file or one of JSON objects as a dataset.

Lines are dealt out to the slices in turn: line i after the labels goes to slice i % slices, bad lines included. Every
column of a text file is `bytes` unless `types` names a type for it, or `infer` looks for one; the columns of Parquet
and JSON have the types of parquet_file.py and json_file.py.

Result: `num_lines`, `lines_per_slice`, and the same for `broken` and `skipped` lines.
"""

from __future__ import annotations

from typing import Any

from axtui import DotDict, InputFile, OptionDefault, OptionEnum
from axtui.standard_methods.importing import Import

description = "Import a CSV file as a dataset"

options = {
    "filename": InputFile,  # also gzip, bzip2, xz, zstd, or zip with one file in it
    "more_files": OptionDefault([InputFile], []),  # read after it, one after the other; they have the same columns
    "separator": ",",  # one character; '' for a single column
    "comment": "",  # lines that begin with this are left out
    "newline": "",  # '' for \n or \r\n
    "quotes": "",  # '' for none, True for both ' and ", or the character
    "label_lines": int,  # 1 unless given, 0 with labels
    "label_encoding": "utf-8",
    "labels": OptionDefault([], []),  # instead of those in the file
    "strip_labels": False,
    "rename": OptionDefault({}, {}),  # {old: new}, before discard
    "discard": OptionDefault(set(), set()),  # columns that are not kept
    "lineno_label": "",  # a column with the line's number in the file
    "allow_bad": False,  # put bad lines into the dataset "bad"
    "allow_extra_empty": False,  # empty fields after the last column are fine
    "skip_lines": 0,
    "skip_empty_lines": False,
    "compression": None,  # "zstd" or "lz4"; a level from 1 to 9, as in the Accelerator, means zstd
    "format": OptionEnum("csv parquet jsonl", none_ok=True),  # by the name and content unless given
    "types": OptionDefault({}, {}),  # {column: type as for dataset_type}
    "infer": False,  # find types for the columns that `types` does not name
    "none_as": OptionDefault([], []),  # what stands for None, beside nothing, in columns with +None
    "newlines_in_values": False,  # a quoted field may go on over line ends
    "inside_filename": "",  # which file of a zip that has several
    "encoding": "",  # what the file is written in, if values are to be UTF-8; '' for bytes as they are
}
datasets = ("previous",)
all_slices_at_once = True  # as in the Accelerator, it refuses `concurrency`


def synthesis(job: Any, options: Any, datasets: Any, slices: int) -> DotDict:
    """Read the file and write the datasets."""
    names = [options.filename, *options.more_files]
    return Import(job, options, datasets, slices).run([str(job.input_filename(name)) for name in names])
