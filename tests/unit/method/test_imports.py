"""Which modules a source names in its imports."""

from __future__ import annotations

import ast

import pytest

from axtui.method.imports import imported_modules


def names(text: str, module: str = "small.a_one", is_package: bool = False) -> set[str]:
    """Return what a source imports."""
    return set(imported_modules(ast.parse(text), module, is_package))


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("import a", {"a"}),
        ("import a.b.c", {"a", "a.b", "a.b.c"}),
        ("import a as b, c", {"a", "c"}),
        ("from a import b", {"a", "a.b"}),
        ("from a.b import c as d, e", {"a", "a.b", "a.b.c", "a.b.e"}),
        ("from a import *", {"a"}),
        ("from . import b", {"small", "small.b"}),
        ("from .b import c", {"small", "small.b", "small.b.c"}),
        ("from .b.c import *", {"small", "small.b", "small.b.c"}),
        ("from ..b import c", set()),
        ("def f():\n import a", {"a"}),
        ("class A:\n def f(self):\n  from a import b", {"a", "a.b"}),
        ("try:\n import a\nexcept ImportError:\n import b", {"a", "b"}),
        ("if x:\n import a\nelse:\n import b", {"a", "b"}),
        ("with x:\n import a", {"a"}),
        ("async def f():\n import a", {"a"}),
        ("match x:\n case 1:\n  import a", {"a"}),
        ("import importlib\nimportlib.import_module('a.b')", {"importlib", "a", "a.b"}),
        ("from importlib import import_module\nimport_module('a')", {"importlib", "importlib.import_module", "a"}),
        ("importlib.import_module('a' + '.' + 'b')", {"a", "a.b"}),
        ("importlib.import_module(f'a.b')", {"a", "a.b"}),
        ("importlib.import_module('.b', 'other')", {"other", "other.b"}),
        ("importlib.import_module('.b', __package__)", {"small", "small.b"}),
        ("importlib.import_module(name)", set()),
        ("importlib.import_module('a' + name)", set()),
        ("importlib.import_module(f'a{name}')", set()),
        ("__import__('a')", {"a"}),
        ("x = lambda: __import__('a')", {"a"}),
        ("'import a'", set()),
        ("# import a", set()),
    ],
)
def test_all_forms_are_found(text: str, wanted: set[str]) -> None:
    """Every form of import at any depth, with its parents; what is computed while it runs cannot be known."""
    assert names(text) == wanted


@pytest.mark.parametrize("test", ["TYPE_CHECKING", "typing.TYPE_CHECKING"])
def test_what_only_type_checkers_import_is_left_out(test: str) -> None:
    """The block does not run; its else does, and so does everything under a test that only mentions it."""
    assert names(f"if {test}:\n import a\nelse:\n import b") == {"b"}
    assert names(f"if not {test}:\n import a") == {"a"}
    assert names(f"if {test} or x:\n import a") == {"a"}


def test_relative_imports_of_a_package_count_from_itself() -> None:
    """In a package's `__init__` one dot is the package."""
    assert names("from . import b", "small.deep", is_package=True) == {"small", "small.deep", "small.deep.b"}
    assert names("from .. import b", "small.deep", is_package=True) == {"small", "small.b"}
    assert names("from ..b import c", "small.deep.a") == {"small", "small.b", "small.b.c"}
    assert names("from ... import c", "small.deep.a") == set()


def test_names_are_sorted_once() -> None:
    """The same imports in any order give the same tuple."""
    first = imported_modules(ast.parse("import b, a\nimport a"), "m", False)

    assert first == ("a", "b")
