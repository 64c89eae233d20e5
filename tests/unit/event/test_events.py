"""Events as JSON and back."""

from __future__ import annotations

import dataclasses
import typing
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from axtui.base.errors import RecordError
from axtui.base.records import format_record, parse_record
from axtui.event import events
from axtui.event.events import BuildStarted, Entry, Event, JobCancelled, Noted, format_entry, parse_entry

_TYPES: dict[Any, st.SearchStrategy[Any]] = {
    int: st.integers(0, 2**53),
    float: st.floats(0, 1e9).map(lambda number: round(number, 6)),
    str: st.text(max_size=20),
    bool: st.booleans(),
    tuple[str, ...]: st.lists(st.text(max_size=9), max_size=3).map(tuple),
}


@st.composite
def event_values(draw: st.DrawFn) -> Event:
    """Draw an event of any kind with any values."""
    kind = draw(st.sampled_from([*Event.kinds.values()]))
    types = typing.get_type_hints(kind)
    return kind(**{field.name: draw(_TYPES[types[field.name]]) for field in dataclasses.fields(kind)})


def test_there_are_events() -> None:
    """Every event class of the room is known by its name."""
    classes = [each for each in vars(events).values() if isinstance(each, type) and issubclass(each, Event)]

    assert Event.kinds == {each.__name__: each for each in classes if each is not Event}


@given(event_values(), st.integers(1, 2**53), st.floats(0, 1e10), st.floats(0, 1e7))
def test_every_event_round_trips(event: Event, seq: int, at: float, seconds: float) -> None:
    """An event read back from its line is the one that happened, with its number and times."""
    entry = Entry(seq, round(at, 6), round(seconds, 6), event)

    assert parse_entry(parse_record(format_record(format_entry(entry)))) == entry


def entry_record(**changes: Any) -> dict[str, Any]:
    """Return an entry as JSON, with some fields other than they should be."""
    return {**format_entry(Entry(1, 2.0, 3.0, JobCancelled(1, "a.1", "dev-1", "you"))), **changes}


def test_fields_of_a_newer_axtui_are_ignored() -> None:
    """A field that this axtui does not know does no harm."""
    assert parse_entry(entry_record(colour="red")).event == JobCancelled(1, "a.1", "dev-1", "you")


def test_fields_of_an_older_axtui_have_defaults() -> None:
    """A field that came later has its default where it is missing."""
    record = format_entry(Entry(1, 2.0, 3.0, BuildStarted(1, "build", "dev-1", "asked", ("a.py",))))
    del record["saved"]

    assert parse_entry(record).event == BuildStarted(1, "build", "dev-1", "asked", ())


@pytest.mark.parametrize(
    "record",
    [
        {},
        {"event": "Unheard"},
        {"event": None},
        {"event": ["Noted"]},
        {"event": "Event", "seq": 1},
        entry_record(seq="one"),
        entry_record(at=None),
        entry_record(at=[]),
        entry_record(build="first"),
        entry_record(build=None),
        entry_record(row=3),
        entry_record(row=["a"]),
        {key: value for key, value in entry_record().items() if key != "row"},
        {key: value for key, value in entry_record().items() if key != "seq"},
        {**format_entry(Entry(1, 2.0, 3.0, BuildStarted(1, "b", "j", "asked"))), "saved": [1]},
        {**format_entry(Entry(1, 2.0, 3.0, BuildStarted(1, "b", "j", "asked"))), "saved": "a.py"},
    ],
)
def test_what_is_no_event_is_refused(record: dict[str, Any]) -> None:
    """A record of an unknown kind, or with a field missing or of another type, is a RecordError."""
    with pytest.raises(RecordError):
        parse_entry(record)


def test_events_are_values() -> None:
    """An event cannot be changed, and equal ones are equal."""
    event = Noted("x")

    with pytest.raises(dataclasses.FrozenInstanceError):
        event.message = "y"  # type: ignore[misc]
    assert event == Noted("x")
