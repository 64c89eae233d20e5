"""Option forms: what a method declares an option to be. Declares and describes; converting is in method/options.py.

A declared default is also the type (reference/accelerator.md 2.3). `describe_form` turns a declaration into a `Form`,
which is plain data and crosses the wire from the loader, where the method is imported, to the engine, where requests
are checked.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from datetime import date, datetime, time, timedelta
from functools import cached_property
from pathlib import Path, PurePath
from typing import Any

from axtui.base.errors import MethodError
from axtui.base.records import Record
from axtui.base.values import FileReference, decode_value, encode_value


class EnumWord(str):
    """One permitted word of an OptionEnum; used as a default it declares the option."""

    __slots__ = ("enum",)
    enum: OptionEnum

    def __new__(cls, word: str, enum: OptionEnum) -> EnumWord:
        self = super().__new__(cls, word)
        self.enum = enum
        return self

    def __reduce__(self) -> tuple[type[EnumWord], tuple[str, OptionEnum]]:
        return EnumWord, (str(self), self.enum)


class OptionEnum:
    """One of some words; `c*` permits every word with that beginning.

    Args:
        values: The words, as an iterable or as one text split at spaces and commas.
        none_ok: None is permitted too.
    """

    def __init__(self, values: str | Iterable[str], none_ok: bool = False) -> None:
        words = values.replace(",", " ").split() if isinstance(values, str) else list(values)
        self._words = tuple(words)
        self._none_ok = none_ok

    def __getattr__(self, name: str) -> EnumWord:
        if name.startswith("_"):
            raise AttributeError(name)
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None

    def __getitem__(self, word: str) -> EnumWord:
        if not permits(self._words, word):
            raise KeyError(word)
        return EnumWord(word, self)

    def __iter__(self) -> Any:
        return iter(self._words)

    def __repr__(self) -> str:
        return f"OptionEnum({' '.join(self._words)!r}, none_ok={self._none_ok})"


def permits(words: Iterable[str], word: str) -> bool:
    """Tell whether a word is among those of an enum."""
    return any(word == each or (each.endswith("*") and word.startswith(each[:-1])) for each in words)


class _OptionString(str):
    """A mandatory option: a text that is not empty. May be called with an example."""

    __slots__ = ()

    def __call__(self, example: str) -> _OptionString:
        return _OptionString(example)


OptionString = _OptionString("<OptionString>")


@dataclass(frozen=True)
class RequiredOption:
    """An option that must be given; None only where `none_ok`."""

    value: Any
    none_ok: bool = False


class OptionDefault:
    """An option of the given form that need not be given; None stands for `default`."""

    def __init__(self, value: Any, default: Any = None) -> None:
        self.value = value
        self.default = default


class _InputFile(str):
    """A file in the input directory, by relative name; its content is part of the job's identity."""

    __slots__ = ()

    def __call__(self, example: str) -> _InputFile:
        return _InputFile(example)


InputFile = _InputFile("<InputFile>")


@dataclass(frozen=True)
class Form:
    """A declaration as plain data.

    Attributes:
        kind: "any", "int", "float", "str", "bool", "list", "set", "dict", "datetime", "date", "time", "timedelta",
            "path", "purepath", "enum", "string", "inputfile" or "file" (a JobWithFile).
        default: What an absent option is.
        strict: Only values of the very type; no conversion from text (a type was declared, not a sample).
        mandatory: The option must be given.
        none_ok: None is a value.
        words: The words of an enum.
        inner: The form of the elements or values.
        none_default: None stands for the default.
        required: It is a `RequiredOption`, and says so where it is given None.
    """

    kind: str
    default: Any = None
    strict: bool = False
    mandatory: bool = False
    none_ok: bool = True
    words: tuple[str, ...] = ()
    inner: Form | None = None
    none_default: bool = False
    required: bool = False

    @cached_property
    def default_json(self) -> Any:
        """What an absent option is, as JSON; see base/values.py."""
        return encode_value(self.default)


_FIELDS = tuple(each.name for each in fields(Form))
_TYPES: dict[Any, str] = {
    int: "int", float: "float", str: "str", bool: "bool", list: "list", dict: "dict", set: "set",
    datetime: "datetime", date: "date", time: "time", timedelta: "timedelta",
}  # fmt: skip


def describe_form(sample: Any) -> Form:
    """Return the form that a declared default or type stands for.

    Raises:
        MethodError: Nothing of this type can be declared.
    """
    if isinstance(sample, type):
        return _describe_type(sample)
    match sample:
        case None:
            return Form("any")
        case EnumWord():
            return Form("enum", str(sample), none_ok=sample.enum._none_ok, words=sample.enum._words)
        case OptionEnum():
            return Form("enum", mandatory=not sample._none_ok, none_ok=sample._none_ok, words=sample._words)
        case _OptionString():
            return Form("string", mandatory=True, none_ok=False)
        case _InputFile():
            return Form("inputfile", mandatory=True, none_ok=False)
        case RequiredOption():
            inner = describe_form(sample.value)
            return replace(inner, mandatory=True, none_ok=sample.none_ok, required=True)
        case OptionDefault():
            inner = describe_form(sample.value)
            return replace(inner, mandatory=False, none_ok=True, none_default=True, default=sample.default)
        case bool() | int() | float() | str():
            return Form(type(sample).__name__, sample)
        case list() | tuple() | set() | frozenset():
            return _describe_sequence(sample)
        case dict():
            return _describe_dict(sample)
        case datetime() | date() | time() | timedelta():
            return Form(type(sample).__name__, sample, strict=True)
        case PurePath():
            return Form("path" if isinstance(sample, Path) else "purepath", sample)
    raise MethodError(f"{sample!r:.80} declares no option; wanted a default value, a type or an option form")


def _describe_type(kind: type) -> Form:
    if kind in _TYPES:
        return Form(_TYPES[kind], strict=True)
    if issubclass(kind, PurePath):
        return Form("path" if issubclass(kind, Path) else "purepath")
    if issubclass(kind, FileReference):
        return Form("file")
    raise MethodError(f"the type {kind.__name__} declares no option")


def _describe_sequence(sample: Any) -> Form:
    kind = "set" if isinstance(sample, (set, frozenset)) else "list"
    inner = _describe_samples(list(sample))
    values = [] if _holds_type(sample) else list(sample)
    mandatory = _is_mandatory(inner)
    return Form(kind, set(values) if kind == "set" else values, inner=inner, none_ok=not mandatory, mandatory=mandatory)


def _describe_dict(sample: dict[Any, Any]) -> Form:
    inner = _describe_samples(list(sample.values()))
    default = {} if _holds_type(sample) else dict(sample)
    mandatory = _is_mandatory(inner)
    return Form("dict", default, inner=inner, none_ok=not mandatory, mandatory=mandatory)


def _is_mandatory(inner: Form | None) -> bool:
    """Tell whether what holds values of a form must be given; a list of input files need not."""
    return inner is not None and inner.mandatory and inner.kind != "inputfile"


def _holds_type(sample: Any) -> bool:
    """Tell whether there are types rather than values in a sample, so that its default is empty."""
    if isinstance(sample, (list, tuple, set, frozenset, dict)):
        return any(map(_holds_type, sample.values() if isinstance(sample, dict) else sample))
    return isinstance(sample, (type, OptionEnum, _OptionString, RequiredOption, OptionDefault, _InputFile))


def _describe_samples(samples: list[Any]) -> Form | None:
    """Return the common form of some samples."""
    if not samples:
        return None
    forms = [describe_form(sample) for sample in samples]
    if len({form.kind for form in forms}) > 1:
        raise MethodError(f"the samples {samples!r:.80} are of different types")
    return forms[0]


def format_form(form: Form) -> Record:
    """Write a form as JSON."""
    inner = format_form(form.inner) if form.inner else None
    plain = {name: getattr(form, name) for name in _FIELDS}
    return {**plain, "default": form.default_json, "words": list(form.words), "inner": inner}


def parse_form(record: Record) -> Form:
    """Read a form from JSON."""
    inner = parse_form(record["inner"]) if record["inner"] else None
    return Form(
        **{**record, "default": decode_value(record["default"]), "words": tuple(record["words"]), "inner": inner}
    )
