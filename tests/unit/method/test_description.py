"""What a method declares of itself."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from axtui.base.errors import MethodError
from axtui.base.records import format_record, parse_record
from axtui.method.description import describe_method, format_description, parse_description
from axtui.method.forms import OptionString


def make_module(directory: Path, **names: Any) -> ModuleType:
    """Make the module of a method."""
    module = ModuleType("small.a_one")
    module.__file__ = str(directory / "a_one.py")
    vars(module).update({"synthesis": lambda: None, **names})
    return module


def test_a_description_crosses_the_wire(tmp_path: Path) -> None:
    """What a loader describes is what the engine gets."""
    (tmp_path / "words.txt").write_text("")
    module = make_module(
        tmp_path,
        options={"n": 3, "name": OptionString, "when": [int]},
        datasets=("source", ["parts"]),
        jobs=["previous"],
        description="  Counts.\nSlowly. ",
        depend_extra=("words.txt", pytest),
        depend_packages=("python", "numpy"),
        prepare=lambda: None,
        limits={"memory": "2GB", "seconds": 600},
        retries=2,
    )

    described = describe_method("one", module)

    assert parse_description(parse_record(format_record(format_description(described)))) == described
    assert described.datasets == {"source": False, "parts": True}
    assert described.jobs == {"previous": False}
    assert described.stages == ("prepare", "synthesis")
    assert described.extra_modules == ("pytest",)
    assert described.extra_files == ("words.txt",)
    assert described.packages == ("numpy", "python")
    assert described.limits == {"memory": 2 * 10**9, "seconds": 600.0, "retries": 2}
    assert described.text == "Counts.\nSlowly."


@pytest.mark.parametrize(
    ("names", "wanted"),
    [
        ({"options": [1]}, r"one: options is \[1\], wanted a dict"),
        ({"options": {"n": b"x"}}, "one: option n: b'x' declares no option"),
        ({"datasets": "source"}, "one: datasets is 'source', wanted a tuple of names"),
        ({"datasets": 3}, "one: datasets is 3, wanted a tuple of names"),
        ({"datasets": (3,)}, "one: datasets has 3, wanted a name or a list of one name"),
        ({"jobs": (["a", "b"],)}, "one: jobs has .*, wanted a name or a list of one name"),
        ({"depend_extra": (3,)}, "one: depend_extra has 3, wanted a module or a file name"),
        ({"all_slices_at_once": 1}, "one: all_slices_at_once is 1, wanted True or False"),
        ({"depend_packages": "numpy"}, "one: depend_packages is 'numpy', wanted a tuple of names of packages"),
        ({"depend_packages": (3,)}, r"one: depend_packages is \(3,\), wanted a tuple of names of packages"),
        ({"limits": 600}, "one: limits is 600, wanted a dict"),
        ({"limits": {"retries": 2}}, "one: limits is .*; `retries` stands on its own"),
        ({"limits": {"memori": 2}}, "one: unknown key 'limits.memori'; the nearest known one is 'limits.memory'"),
        ({"limits": {"seconds": "x"}}, "one: limits.seconds is 'x'; wanted a number of seconds above 0"),
        ({"retries": "two"}, "one: retries is 'two'; wanted a whole number from 0 to 100"),
    ],
)
def test_a_wrong_declaration_is_told(tmp_path: Path, names: dict[str, Any], wanted: str) -> None:
    """The error names the method, the declaration, what was found and what was wanted."""
    with pytest.raises(MethodError, match=wanted):
        describe_method("one", make_module(tmp_path, **names))


def test_every_stage_may_be_left_out(tmp_path: Path) -> None:
    """A method without a function is one that does nothing."""
    assert describe_method("one", make_module(tmp_path, synthesis=None)).stages == ()


def test_a_variable_of_its_own_is_no_declaration(tmp_path: Path) -> None:
    """A method that uses a name `limits` or `retries` for something else, or for a function, is left alone."""
    module = make_module(tmp_path, limits=[0, 15], retries={})
    (tmp_path / "a_one.py").write_text("limits = [0, 15]\nretries = {}\ndef synthesis(): return limits, retries\n")

    assert describe_method("one", module).limits == {}
    assert describe_method("two", make_module(tmp_path, limits=len, retries=Path)).limits == {}
