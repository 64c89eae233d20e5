"""What the screen shows of a build: rows, tables of rows, builds. Plain values; folds nothing and draws nothing.

A *row* is a place in a build script (`csvimport.3`) that outlives one build: a rebuilt job keeps its row.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal

State = Literal[
    "waiting", "expected", "running", "reused", "built", "failed", "stale", "blocked", "cancelled", "broken"
]
"""`expected`: the last build had it, this one has not come to it yet. `broken`: its method cannot be used."""

STATES: tuple[State, ...] = (
    "built", "reused", "running", "waiting", "expected", "stale", "failed", "broken", "blocked", "cancelled",
)  # fmt: skip
ENDED: frozenset[State] = frozenset({"built", "reused", "failed", "cancelled"})
OPEN: frozenset[State] = frozenset({"waiting", "expected", "stale"})
"""States of a row that no event of the present build has answered."""
BAD: frozenset[State] = frozenset({"failed", "broken"})


@dataclass(frozen=True, slots=True)
class Broken:
    """Why a method cannot be used as it stands on disk."""

    method: str
    file: str
    line: int
    message: str

    @property
    def key(self) -> str:
        """The key under which it is shown where it has no row."""
        return f"!{self.method}"


@dataclass(slots=True)
class Row:
    """A job's place in a build and what is known of it.

    `began` and the times in `stages` are monotonic seconds. `at` is the wall time of the last that happened to its job,
    0.0 where that was in a build that is not known any more.
    """

    row: str
    method: str
    state: State = "waiting"
    parent: str = ""
    name: str = ""
    caption: str = ""
    job: str = ""
    build: int = 0
    seconds: float = 0.0
    expected: float = 0.0
    began: float = 0.0
    at: float = 0.0
    slices: int = 0
    inputs: tuple[str, ...] = ()
    why: tuple[str, ...] = ()
    message: str = ""
    part: str = ""
    file: str = ""
    line: int = 0
    notes: tuple[str, ...] = ()
    stages: tuple[tuple[str, float], ...] = ()
    broken: Broken | None = None

    @property
    def shown(self) -> State:
        """The state as a user should see it: a broken method shows on its rows unless one still runs."""
        return "broken" if self.broken and self.state != "running" else self.state

    @property
    def problem(self) -> tuple[str, str, int]:
        """Message, file and line of what is wrong with it; empty and 0 where nothing is."""
        if self.broken and self.state != "running":
            return self.broken.message, self.broken.file, self.broken.line
        if self.state == "failed":
            return self.message, self.file, self.line
        return "", "", 0

    def clear(self) -> None:
        """Forget what the last job in this place left behind, but not how long it took."""
        if self.seconds and self.state in ("built", "expected", "stale"):
            self.expected = self.seconds
        self.why, self.message, self.part, self.file, self.line = (), "", "", "", 0
        self.notes, self.stages, self.began = (), (), 0.0


@dataclass(slots=True)
class Build:
    """A run of a build script. `outcome` is "" while it runs, "lost" when its engine was killed."""

    number: int
    script: str
    job: str = ""
    cause: str = "asked"
    saved: tuple[str, ...] = ()
    at: float = 0.0
    began: float = 0.0
    seconds: float = 0.0
    outcome: str = ""
    message: str = ""
    built: int = 0
    reused: int = 0
    failed: int = 0

    @property
    def cause_text(self) -> str:
        """Why it was run, for people."""
        if self.cause != "saved":
            return "asked for"
        names = dict.fromkeys(name.rpartition("/")[2] for name in self.saved)
        return f"saved {', '.join(names)}" if names else "sources changed"

    def to_row(self) -> Row:
        """Make a row of the script itself, which is a job too."""
        row = Row(SCRIPT, self.script, _SCRIPT_STATES.get(self.outcome, "cancelled"), job=self.job, build=self.number)
        row.seconds, row.began, row.message = self.seconds, self.began, self.message
        row.why = (self.cause_text,)
        return row


SCRIPT = "@script"
"""The key of the row that stands for the build script."""
_SCRIPT_STATES: dict[str, State] = {"": "running", "finished": "built", "failed": "failed"}


@dataclass
class Table:
    """The rows of one script in the order they are shown; a subjob stands after its parent."""

    rows: dict[str, Row] = field(default_factory=dict)
    order: list[str] = field(default_factory=list)
    jobs: dict[str, str] = field(default_factory=dict)
    """The row of each job id that was seen; the first one where several rows share a job."""
    last: str = ""
    """The row that the present build asked for last; a row never seen before is put after it."""

    def __iter__(self) -> Iterator[Row]:
        return (self.rows[key] for key in self.order)

    def add(self, row: Row) -> None:
        """Put in a new row: after its parent's last subjob, or after what was asked for just before it."""
        self.rows[row.row] = row
        before = self._last_under(row.parent) if row.parent in self.rows else self._last_under(self.last)
        if not before:
            self.order.insert(0, row.row)
        elif before == self.order[-1]:
            self.order.append(row.row)
        else:
            self.order.insert(self.order.index(before) + 1, row.row)

    def remove(self, keys: Iterable[str]) -> None:
        """Take rows out."""
        gone = set(keys)
        for key in gone:
            del self.rows[key]
        self.order = [key for key in self.order if key not in gone]
        self.jobs = {job: key for job, key in self.jobs.items() if key not in gone}

    def place(self, row: Row, job: str) -> None:
        """Say that a row has a job now; its earlier job still leads to it."""
        row.job = job
        if job and self.jobs.get(job) not in self.rows:
            self.jobs[job] = row.row

    def find(self, reference: str) -> Row | None:
        """Return the row behind an input: a row, a job id or a dataset of a job."""
        if reference in self.rows:
            return self.rows[reference]
        return self.rows.get(self.jobs.get(reference.partition("/")[0], ""))

    def inputs(self, row: Row) -> list[Row]:
        """Return the rows whose jobs this one reads, each once."""
        found = {found.row: found for reference in row.inputs if (found := self.find(reference))}
        found.pop(row.row, None)
        return list(found.values())

    def depth(self, row: Row) -> int:
        """Return how many jobs stand between the script and this one; a subjob of a script's job has 1."""
        depth = 0
        while row.parent in self.rows and depth < 20:
            row = self.rows[row.parent]
            depth += 1
        return depth

    def _last_under(self, key: str) -> str:
        """Return the last row that belongs to a row: itself, or the end of its subjobs. "" where there is none."""
        if key not in self.rows:
            return ""
        if key == self.order[-1]:
            return key
        index = self.order.index(key)
        while index + 1 < len(self.order) and self._is_under(self.order[index + 1], key):
            index += 1
        return self.order[index]

    def _is_under(self, key: str, above: str) -> bool:
        for _ in range(20):
            if key == above:
                return True
            if key not in self.rows:
                return False
            key = self.rows[key].parent
        return False
