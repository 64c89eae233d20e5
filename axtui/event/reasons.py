"""Why a job was built, with why those of its inputs were that came anew: a tree, as data. Reads nothing by itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from axtui.base.ids import split_dataset
from axtui.base.records import Record
from axtui.event.sentences import tell
from axtui.event.why import Why

Behind = Callable[[str, str], Why | None]
"""Says why a job came in the place of another one, given the one before and the one now; None where nobody knows."""
_DEEPEST = 24
_MOST = 400


@dataclass(frozen=True)
class Reason:
    """Why one job was built.

    Attributes:
        job: The job.
        why: What is known of it.
        inputs: Those of its inputs that differ and have reasons of their own, in their order.
        is_repeated: Whether it was told before, elsewhere in the tree.
    """

    job: str
    why: Why
    inputs: tuple[Reason, ...] = ()
    is_repeated: bool = False

    def to_record(self) -> Record:
        """Return the tree as JSON; a job that was told before has only `"repeated": true`."""
        if self.is_repeated:
            return {"job": self.job, "repeated": True}
        return {"job": self.job, **self.why.to_record(), "inputs": [each.to_record() for each in self.inputs]}


@dataclass(frozen=True)
class Branch:
    """A line of a tree for people, and what stands below it."""

    text: str
    below: tuple[Branch, ...] = ()


def grow(job: str, why: Why, behind: Behind, depth: int = _DEEPEST) -> Reason:
    """Follow a job's reasons into its inputs, each job once.

    Args:
        job: The job.
        why: Why it was built.
        behind: Says why an input came in the place of another.
        depth: How many jobs deep, at most.
    """
    return _grow(job, why, _Walk(behind), depth)


def tells_of(why: Why | None, before: str) -> bool:
    """Tell whether a job's reason says why it came in the place of another one: that was what it was compared with."""
    return why is not None and (why.nearest == before or why.cause != "differs")


@dataclass
class _Walk:
    behind: Behind
    seen: set[str] = field(default_factory=set)


def _grow(job: str, why: Why, walk: _Walk, depth: int) -> Reason:
    walk.seen.add(job)
    inputs: list[Reason] = []
    pairs = dict.fromkeys(pair for each in why.differences for pair in each.input_pairs())
    for before, now in pairs if depth > 1 else ():
        name = split_dataset(now)[0]
        found = walk.behind(split_dataset(before)[0], name) if len(walk.seen) < _MOST else None
        if found is not None:
            repeated = name in walk.seen
            inputs.append(Reason(name, found, (), True) if repeated else _grow(name, found, walk, depth - 1))
    return Reason(job, why, tuple(inputs))


def branches(reason: Reason) -> tuple[Branch, ...]:
    """Return the tree for people: a line a reason, and below an input why it came anew."""
    left = {each.job: each for each in reversed(reason.inputs)}
    found = []
    for text, differences in tell(reason.why):
        names = [split_dataset(now)[0] for each in differences for _, now in each.input_pairs()]
        below = tuple(_branch(left.pop(name)) for name in dict.fromkeys(names) if name in left)
        found.append(Branch(text, below))
    return tuple(found)


def _branch(reason: Reason) -> Branch:
    if reason.is_repeated:
        return Branch(f"{reason.job}: as told above")
    nearest = f", compared with {reason.why.nearest}" if reason.why.nearest else ""
    return Branch(f"{reason.job} {reason.why.method}{nearest}", branches(reason))
