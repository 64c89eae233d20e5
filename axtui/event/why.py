"""Why a job was built, as data: the job it was compared with, and everything that differs. Decides nothing.

The comparison is build/difference.py's, the sentences for people are sentences.py's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from axtui.base.errors import RecordError
from axtui.base.records import Record, format_canonical
from axtui.base.values import decode_value

Cause = Literal["new", "differs", "unfit", "forced", "equal"]
How = Literal["changed", "added", "removed"]
ChangeKind = Literal["function", "method", "class", "name", "import", "code", "order"]
DifferenceKind = Literal["source", "imports", "option", "declared", "file", "input", "part"]
Side = Literal["", "before", "now"]
_LONG = 1000


@dataclass(frozen=True)
class Change:
    """A definition that is not as it was. `name` is the one it binds: `scale`, `Model.fit`, `LIMIT`, `os.path`.

    `kind` "code" is what a module runs besides definitions, "order" that of the definitions; these have no name.
    """

    how: How
    kind: ChangeKind
    name: str


@dataclass(frozen=True)
class Difference:
    """One thing that is otherwise.

    Attributes:
        kind: "source": a module or a declared file; "imports": what the source could import; "option"; "declared":
            how an option is declared; "file": the content of an input file; "input": a dataset or job; "part": any
            other part of the key, such as the slice count or the version of a package.
        name: Which one: the path of a source, an option, `jobs.one`, `slices`.
        before, now: Its values as JSON (base/values.py); of a source None, of a declaration what is written, None
            where that is not known, of a file its name, of an input jobs.
        lacks: The side that has no such thing, "" where both have it.
        changes: Of a source: its definitions that differ, as far as it could be taken apart.
    """

    kind: DifferenceKind
    name: str
    before: Any = None
    now: Any = None
    lacks: Side = ""
    changes: tuple[Change, ...] = ()

    def to_record(self) -> Record:
        """Return it as JSON. A long value is cut; the job that it is of has it whole."""
        sides = {side: _cut(getattr(self, side)) for side in ("before", "now") if self.lacks != side}
        changes = [[change.how, change.kind, change.name] for change in self.changes]
        return {"kind": self.kind, "name": self.name, **sides, **({"changes": changes} if changes else {})}

    def input_pairs(self) -> list[tuple[str, str]]:
        """Return the jobs or datasets of an input, before and now, each beside the one in whose place it came.

        An option that names files of jobs has these for inputs.
        """
        if self.kind not in ("input", "option"):
            return []
        flat = _flat if self.kind == "input" else _file_jobs
        before, now = flat(self.before), flat(self.now)
        if len(before) != len(now):
            return []
        return [(old, new) for old, new in zip(before, now, strict=True) if old and new and old != new]


@dataclass(frozen=True)
class Why:
    """Why a job was built.

    Attributes:
        method: Its method.
        cause: "new": its method never ran; "differs"; "unfit": a job of its very key cannot be used; "forced": it was
            asked to run in any case; "equal": nothing differs from the job it was compared with.
        nearest: The job it was compared with, "" without one.
        fault: Why the job of its key cannot be used.
        differences: What differs, the weightiest first.
    """

    method: str
    cause: Cause
    nearest: str = ""
    fault: str = ""
    differences: tuple[Difference, ...] = ()

    def to_record(self) -> Record:
        """Return it as JSON."""
        return {
            "method": self.method,
            "cause": self.cause,
            "nearest": self.nearest,
            "fault": self.fault,
            "differences": [each.to_record() for each in self.differences],
        }


def parse_why(record: Any) -> Why:
    """Read why a job was built from JSON.

    Raises:
        RecordError: It is of another form.
    """
    try:
        words = {name: str(record[name]) for name in ("method", "cause", "nearest", "fault")}
        return Why(**words, differences=tuple(_parse_difference(each) for each in record["differences"]))  # type: ignore[arg-type]
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise RecordError(f"not why a job was built: {error}") from None


def recorded_why(setup: Record) -> Why | None:
    """Return why the job of a setup.json was built; None where it does not say so as data."""
    try:
        return parse_why(setup.get("reason"))
    except RecordError:
        return None


def _parse_difference(record: Any) -> Difference:
    lacks: Any = next((side for side in ("before", "now") if side not in record), "")
    changes = tuple(Change(how, kind, str(name)) for how, kind, name in record.get("changes", ()))
    kind: Any = str(record["kind"])
    return Difference(kind, str(record["name"]), record.get("before"), record.get("now"), lacks, changes)


def _flat(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _file_jobs(value: Any) -> list[Any]:
    """Return the jobs of the files that an option names, in their order."""
    if isinstance(value, list):
        return [job for item in value for job in _file_jobs(item)]
    if not isinstance(value, dict):
        return []
    file = value.get("$file") if len(value) == 1 else None
    return file[:1] if isinstance(file, list) else [job for item in value.values() for job in _file_jobs(item)]


def _cut(value: Any) -> Any:
    if len(format_canonical(value)) <= _LONG:
        return value
    shown = show_value(value)
    return f"{shown[:_LONG]}… ({len(shown)} characters)"


def show_value(value: Any) -> str:
    """Return a recorded value as people write it in Python; one that somebody made up as it is."""
    try:
        return repr(decode_value(value))
    except RecordError:
        return repr(value)
