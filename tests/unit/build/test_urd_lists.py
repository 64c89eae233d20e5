"""Urd lists: adding, conflicts, truncating, ghosts, and several writers."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from axtui.base.errors import UrdConflictError, UrdError
from axtui.base.records import format_record, parse_record
from axtui.build.timestamps import normal_timestamp, parse_query, timestamp_key
from axtui.build.urd_entry import Entry
from axtui.build.urd_lists import UrdLists
from axtui.store.urd_file import open_line, seal_line

NEW = {"new": True, "changed": False, "is_ghost": False}
SAME = {"new": False, "changed": False, "is_ghost": False}


def changed(deps: int) -> dict[str, object]:
    """Give the answer to an entry that came in the place of another."""
    return {"new": False, "changed": True, "is_ghost": False, "deps": deps}


class Lists:
    """Lists of one user, in which `add("b", 1, a=1)` adds an entry made from `a` at 1."""

    def __init__(self, directory: Path) -> None:
        self.lists = UrdLists(directory)

    def get(self, name: str, timestamp: object) -> Entry | None:
        """Find an entry."""
        return self.lists.find(f"anna/{name}", parse_query(timestamp))

    def draft(self, timestamp: object, job: int = 1, caption: str = "", **deps: object) -> Entry:
        """Make an entry of one job, from entries that are there."""
        found = {f"anna/{name}": self.get(name, when) for name, when in deps.items()}
        made = {path: entry.to_dependency() for path, entry in found.items() if entry}
        return Entry(normal_timestamp(timestamp), (("one", f"dev-{job}"),), caption, made, "dev-99")

    def add(self, name: str, timestamp: object, job: int = 1, update: bool = False, **more: object) -> object:
        """Add an entry of one job."""
        caption = str(more.pop("caption", ""))
        return self.lists.add(f"anna/{name}", self.draft(timestamp, job, caption, **more), update)

    def since(self, name: str) -> list[str]:
        """Give the timestamps of a list."""
        return [entry.timestamp for entry in self.lists.since(f"anna/{name}", "0")]


@pytest.fixture
def lists(tmp_path: Path) -> Lists:
    """Give no lists yet."""
    return Lists(tmp_path / "urd")


@pytest.fixture
def chain(lists: Lists) -> Lists:
    """Give `c`, made from `b`, made from `a`."""
    lists.add("a", 1)
    lists.add("b", 1, a=1)
    lists.add("c", 1, b=1)
    return lists


def again(lists: Lists) -> Lists:
    """Give what another process finds on the disk."""
    return Lists(lists.lists.directory)


def test_what_was_added_is_found_by_others(chain: Lists) -> None:
    """An entry comes back with jobs, caption, build job and what it was made from."""
    chain.add("d", "2014-04", job=7, caption="weekly", a=1, c=1)

    entry = again(chain).get("d", "latest")

    assert entry is not None
    assert (entry.timestamp, entry.joblist, entry.caption) == ("2014-04", (("one", "dev-7"),), "weekly")
    assert entry.build_job == "dev-99"
    assert {path: dep.timestamp for path, dep in entry.deps.items()} == {"anna/a": "1", "anna/c": "1"}


def test_answers(lists: Lists) -> None:
    """Adding says whether the entry is new, was there, or came in the place of another."""
    answers = [
        lists.add("a", 1),
        lists.add("a", 1),
        lists.add("a", 1, job=2, update=True),
        lists.add("a", 1, job=2, update=True),
        lists.add("a", 1, job=2, caption="x", update=True),
    ]

    assert answers == [NEW, SAME, changed(0), SAME, changed(0)]


def test_equal_entry_writes_nothing(lists: Lists) -> None:
    """What is there already is not written again, and stays as the first build job's."""
    lists.add("a", 1)
    path = lists.lists.directory / "anna/a.urd"
    before = path.read_bytes()

    lists.add("a", 1)

    assert path.read_bytes() == before


@pytest.mark.parametrize("change", [{"job": 2}, {"caption": "x"}, {"b": 1}])
def test_other_content_is_a_conflict(chain: Lists, change: dict[str, object]) -> None:
    """Other jobs, another caption or other dependencies at a timestamp conflict, and leave it as it is."""
    with pytest.raises(UrdConflictError, match="anna/a has another entry at 1"):
        chain.add("a", 1, **change)  # type: ignore[arg-type]

    assert chain.since("c") == ["1"]


def test_timestamp_zero_is_never_added(lists: Lists) -> None:
    """0 is before everything, and refused before a file is made."""
    with pytest.raises(UrdError, match="timestamp 0"):
        lists.add("a", 0)

    assert not lists.lists.directory.exists()


def test_change_hides_all_that_was_made_from_it(chain: Lists) -> None:
    """A changed entry makes ghosts of its dependants and theirs, and says how many."""
    answer = chain.add("a", 1, job=2, update=True)

    for each in (chain, again(chain)):
        assert (each.since("b"), each.since("c"), each.lists.names()) == ([], [], ["anna/a"])
    assert answer == changed(2)


def test_ghost_stays_one_when_its_source_comes_back(chain: Lists) -> None:
    """Putting an entry back as it was brings back nothing that was made from it; making it again does."""
    chain.add("a", 1, job=2, update=True)
    back = chain.add("a", 1, update=True)
    hidden = [chain.since("b"), again(chain).since("c")]
    answers = [chain.add("b", 1, a=1), chain.since("c"), chain.add("c", 1, b=1)]

    assert back == changed(0)
    assert hidden == [[], []]
    assert answers == [NEW, [], NEW]
    assert again(chain).since("c") == ["1"]


def test_change_that_dependants_cannot_see_hides_nothing(chain: Lists) -> None:
    """Where only the dependencies of an entry change, what was made from it stands."""
    chain.add("x", 1)

    answer = chain.add("a", 1, update=True, x=1)

    assert answer == changed(0)
    assert chain.since("b") == again(chain).since("c") == ["1"]


def test_truncating_takes_all_from_there_on(lists: Lists) -> None:
    """Truncating counts what goes and what was made from it; earlier entries stay."""
    for timestamp in (1, 2, "2014-04", "2014-04-01"):
        lists.add("a", timestamp)
    lists.add("b", 1, a=1)
    lists.add("b", 2, a="2014-04")
    lists.add("c", 1, b=2)

    answer = lists.lists.truncate("anna/a", "2014-04")

    assert answer == {"count": 2, "deps": 2}
    for each in (lists, again(lists)):
        assert (each.since("a"), each.since("b"), each.since("c")) == (["1", "2"], ["1"], [])
    assert lists.lists.truncate("anna/a", "5") == {"count": 0, "deps": 0}
    assert lists.lists.truncate("anna/a", "0") == {"count": 2, "deps": 1}
    assert lists.lists.names() == []


def test_truncating_what_is_not_there_makes_nothing(lists: Lists) -> None:
    """A list that does not exist is not made by truncating it."""
    assert lists.lists.truncate("anna/a", "0") == {"count": 0, "deps": 0}
    assert not lists.lists.directory.exists()


def test_entry_made_from_its_own_list_goes_with_it(lists: Lists) -> None:
    """Within one list too, a change hides what was made from it, and truncating counts it once."""
    lists.add("s", 1)
    lists.add("s", 2, s=1)
    lists.add("s", 3, s=2)

    counted = lists.lists.truncate("anna/s", "3")
    lists.add("s", 3, s=2)
    answer = lists.add("s", 1, job=5, update=True)

    assert (counted, answer) == ({"count": 1, "deps": 0}, changed(2))
    assert lists.since("s") == ["1"]


def test_entry_in_its_own_place(lists: Lists) -> None:
    """An entry made from the one it replaces is hidden where it differs, and stands where it does not."""
    lists.add("s", 1)
    lists.add("t", 1)

    differs = lists.add("s", 1, job=6, update=True, s=1)
    same = lists.add("t", 1, update=True, t=1)

    assert (differs, lists.since("s")) == (changed(1), [])
    assert (same, lists.since("t")) == (changed(0), ["1"])


def test_stale_dependency_makes_a_ghost_at_once(lists: Lists) -> None:
    """An entry made from what is gone by then is kept, not seen, and does not touch the one that is seen."""
    lists.add("a", 1)
    lists.add("b", 1)
    stale = [lists.draft(1, job, a=1) for job in (2, 2, 3)]
    lists.lists.truncate("anna/a", "0")

    first, second = (lists.lists.add("anna/b", entry) for entry in stale[:2])
    with pytest.raises(UrdConflictError):
        lists.lists.add("anna/b", stale[2])
    third = lists.lists.add("anna/b", stale[2], update=True)

    assert first == {"new": True, "changed": False, "is_ghost": True}
    assert second == {"new": False, "changed": False, "is_ghost": True}
    assert third == {"new": False, "changed": True, "is_ghost": True, "deps": 0}
    entry = again(lists).get("b", "latest")
    assert entry is not None
    assert entry.joblist == (("one", "dev-1"),)


def test_long_chain_is_followed(lists: Lists) -> None:
    """A change goes through a chain that is longer than Python's stack."""
    lists.add("s", 1)
    path = lists.lists.directory / "anna/s.urd"
    for number in range(2, 1200):
        lists.add("s", number, s=number - 1)

    answer = lists.add("s", 1, job=2, update=True)

    assert answer == changed(1198)
    assert len(path.read_bytes().splitlines()) == 1200


def test_list_of_somebody_that_cannot_be_read_stops_nobody(chain: Lists) -> None:
    """A list that is unreadable costs itself, with a note; asking for it is an error."""
    os.mkfifo(chain.lists.directory / "anna/pipe.urd")

    other = again(chain)

    assert other.since("c") == ["1"]
    assert any("pipe.urd" in line for line in other.lists.damage)
    with pytest.raises(UrdError, match=r"pipe\.urd"):
        other.since("pipe")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"do":"add"', '"do":"rm"'),
        ('"timestamp":"1"', '"timestamp":"x"'),
        ('"dev-1"', '"../dev"'),
        ('"caption":""', '"caption":null'),
        ('"deps":{}', '"deps":{"x":{}}'),
        ('"deps":{}', '"deps":[]'),
        ('"joblist":[["one","dev-1"]]', '"joblist":"no"'),
        ('"build_job":"dev-99"', '"build_job":"99"'),
        ('"ghost":false', '"geist":false'),
    ],
)
def test_line_that_says_nonsense_is_left_out(lists: Lists, old: str, new: str) -> None:
    """A line of the right digest and the wrong content is noted, and the rest counts."""

    lists.add("a", 1)
    lists.add("a", 2, job=2)
    path = lists.lists.directory / "anna/a.urd"
    first, second, _ = path.read_bytes().split(b"\n")
    body = open_line(first)
    forged = seal_line(parse_record(_text(body).replace(old, new).encode()))
    path.write_bytes(forged + b"\n" + second + b"\n")

    other = again(lists)

    assert other.since("a") == ["2"]
    assert "line 1 is damaged" in other.lists.damage[0]


def _text(record: dict[str, object]) -> str:

    return format_record(record).decode()


def test_automatic_lists_are_read_when_asked_or_depended_on(lists: Lists) -> None:
    """The list of all runs can be asked, counted, and made something from."""
    lists.add("__auto__", 1)
    lists.add("b", 1, __auto__=1)

    other = again(lists)

    assert other.since("b") == ["1"]
    assert other.lists.names() == ["anna/__auto__", "anna/b"]
    assert again(lists).lists.truncate("anna/__auto__", "1") == {"count": 1, "deps": 1}
    assert again(lists).since("b") == []


steps = st.lists(
    st.tuples(st.sampled_from("ab"), st.integers(1, 3), st.integers(1, 2), st.sampled_from(["add", "from", "cut"])),
    max_size=25,
)


@settings(deadline=None, max_examples=60)
@given(steps)
def test_reading_on_and_reading_anew_agree(todo: list[tuple[str, int, int, str]]) -> None:
    """Whatever is added and truncated, one that was there all the time sees what one sees that comes after it."""
    with tempfile.TemporaryDirectory() as place:
        lists = Lists(Path(place))
        for name, timestamp, job, what in todo:
            if what == "cut":
                lists.lists.truncate(f"anna/{name}", str(timestamp))
            else:
                lists.add(name, timestamp, job, update=True, **({"a": "latest"} if what == "from" else {}))
        other = again(lists)

        for name in "ab":
            mine = lists.lists.since(f"anna/{name}", "0")
            assert mine == other.lists.since(f"anna/{name}", "0")
            assert [timestamp_key(each.timestamp) for each in mine] == sorted(
                timestamp_key(each.timestamp) for each in mine
            )


@settings(deadline=None, max_examples=6)
@given(st.integers(2, 4), st.integers(3, 10))
def test_one_writer_wins_each_timestamp(writers: int, count: int) -> None:
    """Of processes that add other jobs at the same timestamps, exactly one gets each; the others are told."""
    with tempfile.TemporaryDirectory() as place:
        children = [fork(Path(place), job, count) for job in range(1, writers + 1)]
        won = sum(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children)
        entries = UrdLists(Path(place)).since("anna/a", "0")

    assert won == count
    assert [entry.timestamp for entry in entries] == [str(n) for n in range(1, count + 1)]


def fork(directory: Path, job: int, count: int) -> int:
    """Start a process that adds entries and exits with how many it could; return its id."""
    child = os.fork()
    if child:
        return child
    won = 0
    try:
        for timestamp in range(1, count + 1):
            try:
                won += bool(Lists(directory).add("a", timestamp, job))
            except UrdConflictError:
                continue
    except BaseException:
        os._exit(100)
    os._exit(won)


def test_entry_added_unseen_is_seen_by_all(lists: Lists) -> None:
    """An entry that is added without reading the list is there for who has read it and for who comes later."""
    lists.add("__auto__", 1)

    lists.lists.add_unseen("anna/__auto__", lists.draft(2, job=7))

    for each in (lists, again(lists)):
        assert each.since("__auto__") == ["1", "2"]
