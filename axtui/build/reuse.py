"""Whether a job that exists answers a request: the same key, undamaged, and everything it rests on as it was."""

from __future__ import annotations

from axtui.base.errors import AxtuiError
from axtui.build.code import Code
from axtui.build.facts import Wanted
from axtui.build.identity import older_keys
from axtui.store.catalogue import Catalogue
from axtui.store.index import Finished


class Reuse:
    """Finds the job that answers a request, for one state of the project's source."""

    def __init__(self, catalogue: Catalogue, code: Code) -> None:
        self._catalogue = catalogue
        self._code = code

    def find(self, wanted: Wanted) -> tuple[Finished | None, str]:
        """Return the newest job that answers a request and is fit for use; else None and why the newest one is not.

        A job of the very key comes first, then those of the keys it would have had before, see build/identity.py.
        """
        found, reason = self._find(wanted.identity.key)
        if found is not None:
            return found, ""
        request, snapshot = wanted.request, wanted.snapshot
        accepted = self._code.accepted(request.method, snapshot)
        option_sets = self._catalogue.option_sets(request.method)
        for key in older_keys(wanted.identity, request, snapshot.reads, accepted, option_sets):
            found, fault = self._find(key)
            if found is not None:
                return found, ""
            reason = reason or fault
        return None, reason

    def _find(self, key: str) -> tuple[Finished | None, str]:
        reason = ""
        for job in list(self._catalogue.find(key)):
            found = self.find_fault(job)
            if not found:
                return job, ""
            reason = reason or f"{job.jobid} {found}"
        return None, reason

    def find_fault(self, job: Finished) -> str:
        """Say why a finished job must not be used, or ""."""
        if not job.repeatable:
            return "read a file that changed meanwhile"
        damage = self._catalogue.find_damage(job)
        if damage:
            return f"is damaged: {damage}"
        for module, digest in job.observed.items():
            if self._code.observed_digest(module) != digest:
                return f"imported {module}, which is another one now"
        for name, told in job.opened.items():
            if not self._code.opened.is_unchanged(name, told):
                return f"read {name}, which is another one now"
        for subjob in job.subjobs:
            fault = self._find_subjob_fault(subjob)
            if fault:
                return f"was built with {subjob}, which {fault}"
        return ""

    def _find_subjob_fault(self, jobid: str) -> str:
        job = self._catalogue.get(jobid)
        if job is None:
            return "is gone"
        try:
            is_current = self._code.is_current(job)
        except AxtuiError:
            is_current = False
        return self.find_fault(job) if is_current else "is of an older source"
