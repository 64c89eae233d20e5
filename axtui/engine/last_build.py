"""What the engine remembers of the build before: which script it ran and how, and what each of its rows came to."""

from __future__ import annotations

from dataclasses import dataclass, field

from axtui.build.script_options import ScriptOptions, parse_script_options
from axtui.engine.builds import Build, Row, read_script_options, replay_rows
from axtui.event.events import BuildFinished, BuildStarted
from axtui.event.journal import read_last_builds
from axtui.project.config import Project
from axtui.store.catalogue import Catalogue
from axtui.store.index import Finished


@dataclass
class LastBuild:
    """The script that was started last, and the last build of which something is known; "" and nothing before any.

    Attributes:
        number: The number of the build whose rows these are; 0 for one of an engine before.
        inputs: The input files of that build, with the stamps under which they were read.
    """

    script: str = ""
    options: ScriptOptions = field(default_factory=lambda: parse_script_options({}))
    outcome: str = ""
    number: int = 0
    rows: dict[str, Row] = field(default_factory=dict)
    inputs: dict[str, list[int]] = field(default_factory=dict)

    def options_again(self, script: str) -> ScriptOptions:
        """Return the options for a script that is run without any: those of the last run, if it was of this script."""
        return self.options.again() if script == self.script else parse_script_options({})

    def finish(self, build: Build, outcome: str) -> None:
        """Remember how a build ended; its rows only if it has any, and none that began later has ended."""
        self.outcome = outcome
        if (build.rows or outcome == "finished") and build.number > self.number:
            self.number, self.rows, self.inputs = build.number, build.rows, build.input_files

    def jobs(self, catalogue: Catalogue) -> dict[str, Finished]:
        """Return a job of the build for each method that it used."""
        found = {row.method: catalogue.get(row.job) for row in self.rows.values() if row.job}
        return {method: job for method, job in found.items() if job is not None}


def recall_last_build(project: Project) -> LastBuild:
    """Read from the journal what an engine before did last."""
    entries = read_last_builds(project.journal)
    last = LastBuild(rows=replay_rows(entries))
    for entry in entries:
        if isinstance(entry.event, BuildStarted):
            last.script = entry.event.script
            last.options = read_script_options(project, entry.event.job)
        if isinstance(entry.event, BuildFinished):
            last.outcome = entry.event.outcome
    return last
