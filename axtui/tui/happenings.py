"""What happened, a sentence an event: what the events pane lists. Pure; knows no widget."""

from __future__ import annotations

from dataclasses import dataclass

from axtui.base.clock import format_seconds
from axtui.event import events as ev
from axtui.project.limits import format_attempt
from axtui.tui.rows import Row, State


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that happened, at a wall time in seconds. `state` gives its glyph, "" for none; `row` where it was."""

    at: float
    state: State | None
    text: str
    row: str = ""


def tell(entry: ev.Entry, row: Row | None, expected: float = 0.0) -> Happening | None:
    """Put an event into a sentence; None for what is seen in the list and need not be told.

    Args:
        entry: The event.
        row: The row it is about, after the event was folded in.
        expected: What the row's job usually takes, or what a save has made stale, in seconds; 0.0 where nobody knows.
    """
    event, name = entry.event, f"{row.method} {row.job}".rstrip() if row else ""
    key = row.row if row else ""
    match event:
        case ev.BuildStarted(build=number, script=script, cause=cause, saved=saved):
            why = f"saved {_names(saved)}" if cause == "saved" else "asked for"
            return Happening(entry.at, None, f"build {number} of {script}.py begins: {why}")
        case ev.BuildFinished(outcome=outcome, seconds=seconds, built=built, reused=reused, message=message):
            text = f"build {outcome} after {format_seconds(seconds)}: {built} built, {reused} reused"
            return Happening(entry.at, None, f"{text}; {message}" if message else text)
        case ev.SourcesChanged(files=files, stale=stale, after=after) if stale or after:
            what = f"saved {_names(files)}" if files else _differ_since(event)
            about = f", about {format_seconds(expected)}" if expected else ""
            return Happening(entry.at, "stale", f"{what} → {len(stale)} stale, {len(after)} after them{about}")
        case ev.SaveHeld(build=number, files=files, choice=choice):
            then = "is built again when it has ended" if choice == "wait" else "b asks what becomes of it"
            return Happening(entry.at, "stale", f"saved {_names(files)} while build {number} runs; {then}")
        case ev.JobStarted():
            return Happening(entry.at, "running", name, key)
        case ev.JobFinished(seconds=seconds):
            usual = f" (usually {format_seconds(expected)})" if expected else ""
            return Happening(entry.at, "built", f"{name} in {format_seconds(seconds)}{usual}", key)
        case ev.JobFailed(message=message, file=file, line=line, part=part):
            where = f" at {file.rpartition('/')[2]}:{line}" if file else ""
            return Happening(entry.at, "failed", f"{name}: {message}{where}, in {part}", key)
        case ev.AttemptFailed(message=message, job=job, attempt=attempt, attempts=attempts):
            attempt_text = format_attempt(attempt, attempts)
            return Happening(entry.at, "failed", f"{name}: {attempt_text} failed ({job}): {message}", key)
        case ev.RequestRefused(message=message):
            return Happening(entry.at, "failed", f"{name}: {message}", key)
        case ev.JobCancelled(why=why):
            return Happening(entry.at, "cancelled", f"{name}: {why}", key)
        case ev.MethodBroken(method=method, message=message, line=line):
            return Happening(entry.at, "broken", f"{method}: {message}, line {line}")
        case ev.MethodRepaired(method=method):
            return Happening(entry.at, "built", f"{method} can be used again")
        case ev.Noted(message=message):
            return Happening(entry.at, None, message)
    return None


def _differ_since(event: ev.SourcesChanged) -> str:
    """Say whose sources were changed while no engine looked."""
    if event.ours and event.ours == event.methods:
        return f"axtui's {_names(event.ours)} changed since the last build"
    return "sources differ from those of the last build"


def _names(files: tuple[str, ...]) -> str:
    names = list(dict.fromkeys(name.rpartition("/")[2] for name in files))
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return ", ".join(names[:3]) + more
