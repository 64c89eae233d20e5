"""How a column lies in a file: integers narrowed, repeated text coded, everything else as types.py has it.

A way of storing is chosen once a file, from the first lines (all of them where there are few). What comes later and
does not fit makes the file be written again with wider columns, see writer.py. The logical type is in dataset.json; a
file alone is still plain Arrow that any tool opens.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from axtui.dataset.codes import distinct, plain_nbytes, recode, repeats
from axtui.dataset.types import ColumnType, common_form, forms, recast

_CODES_MOST = 1 << 16
_NARROW = (pa.int8(), pa.int16(), pa.int32(), pa.int64())


@dataclass(frozen=True)
class Storage:
    """The way one column is stored in one file.

    Attributes:
        kind: The column's type.
        arrow: The Arrow type in the file.
        values: The values that the codes of a dictionary-coded column point to, else None.
    """

    kind: ColumnType
    arrow: pa.DataType
    values: pa.Array | None = None

    def store(self, array: pa.Array) -> pa.Array | None:
        """Bring an array in any form of the column's type into the file's; None where it does not fit."""
        if self.values is not None:
            return recode(array, self.arrow, self.values)
        if pa.types.is_dictionary(array.type):
            return array.cast(self.arrow)
        if array.type == self.arrow:
            return array
        try:
            if pa.types.is_integer(self.arrow) and pa.types.is_integer(array.type):
                return pc.cast(array, self.arrow)
            return recast(self.kind, array, self.arrow)
        except ValueError:
            return None


def choose(kind: ColumnType, array: pa.Array) -> Storage:
    """Choose how to store a column, from the values there are so far.

    Args:
        kind: The column's type.
        array: In any form of the type.
    """
    if kind.name in ("ascii", "unicode", "bytes"):
        return _coded(kind, array) or Storage(kind, kind.arrow)
    form = array.type if array.null_count < len(array) else kind.arrow
    return Storage(kind, _narrowest(form, array) if pa.types.is_integer(form) else form)


def widen(storage: Storage, array: pa.Array) -> Storage:
    """Return a way to store both what a storage holds and an array that did not fit; integers and text become plain."""
    kind = storage.kind
    if storage.values is not None or (array.type == kind.arrow and pa.types.is_integer(storage.arrow)):
        return Storage(kind, kind.arrow)
    held = kind.arrow if pa.types.is_integer(storage.arrow) else storage.arrow
    return Storage(kind, common_form(kind, {held, array.type}))


def widest(storage: Storage) -> Storage:
    """Return the way of storing that everything of this form fits into: no narrowing, no codes."""
    plain = storage.values is not None or pa.types.is_integer(storage.arrow)
    return Storage(storage.kind, storage.kind.arrow) if plain else storage


def load(kind: ColumnType, array: pa.Array) -> pa.Array:
    """Bring an array from a file into a form of a type, that of its column or a wider one.

    A no-op where it was not narrowed or coded.
    """
    if pa.types.is_dictionary(array.type):
        return array.cast(kind.arrow)
    if kind.name.startswith("complex") and not pa.types.is_fixed_size_list(array.type):
        return _pairs(array.cast(pa.float64()), kind.arrow)
    if pa.types.is_integer(array.type) or kind.name not in ("number", "datetime", "time"):
        return array.cast(kind.arrow)
    return array.cast(pa.float64()) if pa.types.is_floating(array.type) else array


def _pairs(array: pa.Array, form: pa.DataType) -> pa.Array:
    """Turn floats into complex numbers without an imaginary part."""
    parts = np.zeros((len(array), 2))
    parts[:, 0] = array.fill_null(0.0).to_numpy()
    return pa.FixedSizeListArray.from_arrays(pa.array(parts.ravel()), type=form, mask=array.is_null())


def fits(kind: ColumnType, stored: pa.DataType) -> bool:
    """Tell whether an Arrow type is one in which a column of a type may lie in a file."""
    if pa.types.is_dictionary(stored):
        return kind.name in ("ascii", "unicode", "bytes") and bool(stored.value_type == kind.arrow)
    if pa.types.is_integer(kind.arrow) and pa.types.is_signed_integer(stored):
        return bool(stored.bit_width <= kind.arrow.bit_width)
    return stored in forms(kind)


def _narrowest(form: pa.DataType, array: pa.Array) -> pa.DataType:
    if array.null_count == len(array):
        return _NARROW[0]
    found = pc.min_max(array).as_py()
    low, high = found["min"], found["max"]
    fits = [kind for kind in _NARROW if -(1 << kind.bit_width - 1) <= low and high < 1 << kind.bit_width - 1]
    return fits[0] if fits[0].bit_width < form.bit_width else form


def _coded(kind: ColumnType, array: pa.Array) -> Storage | None:
    """Choose codes where they take less than three quarters of the plain text."""
    if not repeats(array):
        return None
    values = distinct(array)
    codes = next(code for code in _NARROW if len(values) < 1 << code.bit_width - 1)
    nbytes = len(array) * codes.bit_width // 8 + values.nbytes
    if len(values) > _CODES_MOST or 4 * nbytes > 3 * plain_nbytes(array):
        return None
    return Storage(kind, pa.dictionary(codes, kind.arrow), values)
