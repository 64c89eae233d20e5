"""What differs between two jobs, from what their keys are made of: nothing differs exactly where the keys are equal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from axtui.base.records import Record, digest, is_same
from axtui.build.definitions import compare_modules
from axtui.build.facts import Facts, Piece, path_of
from axtui.event.why import Difference, DifferenceKind, Side


def compare(now: Facts, before: Facts) -> tuple[Difference, ...]:
    """Return what differs between two jobs, the weightiest first: source, options, files, inputs, the rest.

    Definitions of sources are not looked for; see `take_apart`.
    """
    found: list[Difference] = []
    for part in sorted(now.parts.keys() | before.parts.keys(), key=_rank):
        if _differs(part, now.parts, before.parts):
            found += _PARTS.get(part, _compare_any)(part, now, before)
    return tuple(found)


def take_apart(differences: tuple[Difference, ...], now: Facts, before: Facts) -> tuple[Difference, ...]:
    """Return the differences with those definitions that differ in each source; reads the sources."""
    return tuple(_find_changes(each, now, before) if each.kind == "source" else each for each in differences)


def _find_changes(found: Difference, now: Facts, before: Facts) -> Difference:
    new, old = now.find_piece(found.name), before.find_piece(found.name)
    if new is None or old is None or not new.digest:
        return found
    data, earlier = new.read(), old.read()
    if data is None or earlier is None:
        return found
    return replace(found, changes=compare_modules(earlier, data, new.is_method))


_ORDER = ("method", "code", "options", "files", "datasets", "jobs")


def _rank(part: str) -> tuple[int, str]:
    return (_ORDER.index(part) if part in _ORDER else len(_ORDER), part)


def _compare_code(part: str, now: Facts, before: Facts) -> Iterator[Difference]:
    found = [*_compare_pieces(now.pieces, before.pieces)]
    yield from found or [Difference("imports", "")]


def _compare_pieces(now: dict[str, Piece], before: dict[str, Piece]) -> Iterator[Difference]:
    for name, piece in now.items():
        if name not in before:
            yield Difference("source", path_of(name, piece), lacks="before")
        elif _is_other(piece, before[name]):
            yield Difference("source", path_of(name, piece))
    for name, piece in before.items():
        if name not in now:
            yield Difference("source", path_of(name, piece), lacks="now")


def _is_other(now: Piece, before: Piece) -> bool:
    if now.digest or before.digest:
        return now.digest != before.digest
    new, old = now.read(), before.read()
    return new is None or old is None or digest(new) != digest(old)


def _compare_options(part: str, now: Facts, before: Facts) -> Iterator[Difference]:
    """Compare options as they count, and tell them as they were given: a file of a job counts by what it holds."""
    for found in _compare_named("option", "", now.parts[part], before.parts[part]):
        old, new = before.options.get(found.name, found.before), now.options.get(found.name, found.now)
        yield replace(found, before=old, now=new)


def _compare_files(part: str, now: Facts, before: Facts) -> Iterator[Difference]:
    """Compare contents. Where an option names another file, the option is what differs, and says it."""
    new, old = now.parts[part], before.parts[part]
    for name in dict.fromkeys((*new, *old)):
        if not _differs(name, new, old):
            continue
        is_option = _differs(name, now.parts["options"], before.parts["options"])
        if not is_option or (name in new and name in old and now.files.get(name) == before.files.get(name)):
            yield Difference("file", name, before.files.get(name), now.files.get(name), _lacks(name, new, old))


def _compare_inputs(part: str, now: Facts, before: Facts) -> Iterator[Difference]:
    new, old = now.references[part], before.references[part]
    for name in dict.fromkeys((*new, *old)):
        if _differs(name, now.parts[part], before.parts[part]):
            yield Difference("input", f"{part}.{name}", old.get(name), new.get(name), _lacks(name, new, old))


def _compare_any(part: str, now: Facts, before: Facts) -> Iterator[Difference]:
    """Compare a part of the key of which nothing more is known here."""
    new, old = now.parts.get(part), before.parts.get(part)
    if isinstance(new, dict) and isinstance(old, dict):
        yield from _compare_named("part", f"{part}.", new, old)
    else:
        yield from _compare_named("part", "", _alone(part, now), _alone(part, before))


def _alone(part: str, facts: Facts) -> Record:
    return {part: facts.parts[part]} if part in facts.parts else {}


def _compare_named(kind: DifferenceKind, prefix: str, new: Record, old: Record) -> Iterator[Difference]:
    for name in dict.fromkeys((*new, *old)):
        if _differs(name, new, old):
            yield Difference(kind, prefix + name, old.get(name), new.get(name), _lacks(name, new, old))


def _differs(name: str, new: Record, old: Record) -> bool:
    """Compare as the key does: `1`, `1.0` and `True` differ."""
    if name not in new or name not in old:
        return bool(_lacks(name, new, old))
    return not is_same(new[name], old[name])


def _lacks(name: str, new: Record, old: Record) -> Side:
    """Return which side has no such thing; where neither has, none lacks it."""
    if (name in new) == (name in old):
        return ""
    return "before" if name in new else "now"


_PARTS: dict[str, Callable[[str, Facts, Facts], Iterator[Difference]]] = {
    "code": _compare_code,
    "options": _compare_options,
    "files": _compare_files,
    "datasets": _compare_inputs,
    "jobs": _compare_inputs,
}
