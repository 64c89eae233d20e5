"""JSON records: strict reading, canonical writing."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from axtui.base.errors import RecordError
from axtui.base.records import digest, digest_of, format_canonical, format_record, is_same, parse_record, read_record

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@pytest.mark.parametrize(
    ("data", "wanted"),
    [
        (b"", "not a JSON record"),
        (b"{", "not a JSON record"),
        (b"{} {}", "not a JSON record"),
        (b"[1]", "found list"),
        (b"null", "found NoneType"),
        (b"1", "found int"),
        (b'{"a": NaN}', "NaN is no JSON value"),
        (b'{"a": Infinity}', "Infinity is no JSON value"),
        (b'{"a": -Infinity}', "-Infinity is no JSON value"),
        (b'{"a": 1e999}', "1e999 is no JSON value"),
        (b'{"a": 1, "a": 1}', "'a' stands twice"),
        (b'{"b": {"a": 1, "c": 2, "a": 3}}', "'a' stands twice"),
        (b'{"a": ' + b"[" * 100_000, "not a JSON record"),
        (b'{"a": ' + b"9" * 5000 + b"}", "not a JSON record"),
        (b"\xff\xfe{\x00", "not a JSON record"),
        (b'{"a": "\xff"}', "not a JSON record"),
    ],
)
def test_what_is_no_record_is_refused(data: bytes, wanted: str) -> None:
    """Everything that is not one JSON object, each key once, all numbers finite, is refused with its reason."""
    with pytest.raises(RecordError, match=wanted):
        parse_record(data)


@given(st.binary())
def test_any_bytes_can_be_parsed(data: bytes) -> None:
    """Whatever the bytes are, they are a record or a RecordError."""
    try:
        value = parse_record(data)
    except RecordError:
        return

    assert isinstance(value, dict)


@given(st.dictionaries(st.text(), JSON, max_size=4), st.integers(0, 200), st.binary(max_size=3), st.integers(0, 3))
def test_damaged_records_are_records_or_errors(value: dict[str, object], at: int, more: bytes, gone: int) -> None:
    """A record with bytes replaced, put in or taken out is still a record or a RecordError."""
    data = format_record(value)
    damaged = data[:at] + more + data[at + gone :]

    try:
        parse_record(damaged)
    except RecordError:
        assert damaged != data


@given(st.dictionaries(st.text(), JSON))
def test_records_round_trip(value: dict[str, object]) -> None:
    """What was written is what is read, and it is ASCII."""
    data = format_record(value)

    assert parse_record(data) == value
    assert data.isascii()


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
def test_what_json_cannot_say_is_not_written(number: float) -> None:
    """A record that could not be read back is not written."""
    with pytest.raises(ValueError, match="JSON"):
        format_record({"a": number})


@given(st.dictionaries(st.text(), JSON, max_size=5), st.randoms())
def test_canonical_form_does_not_know_the_order_of_keys(value: dict[str, object], shuffle: object) -> None:
    """Equal objects have one canonical form, and one digest."""
    keys = list(value)
    shuffle.shuffle(keys)  # type: ignore[attr-defined]
    other = {key: value[key] for key in keys}

    assert format_canonical(other) == format_canonical(value)
    assert digest_of(other) == digest_of(value)
    assert json.loads(format_canonical(value)) == value


def test_canonical_form_keeps_kinds_apart() -> None:
    """Numbers, text and truth never look alike."""
    values = [1, 1.0, "1", True, None, "null", [1], {"1": 1}, 0.0, -0.0]

    assert len({digest_of(value) for value in values}) == len(values)


@given(JSON, JSON)
def test_sameness_is_that_of_the_canonical_form(value: object, other: object) -> None:
    """Two values are the same exactly where their digests would be, however they came about."""
    copy = json.loads(json.dumps(value))

    assert is_same(value, copy)
    assert is_same(value, other) == (format_canonical(value) == format_canonical(other))


def test_sameness_keeps_kinds_apart() -> None:
    """What Python calls equal is not the same where it would be written otherwise."""
    values = [1, 1.0, True, "1", 0.0, -0.0, 0, False, None, [1], [1.0], [True], {"a": 0.0}, {"a": -0.0}]

    assert [[is_same(one, two) for two in values] for one in values] == [
        [at == place for place in range(len(values))] for at in range(len(values))
    ]


def test_a_value_that_holds_itself_is_an_error() -> None:
    """And not an endless loop or a crash."""
    endless: list[object] = []
    endless.append(endless)

    with pytest.raises(RecursionError):
        format_record({"a": endless})


def test_digest_is_blake2b() -> None:
    """The digest of nothing is the published one of BLAKE2b with 32 bytes."""
    assert digest(b"") == "0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8"


def test_read_record_names_the_file(tmp_path: Path) -> None:
    """An error of a file says which file."""
    path = tmp_path / "setup.json"
    path.write_bytes(b"{")

    with pytest.raises(RecordError, match=r"setup\.json: not a JSON record"):
        read_record(path)
    path.write_bytes(b'{"a": 1}')
    with pytest.raises(RecordError, match="more than the 5"):
        read_record(path, limit=5)
    assert read_record(path) == {"a": 1}
