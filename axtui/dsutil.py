"""What authors import from `axtui.dsutil`: files of one column, the hash that places lines, times from text."""

from __future__ import annotations

from axtui.dataset.column_file import typed_reader, typed_writer
from axtui.dataset.hashing import hash_value as hash
from axtui.standard_methods.dates import strptime, strptime_i

__all__ = ["hash", "strptime", "strptime_i", "typed_reader", "typed_writer"]
