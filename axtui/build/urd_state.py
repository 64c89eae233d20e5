"""What is to be seen of urd lists: entries in their order, without those that were truncated and without ghosts.

An entry is a ghost where something it was made from is no longer there, is another version, or is a ghost itself. An
entry that came back as it was has a new version, so a ghost stays one.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from axtui.build.timestamps import Key, Query, timestamp_key
from axtui.build.urd_entry import Dependency, Entry, Transaction, Truncation

Place = tuple[str, str]
"""A list and a timestamp."""


class Timeline:
    """Entries in the order of their timestamps, one at each."""

    def __init__(self, entries: Iterable[Entry] = ()) -> None:
        self.entries = sorted(entries, key=lambda entry: timestamp_key(entry.timestamp))
        self._keys: list[Key] = [timestamp_key(entry.timestamp) for entry in self.entries]

    def insert(self, entry: Entry) -> None:
        """Put in an entry at a timestamp where there is none."""
        key = timestamp_key(entry.timestamp)
        index = bisect_left(self._keys, key)
        self._keys.insert(index, key)
        self.entries.insert(index, entry)

    def find(self, query: Query) -> Entry | None:
        """Return the entry that a query means."""
        index = query.find(self._keys)
        return self.entries[index] if index >= 0 else None

    def begin_after(self, timestamp: str) -> list[Entry]:
        """Return the entries after a timestamp."""
        index = Query(">", timestamp).find(self._keys)
        return self.entries[index:] if index >= 0 else []

    def begin_at(self, timestamp: str) -> list[Entry]:
        """Return the entries at a timestamp and after it."""
        return self.entries[bisect_left(self._keys, timestamp_key(timestamp)) :]


@dataclass
class ListState:
    """One list: the last entry added at each timestamp, those that are not to be seen, and those that are."""

    current: dict[str, Entry] = field(default_factory=dict)
    hidden: dict[str, Entry] = field(default_factory=dict)
    live: Timeline = field(default_factory=Timeline)


def replay(transactions: Iterable[Transaction]) -> ListState:
    """Return what transactions come to, as far as one list can tell."""
    state = ListState()
    for each in transactions:
        if isinstance(each, Truncation):
            _truncate(state, each.timestamp)
        elif each.is_ghost:
            state.hidden[each.timestamp] = each
        else:
            state.current[each.timestamp] = each
    return state


def _truncate(state: ListState, timestamp: str) -> None:
    first = timestamp_key(timestamp)
    for there in [there for there in state.current if timestamp_key(there) >= first]:
        state.hidden[there] = state.current.pop(there)


def find_live(states: Mapping[str, ListState]) -> None:
    """Work out what is to be seen of every list."""
    ghosts = _find_ghosts(states)
    for path, state in states.items():
        state.live = Timeline(entry for there, entry in state.current.items() if (path, there) not in ghosts)
        for there, entry in state.current.items():
            if (path, there) in ghosts:
                state.hidden[there] = entry


def holds(states: Mapping[str, ListState], path: str, dep: Dependency) -> bool:
    """Tell whether something that an entry was made from is still to be seen."""
    state = states.get(path)
    entry = state.live.find(Query("=", dep.timestamp)) if state else None
    return entry is not None and entry.version == dep.version


def _find_ghosts(states: Mapping[str, ListState]) -> set[Place]:
    """Return the ghosts among the current entries; a ring of entries that need each other is none."""
    dependants: dict[Place, list[Place]] = defaultdict(list)
    ghosts: set[Place] = set()
    for path, state in states.items():
        for entry in state.current.values():
            for where, dep in entry.deps.items():
                dependants[(where, dep.timestamp)].append((path, entry.timestamp))
                if not _is_current(states, where, dep):
                    ghosts.add((path, entry.timestamp))
    pending = list(ghosts)
    while pending:
        fresh = [place for place in dependants[pending.pop()] if place not in ghosts]
        ghosts.update(fresh)
        pending += fresh
    return ghosts


def _is_current(states: Mapping[str, ListState], path: str, dep: Dependency) -> bool:
    state = states.get(path)
    entry = state.current.get(dep.timestamp) if state else None
    return entry is not None and entry.version == dep.version
