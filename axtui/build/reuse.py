"""Whether a job that exists answers a request: the same key, undamaged, and everything it rests on as it was."""

from __future__ import annotations

from axtui.base.errors import AxtuiError
from axtui.build.code import Code
from axtui.store.catalogue import Catalogue
from axtui.store.index import Finished


class Reuse:
    """Finds the job that answers a key, for one state of the project's source."""

    def __init__(self, catalogue: Catalogue, code: Code) -> None:
        self._catalogue = catalogue
        self._code = code

    def find(self, key: str) -> tuple[Finished | None, str]:
        """Return the newest job of a key that is fit for use; else None and why the newest one is not."""
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
            is_current = self._code.current_digest(job.method, *job.extra) == job.code
        except AxtuiError:
            is_current = False
        return self.find_fault(job) if is_current else "is of an older source"
