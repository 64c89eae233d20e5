"""The nearest existing jobs to a request that nobody wants built: what `why_build` answers, as data and for people.

It is `{method: {job: {group: {name: old value}}}}`, the nearest job first; a job without groups would be reused. Groups
are `options`, `datasets` and `jobs`; `source` has what is defined otherwise in each file, `files` the names of input
files with another content, `parts` what else is in the key, and `fault` why a job of the very key cannot be used.
"""

from __future__ import annotations

from typing import Any

from axtui.base.text import safe
from axtui.base.values import decode_value
from axtui.base.wire import Message
from axtui.build.difference import take_apart
from axtui.build.facts import Wanted, facts_of_request
from axtui.build.why import find_near
from axtui.event.sentences import name_change, sentence
from axtui.event.why import Difference, show_value
from axtui.store.catalogue import Catalogue
from axtui.store.index import Finished

NearMisses = dict[str, dict[str, dict[str, dict[str, Any]]]]
_LOOKED_AT = 20
_TOLD = 5
_GROUPS = {"option": "options", "source": "source", "imports": "source", "file": "files", "part": "parts"}


def describe_near_misses(wanted: Wanted, catalogue: Catalogue, found: Finished | None, fault: str) -> Message:
    """Return what there is to say instead of building a request, for the wire.

    Args:
        wanted: The request and its identity.
        catalogue: The jobs there are.
        found: The job that would be reused.
        fault: Why a job of this very key cannot be used, "" where there is none.
    """
    request = wanted.request
    misses: dict[str, Any] = {found.jobid: {}} if found else {}
    told: dict[str, list[str]] = {}
    now = facts_of_request(wanted)
    for job, facts, differences in find_near(wanted, catalogue.latest(request.method, _LOOKED_AT), catalogue)[:_TOLD]:
        if job.jobid not in misses:
            exact = take_apart(differences, now, facts)
            misses[job.jobid] = _group(exact) or {"fault": {"": fault or "it cannot be used"}}
            told[job.jobid] = [sentence(each) for each in exact] or [fault or "it cannot be used"]
    setup = {"options": request.options, "datasets": request.datasets, "jobs": request.jobs}
    sources = [piece.label for piece in now.pieces.values()]
    return {"method": request.method, "misses": misses, "told": told, "setup": setup, "sources": sources}


def _group(differences: tuple[Difference, ...]) -> dict[str, dict[str, Any]]:
    groups: dict[str, dict[str, Any]] = {}
    for each in differences:
        group, _, name = each.name.partition(".") if each.kind == "input" else (_GROUPS[each.kind], "", each.name)
        old = [name_change(change) for change in each.changes] if each.kind == "source" else each.before
        groups.setdefault(group, {})[name] = old
    return groups


def parse_near_misses(answer: Message) -> NearMisses:
    """Return what `urd.build(why_build=True)` gives, with old values as the method would see them."""
    misses = {
        job: {group: {name: decode_value(old) for name, old in names.items()} for group, names in groups.items()}
        for job, groups in answer["misses"].items()
    }
    return {answer["method"]: misses}


def format_near_misses(answer: Message) -> str:
    """Return a would-be job and its near misses for people, in lines."""
    lines = [f"Would build {answer['method']} from {', '.join(answer['sources'])} with"]
    for group, values in answer["setup"].items():
        lines += [f"  {group:<8} {name} = {_show(group, value)}" for name, value in values.items()]
    lines.append("Nearest existing jobs:" if answer["told"] else "No job of it exists.")
    for job, reasons in answer["told"].items():
        lines += [f"  {job if not number else '':<12} {reason}" for number, reason in enumerate(reasons)]
    return "\n".join(map(safe, lines))


def _show(group: str, value: Any) -> str:
    return show_value(value) if group == "options" else str(value)
