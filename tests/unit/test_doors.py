"""The names that authors import, under `axtui` and through a shim under `accelerator`: each is one object."""

from __future__ import annotations

import importlib
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import axtui
from axtui.api import context
from axtui.api.context import Context
from axtui.api.status import status
from axtui.base import errors
from tests.conftest import TREE

EXCEPTIONS = (
    *("AcceleratorError", "BuildError", "ColourError", "DatasetError", "DatasetUsageError", "JobError"),
    *("NoSuchDatasetError", "NoSuchJobError", "NoSuchWhateverError", "NoSuchWorkdirError", "ServerError"),
    *("UrdConflictError", "UrdError", "UrdPermissionError", "UserError"),
)
DOORS: dict[str, tuple[str, ...]] = {
    "": (
        *("SkipSlice", "SkipDataset", "DatasetList", "DotDict", "OptionEnum", "OptionString", "RequiredOption"),
        *("OptionDefault", "Job", "JobWithFile", "status", "dummy_status", "build", "colour", "__version__"),
        *EXCEPTIONS,
    ),
    "dataset": (
        *("Dataset", "DatasetWriter", "DatasetChain", "DatasetList", "NoDataset", "SkipDataset", "SkipSlice"),
        *("DatasetUsageError", "DatasetColumn", "range_check_function"),
    ),
    "job": ("Job", "CurrentJob", "NoJob", "JobWithFile"),
    "build": ("JobList", "JobError", "Automata", "fmttime"),
    "subjobs": ("build", "jobs"),
    "blob": ("load", "save"),
    "error": EXCEPTIONS,
    "extras": (
        *("DotDict", "json_encode", "json_decode", "json_load", "json_save", "pickle_load", "pickle_save", "quote"),
        *("job_params", "job_post", "debug_print_options", "stackup", "OptionEnum", "OptionString"),
    ),
    "dsutil": ("typed_writer", "typed_reader", "hash", "strptime", "strptime_i"),
    "_dsutil": ("hash",),
    "colour": ("RED", "BOLD", "BRIGHTBLUEBG", "RESET", "colour"),
    "compat": ("first_value", "monotonic", "url_quote", "uni"),
}
SHIM = """
import importlib, importlib.abc, importlib.util, sys

class Shim(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def find_spec(self, name, path, target=None):
        if name.partition(".")[0] == "accelerator":
            return importlib.util.spec_from_loader(name, self)
    def create_module(self, spec):
        return importlib.import_module("axtui" + spec.name.removeprefix("accelerator"))
    def exec_module(self, module):
        pass

sys.meta_path.insert(0, Shim())
"""


def find(module: str, name: str) -> Any:
    """Import a name as `from axtui.module import name` does."""
    room = importlib.import_module("axtui" + (f".{module}" if module else ""))
    return getattr(room, name)


@pytest.mark.parametrize("module", [*DOORS])
def test_every_name_is_there(module: str) -> None:
    """What the Accelerator offers to authors, axtui offers under the same name."""
    for name in DOORS[module]:
        assert find(module, name) is not None, name


def test_one_name_is_one_object() -> None:
    """A class, a function or a list that several doors offer is the same; the last word of errors is one module's."""
    seen: dict[str, Any] = {}
    apart = {"build", "colour", "RED", "BOLD", "BRIGHTBLUEBG", "RESET"}
    for module, names in DOORS.items():
        for name in set(names) - apart:
            assert seen.setdefault(name, find(module, name)) is find(module, name), name
    for name in EXCEPTIONS:
        assert seen[name] is getattr(errors, name)
    assert errors.AcceleratorError is errors.AxtuiError


def test_what_is_not_there_is_an_attribute_error() -> None:
    """A wrong name is an error of its kind, so that `hasattr` and `from … import` say what they should."""
    for module in ("", "dataset", "build", "colour", "g"):
        with pytest.raises(AttributeError, match="nothing_of_ours"):
            find(module, "nothing_of_ours")


def test_both_paths_give_the_same_object() -> None:
    """Whoever answers `accelerator.X` with `axtui.X` finds every name there, and the same object in any order."""
    lines = [
        f"import axtui{dot}{module} as ours, accelerator{dot}{module} as theirs\n"
        f"for name in {list(names)}: assert getattr(ours, name) is getattr(theirs, name) or name.isupper(), name"
        for module, names in DOORS.items()
        for dot in ("." if module else "",)
    ]
    script = "\n".join(
        [
            SHIM,
            *lines,
            "from accelerator import build, JobError, colour",
            "from axtui import build as again, JobError as same",
            "assert build is again and JobError is same and callable(build) and callable(colour)",
            "import accelerator.build, axtui.build",
            "from accelerator import build",
            "from accelerator.build import JobList, JobError",
            "assert callable(build) and build.JobList is JobList and JobError is same",
        ]
    )

    done = subprocess.run([sys.executable, "-c", script], cwd=TREE, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr


def test_import_costs_little() -> None:
    """`import axtui` loads nothing else of ours, and the doors of data load no pyarrow before a name is used."""
    script = (
        "import sys, axtui, axtui.dataset, axtui.build\n"
        "assert 'pyarrow' not in sys.modules and 'numpy' not in sys.modules\n"
        "assert not [name for name in sys.modules if name.startswith('axtui.') and name.count('.') > 1]"
    )

    done = subprocess.run([sys.executable, "-c", script], cwd=TREE, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr


def test_build_is_a_function_and_a_module() -> None:
    """`from axtui import build` gives what builds a subjob, also after the package was imported."""
    importlib.import_module("axtui.build")

    with pytest.raises(errors.BuildError, match="no engine is attached here"):
        axtui.build("anything")


@pytest.mark.parametrize(
    ("seconds", "long", "short"),
    [
        (0.1, "0.1 seconds", "0s"),
        (1, "1 second", "1s"),
        (5, "5 seconds", "5s"),
        (150, "2.5 minutes", "2.5m"),
        (60, "1 minute", "1m"),
        (4500, "1.25 hours", "1.25h"),
    ],
)
def test_durations_have_their_own_unit(seconds: float, long: str, short: str) -> None:
    """Short is a letter, long a word in its number."""
    fmttime = find("build", "fmttime")

    assert (fmttime(seconds), fmttime(seconds, short=True)) == (long, short)


@pytest.mark.parametrize(
    ("bounds", "inside", "outside"),
    [
        ({"bottom": 2, "top": 4}, [2, 3], [1, 4]),
        ({"bottom": None, "top": 4}, [-1, 3], [4]),
        ({"bottom": 2, "top": None}, [2, 9], [1]),
        ({"bottom": 2, "top": 4, "none_support": True}, [3], [None, 5]),
        ({"bottom": "b", "top": "d", "index": 1}, [("x", "b")], [("b", "d")]),
    ],
)
def test_ranges_are_half_open(bounds: dict[str, Any], inside: list[Any], outside: list[Any]) -> None:
    """The bottom is inside, the top is not; an end that is None is open."""
    check = find("dataset", "range_check_function")(**bounds)

    assert all(check(value) for value in inside)
    assert not any(check(value) for value in outside)


def test_json_is_as_the_files_have_it() -> None:
    """Indented by 4, ASCII, keys sorted unless asked otherwise; objects come back as DotDict; bytes are refused."""
    extras = importlib.import_module("axtui.extras")

    text = extras.json_encode({"b": (1, 2), "a": {"é"}}, as_str=True)

    assert text == '{\n    "a": [\n        "\\u00e9"\n    ],\n    "b": [\n        1,\n        2\n    ]\n}'
    assert list(extras.json_decode(extras.json_encode({"b": 1, "a": 2}, sort_keys=False))) == ["b", "a"]
    assert extras.json_decode(b'{"a": {"b": 3}}').a.b == 3
    with pytest.raises(TypeError):
        extras.json_encode(b"bytes")


def test_small_helpers(capsys: pytest.CaptureFixture[str]) -> None:
    """Quoting, first values, text of bytes, numbers in groups, where one is called from, options one a line."""
    extras, compat = (importlib.import_module(f"axtui.{name}") for name in ("extras", "compat"))

    assert [extras.quote(each) for each in ("dev-1/a", "a b", "")] == ["dev-1/a", "'a b'", "''"]
    assert [compat.first_value(each) for each in ({"a": 1}, [2], (3, 4))] == [1, 2, 3]
    assert [compat.uni(each) for each in (b"\xc3\xa9", b"\xe9", "x", None)] == ["é", "é", "x", None]
    assert compat.fmt_num(1234567) == "1_234_567"
    assert (compat.url_quote("a b/c"), compat.url_quote_more("a b/c")) == ("a%20b/c", "a%20b%2Fc")
    assert extras.stackup()[0][0] == __file__
    extras.debug_print_options({"long_name": 1, "n": "x"}, "what I got")
    assert capsys.readouterr().out == "what I got\n  long_name : 1\n  n         : 'x'\n"


def test_times_from_text() -> None:
    """`strptime` wants all of the text, `strptime_i` gives back what follows."""
    dsutil = importlib.import_module("axtui.dsutil")

    assert dsutil.strptime("2024-06-01", "%Y-%m-%d").isoformat() == "2024-06-01T00:00:00"
    moment, rest = dsutil.strptime_i(b"2024-06-01 and on", "%Y-%m-%d")
    assert (moment.day, rest) == (1, b" and on")
    for wrong in ("2024-06-01x", "2024-06-31", "june"):
        with pytest.raises(ValueError):
            dsutil.strptime(wrong, "%Y-%m-%d")


def test_colours(monkeypatch: pytest.MonkeyPatch) -> None:
    """By function, by name, by constant; only what was set is ended; nothing without a terminal or with NO_COLOR."""
    colour = importlib.import_module("axtui.colour")
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("CLICOLOR_FORCE", "1")

    assert colour.red("x") == colour("x", "red") == colour.colour("x", "RED") == "\x1b[31mx\x1b[39m"
    assert colour("x", "bold brightbluebg") == "\x1b[1;104mx\x1b[22;49m"
    assert colour("x", "#f80", "X208bg") == "\x1b[38;2;255;136;0;48;5;208mx\x1b[39;49m"
    assert colour("x", "green", "<(", ">)", reset=True) == "\x1b[32m(x)\x1b[m"
    assert (colour.RED, colour.BRIGHTBLUEBG, colour.RESET) == ("\x1b[31m", "\x1b[104m", "\x1b[m")
    monkeypatch.delenv("CLICOLOR_FORCE")
    assert (colour.red("x"), colour.RED) == ("x", "")
    assert colour("x", "red", force=True) == "\x1b[31mx\x1b[39m"
    with pytest.raises(errors.ColourError, match="there is no colour or attribute 'mauve'"):
        colour("x", "mauve")


def test_g_has_nothing_outside_a_job() -> None:
    """What only a job has is told to be missing."""
    with pytest.raises(AttributeError, match="there is nothing, for no job runs here"):
        find("g", "job")


def test_g_in_a_build_script() -> None:
    """A script can ask which slices there are, and that it is one."""
    context.use(Context(is_build=True, slices=5, given={"urd": "urd"}))

    assert (find("g", "running"), find("g", "slices"), find("g", "urd")) == ("build", 5, "urd")
    context.use(Context())


def test_status_is_the_function() -> None:
    """`axtui.status` is what is used as `with status(...)`."""
    assert axtui.status is status
    assert Path(axtui.__file__).name == "__init__.py"
