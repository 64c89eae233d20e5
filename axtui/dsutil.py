"""What authors import from `axtui.dsutil`: dates and times from text.

`typed_writer` and `typed_reader` are not here, for there is no file of a single column: a dataset's slice is one Arrow
file. Asking for them says what to use instead.
"""

from __future__ import annotations

from typing import NoReturn

from axtui.base.errors import DatasetUsageError
from axtui.standard_methods.dates import strptime, strptime_i

__all__ = ["strptime", "strptime_i", "typed_reader", "typed_writer"]


def typed_writer(typename: str) -> NoReturn:
    """Refuse.

    Raises:
        DatasetUsageError: Always.
    """
    raise DatasetUsageError(f"there is no typed_writer({typename!r}); wanted job.datasetwriter, which writes columns")


def typed_reader(typename: str) -> NoReturn:
    """Refuse.

    Raises:
        DatasetUsageError: Always.
    """
    raise DatasetUsageError(f"there is no typed_reader({typename!r}); wanted Dataset.iterate or Dataset.arrays")
