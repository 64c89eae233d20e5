"""The key of a job: equal keys mean that the same program would run on the same data.

The key is the digest of: a scheme version; the method's name; its code digest, without its declaration of options
(`method/declared.py`); every option that it declares, typed, whether given or left at its default; what each input job
and dataset came out as; the content of input files; the versions of packages that it, or the project, says it depends
on; the slice count.

So an option given at its default is one that was left out, and another default is another value, which runs again. How
an option is declared does not count, for the program sees its value alone: an `int` that becomes any value, or one word
more in an enum, leaves the jobs that have the same typed value as they are.

An option that the method has only since later can be in no older key, and no key could say "as if it were not there"
and "at this default" in one. So a request is looked for under its own key first, then under the keys it would have
without its newer options: for each set of option names that finished jobs of the method were built with
(`Index.option_sets`, kept in memory, one for each time the declaration grew or shrank), and for each code digest that
is accepted (`build/equivalence.py`). Such a key is only tried where every option left out is at its default, and, for
the present code, is none that the code names: a program that asked for an option before there was one may do
otherwise now. For an older code it must be declared as it was when the two were declared equal. Each try is one look
into an index, however many jobs there are. That no single key can do it: with {a: 1} first, then {a: 1, b: 5}, then
{a: 1, b: 6}, the first job answers the second request and the third, but a job of the second must not answer the
third.

What a key cannot see: a job's id given as text where no job is declared (it stays the text it is, so a rebuilt job of
equal output is another option, and a job whose number came back after a deletion is not); files that an input job
made but did not register; whatever comes over the network, from the clock or from the environment.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import Any

from axtui.base.errors import NoSuchDatasetError, NoSuchJobError, NoSuchWhateverError, NoSuchWorkdirError
from axtui.base.ids import parse_jobid, split_dataset
from axtui.base.records import Record, digest_of
from axtui.build.equivalence import Lacks
from axtui.build.request import Reference, Request, flat
from axtui.build.underway import Underway
from axtui.store import layout
from axtui.store.catalogue import Catalogue
from axtui.store.index import Finished
from axtui.store.record import SCHEME

_SCHEME = f"axtui key {SCHEME}"
_NO_OUTPUT = (layout.OUTPUT, layout.METHOD)
"""What lies here in a job is kept with it, and is not what came out."""


@dataclass(frozen=True)
class Identity:
    """What a job is.

    Attributes:
        key: Its key.
        code: The code digest of its method.
        inputs: The identity of every reference.
        files: The content digest of input files, by option.
        packages: The versions that are part of the key, by package.
        parts: What the key is the digest of: two identities whose parts are equal have one key.
    """

    key: str
    code: str
    inputs: dict[str, str]
    files: dict[str, str]
    packages: dict[str, str] = field(default_factory=dict)
    parts: Record = field(default_factory=dict, repr=False)

    @cached_property
    def parameters(self) -> str:
        """The digest of method and options, which with the output is what the job is to others."""
        return digest_of([self.parts["method"], self.parts["options"]])

    def key_as(self, code: str, options: Collection[str]) -> str:
        """Return the key that this would have with another code digest, and with some of its options alone."""
        mine = {name: value for name, value in self.parts["options"].items() if name in options}
        files = {name: value for name, value in self.files.items() if name.partition("[")[0] in options}
        return digest_of({**self.parts, "code": code, "options": mine, "files": files})


def identify(
    request: Request,
    code: str,
    catalogue: Catalogue,
    files: dict[str, str],
    slices: int,
    packages: Mapping[str, str] = MappingProxyType({}),
    underway: Mapping[str, Underway] = MappingProxyType({}),
) -> Identity:
    """Work out the identity of a request.

    Args:
        request: The typed request.
        code: The code digest of its method.
        catalogue: Where its inputs are.
        files: The content digest of each input file, by option.
        slices: The slice count.
        packages: The versions that count, by package.
        underway: Whoever asks, and who asked for him, by id: jobs that are not finished and may be inputs all the same.

    Raises:
        NoSuchWorkdirError: An input job is of a workdir that is not configured.
        NoSuchJobError: An input job is not there or not finished.
        NoSuchDatasetError: An input job has no such dataset.
    """
    jobs = _Jobs(catalogue, underway)
    datasets = _references(request.datasets)
    inputs = {
        reference: _identify_input(reference, reference in datasets, jobs)
        for reference in datasets | _references(request.jobs)
    }
    options = request.options
    if request.file_jobs:
        inputs |= {_file_name(*file): _identify_file(*file, jobs) for file in _find_files(options)}
        options = _replace_files(options, inputs)
    parts: Record = {
        "scheme": _SCHEME,
        "method": request.method,
        "code": code,
        "options": options,
        "datasets": {name: _replace(value, inputs) for name, value in request.datasets.items()},
        "jobs": {name: _replace(value, inputs) for name, value in request.jobs.items()},
        "files": files,
        "packages": dict(packages),
        "slices": slices,
    }
    return Identity(digest_of(parts), code, inputs, files, parts["packages"], parts)


def older_keys(
    identity: Identity,
    request: Request,
    reads: Collection[str] | None,
    accepted: Mapping[str, Lacks],
    option_sets: Collection[frozenset[str]],
) -> Iterator[str]:
    """Give the other keys under which a job that answers a request may have been built.

    Args:
        identity: The identity of the request.
        request: The request.
        reads: The options that the present code names; None where it may see which ones there are.
        accepted: The older code digests that are accepted, with the options that their jobs may lack.
        option_sets: The sets of option names that jobs of the method were built with.
    """
    present = frozenset(request.options)
    may_lack = request.at_default - frozenset(reads) if reads is not None else frozenset()
    for options in option_sets:
        if options < present and present - options <= may_lack:
            yield identity.key_as(identity.code, options)
    for code, lacks in accepted.items():
        may_lack = request.at_default if lacks is None else request.at_default & lacks
        for options in {present, *option_sets}:
            if options <= present and present - options <= may_lack:
                yield identity.key_as(code, options)


def recorded_parts(setup: Record) -> Record:
    """Return what the key of a job that exists was the digest of, from its setup.json."""
    inputs = setup.get("inputs", {})
    return {
        "scheme": _SCHEME,
        "method": setup["method"],
        "code": setup.get("hash", ""),
        "options": _replace_files(setup["options"], inputs),
        "datasets": {name: _replace(value, inputs) for name, value in setup["datasets"].items()},
        "jobs": {name: _replace(value, inputs) for name, value in setup["jobs"].items()},
        "files": {name: told[1] for name, told in setup.get("input_files", {}).items()},
        "packages": setup.get("packages", {}),
        "slices": setup["slices"],
    }


def _find_files(value: Any) -> Iterator[tuple[str, str]]:
    """Give job and name of each file of a job that options name."""
    if isinstance(value, dict) and value.keys() == {"$file"}:
        yield value["$file"][0], value["$file"][1]
    elif isinstance(value, (dict, list)):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _find_files(item)


def _replace_files(value: Any, inputs: dict[str, str]) -> Any:
    """Put what a job is in the place of its id, wherever options name a file of a job."""
    if isinstance(value, list):
        return [_replace_files(item, inputs) for item in value]
    if not isinstance(value, dict):
        return value
    match value:
        case {"$file": [jobid, name, *rest]} if len(value) == 1:
            return {"$file of": [inputs.get(_file_name(jobid, name)), name, *rest]}
    return {key: _replace_files(item, inputs) for key, item in value.items()}


def _file_name(jobid: str, name: str) -> str:
    """Return how a file of a job is called among inputs."""
    return f"{jobid}:{name}"


def _identify_file(jobid: str, name: str, jobs: _Jobs) -> str:
    """Return what a file's job is; a file that is none of its output is known by the job's id too."""
    job = jobs.get(jobid)
    if isinstance(job, Underway):
        return job.identity
    is_output = any(_is_file(each, name) for each in job.files) and name.partition("/")[0] not in _NO_OUTPUT
    return job.identity if is_output else f"{job.identity}/{jobid}"


def _is_file(found: str, name: str) -> bool:
    """Tell whether a file is the one that is named, or its part of one slice."""
    return found == name or (found.startswith(name + ".") and found[len(name) + 1 :].isdecimal())


def _references(group: dict[str, Reference]) -> dict[str, None]:
    """Return what the parameters of a group refer to, once, in order."""
    return dict.fromkeys([item for value in group.values() for item in flat(value) if item])


def _identify_input(reference: str, is_dataset: bool, jobs: _Jobs) -> str:
    job = jobs.get(reference)
    if not is_dataset:
        return job.identity
    _, name = split_dataset(reference)
    _check_dataset(job, name)
    return f"{job.identity}/{name}"


def _check_dataset(job: Finished | Underway, name: str) -> None:
    if isinstance(job, Underway):
        if not job.has_dataset(name):
            raise NoSuchDatasetError(f"job {job.jobid} has not finished a dataset {name!r}")
    elif name not in job.datasets:
        there = ", ".join(job.datasets) or "no dataset"
        raise NoSuchDatasetError(f"job {job.jobid} has no dataset {name!r}; it has {there}")


@dataclass(frozen=True)
class _Jobs:
    """The jobs that may be inputs of a request."""

    catalogue: Catalogue
    underway: Mapping[str, Underway]

    def get(self, reference: str) -> Finished | Underway:
        jobid, _ = split_dataset(reference)
        job = self.catalogue.get(jobid) or self.underway.get(jobid)
        if job is None:
            raise _missing(jobid, self.catalogue)
        return job


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
