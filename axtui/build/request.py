"""A request for a job: taken from a message, its keywords distributed, its values checked and typed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from axtui.base.errors import BuildError, RecordError, ServerError
from axtui.base.ids import split_dataset
from axtui.base.records import is_same
from axtui.base.values import FileReference, decode_value, encode_value
from axtui.base.wire import Message
from axtui.method.description import Description
from axtui.method.forms import Form
from axtui.method.options import convert_options

Reference = str | None | list[str | None]
_HOLDERS = (list, tuple, set, frozenset, dict)
"""Types of options that may hold, or be, a file of a job."""


@dataclass(frozen=True)
class Request:
    """A request whose options are typed and complete. `options` is JSON, by `base.values`."""

    method: str
    options: dict[str, Any]
    datasets: dict[str, Reference]
    jobs: dict[str, Reference]
    input_files: dict[str, str]
    """Options that name input files, with the name; those of a list as `option[0]`, `option[1]`, …"""
    file_jobs: tuple[str, ...] = ()
    """Jobs of which options name a file."""
    at_default: frozenset[str] = frozenset()
    """Options that are what they are where nobody gives them."""

    def inputs(self) -> list[str]:
        """Return every job and dataset that is referred to, once, in order."""
        values = [*self.datasets.values(), *self.jobs.values(), *self.file_jobs]
        return list(dict.fromkeys(item for value in values for item in flat(value) if item))

    def input_jobs(self) -> tuple[str, ...]:
        """Return the jobs of all inputs, once, in order."""
        return tuple(dict.fromkeys(split_dataset(item)[0] for item in self.inputs()))


def flat(value: Reference) -> list[str | None]:
    """Return what a parameter refers to as a list."""
    return value if isinstance(value, list) else [value]


def make_request(description: Description, message: Message) -> Request:
    """Type and complete what was asked.

    Raises:
        BuildError: A keyword belongs to no parameter, or to several.
        ServerError: A parameter is unknown, missing or of the wrong type.
    """
    try:
        groups = {group: _decode(message[group]) for group in ("options", "datasets", "jobs")}
        keywords = _decode(message["keywords"])
    except (RecordError, KeyError, TypeError, ValueError) as error:
        raise BuildError(f"the request for {description.method} cannot be read: {error}") from None
    _distribute(description, groups, keywords)
    given = groups["options"]
    options = convert_options(description.method, description.options, given)
    encoded: dict[str, Any] = {}
    at_default: list[str] = []
    for name, form in description.options.items():
        encoded[name] = encode_value(options[name]) if name in given else form.default_json
        if not form.mandatory and is_same(encoded[name], form.default_json):
            at_default.append(name)
    return Request(
        method=description.method,
        options=encoded,
        datasets=_references(description.method, "datasets", description.datasets, groups["datasets"]),
        jobs=_references(description.method, "jobs", description.jobs, groups["jobs"]),
        input_files=dict(_input_files(description.options, options)),
        file_jobs=tuple(_file_jobs([value for value in options.values() if isinstance(value, _HOLDERS)])),
        at_default=frozenset(at_default),
    )


def _decode(group: Any) -> dict[str, Any]:
    return decode_value(dict(group)) if len(group) else {}


def _input_files(forms: Mapping[str, Form], options: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, form in forms.items():
        if form.kind == "inputfile" and options[name]:
            yield name, options[name]
        elif form.kind == "list" and form.inner is not None and form.inner.kind == "inputfile":
            yield from ((f"{name}[{at}]", value) for at, value in enumerate(options[name] or ()))


def _file_jobs(value: Any) -> Iterator[str]:
    if isinstance(value, FileReference):
        yield str(value.job)
    elif isinstance(value, _HOLDERS):
        for item in (*value.keys(), *value.values()) if isinstance(value, dict) else value:
            yield from _file_jobs(item)


def _distribute(description: Description, groups: dict[str, dict[str, Any]], keywords: dict[str, Any]) -> None:
    for name, value in keywords.items():
        targets = description.groups.get(name, ())
        if not targets:
            raise BuildError(f"Keyword {name} not in options/datasets/jobs for method {description.method}")
        if len(targets) > 1:
            raise BuildError(f"Keyword {name} has several targets on method {description.method}: {', '.join(targets)}")
        groups[targets[0]][name] = value


def _references(method: str, group: str, known: dict[str, bool], given: dict[str, Any]) -> dict[str, Reference]:
    if not given.keys() <= known.keys():
        unknown = sorted(given.keys() - known.keys())
        raise ServerError(f"Submit failed: Unknown {group} on {method}: {', '.join(unknown)}")
    found: dict[str, Reference] = {}
    for name, is_list in known.items():
        value = given.get(name)
        where = f"{group} parameter {name} on {method}"
        found[name] = _reference_list(where, value) if is_list else _reference(where, value)
    return found


def _reference(where: str, value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return str(value) if value else None
    raise ServerError(f"Submit failed: {where} is {value!r:.60}, not a string as required")


def _reference_list(where: str, value: Any) -> list[str | None]:
    if isinstance(value, str):
        value = [part.strip() for part in value.split(",")] if value else []
    if value is None:
        return []
    if not isinstance(value, list):
        raise ServerError(f"Submit failed: {where} is {value!r:.60}, not a list as required")
    return [_reference(where, item) for item in value]
