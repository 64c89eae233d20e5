"""Two jobs side by side: what they are made of, what came out, how long it took. Reads records and stored sources."""

from __future__ import annotations

import difflib
from dataclasses import dataclass

from axtui.base.errors import RecordError, UserError
from axtui.base.files import read_limited
from axtui.build.facts import Facts, facts_of_setup
from axtui.build.history import compare_facts
from axtui.build.outcome import FilePair, pair_files
from axtui.event.why import Why
from axtui.store import layout
from axtui.store.record import JobRecord


@dataclass(frozen=True)
class Comparison:
    """What the second job has otherwise than the first.

    Attributes:
        before, now: The two.
        why: What differs of what they are made of.
        files: What came out of each, file by file.
        previews: The stored previews of their results, "" where there is none.
    """

    before: JobRecord
    now: JobRecord
    why: Why
    files: list[FilePair]
    previews: tuple[str, str]
    facts: tuple[Facts, Facts]

    @property
    def is_same(self) -> bool | None:
        """Whether they came out the same; None where one is not finished."""
        if not (self.before.post and self.now.post):
            return None
        return bool(self.before.post["output"] == self.now.post["output"])

    def diff_sources(self) -> dict[str, list[str]]:
        """Return a unified diff of each source that differs, by its name, as lines."""
        names = [each.name for each in self.why.differences if each.kind == "source"]
        return {name: self._diff(name) for name in names}

    def diff_results(self) -> list[str]:
        """Return the lines of the previews that differ, each with its sign; nothing where a preview is lost."""
        old, new = self.previews
        if any(
            layout.RESULT in job.post.get("files", {})
            for job, text in ((self.before, old), (self.now, new))
            if not text
        ):
            return []
        return [line for line in difflib.ndiff(old.splitlines(), new.splitlines()) if line[:1] in "+-"]

    def _diff(self, name: str) -> list[str]:
        old, new = (_read_source(each, name) for each in self.facts)
        where = [f"{each.job}/{name}" for each in self.facts]
        return [*difflib.unified_diff(old, new, where[0], where[1], lineterm="")]


def compare_jobs(before: JobRecord, now: JobRecord) -> Comparison:
    """Compare two jobs.

    Raises:
        UserError: The order of one cannot be read.
    """
    for record in (before, now):
        if not record.setup:
            raise UserError(f"{record.jobid} cannot be compared, it is {record.state}: {record.reason}")
    old, new = (facts_of_setup(record.directory, record.setup) for record in (before, now))
    why = compare_facts(now.method, new, old)
    previews = _read_preview(before), _read_preview(now)
    return Comparison(before, now, why, pair_files(before.post, now.post), previews, (old, new))


def _read_preview(record: JobRecord) -> str:
    """Return the stored preview of a result; "" where there is none, or none that can be read."""
    try:
        data = read_limited(record.directory / layout.PREVIEW, layout.PREVIEW_NBYTES)
    except (OSError, RecordError):
        return ""
    return data.decode("utf-8", "replace")


def _read_source(facts: Facts, name: str) -> list[str]:
    piece = facts.find_piece(name)
    data = piece.read() if piece else b""
    return (data or b"").decode("utf-8", "replace").splitlines()
