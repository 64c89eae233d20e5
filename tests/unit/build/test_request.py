"""A request: its keywords distributed, its values typed, its inputs listed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from axtui.api.job import JobWithFile
from axtui.api.request import request_message
from axtui.base.errors import BuildError, ServerError
from axtui.base.records import format_canonical
from axtui.build.request import Request, make_request
from axtui.method.description import Description
from axtui.method.forms import InputFile, OptionString, describe_form


def describe(**options: Any) -> Description:
    """Describe a method with some options, two datasets and two jobs."""
    return Description(
        method="one",
        options={name: describe_form(form) for name, form in options.items()},
        datasets={"source": False, "parts": True, "both": False},
        jobs={"previous": False, "all": True, "both": False},
        stages=("synthesis",),
        extra_modules=(),
        extra_files=(),
        text="",
    )


def make(description: Description, options: Any = (), datasets: Any = (), jobs: Any = (), **keywords: Any) -> Request:
    """Make a request as a build script does."""
    return make_request(description, request_message("one", options, datasets, jobs, keywords))


def test_keywords_find_their_group() -> None:
    """Each keyword goes where its name is declared, and all defaults are filled in."""
    request = make(describe(n=1, m=2), n="5", source="dev-1/x", parts=["dev-2"], previous="dev-3", all="dev-4, dev-5")

    assert request.options == {"n": 5, "m": 2}
    assert request.datasets == {"source": "dev-1/x", "parts": ["dev-2"], "both": None}
    assert request.jobs == {"previous": "dev-3", "all": ["dev-4", "dev-5"], "both": None}


def test_groups_and_keywords_are_the_same_request() -> None:
    """By group or by keyword, the request is one."""
    description = describe(n=1)

    assert make(description, {"n": 2}, {"source": "dev-1"}) == make(description, n=2, source="dev-1")


def test_a_keyword_wins_over_its_group() -> None:
    """Given twice, the keyword counts."""
    assert make(describe(n=1), {"n": 2}, n=3).options == {"n": 3}


@pytest.mark.parametrize(
    ("error", "arguments", "wanted"),
    [
        (BuildError, {"m": 1}, "Keyword m not in options/datasets/jobs for method one"),
        (BuildError, {"both": "dev-1"}, "Keyword both has several targets on method one: datasets, jobs"),
        (ServerError, {"options": {"m": 1}}, "Submit failed: Unknown option m on method one"),
        (ServerError, {"datasets": {"a": None, "b": None}}, "Submit failed: Unknown datasets on one: a, b"),
        (ServerError, {"jobs": {"a": None}}, "Submit failed: Unknown jobs on one: a"),
        (ServerError, {"source": 3}, "Submit failed: datasets parameter source on one is 3, not a string as required"),
        (ServerError, {"source": ("dev-1", "x")}, "datasets parameter source on one is .*, not a string as required"),
        (ServerError, {"parts": 3}, "Submit failed: datasets parameter parts on one is 3, not a list as required"),
        (ServerError, {"parts": [3]}, "Submit failed: datasets parameter parts on one is 3, not a string as required"),
        (ServerError, {"n": "x"}, "Submit failed: Failed to convert option n"),
    ],
)
def test_what_cannot_be_asked_is_told(error: type[Exception], arguments: dict[str, Any], wanted: str) -> None:
    """The error names method, group, name and value."""
    with pytest.raises(error, match=wanted):
        make(describe(n=1), **arguments)


@pytest.mark.parametrize("empty", [None, ""])
def test_nothing_is_nothing(empty: Any) -> None:
    """None and an empty text are no input; in a list they keep their place."""
    request = make(describe(), source=empty, parts=empty, all=["dev-1", empty])

    assert request.datasets == {"source": None, "parts": [], "both": None}
    assert request.jobs["all"] == ["dev-1", None]


def test_inputs_are_listed_once() -> None:
    """Every dataset and job that is referred to, in order; a job of several datasets is one job."""
    request = make(describe(), source="dev-1/x", parts=["dev-2", "dev-1"], previous="dev-2", all=["dev-3", None])

    assert request.inputs() == ["dev-1/x", "dev-2", "dev-1", "dev-3"]
    assert request.input_jobs() == ("dev-1", "dev-2", "dev-3")


def test_input_files_are_known() -> None:
    """Options of that form are named with their file; one that is not given is none."""
    request = make(describe(file=InputFile, name=OptionString), file="a.csv", name="x")

    assert request.input_files == {"file": "a.csv"}


@pytest.mark.parametrize(
    ("form", "value"),
    [
        (None, [{"x": JobWithFile("dev-3", "a")}]),
        (set(), {JobWithFile("dev-3", "a")}),
        (None, {JobWithFile("dev-3", "a"): 1}),
        ([JobWithFile], [JobWithFile("dev-3", "a")]),
    ],
)
def test_jobs_whose_files_options_name_are_inputs(form: Any, value: Any) -> None:
    """Wherever a file of a job stands in an option: in lists, sets and dicts, as a value or a key."""
    request = make(describe(files=form), files=value)

    assert request.file_jobs == ("dev-3",)
    assert request.inputs() == ["dev-3"]


def parameters(**options: Any) -> bytes:
    """Return the options as they are in a key, where each option may be anything."""
    return format_canonical(make(describe(**dict.fromkeys(options)), **options).options)


def test_lists_of_input_files_are_known() -> None:
    """Each file of an option that lists files is an input file."""
    request = make(describe(more=[InputFile]), more=["a.csv", "b.csv"])

    assert request.input_files == {"more[0]": "a.csv", "more[1]": "b.csv"}


def test_parameters_do_not_know_the_order() -> None:
    """Options in another order, and the keys of a plain dict in another order, are the same parameters."""
    assert parameters(a=1, b={"x": 1, "y": 2}) == parameters(b={"y": 2, "x": 1}, a=1)
    assert parameters(a=(1, 2)) == parameters(a=[1, 2])


def test_parameters_keep_values_apart() -> None:
    """Numbers, truth, text, nothing and paths are never each other."""
    values = [1, 1.0, True, "1", None, "None", 0, 0.0, -0.0, False, float("nan"), [1], {1}, {"1": 1}, Path("1")]

    assert len({parameters(a=value) for value in values}) == len(values)


def test_what_is_at_its_default_is_known() -> None:
    """Left out or given as it is; a value of another type is another value, and what must be given has no default."""
    forms: dict[str, Any] = {"n": 1, "any": None, "name": OptionString, "many": {"b", "a"}, "x": 0.0}

    def at_default(**options: Any) -> frozenset[str]:
        return make(describe(**forms), name="y", **options).at_default

    assert at_default() == at_default(n="1", many=["a", "b"]) == {"n", "any", "many", "x"}
    assert at_default(n=2, any=False, x=-0.0) == {"many"}


@pytest.mark.parametrize("message", [{}, {"options": 3}, {"options": {}, "datasets": {}, "jobs": {}}])
def test_a_request_that_cannot_be_read_is_told(message: dict[str, Any]) -> None:
    """A client that speaks another language gets an error and does no harm."""
    with pytest.raises(BuildError, match="the request for one cannot be read"):
        make_request(describe(), message)
