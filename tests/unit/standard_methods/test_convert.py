"""Type specs: what text becomes, and that whole arrays are read as values one by one."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from axtui.base.errors import DatasetUsageError
from axtui.standard_methods.convert import has_hex, make_converter

BAD = object()


def convert(spec: str, texts: list[bytes | None], **how: Any) -> list[Any]:
    """Convert text; BAD for what cannot be."""
    values, bad = make_converter(spec, **how).convert(pa.array(texts, pa.binary()), [b"NA"])
    listed = values.to_pylist() if isinstance(values, pa.Array) else values
    return [BAD if wrong else value for value, wrong in zip(listed, bad, strict=True)]


@pytest.mark.parametrize(
    ("spec", "text", "wanted"),
    [
        ("number", b"42", 42),
        ("number", b" 4.5 ", 4.5),
        ("number", b"123456789012345678901", 123456789012345678901),
        ("number", b"x", BAD),
        ("number:int", b"3.0", 3),
        ("number:int", b"3.5", BAD),
        ("int32_10", b" +7", 7),
        ("int32_10", b"2147483647", 2147483647),
        ("int32_10", b"2147483648", BAD),
        ("int32_10", b"-2147483648", BAD),
        ("int64_10", b"0x10", BAD),
        ("int64_10", b"1_0", BAD),
        ("int64_10", b"", BAD),
        ("int64_10+None", b"", None),
        ("int64_10+None", b"NA", None),
        ("int64_10", b"NA", BAD),
        ("int64_0", b"0x1f", 31),
        ("int64_0", b"017", 15),
        ("int64_8", b"17", 15),
        ("int64_16", b"ff", 255),
        ("int32_10i", b"12 apples", 12),
        ("int32_10i", b"apples", 0),
        ("float64", b" 1e3", 1000.0),
        ("float64", b"1_0", BAD),
        ("float64i", b"1.5kg", 1.5),
        ("float64", b"0x1p3", BAD),
        ("complex64", b"1+2j", 1 + 2j),
        ("strbool", b"No", False),
        ("strbool", b"nope", True),
        ("floatbool", b"0.0", False),
        ("floatbool", b"x", BAD),
        ("floatbooli", b"2x", True),
        ("bytes", b" \xff ", b" \xff "),
        ("bytesstrip", b" \xff ", b"\xff"),
        ("ascii", b"\xffa\\", "\\377a\\"),
        ("ascii:encode", b"\xffa\\", "\\377a\\134"),
        ("ascii:strict", b"\xff", BAD),
        ("asciistrip", b" a ", "a"),
        ("unicode", "å".encode(), "å"),
        ("unicode:utf-8", b"\xff", BAD),
        ("unicode:latin-1", b"\xe5", "å"),
        ("unicode:utf-8/replace", b"\xff", "�"),
        ("unicodestrip:utf-8", b" a ", "a"),
        ("json", b'{"a": [1, null]}', {"a": [1, None]}),
        ("json", b"{", BAD),
        ("date:%Y-%m-%d", b"2020-02-29", date(2020, 2, 29)),
        ("date:%Y-%m-%d", b"2019-02-29", BAD),
        ("date:%Y-%m-%d", b"2020-2-9", date(2020, 2, 9)),
        ("date:%d %b %Y", b"3 march 2020", date(2020, 3, 3)),
        ("date:%y%m%d", b"690101", date(1969, 1, 1)),
        ("date:%y%m%d", b"680101", date(2068, 1, 1)),
        ("datei:%Y-%m-%d", b"2020-01-02T03:04", date(2020, 1, 2)),
        ("date:%Y-%m-%d", b"2020-01-02T03:04", BAD),
        ("time:%H:%M:%S.%f", b"01:02:03.5", time(1, 2, 3, 500000)),
        ("time:%I:%M %p", b"12:30 am", time(0, 30)),
        ("time:%I:%M %p", b"13:30 pm", BAD),
        ("datetime:%Y-%m-%d %H:%M", b"2020-01-02 03:04", datetime(2020, 1, 2, 3, 4)),
        ("datetime:%Y-%m-%d %H:%M", b"2020-01-0203:04", datetime(2020, 1, 2, 3, 4)),
        ("datetime:%s", b"86400", datetime(1970, 1, 2)),
        ("datetime:%J", b"1500", datetime(1970, 1, 1, 0, 0, 1, 500000)),
        ("datetime:%Y-%m-%dT%H:%M:%SZ", b"2013-01-01T24:00:00Z", BAD),
        ("number", None, None),
    ],
)
def test_specs(spec: str, text: bytes | None, wanted: Any) -> None:
    """Each spec reads what it should, alone and beside text that the fast way cannot read."""
    alone = convert(spec, [text])
    beside = convert(spec, [text, b"\xff?", text])

    assert alone == [wanted] and type(alone[0]) is type(wanted)
    assert beside[::2] == [wanted, wanted] and type(beside[0]) is type(wanted)


@pytest.mark.parametrize(
    "spec",
    ["int16", "int64", "int64_2", "number:float", "date", "date:%Q", "unicode:klingon", "ascii:shout", "", "+None"],
)
def test_unknown_specs_are_refused(spec: str) -> None:
    """What is no spec is a usage error."""
    with pytest.raises(DatasetUsageError):
        make_converter(spec)


SPECS = [
    "number",
    "number:int",
    "number+None",
    "int32_10",
    "int64_10",
    "int64_10+None",
    "int32_0",
    "int64_8",
    "int64_16",
    "int32_10i",
    "int64_0i",
    "int64_16i",
    "float32",
    "float64",
    "float64+None",
    "float32i",
    "float64i",
    "complex64",
    "strbool",
    "floatbool",
    "floatbooli",
    "bytes",
    "bytesstrip",
    "ascii",
    "ascii:encode",
    "ascii:strict",
    "asciistrip",
    "unicode:utf-8",
    "unicode:ascii",
    "unicode:latin-1",
    "unicodestrip:utf-8/ignore",
    "json+None",
]
words = st.sampled_from([b"NaN", b"-inf", b"0x1f", b"017", b"1e400", b"9223372036854775807", b"9223372036854775808"])
cells = st.one_of(
    st.text(st.sampled_from("0123456789.eE+-xXinfa _Å\t\0,"), max_size=12).map(str.encode),
    st.integers(-(2**64), 2**64).map(lambda number: b"%d" % number),
    st.floats().map(lambda number: repr(number).encode()),
    words,
    st.binary(max_size=4),
    st.none(),
)


def rounded(values: list[Any]) -> list[Any]:
    """Round floats as a float32 column does."""
    with np.errstate(over="ignore"):
        return [float(np.float32(value)) if isinstance(value, float) else value for value in values]


@pytest.mark.parametrize("comma", [False, True])
@pytest.mark.parametrize("spec", SPECS)
@settings(max_examples=60, deadline=None)
@given(texts=st.lists(cells, min_size=1, max_size=4))
def test_arrays_are_read_as_values_are(spec: str, comma: bool, texts: list[bytes | None]) -> None:
    """An array is read as its values are one by one, whichever way it takes."""
    converter = make_converter(spec, numeric_comma=comma)
    wanted: list[Any] = []
    for text in texts:
        swapped = text.replace(b".", b"?").replace(b",", b".") if text is not None and converter.comma else text
        is_none = text is None or (converter.none and text in (b"", b"NA"))
        try:
            wanted.append(None if is_none or swapped is None else converter.parse(swapped))
        except (ValueError, OverflowError):
            wanted.append(BAD)

    found = convert(spec, texts, numeric_comma=comma)

    if spec.startswith("float32"):
        found, wanted = rounded(found), rounded(wanted)
    assert repr(found) == repr(wanted)


@pytest.mark.parametrize("spec", [*SPECS, "date:%Y-%m-%d"])
@settings(max_examples=30, deadline=None)
@given(texts=st.lists(cells | st.dates().map(lambda day: str(day).encode()), min_size=1, max_size=6), data=st.data())
def test_codes_are_read_as_texts_are(spec: str, texts: list[bytes | None], data: st.DataObject) -> None:
    """Text as codes, some of them unused, gives the values and the bad lines that the texts give."""
    lines = data.draw(st.lists(st.sampled_from(range(len(texts))), max_size=8))
    coded = pa.array(texts, pa.binary()).dictionary_encode().take(pa.array(lines, pa.int64()))

    found, found_bad = make_converter(spec).convert(coded, [b"NA"])
    wanted, wanted_bad = make_converter(spec).convert(pa.array([texts[line] for line in lines], pa.binary()), [b"NA"])

    found, wanted = (each.to_pylist() if isinstance(each, pa.Array) else each for each in (found, wanted))
    if spec.startswith("float32"):
        found, wanted = rounded(found), rounded(wanted)
    assert repr(found) == repr(wanted) and found_bad.tolist() == wanted_bad.tolist()


@pytest.mark.parametrize("spec", ["datetime:%Y-%m-%d %H:%M", "date:%d/%m"])
def test_dates_that_repeat_are_read_as_they_are_once(spec: str) -> None:
    """Where few texts come often, each is converted once; a bad one is bad on all its lines."""
    texts = [b"2020-01-02 03:04", b"24/12", None] * 5_000

    assert convert(spec, texts) == convert(spec, texts[:3]) * 5_000


@given(st.text(st.sampled_from("0xX1a.,\n"), max_size=12).map(str.encode))
def test_hex_is_seen_where_a_number_begins(data: bytes) -> None:
    """0x counts where no letter or digit is before it."""
    assert has_hex(data) == bool(re.search(rb"(?<![0-9A-Za-z])0[xX]", data))


@given(st.datetimes(datetime(1, 1, 1)))
def test_every_moment_is_read(moment: datetime) -> None:
    """Every moment comes back from its text, by numpy and by pattern."""
    pattern = "datetime:%Y-%m-%dT%H:%M:%S.%f"
    text = f"{moment:%m-%dT%H:%M:%S.%f}"

    full = convert(pattern, [f"{moment.year:04}-{text}".encode()] * 2)
    short = convert(pattern, [f"{moment.year}-{text}".encode(), None])

    assert full == [moment, moment] and short == [moment, None]


def test_commas_may_stand_for_points() -> None:
    """With numeric_comma, 1,5 is a number and 1.5 is not."""
    assert convert("float64", [b"1,5", b"1.5"], numeric_comma=True) == [1.5, BAD]
