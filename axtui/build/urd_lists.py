"""The urd lists of a project: finding entries, adding them, truncating. Whose list it is, is not looked at here."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from axtui.base.dotdict import DotDict
from axtui.base.errors import UrdConflictError, UrdError
from axtui.base.records import Record
from axtui.build.timestamps import Query, timestamp_key
from axtui.build.urd_entry import (
    Entry,
    Transaction,
    format_entry,
    format_truncation,
    parse_transaction,
    version_entry,
)
from axtui.build.urd_state import ListState, Place, Timeline, find_live, holds, replay
from axtui.store.urd_file import UrdFile, find_lists

AUTOMATIC = "__auto__"
"""The list of a user that every build script's run is added to."""


class UrdLists:
    """All lists below a directory, read on whenever they are asked."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self._files: dict[str, UrdFile[Transaction]] = {}
        self._states: dict[str, ListState] = {}

    @property
    def damage(self) -> list[str]:
        """A sentence for each line and each list that had to be left out."""
        files = self._files.values()
        return [line for file in files for line in (*file.damage, *([file.error] if file.error else []))]

    def names(self) -> list[str]:
        """Return every list that has something to be seen."""
        paths = find_lists(self.directory)
        for path in paths:
            self._file(path)
        self._refresh()
        return [path for path in paths if self._states[path].live.entries]

    def find(self, path: str, query: Query) -> Entry | None:
        """Return the entry of a list that a query means.

        Raises:
            UrdError: The list cannot be read, or that is no name of one.
        """
        return self._look(path).find(query)

    def since(self, path: str, timestamp: str) -> list[Entry]:
        """Return the entries of a list after a timestamp."""
        return self._look(path).begin_after(timestamp)

    def add(self, path: str, entry: Entry, update: bool = False) -> DotDict:
        """Add an entry to a list, where an equal one is not there already.

        Args:
            path: The list, as `user/list`.
            entry: What to add.
            update: Put it in the place of another one at its timestamp.

        Returns:
            `new`, `changed`, `is_ghost`; and if it changed `deps`: how many entries became ghosts by that.

        Raises:
            UrdConflictError: There is another one, and `update` is not given.
            UrdError: It cannot be written.
        """
        if timestamp_key(entry.timestamp) <= timestamp_key("0"):
            raise UrdError(f"{path}: timestamp 0 comes before all and cannot be added")
        with self._file(path).locked():
            self._look(path)
            is_ghost = not all(holds(self._states, where, dep) for where, dep in entry.deps.items())
            there = self._there(path, entry.timestamp, is_ghost)
            answer = DotDict(new=there is None, changed=there not in (None, entry), is_ghost=is_ghost)
            if answer.changed and not update:
                what = "ghost" if is_ghost else "entry"
                place = f"{path} has another {what} at {entry.timestamp}"
                raise UrdConflictError(f"{place}; begin(..., update=True) puts this one in its place")
            if answer.new or answer.changed:
                made = replace(version_entry(entry, None if is_ghost else there), is_ghost=is_ghost)
                ghosts = self._write(path, made, is_simple=there is None and not is_ghost)
                if answer.changed:
                    answer.deps = ghosts
            return answer

    def add_unseen(self, path: str, entry: Entry) -> None:
        """Add an entry at a timestamp where there surely is none, without reading what else the list has.

        Raises:
            UrdError: It cannot be written.
        """
        file = UrdFile(self.directory, path, parse_transaction)
        with file.locked():
            file.append(format_entry(version_entry(entry, None)))

    def truncate(self, path: str, timestamp: str) -> DotDict:
        """Take away the entries of a list at a timestamp and after it.

        Returns:
            `count`: how many went; `deps`: how many more became ghosts by that.

        Raises:
            UrdError: The list cannot be written.
        """
        if not self._look(path).begin_at(timestamp):
            return DotDict(count=0, deps=0)
        with self._file(path).locked():
            gone = len(self._look(path).begin_at(timestamp))
            fewer = self._count_lost(path, format_truncation(timestamp))
            return DotDict(count=gone, deps=fewer - gone)

    def _write(self, path: str, entry: Entry, is_simple: bool) -> int:
        """Append an entry; return how many became ghosts. `is_simple` if none can, as nobody has seen it."""
        if not is_simple:
            return self._count_lost(path, format_entry(entry))
        self._append(path, format_entry(entry))
        self._states[path].current[entry.timestamp] = entry
        self._states[path].live.insert(entry)
        return 0

    def _count_lost(self, path: str, record: Record) -> int:
        before = self._places()
        self._append(path, record)
        self._evaluate()
        return len(before - self._places())

    def _append(self, path: str, record: Record) -> None:
        self._files[path].append(record)
        self._files[path].refresh()

    def _places(self) -> set[Place]:
        return {(path, entry.timestamp) for path, state in self._states.items() for entry in state.live.entries}

    def _there(self, path: str, timestamp: str, is_ghost: bool) -> Entry | None:
        state = self._states[path]
        return state.hidden.get(timestamp) if is_ghost else state.live.find(Query("=", timestamp))

    def _look(self, path: str) -> Timeline:
        """Read what is new, and return what is to be seen of a list."""
        file = self._file(path)
        self._refresh()
        if file.error:
            raise UrdError(file.error)
        return self._states[path].live

    def _refresh(self) -> None:
        for path in find_lists(self.directory):
            if not path.endswith(f"/{AUTOMATIC}"):  # those are long, and nothing depends on them but by name
                self._file(path)
        news = [file.refresh() for file in list(self._files.values())]
        if any(news) or len(self._states) < len(self._files):
            self._evaluate()

    def _file(self, path: str) -> UrdFile[Transaction]:
        if path not in self._files:
            self._files[path] = UrdFile(self.directory, path, parse_transaction)
        return self._files[path]

    def _evaluate(self) -> None:
        self._read_named()
        self._states = {path: replay(file.transactions) for path, file in self._files.items()}
        find_live(self._states)

    def _read_named(self) -> None:
        """Read the lists that entries depend on and that have not been read yet."""
        pending = list(self._files)
        while pending:
            transactions = self._files[pending.pop()].transactions
            named = {path for each in transactions if isinstance(each, Entry) for path in each.deps}
            for path in named - self._files.keys():
                self._file(path).refresh()
                pending.append(path)
