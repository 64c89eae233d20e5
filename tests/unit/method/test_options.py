"""Option forms: the table of the reference, with what axtui does better."""

from __future__ import annotations

import pickle
import re
from collections import OrderedDict
from datetime import date, datetime, time, timedelta
from pathlib import Path, PosixPath, PurePath, PurePosixPath
from typing import Any

import pytest

from axtui.base.errors import MethodError, ServerError
from axtui.base.records import format_record, parse_record
from axtui.base.values import FileReference
from axtui.method.forms import (
    InputFile,
    OptionDefault,
    OptionEnum,
    OptionString,
    RequiredOption,
    describe_form,
    format_form,
    parse_form,
)
from axtui.method.options import convert_options

MISSING = object()
ENUM = OptionEnum("a b c*")
NONE_OK = OptionEnum(["a", "b"], none_ok=True)
WHEN = datetime(2020, 1, 2, 3, 4, 5)


def convert(form: Any, value: Any = MISSING) -> Any:
    """Give an option of a declared form a value, through the wire as a loader describes it."""
    described = parse_form(parse_record(format_record(format_form(describe_form(form)))))
    return convert_options("m", {"x": described}, {} if value is MISSING else {"x": value})["x"]


def test_every_form_crosses_the_wire() -> None:
    """A form described by a loader is the same form in the engine."""
    forms = [form for form, *_ in [*ACCEPTED, *REFUSED]]

    for form in map(describe_form, forms):
        assert parse_form(parse_record(format_record(format_form(form)))) == form


# declaration, given value (MISSING: not given), value seen by the method
ACCEPTED: list[tuple[Any, Any, Any]] = [
    (3, MISSING, 3),
    (3, 5, 5),
    (3, True, 1),
    (3, 5.7, 5),
    (3, "5", 5),
    (3, None, None),
    (1.5, MISSING, 1.5),
    (1.5, 2, 2.0),
    (1.5, "2.5", 2.5),
    (1.5, None, None),
    ("abc", MISSING, "abc"),
    ("abc", "", ""),
    ("abc", 5, "5"),
    ("abc", None, None),
    ("abc", Path("a/b"), "a/b"),
    (False, MISSING, False),
    (False, True, True),
    (False, 1, True),
    (False, 0, False),
    (False, "yes", True),
    (False, "TRUE", True),
    (False, "on", True),
    (False, "1", True),
    (True, "no", False),
    (True, "false", False),
    (True, "off", False),
    (True, "0", False),
    (False, None, None),
    (None, MISSING, None),
    (None, [1, {"a": "b"}], [1, {"a": "b"}]),
    (int, MISSING, None),
    (int, 5, 5),
    (int, True, 1),
    (float, 1.5, 1.5),
    (str, "a", "a"),
    (bool, True, True),
    (bool, 1, True),
    (list, [1, "a"], [1, "a"]),
    (dict, {"a": 1}, {"a": 1}),
    (set, {1, 2}, {1, 2}),
    (set, [1, 2, 2], {1, 2}),
    (set, MISSING, None),
    ([], MISSING, []),
    ([], [1, "a"], [1, "a"]),
    ([], "a, b", ["a", "b"]),
    ([], {3}, [3]),
    ([], None, None),
    ([2], None, None),
    (set(), None, None),
    ({}, None, None),
    ([2], MISSING, [2]),
    ([2], ["5", 6.7], [5, 6]),
    ([2], "5,6", [5, 6]),
    ([int], MISSING, []),
    ([int], [1, 2], [1, 2]),
    (set(), MISSING, set()),
    (set(), "a,b", {"a", "b"}),
    ({2}, MISSING, {2}),
    ({2}, ["5", None], {5, None}),
    ((), MISSING, []),
    ((2,), MISSING, [2]),
    ((2,), ["3"], [3]),
    ({}, MISSING, {}),
    ({}, {"a": [1]}, {"a": [1]}),
    ({"any": 2}, MISSING, {"any": 2}),
    ({"any": 2}, {"k": "3"}, {"k": 3}),
    ({"any": 2}, {"k": {"z": "1"}}, {"k": {"z": 1}}),
    ({"any": int}, MISSING, {}),
    ({"any": int}, {"k": 3}, {"k": 3}),
    (datetime, MISSING, None),
    (datetime, WHEN, WHEN),
    (datetime, date(2020, 1, 2), datetime(2020, 1, 2)),
    (datetime, [2020, 1, 2, 3], datetime(2020, 1, 2, 3)),
    (WHEN, MISSING, WHEN),
    (date, WHEN, date(2020, 1, 2)),
    (time, time(3, 4), time(3, 4)),
    (timedelta, 1.5, timedelta(seconds=1.5)),
    (timedelta(1), MISSING, timedelta(1)),
    (Path, "a/b", PosixPath("a/b")),
    (PosixPath, Path("a"), PosixPath("a")),
    (PurePath, "a", PurePosixPath("a")),
    (PurePosixPath("a"), MISSING, PurePosixPath("a")),
    (Path("a"), MISSING, Path("a")),
    (FileReference, MISSING, None),
    (FileReference, ["dev-1", "a.txt"], FileReference("dev-1", "a.txt")),
    (FileReference, ("dev-1", "a.txt", True, 5), FileReference("dev-1", "a.txt", True, 5)),
    ([FileReference], [["dev-1", "a"]], [FileReference("dev-1", "a")]),
    ({"k": FileReference}, {"z": ["dev-1", "a"]}, {"z": FileReference("dev-1", "a")}),
    (ENUM, "a", "a"),
    (ENUM, "cde", "cde"),
    (NONE_OK, MISSING, None),
    (NONE_OK, None, None),
    (ENUM.a, MISSING, "a"),
    (ENUM["b"], "a", "a"),
    (ENUM["cde"], MISSING, "cde"),
    ([ENUM.a], MISSING, ["a"]),
    ([ENUM.a], ["b", "cx"], ["b", "cx"]),
    ({"k": ENUM}, {"z": "a"}, {"z": "a"}),
    (OptionString, "x", "x"),
    (OptionString, 5, "5"),
    (OptionString("example"), "x", "x"),
    ([OptionString], [], []),
    ([[int]], MISSING, []),
    ([[int]], [[1], []], [[1], []]),
    ([[]], MISSING, [[]]),
    ({"any": [date]}, MISSING, {}),
    ({"any": [date]}, {"k": [WHEN.date()]}, {"k": [WHEN.date()]}),
    ({"any": {"any": int}}, {"k": {"z": 1}}, {"k": {"z": 1}}),
    ([{"any": FileReference}], [{"k": ["dev-1", "a"]}], [{"k": FileReference("dev-1", "a")}]),
    ({"k": OptionDefault(int, 3)}, MISSING, {}),
    ({"k": OptionDefault(int, 3)}, {"z": None}, {"z": 3}),
    ([NONE_OK], MISSING, []),
    ([InputFile], MISSING, []),
    ([OptionString], ["a"], ["a"]),
    (InputFile, "flights.csv", "flights.csv"),
    (InputFile, Path("a/b.csv"), "a/b.csv"),
    (RequiredOption(3), "4", 4),
    (RequiredOption(int), 4, 4),
    (RequiredOption(3, none_ok=True), None, None),
    (OptionDefault(3), MISSING, None),
    (OptionDefault(3), "4", 4),
    (OptionDefault(3, default=7), MISSING, 7),
    (OptionDefault(3, default=7), None, 7),
    (OptionDefault(ENUM, default="a"), MISSING, "a"),
    (OptionDefault(OptionString), MISSING, None),
    (OptionDefault(InputFile), MISSING, None),
]


def _name(value: object) -> str:
    """Name a value alike in every process."""
    text = "{" + ", ".join(sorted(map(repr, value))) + "}" if isinstance(value, set) else repr(value)
    return re.sub(r" at 0x[0-9a-f]+", "", text)


@pytest.mark.parametrize(("form", "value", "seen"), ACCEPTED, ids=_name)
def test_what_is_accepted_is_converted(form: Any, value: Any, seen: Any) -> None:
    """The method sees a value of the declared type; what is not given has its default."""
    found = convert(form, value)

    assert found == seen
    assert type(found) is type(seen)


REFUSED: list[tuple[Any, Any, str]] = [
    (3, "x", "Failed to convert option x of 'x' on method m: invalid literal"),
    (3, [1], "Failed to convert option x of [1] on method m: found list, wanted int"),
    (3, float("inf"), "Failed to convert option x of inf on method m"),
    (1.5, "x", "Failed to convert option x of 'x' on method m"),
    ("abc", [1], "found list, wanted str"),
    ("abc", {}, "found dict, wanted str"),
    (False, "maybe", "found 'maybe', wanted yes/no, true/false, on/off or 1/0"),
    (False, "", "found '', wanted yes/no"),
    (False, 0.5, "found 0.5, wanted yes/no"),
    (False, 2, "found 2, wanted yes/no"),
    (False, [1], "found [1], wanted yes/no"),
    (int, "5", "found str, wanted int"),
    (int, 5.0, "found float, wanted int"),
    (int, "", "found str, wanted int"),
    (float, 3, "found int, wanted float"),
    (float, "3", "found str, wanted float"),
    (str, 3, "found int, wanted str"),
    (str, Path("a"), "found PosixPath, wanted str"),
    (bool, "yes", "found 'yes', wanted yes/no"),
    (list, "a,b", "found str, wanted list"),
    (list, {1}, "found set, wanted list"),
    (dict, [1], "found list, wanted dict"),
    (set, 3, "found int, wanted set"),
    ([], 3, "found int, wanted list"),
    ([], {}, "found dict, wanted list"),
    ([OptionString], None, "found None, wanted list"),
    (RequiredOption([]), None, "option x on method m requires a non-None value"),
    (RequiredOption(ENUM), None, "option x on method m requires a non-None value"),
    ([2], ["x"], "invalid literal"),
    ([int], ["1"], "found str, wanted int"),
    (set(), 3, "found int, wanted set"),
    ({}, [1], "found list, wanted dict"),
    ({"any": 2}, {"k": "x"}, "invalid literal"),
    ({"any": int}, {"k": "3"}, "found str, wanted int"),
    (datetime, "2020-01-02", "found str, wanted datetime"),
    (datetime, [2020, 13, 1], "month must be in 1..12"),
    (date, "2020-01-02", "found str, wanted date"),
    (time, "03:04", "found str, wanted time"),
    (timedelta, "5", "found str, wanted timedelta"),
    (timedelta, True, "found bool, wanted timedelta"),
    (timedelta, 1e300, "Failed to convert option x"),
    (Path, 3, "found int, wanted path"),
    (FileReference, "dev-1", "wanted a job's file: (job, relative name[, sliced[, extra]])"),
    (FileReference, ["dev-1"], "wanted a job's file"),
    (FileReference, ["dev-1", "/etc/passwd"], "wanted a job's file"),
    (FileReference, ["dev-1", 3], "wanted a job's file"),
    (ENUM, MISSING, "Missing required options {x} on method m"),
    (ENUM, "d", "'d' not a permitted value for option x on method m; wanted one of {a, b, c*}"),
    (ENUM, None, "option x on method m requires a value in {a, b, c*}"),
    (ENUM.a, None, "requires a value in {a, b, c*}"),
    (NONE_OK, "c", "'c' not a permitted value"),
    ([ENUM], MISSING, "Missing required options {x}"),
    ([ENUM.a], ["d"], "'d' not a permitted value"),
    ({"k": ENUM}, MISSING, "Missing required options {x}"),
    ({"k": ENUM}, {"z": "d"}, "'d' not a permitted value"),
    (OptionString, MISSING, "Missing required options {x}"),
    (OptionString, "", "option x on method m requires a non-empty string value, found ''"),
    (OptionString, None, "option x on method m requires a non-empty string value"),
    (OptionString, [], "requires a non-empty string value"),
    ([OptionString], MISSING, "Missing required options {x}"),
    ([[ENUM]], MISSING, "Missing required options {x}"),
    ({"k": [OptionString]}, MISSING, "Missing required options {x}"),
    ([[int]], [["1"]], "found str, wanted int"),
    ([OptionString], [""], "requires a non-empty string value"),
    (InputFile, MISSING, "Missing required options {x}"),
    (InputFile, "", "requires a non-empty string value"),
    (RequiredOption(3), MISSING, "Missing required options {x}"),
    (RequiredOption(3), None, "option x on method m requires a non-None value"),
    (RequiredOption(3, none_ok=True), MISSING, "Missing required options {x}"),
    (RequiredOption(3), "x", "Failed to convert option x"),
]


@pytest.mark.parametrize(("form", "value", "wanted"), REFUSED, ids=_name)
def test_what_cannot_be_is_refused(form: Any, value: Any, wanted: str) -> None:
    """The error names option, method, value and what was wanted."""
    with pytest.raises(ServerError) as caught:
        convert(form, value)

    assert str(caught.value).startswith("Submit failed: ")
    assert wanted in str(caught.value)
    assert "\n" not in str(caught.value)


def test_unknown_and_missing_options_are_named() -> None:
    """Every missing one is named, in order; an unknown one with its method."""
    forms = {"b": describe_form(OptionString), "a": describe_form(ENUM), "c": describe_form(3)}

    with pytest.raises(ServerError, match=r"Submit failed: Unknown option d on method m"):
        convert_options("m", forms, {"d": 1})
    with pytest.raises(ServerError, match=r"Submit failed: Missing required options \{a, b\} on method m"):
        convert_options("m", forms, {"c": 1})


def test_options_come_in_the_order_they_are_declared() -> None:
    """However they were given, all are there."""
    forms = {name: describe_form(3) for name in "bac"}

    assert list(convert_options("m", forms, {"c": 1, "a": 2})) == ["b", "a", "c"]


def test_dicts_keep_their_kind() -> None:
    """An ordered dict stays one."""
    found = convert({}, OrderedDict([("b", 1), ("a", 2)]))

    assert isinstance(found, OrderedDict)
    assert list(found) == ["b", "a"]


@pytest.mark.parametrize(
    "form", [b"x", 1j, object(), lambda: 1, bytes, object, [b"x"], {"a": b"x"}, [1, "a"], {1, "a"}]
)
def test_what_declares_no_option_is_told(form: Any) -> None:
    """A default that no option can have makes the method broken."""
    with pytest.raises(MethodError):
        describe_form(form)


def test_enums_know_their_words() -> None:
    """By attribute, by index, by prefix; what is not a word is an error of its kind."""
    assert (ENUM.a, ENUM["cde"], list(ENUM)) == ("a", "cde", ["a", "b", "c*"])
    with pytest.raises(AttributeError):
        _ = ENUM.d
    with pytest.raises(KeyError):
        ENUM["d"]
    assert list(OptionEnum("a, b  c")) == ["a", "b", "c"]


def test_enum_words_can_be_pickled() -> None:
    """A word of an enum comes back as one."""
    word = pickle.loads(pickle.dumps(ENUM.a))

    assert word == "a"
    assert list(word.enum) == ["a", "b", "c*"]
