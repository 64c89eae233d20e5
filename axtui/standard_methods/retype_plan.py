"""What dataset_type is to do to one dataset: which columns get a type, which stay, which writers take them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from axtui import Dataset, DatasetUsageError
from axtui.standard_methods.columns import compression_of, utf8_of
from axtui.standard_methods.convert import Converter, make_converter
from axtui.standard_methods.copying import has_bytes, make_writer
from axtui.standard_methods.zones import Zone

_TEXT = ("bytes", "ascii", "unicode")


@dataclass(frozen=True)
class Typed:
    """A column that gets a type: the source's name of it, the converter, and what replaces bad values."""

    old: str
    converter: Converter
    has_default: bool
    default: Any


@dataclass(frozen=True)
class Plan:
    """One source dataset and the writers of what it becomes.

    Attributes:
        source: The source.
        typed: New columns by name.
        copied: The source's names of the columns that are copied as they are, by their new names; none where they are
            inherited.
        hashlabel: Where lines go to other slices than they come from, the column that says where; else None.
        writers: One, or, where every slice of the source becomes a dataset, one a slice.
        bad: The writer of lines that could not be converted, or None where those are errors.
        is_raw: Whether the writers have `copy_mode`, as json or pickles are copied.
    """

    source: Dataset
    typed: dict[str, Typed]
    copied: dict[str, str]
    hashlabel: str | None
    writers: list[Any]
    bad: Any
    is_raw: bool

    @property
    def olds(self) -> dict[str, str]:
        """The source's name of each column that is read, by its new name."""
        return {name: each.old for name, each in self.typed.items()} | self.copied


def make_plan(
    job: Any, options: Any, slices: int, place: tuple[int, str], source: Dataset, previous: Any, is_empty: bool = False
) -> Plan:
    """Settle what happens to a dataset, and make its writers.

    Args:
        job: The running job.
        options: Of dataset_type.
        slices: How many there are.
        place: The number of the dataset in its chain, and the name of what it becomes.
        source: The dataset.
        previous: What comes before the new dataset.
        is_empty: The new dataset gets no lines, so that it inherits no columns either.

    Raises:
        DatasetUsageError: The options do not fit the dataset; the message says what.
    """
    typed = _typed(source, options)
    gone = {old for old, new in options.rename.items() if new is None and old not in typed}
    renamed = {new: old for old, new in options.rename.items() if new and old in source.columns and new not in typed}
    untyped = {} if options.discard_untyped else {each: each for each in source.columns if each not in gone} | renamed
    untyped = {new: old for new, old in untyped.items() if new not in typed}
    hashlabel = _choose_hashlabel(source, options, {*typed, *untyped})
    moves = hashlabel is not None and (hashlabel != source.hashlabel or hashlabel in {*typed, *renamed})
    is_copied = moves or options.filter_bad or is_empty
    copied = untyped if is_copied else {}
    as_they_are = {new: _as_is(source, old) for new, old in copied.items()}
    columns: dict[str, Any] = {
        each: (found.converter.type, _takes_none(found, source)) for each, found in typed.items()
    } | as_they_are
    settings = {
        "filename": source.filename,
        "caption": options.caption,
        "compression": compression_of(options.compression),
        "hashlabel": hashlabel,
        "copy_mode": has_bytes(as_they_are),
    }
    if not is_copied:
        parent = _with_renamed(source, {new: renamed[new] for new in renamed if new in untyped}, place[0])
        columns |= {each: None for each in parent.columns if each not in {*typed, *untyped}}
        settings |= {"parent": parent, "hashlabel_override": True}
    writers = _make_writers(job, place[1], slices if moves and options.chain_slices else 0, columns, previous, settings)
    bad_columns = {new: _as_is(source, each.old) for new, each in typed.items()} | as_they_are
    bad = _make_bad(job, place[1], bad_columns, settings) if options.filter_bad else None
    return Plan(source, typed, copied, hashlabel if moves else None, writers, bad, settings["copy_mode"])


def _typed(source: Dataset, options: Any) -> dict[str, Typed]:
    zone = Zone(options.timezone) if options.timezone else None
    old_names = {name: name for name in source.columns}
    old_names |= {new: old for old, new in options.rename.items() if new and old in source.columns}
    typed = {}
    for name, spec in options.column2type.items():
        if name not in old_names:
            raise DatasetUsageError(f"{source} has no column {name!r}; it has {', '.join(source.columns)}")
        old = old_names[name]
        if source.columns[old].type not in _TEXT:
            raise DatasetUsageError(f"column {old!r} of {source} is {source.columns[old].type}, wanted text or bytes")
        converter = make_converter(spec, options.numeric_comma, zone)
        has_default = name in options.defaults
        default = _default(name, converter, options.defaults[name]) if has_default else None
        typed[name] = Typed(old, converter, has_default, default)
    unknown = sorted(set(options.defaults) - set(typed))
    if unknown or not typed:
        what = f"defaults: column {unknown[0]!r} is given no type" if unknown else "column2type is empty"
        raise DatasetUsageError(what)
    return typed


def _default(name: str, converter: Converter, text: str | None) -> Any:
    if text is None:
        return None
    utf8_of(text, f"the default of column {name!r}")
    values, bad = converter.convert(pa.array([text]))
    if bad[0]:
        raise DatasetUsageError(f"the default {text!r} of column {name!r} is no {converter.type}")
    return values[0] if isinstance(values, list) else values[0].as_py()


def _choose_hashlabel(source: Dataset, options: Any, columns: set[str]) -> str | None:
    if options.hashlabel and options.hashlabel not in columns:
        raise DatasetUsageError(f"{source} gets no column {options.hashlabel!r} to be the hashlabel")
    hashlabel = source.hashlabel if options.hashlabel is None else options.hashlabel
    return hashlabel if hashlabel in columns else None


def _takes_none(typed: Typed, source: Dataset) -> bool:
    is_none_default = typed.has_default and typed.default is None
    return typed.converter.none or is_none_default or source.columns[typed.old].none_support


def _as_is(source: Dataset, name: str) -> tuple[str, bool]:
    return source.columns[name].type, source.columns[name].none_support


def _with_renamed(source: Dataset, renamed: dict[str, str], number: int) -> Dataset:
    """Return the source with some of its columns under further names too."""
    if not renamed:
        return source
    names: dict[str, str | None] = dict.fromkeys(source.columns)
    names |= {old: new for new, old in renamed.items()}
    linked = source.link_to_here(name=f"rename.{number}", rename=names, override_previous=None)
    return source.merge(linked, name=f"merge.{number}")


def _make_writers(
    job: Any, name: str, slices: int, columns: dict[str, Any], previous: Any, settings: dict[str, Any]
) -> list[Any]:
    """Make the writer, or, with `slices`, one a slice: the last has the name, those before it the name and a number."""
    if not slices:
        return [job.datasetwriter(name=name, columns=columns, previous=previous, **settings)]
    found: list[Any] = []
    for sliceno in range(slices):
        own = name if sliceno == slices - 1 else f"{name}.{sliceno}"
        before = found[-1] if found else previous
        found.append(
            job.datasetwriter(name=own, columns=columns, previous=before, for_single_slice=sliceno, **settings)
        )
    return found


def _make_bad(job: Any, name: str, columns: dict[str, Any], settings: dict[str, Any]) -> Any:
    return make_writer(
        job,
        columns,
        name="bad" if name == "default" else f"{name}.bad",
        filename=settings["filename"],
        caption="bad lines",
        compression=settings["compression"],
    )
