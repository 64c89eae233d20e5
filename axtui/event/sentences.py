"""Why a job was built, in sentences for people. This is the one place where they are made."""

from __future__ import annotations

from typing import Any

from axtui.event.why import Change, Difference, Why, show_value

_MANY_OPTIONS = 3
_MANY_SOURCES = 4
_MANY_CHANGES = 5
_OURS = "axtui/"
"""What the sources of axtui's own methods begin with."""
_VALUE_LETTERS = 40
_SIGNS = {"changed": "", "added": "+", "removed": "-"}


def sentences(why: Why) -> tuple[str, ...]:
    """Return why a job was built, the weightiest reason first; at least one sentence."""
    return tuple(text for text, _ in tell(why))


def tell(why: Why) -> list[tuple[str, tuple[Difference, ...]]]:
    """Return the sentences with what each of them is about."""
    match why.cause:
        case "unfit":
            return [(why.fault, ())]
        case "new":
            return [(f"{why.method} was never built", ())]
        case "forced":
            return [("asked to run again", ()), *_tell_differences(why.differences)]
    return _tell_differences(why.differences) or [("asked to run again", ())]


def _tell_differences(differences: tuple[Difference, ...]) -> list[tuple[str, tuple[Difference, ...]]]:
    options = tuple(each for each in differences if each.kind == "option")
    ours = tuple(each for each in differences if each.kind == "source" and each.name.startswith(_OURS))
    more = tuple(each for each in differences if each.kind == "source" and each not in ours)[_MANY_SOURCES:]
    told: list[tuple[str, tuple[Difference, ...]]] = []
    for each in differences:
        if len(options) > _MANY_OPTIONS and each in options:
            told += [(f"options {', '.join(option.name for option in options)} differ", options)] * (each is options[0])
        elif each in ours:
            told += [(_own_sources(ours), ours)] * (each is ours[0])
        elif each in more:
            told += [(f"source changed: {len(more)} more files", more)] * (each is more[0])
        else:
            told.append((sentence(each), (each,)))
    return told


def sentence(found: Difference) -> str:
    """Return what differs as a sentence."""
    match found.kind:
        case "source":
            return _source(found)
        case "imports":
            return "source changed: what it could import"
        case "file":
            return _file(found)
        case "declared":
            return _declared(found)
        case "input":
            return f"input {found.name.partition('.')[2]}: {_list(found.before)} → {_list(found.now)}"
    kind = "option " if found.kind == "option" else ""
    return f"{kind}{found.name.replace('.', ' ')}: {_side(found, 'before')} → {_side(found, 'now')}"


def _own_sources(found: tuple[Difference, ...]) -> str:
    """Say that sources of axtui's own methods differ; what in them does is in the data."""
    names = [each.name.rpartition("/")[2] for each in found[:_MANY_SOURCES]]
    if len(found) > _MANY_SOURCES:
        names.append(f"{len(found) - _MANY_SOURCES} more files")
    return f"axtui's own source changed: {', '.join(names)}"


def _source(found: Difference) -> str:
    name = found.name.rpartition("/")[2]
    if found.lacks == "now":
        return f"source changed: {name} is gone"
    if found.lacks == "before":
        return f"source changed: {name} is new"
    shown = [name_change(change) for change in found.changes[:_MANY_CHANGES]]
    if len(found.changes) > _MANY_CHANGES:
        shown.append(f"{len(found.changes) - _MANY_CHANGES} more")
    return f"source changed: {name}{': ' if shown else ''}{', '.join(shown)}"


def name_change(change: Change) -> str:
    """Return a definition that differs as people write it: `scale()`, `+Model.fit()`, `-LIMIT`, `import os`."""
    match change.kind:
        case "function" | "method":
            text = f"{change.name}()"
        case "class" | "import":
            text = f"{change.kind} {change.name}"
        case "code":
            text = "what it runs when imported"
        case "order":
            text = "the order of its definitions"
        case _:
            text = change.name
    return _SIGNS.get(change.how, "") + text


def _file(found: Difference) -> str:
    if found.lacks:
        return f"input file {found.before or found.now} of {found.name} {'is new' if found.now else 'is gone'}"
    if found.before != found.now:
        return f"input file changed: {found.before} → {found.now}"
    return f"input file changed: {found.now}"


def _declared(found: Difference) -> str:
    what = f"declaration of option {found.name}"
    if found.lacks:
        return f"{what} is gone"
    if found.before is None or found.now is None or found.before == found.now:
        return f"{what} changed"
    return f"{what}: {_short(found.before)} → {_short(found.now)}"


def _side(found: Difference, side: str) -> str:
    if found.lacks == side:
        return "not there"
    return _short(show_value(getattr(found, side)))


def _short(text: str) -> str:
    return text if len(text) <= _VALUE_LETTERS else f"{text[: _VALUE_LETTERS - 1]}…"


def _list(value: Any) -> str:
    return ", ".join(str(each or "nothing") for each in value) if isinstance(value, list) else str(value or "nothing")
