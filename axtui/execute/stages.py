"""Calling a method's functions: parameters by name, module globals, what each stage may ask for."""

from __future__ import annotations

import inspect
import os
from collections.abc import Callable
from functools import cache
from types import ModuleType
from typing import Any

from axtui.api import context
from axtui.api.current import CurrentJob
from axtui.api.job import Job, job_or_none
from axtui.api.joblist import JobList
from axtui.api.params import typed_params
from axtui.api.status import update_top_status
from axtui.base import clock
from axtui.base.dotdict import DotDict
from axtui.base.records import Record
from axtui.method.description import STAGES


class Stages:
    """The functions of one method, with the parameters of one job."""

    def __init__(self, module: ModuleType, setup: Record) -> None:
        self._module = module
        self.params = typed_params(setup)
        self._values = {
            "params": self.params,
            "options": self.params.options,
            "datasets": DotDict({name: _dataset(value) for name, value in self.params.datasets.items()}),
            "jobs": DotDict({name: _job(value) for name, value in self.params.jobs.items()}),
            "slices": self.params.slices,
            "job": CurrentJob(setup["jobid"]),
            "server_url": "",
            "subjob_cookie": None,
        }
        for group in ("options", "datasets", "jobs"):
            setattr(module, group, self._values[group])

    def has(self, stage: str) -> bool:
        """Tell whether the method has a stage."""
        return callable(getattr(self._module, stage, None))

    def wants(self, stage: str, name: str) -> bool:
        """Tell whether a stage asks for a parameter."""
        return self.has(stage) and name in _parameters(getattr(self._module, stage))

    def call(self, stage: str, **more: Any) -> Any:
        """Run a stage with the parameters it asks for.

        Raises:
            AttributeError: It asks for something that this stage does not have.
        """
        function = getattr(self._module, stage)
        values = {**self._values, "running": stage, "sliceno": context.current().sliceno, **more}
        if stage == "analysis":
            values["update_top_status"] = update_top_status
            if "sliceno" not in _parameters(function):
                raise TypeError("analysis has no parameter sliceno; it must take the number of its slice")
        return call_function(function, values)


def call_function(function: Callable[..., Any], values: dict[str, Any]) -> Any:
    """Call a function with those values that its parameters name; `axtui.g` has them all.

    Raises:
        AttributeError: It asks for something that is not among them.
    """
    context.current().given = values
    wanted = _parameters(function)
    for name in wanted:
        if name not in values:
            where = function.__name__
            raise AttributeError(f"{where} asks for {name!r}, which is not there; there are {', '.join(values)}")
    return function(**{name: values[name] for name in wanted})


@cache
def _parameters(function: Callable[..., Any]) -> list[str]:
    kinds = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    return [name for name, each in inspect.signature(function).parameters.items() if each.kind in kinds]


def _dataset(value: Any) -> Any:
    from axtui.api.dataset import Dataset, DatasetList, NoDataset

    if isinstance(value, list):
        return DatasetList(_dataset(item) for item in value)
    return Dataset(value) if value else NoDataset


def _job(value: Any) -> Job | JobList:
    if isinstance(value, list):
        return JobList(job_or_none(item) for item in value)
    return job_or_none(value)


def warm_up(module: ModuleType) -> None:
    """Look at a method's functions and at the machine once, in the loader, so that no job process has to."""
    clock.boot_id()
    for stage in STAGES:
        if callable(getattr(module, stage, None)):
            _parameters(getattr(module, stage))


def set_threads(cores: int, slices: int) -> None:
    """Give numeric libraries their share of the cores, unless the user has said how many threads."""
    share = str(max(1, cores // max(1, slices)))
    for name in ("OMP_NUM_THREADS", "POLARS_MAX_THREADS"):
        os.environ.setdefault(name, share)
