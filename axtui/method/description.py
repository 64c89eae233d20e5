"""What a method declares of itself, as plain data: taken from the imported module, used where requests are checked."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from functools import cached_property
from types import ModuleType
from typing import Any

from axtui.base.errors import MethodError
from axtui.base.records import Record
from axtui.method.declared import is_used
from axtui.method.forms import Form, describe_form, format_form, parse_form
from axtui.project.limits import Limits, parse_limits

STAGES = ("prepare", "analysis", "synthesis")


@dataclass(frozen=True)
class Description:
    """A method's declarations. `datasets` and `jobs` map a parameter's name to whether it is a list."""

    method: str
    options: dict[str, Form]
    datasets: dict[str, bool]
    jobs: dict[str, bool]
    stages: tuple[str, ...]
    extra_modules: tuple[str, ...]
    extra_files: tuple[str, ...]
    text: str
    packages: tuple[str, ...] = ()
    """The packages, or "python", whose version is part of the key of its jobs."""
    versions: dict[str, str] = field(default_factory=dict)
    """The versions of what it imports from installed packages, by module."""
    limits: Limits = field(default_factory=dict)
    """What its jobs may take, and how often they are tried again; see project/limits.py."""
    all_at_once: bool = False
    """Whether it refuses to have fewer processes than slices; a method says so with `all_slices_at_once = True`."""

    @cached_property
    def groups(self) -> dict[str, tuple[str, ...]]:
        """Which of the groups "options", "datasets" and "jobs" have a parameter of a name, for every name."""
        found: dict[str, tuple[str, ...]] = {}
        for group in ("options", "datasets", "jobs"):
            for name in getattr(self, group):
                found[name] = (*found.get(name, ()), group)
        return found


_FIELDS = tuple(each.name for each in fields(Description))


def describe_method(name: str, module: ModuleType) -> Description:
    """Take a method's declarations from its module. Each stage may be left out, and all of them too.

    Raises:
        MethodError: A declaration is not of the form it must have.
    """
    options = getattr(module, "options", {})
    if not isinstance(options, dict):
        raise MethodError(f"{name}: options is {options!r:.60}, wanted a dict")
    stages = tuple(stage for stage in STAGES if callable(getattr(module, stage, None)))
    modules, files = _describe_extra(name, module)
    return Description(
        method=name,
        options={str(key): _describe_option(name, key, sample) for key, sample in options.items()},
        datasets=_describe_inputs(name, "datasets", getattr(module, "datasets", ())),
        jobs=_describe_inputs(name, "jobs", getattr(module, "jobs", ())),
        stages=stages,
        extra_modules=modules,
        extra_files=files,
        text=str(getattr(module, "description", module.__doc__ or "")).strip(),
        packages=_describe_packages(name, getattr(module, "depend_packages", ())),
        limits=_describe_limits(name, module),
        all_at_once=_describe_all_at_once(name, getattr(module, "all_slices_at_once", False)),
    )


def _describe_option(name: str, key: str, sample: Any) -> Form:
    try:
        return describe_form(sample)
    except MethodError as error:
        raise MethodError(f"{name}: option {key}: {error}") from None


def _describe_inputs(name: str, group: str, declared: Any) -> dict[str, bool]:
    if isinstance(declared, str) or not isinstance(declared, Iterable):
        raise MethodError(f"{name}: {group} is {declared!r:.60}, wanted a tuple of names")
    found: dict[str, bool] = {}
    for each in declared:
        match each:
            case str():
                found[each] = False
            case [str(inner)]:
                found[inner] = True
            case _:
                raise MethodError(f"{name}: {group} has {each!r:.60}, wanted a name or a list of one name")
    return found


def _describe_extra(name: str, module: ModuleType) -> tuple[tuple[str, ...], tuple[str, ...]]:
    modules: set[str] = set()
    files: set[str] = set()
    for each in getattr(module, "depend_extra", ()):
        if isinstance(each, ModuleType):
            modules.add(each.__name__)
        elif isinstance(each, (str, os.PathLike)):
            files.add(os.fspath(each))
        else:
            raise MethodError(f"{name}: depend_extra has {each!r:.60}, wanted a module or a file name")
    return tuple(sorted(modules)), tuple(sorted(files))


def _describe_packages(name: str, declared: Any) -> tuple[str, ...]:
    if not isinstance(declared, (tuple, list, set)) or not all(isinstance(each, str) for each in declared):
        raise MethodError(f"{name}: depend_packages is {declared!r:.60}, wanted a tuple of names of packages")
    return tuple(sorted(set(declared)))


def _describe_all_at_once(name: str, declared: Any) -> bool:
    if not isinstance(declared, bool):
        raise MethodError(f"{name}: all_slices_at_once is {declared!r:.60}, wanted True or False")
    return declared


def _describe_limits(name: str, module: ModuleType) -> Limits:
    """Return what a method declares as `limits` and `retries`; a variable of that name of its own is left alone."""
    found: Limits = {}
    for declaration, parse in (("limits", _parse_limits), ("retries", lambda value: parse_limits({"retries": value}))):
        try:
            found |= parse(vars(module)[declaration]) if declaration in vars(module) else {}
        except ValueError as error:
            if not callable(vars(module)[declaration]) and not is_used(module, declaration):
                raise MethodError(f"{name}: {error}") from None
    return found


def _parse_limits(value: Any) -> Limits:
    if not isinstance(value, dict) or "retries" in value:
        wanted = 'a dict of "memory" and "seconds"; `retries` stands on its own'
        raise ValueError(f"limits is {value!r:.60}, wanted {wanted}")
    return parse_limits(value, "limits.")


def format_description(description: Description) -> Record:
    """Write a description as JSON."""
    options = {key: format_form(form) for key, form in description.options.items()}
    return {**{name: getattr(description, name) for name in _FIELDS}, "options": options}


def parse_description(record: Record) -> Description:
    """Read a description from JSON."""
    return Description(
        **{
            **record,
            "options": {key: parse_form(form) for key, form in record["options"].items()},
            "stages": tuple(record["stages"]),
            "extra_modules": tuple(record["extra_modules"]),
            "extra_files": tuple(record["extra_files"]),
            "packages": tuple(record["packages"]),
        }
    )
