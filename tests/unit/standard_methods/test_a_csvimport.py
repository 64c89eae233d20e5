"""csvimport: every option, every bad line, and real data."""

from __future__ import annotations

import bz2
import csv
import gzip
import io
import lzma
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from axtui import Dataset, UserError
from axtui.standard_methods.convert import make_converter
from tests.unit.dataset.desk import Desk
from tests.unit.standard_methods.running import csvimport

FLIGHTS = Path(__file__).parents[3] / "axtui" / "demo" / "data"


def rows(job: str, name: str = "default") -> list[Any]:
    """Return a dataset's rows in the order of the file."""
    return list(Dataset(job, name).iterate("roundrobin"))


def test_lines_go_round_as_bytes(desk: Desk) -> None:
    """Without types every column is bytes, and line i is in slice i modulo slices."""
    job, result, names = csvimport(desk, "a,b\n1,x\n2,\n,z\n4,å\n")

    ds = Dataset(job)
    assert rows(job) == [(b"1", b"x"), (b"2", b""), (b"", b"z"), (b"4", "å".encode())]
    assert [column.type for column in ds.columns.values()] == ["bytes", "bytes"]
    assert (names, ds.lines, ds.filename) == (["default"], [2, 1, 1], str(desk.root / "f.csv"))
    assert result == {
        "num_lines": 4,
        "lines_per_slice": [2, 1, 1],
        "num_broken_lines": 0,
        "broken_lines_per_slice": [0, 0, 0],
        "num_skipped_lines": 0,
        "skipped_lines_per_slice": [0, 0, 0],
    }


@pytest.mark.parametrize(
    ("text", "options", "wanted"),
    [
        ("a\tb\n1\t2\n", {"separator": "\t"}, [(b"1", b"2")]),
        ("a,b\n1,2\n", {"separator": ""}, [(b"1,2",)]),
        ("a\0b\n1\0002\n", {"separator": "\0"}, [(b"1", b"2")]),
        ("a,b\n\0001,2\0,3\n", {"quotes": "\0"}, [(b"1,2", b"3")]),
        ("a,b\r\n1,2\r\n", {}, [(b"1", b"2")]),
        ("a,b\n1,2", {}, [(b"1", b"2")]),
        ("a,b\n1,2\r\n", {"newline": "\n"}, [(b"1", b"2\r")]),
        ("a,b;1,2;3,4", {"newline": ";"}, [(b"1", b"2"), (b"3", b"4")]),
        ("a\nb;1\n2;", {"separator": "\n", "newline": ";"}, [(b"1", b"2")]),
        ("a\rb\r\n1\r2\r\n", {"separator": "\r"}, [(b"1", b"2")]),
        (b"a,b\xff1,2\xff", {"newline": "\xff"}, [(b"1", b"2")]),
        ("a,\n1,2\n", {}, [(b"2", b"1")]),
        ('a,b\n"1,x","2 ""y"""\n', {"quotes": '"'}, [(b"1,x", b'2 "y"')]),
        ("a,b\n'1',\"2\"\n", {"quotes": True}, [(b"1", b"2")]),
        ("a,b\n'1',\"2\"\n", {"quotes": False}, [(b"'1'", b'"2"')]),
        ('a,b\n"1\n2",3\n4,5\n', {"quotes": '"', "newlines_in_values": True}, [(b"1\n2", b"3"), (b"4", b"5")]),
        ('a,b\n1"2,3\n', {"quotes": '"'}, [(b'1"2', b"3")]),
        ("1,2\n", {"labels": ["a", "b"]}, [(b"1", b"2")]),
        ("x,y\n1,2\n", {"labels": ["a", "b"], "label_lines": 1}, [(b"1", b"2")]),
        ("a,b\nx,y\n1,2\n", {"label_lines": 2, "discard": {"b y"}}, [(b"1",)]),
        (" a ,b\n1,2\n", {"strip_labels": True, "rename": {"a": "z"}, "discard": {"b"}}, [(b"1",)]),
        ("a,b\n1,2,,\n3,4\n", {"allow_extra_empty": True}, [(b"1", b"2"), (b"3", b"4")]),
        ("#\na,b\n#x\n1,2\n", {"comment": "#"}, [(b"1", b"2")]),
        ("a,b\n\n1,2\n\n", {"skip_empty_lines": True}, [(b"1", b"2")]),
        ("x\ny\na,b\n1,2\n", {"skip_lines": 2}, [(b"1", b"2")]),
        ("x\na,b\n1,2\n3,4\n", {"skip_lines": 1, "lineno_label": "n"}, [(b"1", b"2", 3), (b"3", b"4", 4)]),
        (
            'a,b\n"1\n2",3\n4,5\n',
            {"quotes": '"', "lineno_label": "n", "newlines_in_values": True},
            [(b"1\n2", b"3", 2), (b"4", b"5", 4)],
        ),
        ("a,b\n", {}, []),
        ("\ufeffa,b\n1,2\n", {"types": {"a": "int64_10"}}, [(1, b"2")]),
        (
            "a,b\n1,NA\n,2\n",
            {"types": {"a": "int64_10+None", "b": "ascii+None"}, "none_as": ["NA"]},
            [(1, None), (None, "2")],
        ),
        ("a,b\n1,NA\n", {"types": {"a": "number", "b": ""}, "none_as": ["NA"]}, [(1, b"NA")]),
    ],
)
def test_options(desk: Desk, text: str | bytes, options: dict[str, Any], wanted: list[Any]) -> None:
    """Each option does what the reference says."""
    job, _, _ = csvimport(desk, text, **options)

    assert rows(job) == wanted


def test_bad_lines_are_kept_apart(desk: Desk) -> None:
    """With allow_bad, bad lines go to "bad" in the slice whose turn it was, and good lines stay in theirs."""
    text = "a,b\n0,0\n1\n2,2\n3,3,3\n\n5,5\n"

    job, result, names = csvimport(desk, text, allow_bad=True)

    assert [list(Dataset(job).iterate(sliceno, "a")) for sliceno in range(3)] == [[b"0"], [], [b"2", b"5"]]
    assert sorted(Dataset(job, "bad").iterate(None, ["lineno", "data"])) == [(3, b"1"), (5, b"3,3,3"), (6, b"")]
    assert (names, result["num_broken_lines"], result["broken_lines_per_slice"]) == (["default", "bad"], 3, [1, 2, 0])


def test_skipped_lines_are_kept_apart(desk: Desk) -> None:
    """What was left out is in "skipped", with its line number."""
    job, result, names = csvimport(desk, "x\n#1\na,b\n1,2\n\n#2\n", comment="#", skip_lines=1, skip_empty_lines=True)

    assert rows(job, "skipped") == [(b"x", 1), (b"#1", 2), (b"", 5), (b"#2", 6)]
    assert (names, result["num_skipped_lines"], result["skipped_lines_per_slice"]) == (
        ["default", "skipped"],
        4,
        [2, 1, 1],
    )


def test_bad_chains_beside_default(desk: Desk) -> None:
    """bad and skipped follow those of the previous import."""
    first, _, _ = csvimport(desk, "a,b\n1\n", allow_bad=True)

    second, _, _ = csvimport(desk, "a,b\n2\n", allow_bad=True, previous=Dataset(first))

    assert Dataset(second).previous == first


@pytest.mark.parametrize(
    ("text", "options", "message"),
    [
        ("a,b\n1,2\n3,4,5\n", {}, r"Too many fields on line 3 of .*f.csv: found 3, wanted 2"),
        ("a,b\n1\n", {}, r"Not enough fields on line 2 of .*f.csv: found 1, wanted 2"),
        ("a,b\n\n", {}, r"Line 2 bad of .*f.csv: empty"),
        ('a,b\n"1"x,2\n', {"quotes": '"'}, r"Line 2 bad of .*f.csv: broken quotes"),
        ('a,b\n1,2\n"1,2\n', {"quotes": '"'}, r"Line 3 bad of .*f.csv: broken quotes"),
        ('a,b\n"1\n",2\n3\n', {"quotes": '"', "newlines_in_values": True}, r"Not enough fields on line 4 of"),
        ("a,b\n1,x\n", {"types": {"b": "int64_10"}}, r'Failed to convert "x" from .*f.csv column b line 2 to int64'),
        (
            'a,b\n"1\n",2\n3,x\n',
            {"types": {"b": "int64_10"}, "quotes": '"', "newlines_in_values": True},
            r"column b line 4 to int64",
        ),
    ],
)
def test_bad_lines_are_errors(desk: Desk, text: str, options: dict[str, Any], message: str) -> None:
    """A bad line stops the import with its number in the file, the file, and what was wrong."""
    with pytest.raises(ValueError, match=message):
        csvimport(desk, text, **options)


@pytest.mark.parametrize(
    ("text", "options", "message"),
    [
        ("", {}, "has no labels"),
        ("a,a\n1,2\n", {}, "has the label 'a' twice"),
        ("a,b\n1,2\n", {"types": {"c": "ascii"}}, "has no column 'c' to give a type; it has a, b"),
        ("a,b\n1,2\n", {"types": {"a": "int16"}}, "types of column 'a': there is no type spec 'int16'"),
        ("a,b\n1,2\n", {"lineno_label": "a"}, "has a column 'a' already"),
        ("a,b\n1,2\n", {"separator": ",,"}, "separator is one character or none"),
        ("a,b\n1,2\n", {"quotes": "xy"}, "quotes is True, one character or none"),
        (b"\x28\xb5\x2f\xfd....", {}, "f.csv is damaged near byte"),
        (b"a,\xff\n1,2\n", {}, r"f.csv line 1 field 2: cannot read the label .* as utf-8: invalid start byte"),
        (b"a,b\n1,2\n1,\xff\n", {"encoding": "utf-8"}, r"f.csv is not utf-8 on line 3 field 2: invalid start byte"),
        (b"a,b\n1,2\n", {"encoding": "klingon"}, "there is no encoding 'klingon'"),
        (b"a,b\n1,2\n", {"label_encoding": "klingon"}, "unknown encoding: klingon"),
        ("a,b\n1,2\n", {"compression": 10}, 'compression is "zstd", "lz4", None or a level from 1 to 9, found 10'),
        ("a,b\n1,2\n", {"separator": "\n"}, "separator cannot be a line end or a quote"),
        ("a,b\n1,2\n", {"comment": "#\udcff"}, r"comment has a lone surrogate at position 1, found '#\\udcff'"),
        ("a,b\n1,2\n", {"none_as": ["\ud800"]}, "none_as has a lone surrogate at position 0"),
        ("a,b\n1,2\n", {"newline": "\ud800"}, "newline has a lone surrogate at position 0"),
        ("a,b\n1,2\n", {"separator": "\ud800"}, "separator and quotes are in iso-8859-1"),
        ("a,b\n1,2\n", {"discard": {"a", "b"}}, "has no columns left: all of a, b are discarded"),
    ],
)
def test_wrong_use_is_one_sentence(desk: Desk, text: str | bytes, options: dict[str, Any], message: str) -> None:
    """What the options or the file cannot be is said with the file or option."""
    with pytest.raises(UserError, match=message):
        csvimport(desk, text, **options)


def test_a_missing_file_is_named(desk: Desk) -> None:
    """A file that is not there is named with its whole path."""
    with pytest.raises(UserError, match=f"cannot read {desk.root}/no/f.csv: No such file"):
        csvimport(desk, "", filename="no/f.csv")


def test_types_are_inferred(desk: Desk) -> None:
    """infer finds whole numbers, numbers, dates, times, truth and text; what types names is not looked at."""
    text = "i,f,d,t,b,s,k\n1,1,2020-01-02,2020-01-02T03:04:05,true,x,7\nNA,.5,NA,NA,False,å,8\n"

    job, _, _ = csvimport(desk, text, infer=True, none_as=["NA"], types={"k": "ascii"})

    found = {name: column.type for name, column in Dataset(job).columns.items()}
    assert found == {
        "i": "int64",
        "f": "float64",
        "d": "date",
        "t": "datetime",
        "b": "bool",
        "s": "unicode",
        "k": "ascii",
    }
    assert rows(job)[1] == (False, None, 0.5, None, "8", "å", None)


field = st.text(st.sampled_from('ab,"\n\r é'), max_size=6)
table = st.integers(2, 4).flatmap(
    lambda wide: st.lists(st.lists(field, min_size=wide, max_size=wide), min_size=1, max_size=8)
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(lines=table, end=st.sampled_from(["\n", "\r\n"]), slow=st.booleans())
def test_values_are_those_of_python(desk: Desk, lines: list[list[str]], end: str, slow: bool) -> None:
    """Whatever Python's csv writes, with line ends and quotes inside, is read as it was, by either reader."""
    written = io.StringIO(newline="")
    csv.writer(written, lineterminator=end, quoting=csv.QUOTE_ALL if slow else csv.QUOTE_MINIMAL).writerows(lines)
    labels = [f"c{index}" for index in range(len(lines[0]))]
    more = {"lineno_label": "z"} if slow else {}

    newline = "\n" if end == "\n" else ""
    job, result, _ = csvimport(
        desk, written.getvalue(), quotes='"', newlines_in_values=True, labels=labels, newline=newline, **more
    )

    wanted = [tuple(value.encode() for value in line) for line in lines]
    assert [row[: len(labels)] for row in rows(job)] == wanted
    assert result["num_lines"] == len(lines)


plain = st.text(st.sampled_from('ab,"\n\r#'), max_size=40)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=80)
@given(text=plain, quotes=st.sampled_from(["", '"']))
def test_both_readers_agree(desk: Desk, text: str, quotes: str) -> None:
    """Any text, however broken, gives the same lines, bad lines and numbers from the fast reader and the exact one."""
    how = {"quotes": quotes, "labels": ["x", "y"], "allow_bad": True}

    fast, fast_result, _ = csvimport(desk, text, **how)
    exact, exact_result, _ = csvimport(desk, text, comment="\0", **how)

    assert rows(fast) == rows(exact) and rows(fast, "bad") == rows(exact, "bad")
    assert fast_result == exact_result


def zipped(**files: bytes) -> bytes:
    """Return a zip file of these files."""
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return memory.getvalue()


def zstd(data: bytes) -> bytes:
    """Compress with zstd, in two frames."""
    frames = (data[:5], data[5:])
    return b"".join(pa.Codec("zstd").compress(frame, asbytes=True) for frame in frames)


PACKERS = [gzip.compress, bz2.compress, lzma.compress, zstd, lambda data: zipped(x=data)]


@pytest.mark.parametrize("pack", PACKERS)
def test_packed_files_are_seen_by_themselves(desk: Desk, pack: Any) -> None:
    """A packed file is unpacked whatever it is called."""
    job, _, _ = csvimport(desk, pack(b"a,b\n1,2\n" + b"3,4\n" * 100_000))

    assert rows(job) == [(b"1", b"2")] + [(b"3", b"4")] * 100_000


@pytest.mark.parametrize("pack", PACKERS)
def test_what_is_packed_and_cut_short_is_an_error(desk: Desk, pack: Any) -> None:
    """A file that ends in the middle of what was packed is named, and nothing is taken for all of it."""
    data = pack(b"a,b\n" + b"".join(b"%d,%d\n" % (n, n * n) for n in range(50_000)))

    with pytest.raises(UserError, match=r"f.csv (is cut short|is damaged|is a damaged zip file)"):
        csvimport(desk, data[: len(data) // 2])


def test_a_zip_of_several_files_is_for_another_method(desk: Desk) -> None:
    """Which of several files is meant cannot be known."""
    with pytest.raises(UserError, match="is a zip of 2 files, wanted one; csvimport_zip imports several"):
        csvimport(desk, zipped(a=b"", b=b""))


@pytest.mark.parametrize(
    ("encoding", "option"),
    [("utf-8-sig", ""), ("utf-16", ""), ("utf-32", ""), ("utf-16-le", "utf-16-le"), ("cp1252", "cp1252")],
)
def test_encodings_become_utf_8(desk: Desk, encoding: str, option: str) -> None:
    """Labels and values of a file with a byte order mark, or of a given encoding, are UTF-8; the mark is gone."""
    job, _, _ = csvimport(desk, "å,b\né,€\n".encode(encoding), encoding=option)

    assert sorted(Dataset(job).columns) == ["b", "å"]
    assert rows(job) == [("€".encode(), "é".encode())]


def test_bytes_are_kept_as_they_are(desk: Desk) -> None:
    """Without an encoding values are bytes, whatever they are; only labels have an encoding."""
    job, _, _ = csvimport(desk, "å,b\n\0,\xe5\n".encode("latin-1"), label_encoding="latin-1")

    assert rows(job) == [(b"\xe5", b"\0")]
    assert sorted(Dataset(job).columns) == ["b", "å"]


def test_several_files_are_one_dataset(desk: Desk) -> None:
    """Files with the same columns, in whatever order, follow each other; round robin goes on over them."""
    (desk.root / "g.csv").write_text("b,a\n4,3\n6,5\n")

    job, result, _ = csvimport(desk, "a,b\n1,2\n", more_files=["g.csv"], lineno_label="n", types={"a": "int64_10"})

    assert rows(job) == [(1, b"2", 2), (3, b"4", 2), (5, b"6", 3)]
    assert result["lines_per_slice"] == [1, 1, 1]


def test_several_files_need_the_same_columns(desk: Desk) -> None:
    """A file with other columns is named."""
    (desk.root / "g.csv").write_text("a,c\n4,3\n")

    with pytest.raises(UserError, match=r"g.csv has columns a, c, wanted a, b"):
        csvimport(desk, "a,b\n1,2\n", more_files=["g.csv"])


def test_lines_may_be_long(desk: Desk) -> None:
    """A line longer than the pieces a file is read in is a line like any other."""
    long = b"x" * 5_000_000

    job, _, _ = csvimport(desk, b"a,b\n" + long + b",1\n2," + long + b"\n3,4")

    assert rows(job) == [(long, b"1"), (b"2", long), (b"3", b"4")]


def test_a_real_month(desk: Desk) -> None:
    """January 2013 has 27,004 flights, and none is lost or changed on the way through types."""
    data = (FLIGHTS / "flights-2013-01.csv.gz").read_bytes()
    types = {"distance": "int32_10", "arr_delay": "int32_10+None", "time_hour": "datetime:%Y-%m-%dT%H:%M:%SZ"}

    job, result, _ = csvimport(desk, data, types=types, none_as=["NA"])

    lines = list(csv.DictReader(io.StringIO(gzip.decompress(data).decode())))
    ds = Dataset(job)
    assert result["num_lines"] == len(lines) == 27_004
    assert sum(ds.iterate(None, "distance")) == sum(int(line["distance"]) for line in lines)
    delays = [None if line["arr_delay"] == "NA" else int(line["arr_delay"]) for line in lines]
    assert list(ds.iterate("roundrobin", "arr_delay")) == delays
    hours = [f"{hour:%Y-%m-%dT%H:%M:%SZ}" for hour in ds.iterate("roundrobin", "time_hour")]
    assert hours == [line["time_hour"] for line in lines]


TABLE = pa.table(
    {
        "i": pa.array([1, None, 3], pa.int32()),
        "u": pa.array([2**64 - 1, 0, 1], pa.uint64()),
        "f": pa.array([0.5, 1.5, None], pa.float32()),
        "s": pa.array(["å", None, ""]).dictionary_encode(),
        "y": pa.array([b"\xff", b"", b"x"]),
        "b": [True, False, None],
        "d": pa.array([date(2020, 1, 2)] * 3),
        "t": pa.array([datetime(2020, 1, 2, 3, tzinfo=UTC)] * 3, pa.timestamp("ms", "Europe/Stockholm")),
        "l": pa.array([[1, 2], None, []]),
        "n": pa.array([Decimal("1.50"), Decimal("2.25"), None]),
        "m": pa.array([Decimal(7), None, Decimal(2**80)], pa.decimal128(38, 0)),
    }
)


def parquet(table: Any) -> bytes:
    """Return a Parquet file."""
    memory = io.BytesIO()
    pq.write_table(table, memory, row_group_size=2)
    return memory.getvalue()


def test_parquet_is_read_with_its_types(desk: Desk) -> None:
    """A Parquet file is known by its content; its columns keep their values and None, lines go round."""
    job, result, _ = csvimport(desk, parquet(TABLE), lineno_label="z", rename={"i": "k"})

    ds = Dataset(job)
    first = dict(zip(sorted(ds.columns), next(iter(ds.iterate("roundrobin"))), strict=True))
    assert first == {
        "k": 1,
        "u": 2**64 - 1,
        "f": 0.5,
        "s": "å",
        "y": b"\xff",
        "b": True,
        "d": date(2020, 1, 2),
        "z": 1,
        "t": datetime(2020, 1, 2, 3, tzinfo=UTC),
        "l": [1, 2],
        "n": "1.50",
        "m": 7,
    }
    assert list(ds.iterate("roundrobin", ["k", "s", "m"]))[1:] == [(None, None, None), (3, "", 2**80)]
    assert result["lines_per_slice"] == [1, 1, 1]


def test_text_of_parquet_may_get_a_type(desk: Desk) -> None:
    """types turns text of a Parquet file into what it says; other columns have a type."""
    data = parquet(pa.table({"a": ["1", None, "3"], "b": [1, 2, 3]}))

    job, _, _ = csvimport(desk, data, types={"a": "int64_10"}, discard={"b"})

    assert list(Dataset(job).iterate("roundrobin", "a")) == [1, None, 3]
    with pytest.raises(UserError, match=r"column 'b' of .* is int64, wanted text to give it a type"):
        csvimport(desk, data, types={"b": "number"})
    with pytest.raises(ValueError, match=r'Failed to convert "1" from .* column a line 1 to date'):
        csvimport(desk, data, types={"a": "date:%Y-%m-%d"})


JSON = b"""{"a": 1, "b": "x", "c": {"k": [1]}}
{"b": "\xc3\xa5", "a": 2.5, "d": true}
{"a": 123456789012345678901234567890, "c": "text", "d": null}
"""


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_json_lines_are_read_with_their_types(desk: Desk, pack: Any) -> None:
    """An object a line: keys are columns, types are found, what is missing is None."""
    job, _, _ = csvimport(desk, pack(JSON), "f.jsonl.gz")

    found = {name: column.type for name, column in Dataset(job).columns.items()}
    assert found == {"a": "number", "b": "unicode", "c": "json", "d": "bool"}
    assert rows(job) == [
        (1, "x", {"k": [1]}, None),
        (2.5, "å", None, True),
        (123456789012345678901234567890, None, "text", None),
    ]


def test_json_lines_may_be_given_types(desk: Desk) -> None:
    """types is for the text of a value; labels names the keys to read."""
    text = '{"a": "2020-01-02", "b": 1, "x": 0}\n{"a": null, "b": [1]}\n'

    job, _, _ = csvimport(desk, text, "f.ndjson", labels=["a", "b"], types={"a": "date:%Y-%m-%d", "b": "json"})

    assert rows(job) == [(date(2020, 1, 2), 1), (None, [1])]


def test_bad_json_lines_are_kept_apart(desk: Desk) -> None:
    """What is no object, has another key or another type is bad, and said with its line."""
    text = '{"a": 1}\nx\n[1]\n{"a": 2}\n\n' + '{"a": 3}\n' * 200_000 + '{"a": "{number}"}\n{"b": 1}\n'

    job, result, _ = csvimport(desk, text, "f.jsonl", allow_bad=True)

    bad = dict(Dataset(job, "bad").iterate(None, ["lineno", "data"]))
    assert bad == {2: b"x", 3: b"[1]", 5: b"", 200_006: b'{"a": "{number}"}', 200_007: b'{"b": 1}'}
    assert (result["num_lines"], result["num_broken_lines"]) == (200_002, 5)
    with pytest.raises(ValueError, match=r"Line 2 bad of .*f.jsonl: no JSON object"):
        csvimport(desk, text, "f.jsonl")


@pytest.mark.parametrize(
    ("data", "name", "message"),
    [
        (b"PAR1xxxx", "f", "is a damaged Parquet file"),
        (b"a\n", "f.jsonl", "has no labels"),
        (b"", "f.jsonl", "has no labels"),
    ],
)
def test_tables_that_are_none(desk: Desk, data: bytes, name: str, message: str) -> None:
    """A file that is not what it seems is named."""
    with pytest.raises(UserError, match=message):
        csvimport(desk, data, name)


typed_cells = st.one_of(
    st.integers(-(2**31) - 1, 2**31).map(str),
    st.integers(-(2**63) - 1, 2**63).map(str),
    st.floats().map(repr),
    st.sampled_from(["", "NA", " 7", "7 ", "+7", "0x10", "-0X1", "N0X", "007", "1e5", ".5", "1.", "å", "é0x1", "nan"]),
)
SPECS = ["int32_10", "int32_10+None", "int64_10", "int64_10+None", "float64+None", "float32", "number", "ascii"]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150, deadline=None)
@given(
    cells=st.lists(typed_cells, min_size=1, max_size=5),
    spec=st.sampled_from([*SPECS, "ascii+None", "unicode:utf-8", "bytes", "strbool", "unicode+None:utf-8"]),
    is_quoted=st.booleans(),
    times=st.sampled_from([1, 500]),
)
def test_types_on_import_are_those_of_values(
    desk: Desk, cells: list[str], spec: str, is_quoted: bool, times: int
) -> None:
    """A typed import gives what each value alone gives; the first that cannot be converted is named with its line."""
    converter = make_converter(spec)
    lines = [f'"{cell}",x' if is_quoted else f"{cell},x" for cell in cells]
    values, bad = converter.convert(pa.array([cell.encode() for cell in cells]), [b"NA"])
    values = values.to_pylist() if isinstance(values, pa.Array) else values
    wanted = pa.array(values, pa.float32()).to_pylist() if spec == "float32" and not bad.any() else values
    how = {"labels": ["a", "b"], "types": {"a": spec}, "none_as": ["NA"], "quotes": '"' if is_quoted else ""}

    if bad.any():
        with pytest.raises(ValueError, match=f"column a line {int(bad.argmax()) + 1} to {converter.type}"):
            csvimport(desk, "\n".join(lines * times), **how)
        return
    job, _, _ = csvimport(desk, "\n".join(lines * times), **how)

    assert repr(list(Dataset(job).iterate("roundrobin", "a"))) == repr(wanted * times)
