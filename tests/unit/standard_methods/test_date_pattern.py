"""Patterns of dates and times, code by code, and that arrays are read as single values are."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from axtui.base.errors import DatasetUsageError
from axtui.dsutil import strptime, strptime_i
from axtui.standard_methods.convert import make_converter

BAD = None


@pytest.mark.parametrize(
    ("pattern", "text", "wanted"),
    [
        ("%Y-%m-%d", "2020-02-29", "2020-02-29"),
        ("%Y-%m-%d", "2019-02-29", BAD),
        ("%Y-%m-%d", "2020-2- 9", "2020-02-09"),
        ("%Y-%m-%d", "0-01-01", BAD),
        ("%Y-%m-%d", "2020-13-01", BAD),
        ("%Y-%m-%d", "2020-01-02 ", BAD),
        ("%Y%m%d", "202011", BAD),
        ("%Y%m%d", "20201231", "2020-12-31"),
        ("%Y %m", "2020\t \n7", "2020-07-01"),
        ("%Y %m", "20207", "2020-07-01"),
        ("year %Y!", "year2020!", "2020-01-01"),
        ("Year %Y", "year 2020", BAD),
        ("%d.%m.%y", "1.2.69", "1969-02-01"),
        ("%d.%m.%y", "1.2.68", "2068-02-01"),
        ("%C%y", "1899", "1899-01-01"),
        ("%C", "19", "1900-01-01"),
        ("%y%C", "9918", "1899-01-01"),
        ("%d %b %Y", "3 MARCH 2020", "2020-03-03"),
        ("%d%b%Y", "3may2020", "2020-05-03"),
        ("%b", "mayo", BAD),
        ("%I:%M %p", "12:30 am", "1970-01-01 00:30:00"),
        ("%I:%M %p", "12:30PM", "1970-01-01 12:30:00"),
        ("%I:%M %p", "13:30 pm", BAD),
        ("%H", "24", BAD),
        ("%S", "60", BAD),
        ("%S.%f", "1.5", "1970-01-01 00:00:01.500000"),
        ("%f", "1234567", BAD),
        ("%3f", "123", "1970-01-01 00:00:00.123000"),
        ("%3f", "1234", BAD),
        ("%9f", "123456789", "1970-01-01 00:00:00.123456"),
        ("%s", "86400", "1970-01-02"),
        ("%s", "-1", "1969-12-31 23:59:59"),
        ("%s.%f", "1.25", "1970-01-01 00:00:01.250000"),
        ("%s", "1e3", BAD),
        ("%s", "999999999999999", BAD),
        ("%J", "1500", "1970-01-01 00:00:01.500000"),
        ("%e", "43831", "2020-01-01"),
        ("%0e", "43831.5", "2020-01-01 12:00:00"),
        ("%0e", "1", "1899-12-31"),
        ("%1e", "1", "1900-01-01"),
        ("%1e", "59.25", "1900-02-28 06:00:00"),
        ("%1e", "60", BAD),
        ("%1e", "61", "1900-03-01"),
        ("%2e", "0", "1904-01-01"),
        ("%2e", "42369", "2020-01-01"),
        ("100%%", "100%", "1970-01-01"),
        ("%#%Y", "72020", "2020-01-01"),
        ("%#%Y", "x2020", BAD),
        ("%3#,%Y", "12,2020", "2020-01-01"),
        ("%3#,%Y", "1234,2020", BAD),
        ("%@%Y", "x2020", "2020-01-01"),
        ("%@%Y", " 2020", BAD),
        ("%^%Y", " 2020", "2020-01-01"),
        ("%2.%Y", "1x2020", "2020-01-01"),
        ("%1,3.-%Y", "ab-2020", BAD),
        ("%1,2.-%Y", "ab-2020", "2020-01-01"),
        ("%0,9@%Y", "2020", "2020-01-01"),
        ("%*%*%Y", "\n 2020", "2020-01-01"),
        ("%2,5*%Y", "12345678", "0678-01-01"),
        ("a% b", "a\tb", "1970-01-01"),
        ("a% b", "ab", BAD),
        ("%2-%Y %d %m", "2020 3 4", "1970-04-03"),
        ("%-%Y%Y", "19992020", "2020-01-01"),
        ("%-%Y", "x", BAD),
        ("%Y%/-%m-%d", "2020", "2020-01-01"),
        ("%Y%/-%m-%d", "2020-05", "2020-05-01"),
        ("%Y%/-%m-%d", "2020-05-06", "2020-05-06"),
        ("%Y%/-%m-%d", "2020-x", BAD),
        ("%Y%2?-%m", "2020", "2020-01-01"),
        ("%Y%2?-%m", "2020-05", "2020-05-01"),
        ("%Y%2?-%m-%d", "2020-x", BAD),
        ("%Y%2?-%m%2?-%d", "2020-05-06", "2020-05-06"),
        ("%1?x%Y", "2020", "2020-01-01"),
        ("%3?%H:%M%2:%Sx", "5:07", "1970-01-01 05:07:00"),
        ("%3?%H:%M%2:%Sx", "5x", "1970-01-01 00:00:05"),
        ("%3?%H:%M%2:%Sx", "5:07 5x", BAD),
        ("%?%Y%:%b", "2020", "2020-01-01"),
        ("%?%Y%:%b", "June", "1970-06-01"),
        ("%4?%1?-%sx%:%Y", "2020", "2020-01-01"),
        ("é%Y", "é2020", "2020-01-01"),
    ],
)
def test_codes(pattern: str, text: str, wanted: str | None) -> None:
    """Each code reads what it should, alone, and in a column of datetimes."""
    given = None if wanted is None else datetime.fromisoformat(wanted)

    assert strptime(text, pattern, None) == given
    values, bad = make_converter(f"datetime:{pattern}").convert(pa.array([text.encode()] * 2))
    assert values.to_pylist() == [given, given]
    assert bad.tolist() == [given is None] * 2


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        ("", "a date needs a pattern"),
        ("%Y%", "ends in the middle of a code"),
        ("%Q", "there is no code %Q; there are %Y %C"),
        ("%3e", "%e takes no such number"),
        ("%2Y", "%Y takes no such number"),
        ("%0f", "%f takes no such number"),
        ("%3?%Y", "%? wants 3 items after it"),
        ("%2-", "%- wants 2 items after it"),
        ("%Y%:%m", "%: wants a %? before it"),
        ("%5,2.", "no number is both"),
    ],
)
def test_patterns_that_are_none(pattern: str, message: str) -> None:
    """What is no pattern is said with the pattern and the place."""
    with pytest.raises(DatasetUsageError, match=message.replace("?", r"\?")):
        strptime("2020", pattern)


def test_what_follows_is_given_back() -> None:
    """strptime_i gives the bytes that follow; a default stands for what does not fit."""
    assert strptime_i("2020é", "%Y") == (datetime(2020, 1, 1), "é".encode())
    assert strptime_i("x", "%Y", 7) == (7, b"x")
    assert strptime("2020x", "%Y", default=None) is None
    assert strptime(b"2020", "%Y") == datetime(2020, 1, 1)
    for text in ("x", "2020x", "999999999999999"):
        with pytest.raises(ValueError, match="'"):
            strptime(text, "%s" if len(text) > 5 else "%Y")


def read(spec: str, texts: list[bytes], **how: Any) -> list[Any]:
    """Read a column; None for what is bad."""
    return list(make_converter(spec, **how).convert(pa.array(texts, pa.binary()))[0].to_pylist())


moments = st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30))


@given(
    st.lists(moments, min_size=1, max_size=5),
    st.sampled_from(["%Y-%m-%d %H:%M:%S.%f", "%d/%m/%Y\t%H%M%S%f", "%J", "%s"]),
)
def test_every_moment_is_read(given: list[datetime], pattern: str) -> None:
    """Moments come back from their text, all at once where it is of full width, and one by one."""
    if pattern in ("%J", "%s"):
        step = timedelta(seconds=1) if pattern == "%s" else timedelta(milliseconds=1)
        texts = [b"%d" % ((moment - datetime(1970, 1, 1)) // step) for moment in given]
        given = [datetime(1970, 1, 1) + (moment - datetime(1970, 1, 1)) // step * step for moment in given]
    else:
        parts = pattern.replace("%Y", "{0.year:04}").replace("%m", "{0.month:02}").replace("%d", "{0.day:02}")
        parts = parts.replace("%H", "{0.hour:02}").replace("%M", "{0.minute:02}").replace("%S", "{0.second:02}")
        texts = [parts.replace("%f", "{0.microsecond:06}").format(moment).encode() for moment in given]

    assert read(f"datetime:{pattern}", texts) == given
    assert read(f"datetime:{pattern}", [*texts, b"?"]) == [*given, None]
    assert read(f"date:{pattern}", texts) == [moment.date() for moment in given]
    assert read(f"time:{pattern}", texts) == [moment.time() for moment in given]


texts = st.text(st.sampled_from("0123456789-: T.x"), max_size=19)


@given(
    st.lists(texts, min_size=1, max_size=4),
    st.sampled_from(["%Y-%m-%d", "%y%m%d", "%H:%M", "%Y %m", "%s", "%J", "%S.%3f"]),
)
def test_arrays_are_read_as_values_are(given: list[str], pattern: str) -> None:
    """Whatever the text, all at once it means what it means one by one."""
    assert read(f"datetime:{pattern}", [text.encode() for text in given]) == [
        strptime(text, pattern, None) for text in given
    ]


ZONES = ["Europe/Stockholm", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "EST5EDT,M3.2.0,M11.1.0", "UTC"]


@given(st.lists(moments, min_size=1, max_size=5), st.sampled_from(ZONES))
def test_local_times_are_the_same_alone(given: list[datetime], name: str) -> None:
    """A column of local times becomes UTC as each of them does."""
    from axtui.standard_methods.zones import Zone

    zone = Zone(name)
    texts = [f"{moment.year:04}-{moment:%m-%d %H:%M:%S.%f}".encode() for moment in given]

    found = read("datetime:%Y-%m-%d %H:%M:%S.%f", texts, zone=zone)

    assert found == [zone.moment_to_utc(moment) for moment in given]


@pytest.mark.parametrize(
    ("name", "local", "utc"),
    [
        ("Europe/Stockholm", "2024-10-27 02:30", "2024-10-27 00:30"),
        ("Europe/Stockholm", "2024-03-31 02:30", "2024-03-31 01:30"),
        (":Europe/Stockholm", "2024-06-01 00:00", "2024-05-31 22:00"),
        ("Australia/Lord_Howe", "2024-04-07 01:45", "2024-04-06 14:45"),
        ("<+0530>-5:30", "2024-06-01 00:00", "2024-05-31 18:30"),
    ],
)
def test_hours_that_come_twice_or_never(name: str, local: str, utc: str) -> None:
    """A time that comes twice is the first; one that never comes is as if clocks had not gone ahead."""
    from axtui.standard_methods.zones import Zone

    found = read("datetime:%Y-%m-%d %H:%M", [local.encode()], zone=Zone(name))

    assert found == [datetime.fromisoformat(utc).replace(tzinfo=UTC)]


def test_moments_out_of_range_in_utc_are_bad() -> None:
    """What would be before the year 1 in UTC cannot be kept, and is bad like any other value."""
    from axtui.standard_methods.zones import Zone

    assert read("datetime:%Y-%m-%d", [b"0001-01-01", b"2020-01-01"], zone=Zone("Asia/Tokyo"))[0] is None
