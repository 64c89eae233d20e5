"""Runs all stages of a standard method on a desk, as a job would: parameters by name, slices forked."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Any

from axtui import Dataset, DatasetList, DotDict, Job, NoDataset, NoJob
from axtui.api import context
from axtui.base.records import format_lines
from axtui.store import layout
from tests.unit.dataset.desk import Desk
from tests.unit.standard_methods.running import options_of
from tests.unit.store.jobs import commit, setup_of


def run_method(desk: Desk, method: Any, jobs: dict[str, Any] | None = None, **given: Any) -> Any:
    """Run a method; return its job and its result.

    Args:
        desk: Where.
        method: The module.
        jobs: Its job parameters.
        **given: Its datasets and options.

    Raises:
        RuntimeError: A slice raised; the message has the exception's class and text.
    """
    names = [name if isinstance(name, str) else name[0] for name in getattr(method, "datasets", ())]
    own = {name: value for name, value in given.items() if name not in names}
    options = options_of(method, own) if hasattr(method, "options") else DotDict()
    job = desk.job("prepare")
    _note_setup(job, {name: given.get(name) for name in names}, jobs or {})
    values = {
        "job": job,
        "slices": desk.slices,
        "options": options,
        "datasets": DotDict({name: _dataset(given.get(name)) for name in names}),
        "jobs": DotDict({name: Job((jobs or {})[name]) if (jobs or {}).get(name) else NoJob for name in _jobs(method)}),
    }
    if hasattr(method, "prepare"):
        values["prepare_res"] = _call(method.prepare, values)
    if hasattr(method, "analysis"):
        assert "sliceno" in inspect.signature(method.analysis).parameters
        values["analysis_res"] = iter(
            desk.analyse(lambda sliceno: _call(method.analysis, {**values, "sliceno": sliceno}))
        )
    context.current().stage = "synthesis"
    result = _call(method.synthesis, values) if hasattr(method, "synthesis") else None
    names = desk.finish()
    if _jobs(method):
        _commit(job, names)
    return job, result


def _note_setup(job: Job, datasets: dict[str, Any], jobs: dict[str, Any]) -> None:
    """Write the record that `{previous: "source"}` is looked up in."""
    given = {name: value for name, value in datasets.items() if value}
    named = {name: [*map(str, value)] if isinstance(value, list) else str(value) for name, value in given.items()}
    setup = setup_of(str(job), datasets=named, jobs={name: str(value) for name, value in jobs.items()})
    (Path(job.path) / layout.SETUP).write_bytes(format_lines(setup))


def _commit(job: Job, names: list[str]) -> None:
    """Write the commit record that `job.datasets` is read from."""
    directory = Path(job.path)
    (directory / layout.METHOD).mkdir()
    (directory / layout.METHOD / "a_count.py").write_text("")
    commit(directory, {"datasets": dict.fromkeys(names, "d" * 64)})


def _jobs(method: Any) -> tuple[str, ...]:
    return tuple(getattr(method, "jobs", ()))


def _dataset(given: Any) -> Any:
    if isinstance(given, list):
        return DatasetList(given)
    return Dataset(given) if given else NoDataset


def _call(function: Callable[..., Any], values: dict[str, Any]) -> Any:
    return function(**{name: values[name] for name in inspect.signature(function).parameters})
