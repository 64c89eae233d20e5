"""Why a job has to be built, or need not be: from the parts of the key that decided it."""

from __future__ import annotations

from axtui.base.errors import RecordError
from axtui.build.difference import compare, take_apart
from axtui.build.facts import Facts, Wanted, facts_of_request, read_finished_facts
from axtui.event.why import Difference, Why
from axtui.store.catalogue import Catalogue
from axtui.store.index import Finished

_CANDIDATES = 3
_PAIRS = 3
"""So many equal inputs are named."""


def explain(wanted: Wanted, catalogue: Catalogue, before: str, fault: str, force: bool = False) -> Why:
    """Say why a request has to be built: what differs from the nearest job.

    Args:
        wanted: The request and its identity.
        catalogue: The jobs there are.
        before: The job that answered this row in the last build, "" without one; if it is there it is the nearest.
        fault: Why a job of this very key cannot be used, "" where there is none.
        force: Whether it was asked to run in any case.
    """
    method = wanted.request.method
    if fault and not force:
        return Why(method, "unfit", before, fault)
    found = catalogue.get(before) if before else None
    others = find_near(wanted, [found] if found else catalogue.latest(method, _CANDIDATES), catalogue)
    if not others:
        return Why(method, "forced" if force else "new")
    nearest, facts, differences = others[0]
    differences = take_apart(differences, facts_of_request(wanted), facts)
    return Why(method, "forced" if force else "differs" if differences else "equal", nearest.jobid, "", differences)


def find_near(
    wanted: Wanted, jobs: list[Finished], catalogue: Catalogue
) -> list[tuple[Finished, Facts, tuple[Difference, ...]]]:
    """Return those jobs that can be read with what differs, the nearest first; where that is equal in their order."""
    now = facts_of_request(wanted)
    found = []
    for job in jobs:
        try:
            facts = read_finished_facts(catalogue.directory(job.jobid), job.stamp)
        except (OSError, RecordError):
            continue
        found.append((job, facts, compare(now, facts)))
    return sorted(found, key=lambda each: len(each[2]))


def explain_reuse(wanted: Wanted, job: Finished) -> str:
    """Say why a job answers a request although it was built from something else; "" where it was not.

    Its inputs may be others that came out equal, its source one that is declared equivalent, and options that have come
    to the method since are at their defaults.
    """
    reasons = _pair_inputs(wanted.identity.inputs, job.inputs)[:_PAIRS]
    if job.code != wanted.identity.code:
        reasons.append("its source is declared equivalent")
    new = wanted.request.options.keys() - job.options
    if new:
        reasons.append(f"{', '.join(sorted(new))} {'is' if len(new) == 1 else 'are'} new and at default")
    return f"because {', '.join(reasons)}" if reasons else ""


def _pair_inputs(now: dict[str, str], before: dict[str, str]) -> list[str]:
    """Return which inputs stand for which, being equal."""
    if now.keys() == before.keys():
        return []
    return [
        f"{reference} ≡ {other}"
        for reference in sorted(now.keys() - before.keys())
        for other in sorted(before.keys() - now.keys())
        if before[other] == now[reference]
    ]
