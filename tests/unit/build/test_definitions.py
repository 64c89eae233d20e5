"""Which definitions of a module another version of it has otherwise."""

from __future__ import annotations

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from axtui.build.definitions import compare_modules
from axtui.event.sentences import name_change
from axtui.method.syntax import module_digest


def told(before: str, now: str, is_method: bool = False) -> list[str]:
    """Return what differs, as people read it."""
    return [name_change(change) for change in compare_modules(before.encode(), now.encode(), is_method)]


_EDITS = {
    "body": ("def f(): return 1", "def f(): return 2", ["f()"]),
    "default": ("def f(a=1): return a", "def f(a=True): return a", ["f()"]),
    "async": ("async def f(): return 1", "async def f(): return 2", ["f()"]),
    "decorator": ("def f(): return 1", "@cache\ndef f(): return 1", ["f()"]),
    "constant": ("LIMIT = 1", "LIMIT = 1.0", ["LIMIT"]),
    "several at once": ("a, b = 1, 2", "a, b = 1, 3", ["a, b"]),
    "annotated": ("LIMIT: int = 1", "LIMIT: float = 1", ["LIMIT"]),
    "bound twice": ("x = 1\nx += 1", "x = 1\nx += 2", ["x"]),
    "new": ("", "def f(): pass", ["+f()"]),
    "gone": ("def f(): pass\nX = 1", "X = 1", ["-f()"]),
    "renamed": ("def f(): pass", "def g(): pass", ["+g()", "-f()"]),
    "method": ("class A:\n def f(s): 1\n def g(s): pass", "class A:\n def f(s): 2\n def g(s): pass", ["A.f()"]),
    "class": ("class A:\n x = 1\n def f(s): pass", "class A(B):\n x = 1\n def f(s): pass", ["class A"]),
    "attribute": ("class A:\n x = 1\n def f(s): pass", "class A:\n x = 2\n def f(s): pass", ["class A"]),
    "nested": ("class A:\n class B:\n  def f(s): return 1", "class A:\n class B:\n  def f(s): return 2", ["A.B.f()"]),
    "import": ("import os", "import os, sys", ["+import sys"]),
    "from": ("from m import a, b", "from n import a, b", ["import a", "import b"]),
    "code": ("print(1)", "print(2)", ["what it runs when imported"]),
    "order": ("X = 1\nY = 2", "Y = 2\nX = 1", ["the order of its definitions"]),
}  # fmt: skip


@pytest.mark.parametrize("edit", [*_EDITS])
def test_an_edit_is_named(edit: str) -> None:
    """The definition that was edited is told, and no other."""
    before, now, wanted = _EDITS[edit]

    assert told(f"import json\n{before}", f"import json\n{now}") == wanted


@pytest.mark.parametrize(
    "now", ["def f():\n  'says more'\n  return 1 # so", "def f(): return(1)\n\n\n", "\ufeffdef f():\r\n return 1"]
)
def test_what_changes_no_program_is_no_difference(now: str) -> None:
    """Comments, docstrings, layout."""
    assert told("def f(): return 1", now) == []


def test_docstrings_count_where_the_module_reads_them() -> None:
    """As they do in its digest."""
    head = "doc = __doc__\n"
    assert told(head + "def f(): 'a'", head + "def f(): 'b'") == ["f()"]


def test_what_speaks_about_a_method_is_no_difference() -> None:
    """Its `description` is left out in a method, and counts anywhere else."""
    before, now = "description = 'a'", "description = 'b'"

    assert told(before, now, is_method=True) == []
    assert told(before, now) == ["description"]


@pytest.mark.parametrize("odd", ["def f(", "\0", "x" * (2 << 20)])
def test_what_cannot_be_read_has_no_definitions(odd: str) -> None:
    """A source that is no Python, or as large as data, is not taken apart."""
    assert told(odd, "x = 1") == told("x = 1", odd) == []


_NAMES = st.sampled_from(["f", "g", "Model", "LIMIT", "run"])
_SHAPES = ["def {}(a): return a + {}", "{} = {}", "class {}:\n  size = {}", "class {}:\n  def fit(self): return {}"]
_MODULES = st.dictionaries(_NAMES, st.tuples(st.sampled_from(_SHAPES), st.integers(0, 3)), max_size=5)


@given(_MODULES, _MODULES)
def test_something_differs_exactly_where_the_digests_do(
    before: dict[str, tuple[str, int]], now: dict[str, tuple[str, int]]
) -> None:
    """Every name told is of a definition that is otherwise, every such definition is told; none where digests agree."""
    old, new = (
        "\n".join(shape.format(name, number) for name, (shape, number) in module.items()) for module in (before, now)
    )

    found = compare_modules(old.encode(), new.encode(), False)

    other = {name for name in before.keys() | now.keys() if before.get(name) != now.get(name)}
    assert {change.name.partition(".")[0] for change in found if change.kind != "order"} == other
    if module_digest(ast.parse(old)) != module_digest(ast.parse(new)):
        assert found
