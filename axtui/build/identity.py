"""The key of a job: equal keys mean that the same program would run on the same data."""

from __future__ import annotations

from dataclasses import dataclass

from axtui.base.errors import NoSuchDatasetError, NoSuchJobError, NoSuchWhateverError, NoSuchWorkdirError
from axtui.base.ids import parse_jobid, split_dataset
from axtui.base.records import Record, digest_of
from axtui.build.request import Reference, Request
from axtui.store.catalogue import Catalogue

_SCHEME = "axtui key 1"


@dataclass(frozen=True)
class Identity:
    """What a job is. `inputs` has the identity of every reference, `files` the content digest of input files.

    `parts` are what the key is the digest of: two identities whose parts are equal have one key.
    """

    key: str
    code: str
    inputs: dict[str, str]
    files: dict[str, str]
    parts: Record


def identify(request: Request, code: str, catalogue: Catalogue, files: dict[str, str], slices: int) -> Identity:
    """Work out the identity of a request.

    Args:
        request: The typed request.
        code: The code digest of its method.
        catalogue: Where its inputs are.
        files: The content digest of each input file, by option.
        slices: The slice count.

    Raises:
        NoSuchWorkdirError: An input job is of a workdir that is not configured.
        NoSuchJobError: An input job is not there or not finished.
        NoSuchDatasetError: An input job has no such dataset.
    """
    inputs = {reference: _identify_input(reference, request.datasets, catalogue) for reference in request.inputs()}
    parts = {
        "scheme": _SCHEME,
        "method": request.method,
        "code": code,
        "options": request.options,
        "datasets": {name: _replace(value, inputs) for name, value in request.datasets.items()},
        "jobs": {name: _replace(value, inputs) for name, value in request.jobs.items()},
        "files": files,
        "slices": slices,
    }
    return Identity(digest_of(parts), code, inputs, files, parts)


def recorded_parts(setup: Record) -> Record:
    """Return what the key of a job that exists was the digest of, from its setup.json."""
    inputs = setup.get("inputs", {})
    return {
        "scheme": _SCHEME,
        "method": setup["method"],
        "code": setup.get("hash", ""),
        "options": setup["options"],
        "datasets": {name: _replace(value, inputs) for name, value in setup["datasets"].items()},
        "jobs": {name: _replace(value, inputs) for name, value in setup["jobs"].items()},
        "files": {name: told[1] for name, told in setup.get("input_files", {}).items()},
        "slices": setup["slices"],
    }


def _identify_input(reference: str, datasets: dict[str, Reference], catalogue: Catalogue) -> str:
    jobid, name = split_dataset(reference)
    job = catalogue.get(jobid)
    if job is None:
        raise _missing(jobid, catalogue)
    is_dataset = any(
        reference == value or (isinstance(value, list) and reference in value) for value in datasets.values()
    )
    if is_dataset and name not in job.datasets:
        there = ", ".join(job.datasets) or "no dataset"
        raise NoSuchDatasetError(f"job {jobid} has no dataset {name!r}; it has {there}")
    return f"{job.identity}/{name}" if is_dataset else job.identity


def _missing(jobid: str, catalogue: Catalogue) -> NoSuchWhateverError:
    parts = parse_jobid(jobid)
    if parts and parts[0] not in catalogue.indexes:
        there = ", ".join(catalogue.indexes)
        return NoSuchWorkdirError(f"{jobid}: there is no workdir {parts[0]!r}; there are {there}")
    return NoSuchJobError(f"there is no finished job {jobid!r}")


def _replace(value: Reference, inputs: dict[str, str]) -> object:
    if isinstance(value, list):
        return [inputs.get(item) if item else None for item in value]
    return inputs.get(value) if value else None
