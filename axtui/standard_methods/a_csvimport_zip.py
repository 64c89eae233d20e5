"""Import the files in a zip file, each as by csvimport, as datasets of this job.

Every file is imported by a job of its own, and its dataset linked here under the file's name, in which what is not a
letter, digit, dot, dash or underscore is made an underscore; `_` is added where a name comes again. `inside_filenames`
names the files and their datasets instead. With one file, and with chaining, the last is `default` too.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from typing import Any

from axtui import NoDataset, OptionDefault, OptionEnum, UserError, status
from axtui.api.subjobs import build
from axtui.standard_methods import a_csvimport
from axtui.standard_methods.csv_source import open_file

description = "Import the files in a zip file"

_CHAININGS = OptionEnum("off on by_filename by_dsname by_dict by_ziporder")

options = {
    **a_csvimport.options,
    "inside_filenames": OptionDefault({}, {}),  # {file in the zip: dataset}; all files unless given
    "chaining": _CHAININGS.on,  # in which order; on: that of inside_filenames if given, else that of the zip
    "include_re": "",  # only files whose name has this in it
    "exclude_re": "",  # no files whose name has this in it
    "strip_dirs": False,  # directories are no part of datasets' names
}
datasets = ("previous",)

_OWN = ("inside_filenames", "chaining", "include_re", "exclude_re", "strip_dirs", "inside_filename", "more_files")


def synthesis(job: Any, options: Any, datasets: Any) -> list[str]:
    """Import each file; return the names of the datasets, in the order of the chain."""
    path = job.input_filename(options.filename)
    if options.more_files or options.inside_filename:
        raise UserError("csvimport_zip takes one zip file, and its files by inside_filenames")
    chosen = _choose(_names(path), options, path)
    inside = {name: value for name, value in options.items() if name not in _OWN}
    previous: Any = datasets.previous or NoDataset
    for at, (filename, name) in enumerate(chosen):
        with status(f"Importing {filename} ({at + 1} of {len(chosen)})"):
            imported = build("csvimport", {**inside, "inside_filename": filename})
        linked = _link(imported, name, filename, previous, options)
        if at == len(chosen) - 1 and name != "default" and (at == 0 or options.chaining != "off"):
            _link(imported, "default", filename, previous, options)
        previous = linked
    return [name for _, name in chosen]


def _link(imported: Any, name: str, filename: str, previous: Any, options: Any) -> Any:
    before = None if options.chaining == "off" or not previous else previous
    return imported.dataset().link_to_here(name=name, override_previous=before, filename=filename)


def _names(path: str) -> list[str]:
    """Return the names of the files in a zip file, in its order."""
    with open_file(path) as handle:
        try:
            with zipfile.ZipFile(handle) as archive:
                return [each.filename for each in archive.infolist() if not each.is_dir()]
        except zipfile.BadZipFile as error:
            raise UserError(f"{path} is no zip file, or a damaged one: {error}") from None


def _choose(there: list[str], options: Any, path: str) -> list[tuple[str, str]]:
    """Return files and the names of their datasets, in order.

    Raises:
        UserError: A file is not there, none is left, or two have one name.
    """
    given = options.inside_filenames
    missing = [name for name in given if name not in there]
    if missing:
        raise UserError(f"{path} has no file {missing[0]!r}; it has {', '.join(there)}")
    names = [name for name in there if name in given] if given else there
    names = [name for name in names if _matches(name, options)]
    if not names:
        raise UserError(f"{path} has no files to import; it has {', '.join(there) or 'none'}")
    found: dict[str, str] = {}
    for name in names:
        wanted = given.get(name) or _clean(posixpath.basename(name) if options.strip_dirs else name)
        while wanted in found.values() and not given.get(name):
            wanted += "_"
        found[name] = wanted
    twice = [name for name in found.values() if list(found.values()).count(name) > 1]
    if twice:
        raise UserError(f"inside_filenames gives the name {twice[0]!r} to several files")
    return _ordered(found, there, options)


def _ordered(found: dict[str, str], there: list[str], options: Any) -> list[tuple[str, str]]:
    given = list(options.inside_filenames)
    chaining = str(options.chaining)
    if chaining == "by_dict" and not given:
        raise UserError("chaining by_dict needs inside_filenames")
    if chaining == "by_dict" or (chaining in ("on", "off") and given):
        return sorted(found.items(), key=lambda item: given.index(item[0]))
    if chaining == "by_filename":
        return sorted(found.items())
    if chaining == "by_dsname":
        return sorted(found.items(), key=lambda item: item[1])
    return list(found.items())


def _matches(name: str, options: Any) -> bool:
    try:
        is_included = not options.include_re or re.search(options.include_re, name) is not None
        return is_included and not (options.exclude_re and re.search(options.exclude_re, name))
    except re.error as error:
        raise UserError(f"include_re or exclude_re is no regular expression: {error}") from None


def _clean(name: str) -> str:
    return re.sub(r"[^0-9A-Za-z._-]", "_", name)
