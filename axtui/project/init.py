"""What `axtui init` writes: a project that builds at once and shows where things go."""

from __future__ import annotations

import keyword
import os
import re
from pathlib import Path

from axtui.base.errors import UserError
from axtui.base.files import fsync_path, make_directories, write_new
from axtui.project.config import FILE_NAME, check_path

_CONFIG = """\
# An axtui project. Paths are relative to this file. Unknown keys are errors.

slices = {slices:<12}       # processes that share a job, and parts of a dataset; a workdir keeps its number for ever
target = "dev"            # the workdir where new jobs go
input = {input:<18}# input files are looked up here
results = "results"       # job.link_result makes links here
# parallel_jobs = 2       # jobs that may run side by side (default: the cores)
# during_build = "restart" # what a save does while a build runs: "restart" it, "wait" for its end, "ask"

[workdirs]                # every workdir is searched for jobs that can be reused
dev = "workdirs/dev"

[methods]
packages = ["{package}"]{space}# folders with methods (a_NAME.py) and build scripts (build.py, build_NAME.py)

# [limits]                # what a job may take: it fails when it needs more; a method may say `limits = {{...}}` too
# memory = "8GB"          # all processes of the job together
# seconds = 3600
# [limits.primes]         # the same for one method, here with two more attempts when it fails
# retries = 2
"""
_METHOD = '''\
"""Count the primes below a limit: each slice takes its share, synthesis adds them up."""

from axtui import progress

options = {"limit": 100_000}


def analysis(sliceno, slices, options):
    """Count the primes among every `slices`-th number."""
    found = 0
    for number in range(2 + sliceno, options.limit, slices):
        if number % 1000 < slices:
            progress(number, options.limit)
        found += all(number % factor for factor in range(2, int(number**0.5) + 1))
    return found


def synthesis(analysis_res, job):
    """Add up the slices."""
    total = analysis_res.merge_auto()
    job.json_save({"primes": total}, "primes.json")
    return total
'''
_BUILD = '''\
"""The build script: `axtui run` runs it, and so does each save while the workbench is open."""


def main(urd):
    """Build everything; what exists is reused."""
    job = urd.build("primes", limit=200_000)
    job.link_result("primes.json")
    print(f"{job.load()} primes")
'''


def write_project(root: Path, slices: int, package: str, input_directory: str) -> str:
    """Write a new project and return the name of its method package.

    Raises:
        UserError: There is a project already, a name cannot be one, or the directory cannot be written.
    """
    check_path(root / input_directory)
    name = package or re.sub(r"\W", "_", root.name.lower()) or "methods"
    if not name.isidentifier() or keyword.iskeyword(name):
        raise UserError(f"the package name {name!r} is not one that Python can import; give another with --name")
    if (root / FILE_NAME).exists():
        raise UserError(f"there is a project in {root} already")
    if slices < 0:
        raise UserError(f"slices is {slices}; wanted at least 1")
    try:
        _write(root, slices or os.cpu_count() or 1, name, input_directory)
    except OSError as error:
        raise UserError(f"the project cannot be written to {root}: {error.strerror} ({error.filename})") from None
    return name


def _write(root: Path, slices: int, package: str, input_directory: str) -> None:
    make_directories(root / package)
    make_directories(root / input_directory)
    space = " " * max(1, 11 - len(package))
    quoted = '"' + input_directory.replace("\\", "\\\\").replace('"', '\\"') + '"'
    config = _CONFIG.format(slices=slices, input=quoted, package=package, space=space)
    files = {f"{package}/__init__.py": "", f"{package}/a_primes.py": _METHOD, f"{package}/build.py": _BUILD}
    for name, text in files.items():
        if not (root / name).exists():
            write_new(root / name, text.encode(), durable=True)
    write_new(root / FILE_NAME, config.encode(), durable=True)
    for folder in (root / package, root):
        fsync_path(folder)
