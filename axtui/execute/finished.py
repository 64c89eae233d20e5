"""What a job has left when its stages are over: which of its files count, and whether what it read has stayed.

Put into the commit record by `job.py`; only sources whose import could not be foreseen are written here.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

from axtui.api.context import Context
from axtui.api.current import CurrentJob
from axtui.api.job import job_or_none
from axtui.base.files import full_stamp
from axtui.base.records import Record, digest_of
from axtui.method.hook import SnapshotFinder
from axtui.method.opened import OpenedFiles, Told, digest_of_file, tell_opened
from axtui.store import layout
from axtui.store.commit import Manifest, build_manifest, find_files
from axtui.store.digest import output_digest
from axtui.store.record import read_post


class FinishedJob:
    """A job whose stages went well and that nothing of runs any more."""

    def __init__(self, here: Context, finder: SnapshotFinder, setup: Record, datasets: list[str]) -> None:
        self._context = here
        self._directory = here.directory
        self._finder = finder
        self._setup = setup
        self._datasets = datasets

    def describe(self) -> tuple[Manifest, Record, list[str]]:
        """Return the manifest, what the commit record says of the job's output and of what it read, and notes on that.

        Raises:
            OSError: A file of the job is not there or cannot be read.
        """
        registered = self._register()
        data = find_files(self._directory, layout.DATASETS) if self._datasets else []
        names = [*registered, *_keep_written(self._directory), *self._sources(), *data]
        manifest = build_manifest(self._directory, names, self._context.digests)
        datasets = {name: call_writers("dataset_digest", self._directory, name) for name in self._datasets}
        opened, changed = self._opened()
        changed += self._changed_inputs()
        record = {
            "registered": registered,
            "datasets": datasets,
            "subjobs": self._context.subjobs,
            "links": self._context.links,
            "output": output_digest({name: manifest[name] for name in registered}, datasets, self._previous()),
            "observed": {name: source.digest for name, source in self._finder.observed.items()},
            "opened": opened,
            "repeatable": not changed,
        }
        return manifest, record, [_describe_change(what) for what in changed]

    def _register(self) -> list[str]:
        """Return the files that are the job's output, after temporary ones are gone."""
        files = self._context.registered
        if all(files.values()):
            CurrentJob(self._context.jobid).register_files("*")
        for name, is_temporary in files.items():
            if is_temporary:
                (self._directory / name).unlink(missing_ok=True)
        return sorted(name for name, is_temporary in files.items() if not is_temporary)

    def _sources(self) -> set[str]:
        """Return the source files of the job, after those are stored whose import could not be foreseen."""
        names = {place for place, _ in self._setup["sources"].values() if place}
        for module, source in self._finder.observed.items():
            name = os.path.join(layout.METHOD, "observed", f"{module}{source.path.suffix}")
            (self._directory / name).parent.mkdir(parents=True, exist_ok=True)
            (self._directory / name).write_bytes(source.data)
            names.add(name)
        return names

    def _previous(self) -> str:
        previous = job_or_none(self._setup["jobs"].get("previous"))
        if not previous:
            return ""
        try:
            return digest_of([previous.params.parameters, read_post(Path(previous.path))["output"]])
        except FileNotFoundError:  # it asked for this job, and runs
            return str(self._setup["inputs"][previous])

    def _opened(self) -> tuple[dict[str, Told], list[str]]:
        """Return what is recorded of files that were read undeclared, and which of them did not stay what they were."""
        if not self._finder.opened.read:
            return {}, []
        inputs = [os.path.join(self._context.input_directory, told[0]) for told in self._setup["input_files"].values()]
        _, declared = self._setup.get("extra", ([], []))
        known = {*self._finder.accounted(declared), *map(os.path.realpath, inputs)}
        files = OpenedFiles(self._context.root, self._context.input_directory)
        return tell_opened(self._finder.opened, files, known)

    def _changed_inputs(self) -> list[str]:
        """Return the first input file that changed since its digest was taken, if there is one."""
        for name, its_digest, stamp in self._setup["input_files"].values():
            path = os.path.join(self._context.input_directory, name)
            now = full_stamp(path)
            is_only_touched = now[:-1] == stamp[:-1]  # its mode was changed, or its content and then its mtime put back
            if now != stamp and not (is_only_touched and digest_of_file(path) == its_digest):
                return [f"input file {name}"]
        return []


def call_writers(hook: str, *arguments: Any) -> Any:
    """Call a hook of the room of writers; where nothing has loaded that room this process has written no dataset."""
    room = sys.modules.get("axtui.api.gathering")
    return getattr(room, hook)(*arguments) if room else None


def _describe_change(what: str) -> str:
    return f"the {what} changed while it was read; this job will not be reused"


def _keep_written(directory: Path) -> list[str]:
    """Remove output files that nothing was written to, and return the others."""
    kept = []
    with os.scandir(f"{directory}/{layout.OUTPUT}") as entries:
        for entry in entries:
            if entry.stat(follow_symlinks=False).st_size:
                kept.append(f"{layout.OUTPUT}/{entry.name}")
            else:
                os.unlink(entry.path)
    return kept
