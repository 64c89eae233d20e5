"""Calling a method's functions: what each may ask for, and what its module's globals become."""

from __future__ import annotations

from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest

import axtui.g
from axtui.api import context
from axtui.api.context import Context
from axtui.api.job import NoJob
from axtui.api.joblist import JobList
from axtui.execute.stages import Stages, call_function

SETUP = {
    "jobid": "dev-1",
    "slices": 2,
    "options": {"n": 3, "d": {"a": {"b": [{"c": 1}]}}},
    "datasets": {},
    "jobs": {"one": "dev-0", "none": None, "many": ["dev-0", None]},
}


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    """Forget what a test says of this process."""
    context.use(Context())
    yield
    context.use(Context())


def stages(**functions: Any) -> tuple[Stages, ModuleType]:
    """Make the stages of a method with these functions."""
    module = ModuleType("small.a_one")
    vars(module).update(functions)
    return Stages(module, SETUP), module


def test_a_function_gets_what_it_names() -> None:
    """By position or by keyword, in any order; `**rest` gets nothing."""

    def synthesis(slices: int, *, options: Any, **rest: Any) -> Any:
        return slices, options.n, rest

    found, _ = stages(synthesis=synthesis)

    assert found.call("synthesis") == (2, 3, {})
    assert found.wants("synthesis", "options")
    assert not found.wants("synthesis", "analysis_res")
    assert not found.wants("prepare", "options")


def test_globals_are_the_parameters() -> None:
    """`options`, `datasets` and `jobs` of the module are this job's, nested dicts with attributes."""
    _, module = stages()

    assert module.options.d.a.b[0].c == 1
    assert (module.jobs.one, module.jobs.none, module.jobs.many) == ("dev-0", NoJob, ["dev-0", NoJob])
    assert isinstance(module.jobs.many, JobList)


def test_a_wrong_name_is_an_attribute_error() -> None:
    """The error says who asks for what, and what there is."""
    found, _ = stages(prepare=lambda optoins: None)

    with pytest.raises(AttributeError, match="asks for 'optoins', which is not there; there are params, options"):
        found.call("prepare")


def test_analysis_must_take_its_slice() -> None:
    """Without sliceno it is refused; only analysis has `update_top_status`."""
    found, _ = stages(analysis=lambda job: None, prepare=lambda update_top_status: None)

    with pytest.raises(TypeError, match="analysis has no parameter sliceno"):
        found.call("analysis")
    with pytest.raises(AttributeError, match="update_top_status"):
        found.call("prepare")


def test_g_has_what_the_stage_has() -> None:
    """Also what the function does not ask for, of the stage that runs now."""
    found, _ = stages(prepare=lambda: (axtui.g.running, axtui.g.sliceno, axtui.g.job), synthesis=lambda: axtui.g.extra)

    assert found.call("prepare") == ("prepare", -1, "dev-1")
    assert found.call("synthesis", extra=5) == 5


def test_any_function_can_be_called_so() -> None:
    """A build script's main is called in the same way."""
    assert call_function(lambda urd: urd, {"urd": 1, "job": 2}) == 1
