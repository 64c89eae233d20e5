"""The hash that places lines: the values it must have, and one value against whole arrays."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from axtui.dataset.hashing import hash_array, hash_value, slice_of
from axtui.dataset.types import find_type, to_arrow
from tests.unit.dataset.strategies import HASHABLE, VALUES

KNOWN = [
    ("unicode", "a", 14819375473163713318),
    ("bytes", b"a", 14819375473163713318),
    ("int64", 1, 7789236505713874780),
    ("float64", 1.0, 7789236505713874780),
    ("complex64", 1 + 0j, 7789236505713874780),
    ("float64", 1.5, 8842961783888139567),
    ("number", 2**70, 9487256877458586449),
    ("complex64", 1j, 14900038233424149444),
    ("date", date(2020, 1, 2), 5708448984407500093),
    ("datetime", datetime(2020, 1, 2), 3896766370327339487),
    ("time", time(1, 2), 675569432500324555),
    ("datetime", datetime(1970, 1, 1, 1, 2), 675569432500324555),
    ("unicode", None, 0),
    ("int64", 0, 0),
    ("bool", False, 0),
    ("ascii", "", 0),
    ("bool", True, 1),
]


@pytest.mark.parametrize(("kind", "value", "wanted"), KNOWN)
def test_hashes_are_stable_for_ever(kind: str, value: Any, wanted: int) -> None:
    """These values have these hashes, alone and in an array; data on disk depends on them."""
    alone = hash_value(value)

    in_array = hash_array(to_arrow(find_type(kind), [value]))

    assert (alone, int(in_array[0])) == (wanted, wanted)


@pytest.mark.parametrize("kind", HASHABLE)
@given(data=st.data())
def test_arrays_hash_as_single_values(kind: str, data: st.DataObject) -> None:
    """Whatever the type, an array's hashes are those of its values one by one, and 0 for None."""
    values = data.draw(st.lists(st.none() | VALUES[kind], max_size=12))

    hashes = hash_array(to_arrow(find_type(kind), values))

    assert hashes.tolist() == [hash_value(value) for value in values]


@given(st.lists(st.binary(max_size=70), max_size=30), st.integers(0, 5))
def test_text_of_every_length_hashes_where_it_lies(values: list[bytes], start: int) -> None:
    """Lengths around the words of the hash, and arrays that begin in the middle of a buffer, make no difference."""
    array = to_arrow(find_type("bytes"), values).slice(start)

    hashes = hash_array(array)

    assert hashes.tolist() == [hash_value(value) for value in values[start:]]


@given(st.integers(-(2**53), 2**53))
def test_equal_numbers_share_a_slice(number: int) -> None:
    """An int and the float and complex equal to it hash alike."""
    hashes = {hash_value(number), hash_value(float(number)), hash_value(complex(number))}

    assert len(hashes) == 1


def test_all_nan_are_one() -> None:
    """NaN hashes alike whatever its bits are, and not like zero."""
    odd = np.array([0x7FF8000000000001, 0xFFF8000000000000], dtype=np.uint64).view(np.float64)

    hashes = {hash_value(float(value)) for value in [*odd, float("nan")]}

    assert len(hashes) == 1 and 0 not in hashes


def test_zone_and_fold_do_not_count() -> None:
    """A datetime hashes as what its clock shows."""
    plain = datetime(2020, 5, 6, 7, 8, 9, 10)

    hashes = {hash_value(value) for value in (plain, plain.replace(tzinfo=UTC), plain.replace(fold=1))}

    assert len(hashes) == 1


def test_slices_are_remainders() -> None:
    """Slice is hash modulo slices, over the whole range of 64 bits."""
    hashes = np.array([0, 7, 2**64 - 1], dtype=np.uint64)

    found = slice_of(hashes, 3)

    assert found.tolist() == [0, 1, (2**64 - 1) % 3]


def test_what_has_no_hash_is_refused() -> None:
    """A value of a type without a hash is a TypeError that shows it."""
    with pytest.raises(TypeError, match=r"\[1\] cannot be hashed"):
        hash_value([1])
    with pytest.raises(ValueError, match=r"'a\\ud800' has a lone surrogate at position 1"):
        hash_value("a\ud800")


@pytest.mark.parametrize("values", [[None], ["a", None, "b"], [b"", b"x" * 20]])
def test_text_that_comes_again_hashes_as_text_that_does_not(values: list[Any]) -> None:
    """In a long array of few values, None among them or alone, each has the hash that it has by itself."""
    array = pa.array(values * 2000, pa.binary() if isinstance(values[0], bytes) else pa.string())

    assert hash_array(array).tolist() == [hash_value(value) for value in values] * 2000
