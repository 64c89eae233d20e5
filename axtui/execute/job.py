"""The job process: prepare, analysis, synthesis, commit. Its parent is a loader (or the engine, for a build script).

It reads its order from `setup.json`, says to the engine what it does, and ends either committed or with `error.json`.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from axtui.api import context
from axtui.api.context import Context
from axtui.api.current import CurrentJob, FinishEarly, stop_saves, wait_for_saves
from axtui.api.request import Connection, Requests
from axtui.api.status import status
from axtui.api.subjobs import wait_for_submitted
from axtui.base import clock
from axtui.base.errors import AxtuiError
from axtui.base.files import read_limited
from axtui.base.records import Record, digest, parse_message
from axtui.execute.analysis_result import AnalysisResult, save_slice_result
from axtui.execute.failure import Failure, describe_exception
from axtui.execute.finished import FinishedJob, call_writers
from axtui.execute.hosting import Host, OwnProcess
from axtui.execute.light import used_heavy
from axtui.execute.process import flush_streams
from axtui.execute.stages import Stages
from axtui.method.hook import SnapshotFinder
from axtui.project.config import Project
from axtui.store import layout, progress
from axtui.store.commit import build_manifest, commit_job, remove_unfinished, write_error

_SETUP_NBYTES = 64 << 20


@dataclass(frozen=True)
class ScriptEnd:
    """How a build script ended: what it returns, and what the commit record says of its run."""

    result: Any
    record: Record


class JobProcess:
    """One run of one job, in its own process."""

    def __init__(
        self, directory: Path, wire: Connection, project: Project, finder: SnapshotFinder, host: Host | None = None
    ) -> None:
        self._host = host or OwnProcess()
        self._directory = directory
        self._wire = wire
        self._finder = finder
        order = read_limited(f"{directory}/{layout.SETUP}", _SETUP_NBYTES)
        self._setup = parse_message(order)
        self._setup_digest = digest(order)
        self._slices = int(self._setup["slices"])
        self._stage = "launcher"
        self._began = clock.monotonic()
        self._times: dict[str, Any] = {"prepare": 0.0, "analysis": 0.0, "per_slice": [], "synthesis": 0.0}
        self._slice_memory: list[int] = []
        self._notes: list[str] = []
        self._datasets: list[str] = []
        self._script: Record = {}
        self._context = _make_context(directory, project, self._setup)
        self._context.requests = Requests(wire)

    def run(self, work: Callable[[JobProcess], None]) -> int:
        """Do the work and commit; return the exit status. Whatever happens is told to the engine."""
        try:
            self._set_up()
            work(self)
            record = self._commit()
            self._wire.send({"say": "committed", "heavy": used_heavy(), **record})
            return 0
        except BaseException as error:  # the job process turns everything into a message
            self._fail(describe_exception(self._stage, error))
            return 1

    def run_method(self, module: ModuleType) -> None:
        """Run the stages of a method."""
        stages = Stages(module, self._setup)
        try:
            self._run_stages(stages)
        except FinishEarly as early:
            self._save_result(early.result)
            wait_for_saves()
        except AxtuiError:
            wait_for_submitted(has_failed=True)
            raise
        wait_for_submitted()
        self._finish_data()

    def try_method(self, module: ModuleType) -> None:
        """Run the stages of a method and commit nothing; what they raise is raised."""
        self._set_up()
        self.run_method(module)

    def run_one_slice(self, module: ModuleType, sliceno: int) -> Record:
        """Run prepare and one slice, and commit nothing.

        Returns:
            Size and digest of each file of the slice, by relative name; (0, "") of one that a dataset of the slice
            has no need of, having no lines.
        """
        self._set_up()
        stages = Stages(module, self._setup)
        if not stages.has("analysis"):
            raise TypeError(f"{self._setup['method']} has no analysis, and so no slices")
        more = self._prepare(stages)
        began = clock.monotonic()
        with _Stage(self, "analysis"):
            (part,) = self._host.run_slices(1, lambda _: self._run_slice(stages, sliceno, False, began, more), 1)
        written = [name for name, is_temporary in part["registered"].items() if not is_temporary]
        return {**build_manifest(self._directory, written, part["digests"]), **self._slice_files(part["datasets"])}

    def _slice_files(self, datasets: Record) -> Record:
        parts = [(name, number, told) for name, slices in datasets.items() for number, told in slices.items()]
        directory = self._directory
        return {
            (layout.dataset_directory(directory, name) / f"{number}.arrow").relative_to(directory).as_posix(): (
                told["nbytes"] or 0,
                told["digest"] or "",
            )
            for name, number, told in parts
        }

    def run_script(self, work: Callable[[], ScriptEnd]) -> None:
        """Run a build script; its output and result are those of synthesis."""
        with _Stage(self, "synthesis"):
            end = work()
            wait_for_submitted()
            self._script = end.record
            self._save_result(end.result)
            wait_for_saves()
        self._finish_data()

    def _set_up(self) -> None:
        self._host.begin()
        context.use(self._context)
        os.mkdir(f"{self._directory}/{layout.OUTPUT}")
        path = f"{self._directory}/{layout.PROGRESS}"
        progress.write_header(path, self._slices)
        self._context.slot = progress.Slot(path, self._slices)
        self._hold_memory()

    def _hold_memory(self) -> None:
        """Keep the limit of memory, and say which process is to be measured."""
        nbytes = self._setup.get("limits", {}).get("memory", 0)
        if nbytes:
            self._wire.send({"say": "began", "pid": os.getpid()})
            self._host.hold_memory(nbytes)

    def _run_stages(self, stages: Stages) -> None:
        more = self._prepare(stages)
        if stages.has("analysis"):
            with _Stage(self, "analysis"):
                lengths, early = self._run_analysis(stages, more)
            if stages.wants("synthesis", "analysis_res"):
                more["analysis_res"] = AnalysisResult(self._directory, lengths)
            if early:
                return
        if stages.has("synthesis"):
            with _Stage(self, "synthesis"):
                result = stages.call("synthesis", **more)
                self._save_result(result)
                wait_for_saves()

    def _prepare(self, stages: Stages) -> dict[str, Any]:
        """Run prepare; return what it leaves to the stages after it."""
        if not stages.has("prepare"):
            return {}
        with _Stage(self, "prepare"):
            found = stages.call("prepare")
            wait_for_saves()
            call_writers("end_prepare")
        return {"prepare_res": found}

    def _run_analysis(self, stages: Stages, more: dict[str, Any]) -> tuple[list[int], bool]:
        keep = stages.wants("synthesis", "analysis_res")
        began = clock.monotonic()
        flush_streams()
        at_once = self._limit_slices()
        work = lambda sliceno: self._run_slice(stages, sliceno, keep, began, more)  # noqa: E731
        ended = self._host.run_slices(self._slices, work, at_once)
        for sliceno, part in enumerate(ended):
            self._context.registered.update(part["registered"])
            self._context.digests.update({name: tuple(value) for name, value in part["digests"].items()})
            call_writers("take_slice", sliceno, part["datasets"])
            self._finder.opened.take(*part["opened"])
        self._times["per_slice"] = [part["seconds"] for part in ended]
        self._slice_memory = [part["memory"] for part in ended]
        self._end_leftovers()
        early = [part["early"] for part in ended]
        if any(early) and not all(early):
            raise RuntimeError(f"only some slices finished early: {[n for n, each in enumerate(early) if each]}")
        return [part["length"] for part in ended], all(early)

    def _limit_slices(self) -> int:
        """Return how many slices may run at once, after those that have to wait say so."""
        at_once = min(int(self._setup.get("concurrency", 0)) or self._slices, self._slices)
        if at_once < self._slices:
            self._times["concurrency"] = at_once
        for sliceno in range(at_once, self._slices):
            slot = progress.Slot(self._directory / layout.PROGRESS, sliceno)
            slot.say(f"waiting for concurrency limit ({at_once})")
        return at_once

    def _run_slice(self, stages: Stages, sliceno: int, keep: bool, began: float, more: dict[str, Any]) -> Record:
        here = self._context
        self._host.begin_stage(self._directory, "analysis", sliceno)
        here.sliceno = sliceno
        here.requests = None
        here.registered, here.digests = {}, {}
        self._finder.opened.forget()
        here.slot = progress.Slot(self._directory / layout.PROGRESS, sliceno)
        here.slot.begin("analysis")
        failed, length, early = True, -1, False
        try:
            try:
                result = stages.call("analysis", **more)
                length = save_slice_result(result, self._directory, sliceno) if keep else -1
            except FinishEarly as finish:
                if finish.result is not None:
                    raise RuntimeError("finish_early in analysis takes no result") from None
                early = True
            wait_for_saves()
            datasets = call_writers("end_slice") or {}
            failed = False
        finally:
            here.slot.end(failed)
        return {
            "length": length,
            "early": early,
            "datasets": datasets,
            "registered": here.registered,
            "digests": here.digests,
            "opened": self._finder.opened.tell(),
            "seconds": round(clock.monotonic() - began, 6),
            "memory": self._host.peak_memory().get("job", 0),
        }

    def _save_result(self, result: Any) -> None:
        if result is not None:
            CurrentJob(self._context.jobid).save(result)

    def _finish_data(self) -> None:
        """Finish the datasets; that is of synthesis, also where the method has none."""
        self._context.stage = "synthesis"
        with status("Finishing datasets"):
            self._datasets = call_writers("end_job") or []

    def enter(self, stage: str) -> None:
        """Begin a stage: its output files, its place in the record of progress, and a word to the engine."""
        self._stage = stage
        self._context.stage = stage
        if stage != "analysis":
            self._host.begin_stage(self._directory, stage)
        if self._context.slot is not None:
            self._context.slot.begin(stage)
        if stage != "synthesis" or self._times["analysis"] or self._times["prepare"]:
            self._wire.send({"say": "stage", "stage": stage})

    def leave(self, stage: str, seconds: float) -> None:
        """End a stage that went well."""
        self._times[stage] = round(seconds, 6)
        os.chdir(self._directory)

    def _end_leftovers(self) -> None:
        names = self._host.end_leftovers()
        if names:
            count = len(names)
            self._notes.append(f"left {count} process{'es' if count > 1 else ''} running: {', '.join(names[:8])}")

    def _commit(self) -> Record:
        """Put the job on the disk. Return what the engine is told of it."""
        self._stage = "commit"
        flush_streams()
        self._end_leftovers()
        manifest, record, notes = FinishedJob(self._context, self._finder, self._setup, self._datasets).describe()
        self._notes += notes
        slot = self._context.slot
        if slot is not None:
            slot.end(False)
        times = {**self._times, "total": round(clock.monotonic() - self._began, 6)}
        commit_job(
            self._directory,
            manifest,
            {
                "outcome": "finished",
                "setup": self._setup_digest,
                **record,
                "notes": self._notes,
                "starttime": self._setup["starttime"],
                "endtime": clock.wall(),
                "exectime": times,
                **self._memory(),
                **self._script,
            },
        )
        return {"output": record["output"], "seconds": times["total"], "notes": self._notes}

    def _memory(self) -> Record:
        """Return the peaks of memory for a record; nothing where they are not known."""
        peaks = self._host.peak_memory()
        return {"memory": {**peaks, "per_slice": self._slice_memory}} if peaks else {}

    def _fail(self, failure: Failure) -> None:
        slot = self._context.slot
        if slot is not None:
            slot.end(True)
        stop_saves()
        self._end_leftovers()
        if failure.is_disk_full:
            remove_unfinished(self._directory)
        seconds = round(clock.monotonic() - self._began, 6)
        record = {**failure.to_record(), "seconds": seconds, "notes": self._notes, "exectime": self._times}
        write_error(self._directory, {**record, **self._memory()})
        self._wire.send({"say": "failed", **failure.to_record(), "seconds": seconds})


class _Stage:
    def __init__(self, job: JobProcess, stage: str) -> None:
        self._job = job
        self._stage = stage
        self._began = clock.monotonic()

    def __enter__(self) -> None:
        self._job.enter(self._stage)

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: object) -> None:
        if kind is None or kind is FinishEarly:
            self._job.leave(self._stage, clock.monotonic() - self._began)


def _make_context(directory: Path, project: Project, setup: Record) -> Context:
    return Context(
        workdirs=project.workdirs,
        slices=int(setup["slices"]),
        root=project.root,
        input_directory=Path(setup["input_directory"]),
        result_directory=project.result_directory,
        jobid=directory.name,
        directory=directory,
        is_build=bool(setup.get("is_build", False)),
        would_be=str(setup.get("would_be", "")),
    )
