"""Runs a standard method's stages on a desk."""

from __future__ import annotations

from typing import Any

from axtui import DotDict, NoDataset
from axtui.api import context
from axtui.method.forms import describe_form
from axtui.standard_methods import a_csvimport, a_dataset_type
from tests.unit.dataset.desk import Desk


def options_of(method: Any, given: dict[str, Any]) -> DotDict:
    """Return a method's options with their defaults, as a job sees them."""
    defaults = {name: describe_form(form).default for name, form in method.options.items()}
    return DotDict({**defaults, **given})


def csvimport(desk: Desk, text: str | bytes, name: str = "f.csv", previous: Any = NoDataset, **options: Any) -> Any:
    """Write a file and import it; return the job, its result and the names of its datasets."""
    (desk.root / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    job = desk.job()
    found = options_of(a_csvimport, {"filename": name, **options})
    result = a_csvimport.synthesis(job, found, DotDict({"previous": previous}), desk.slices)
    return job, result, desk.finish()


def dataset_type(desk: Desk, source: Any, previous: Any = NoDataset, **options: Any) -> Any:
    """Retype a dataset; return the job and the names of its datasets."""
    job = desk.job("prepare")
    found = options_of(a_dataset_type, options)
    made = a_dataset_type.prepare(job, found, DotDict({"source": source, "previous": previous}), desk.slices)
    context.current().stage = "analysis"
    results = desk.analyse(lambda sliceno: a_dataset_type.analysis(sliceno, desk.slices, made))
    a_dataset_type.synthesis(results)
    return job, desk.finish()
