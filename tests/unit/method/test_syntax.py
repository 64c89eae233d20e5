"""The digest of a source: which edits change it and which do not. The rows are those of identity.md."""

from __future__ import annotations

import ast
import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from axtui.method.declared import own_form
from axtui.method.syntax import module_digest

BASE = '''\
"""What it does."""

import math

LIMIT = 10


def helper(x, y=2):
    """Add."""
    return x + y + LIMIT


def synthesis(options):
    """Make the result."""
    return helper(options.n) * 1.0
'''


def digest_of(text: str | bytes, is_method: bool = True) -> str:
    """Return the digest of a source."""
    tree = ast.parse(text)
    return own_form(tree).quiet if is_method else module_digest(tree)


MUST_NOT = {
    "a comment": ("LIMIT = 10", "LIMIT = 10  # at most"),
    "a comment line": ("import math\n", "# for later\nimport math\n"),
    "the module's docstring": ("What it does.", "What it is for."),
    "a function's docstring": ('"""Add."""', '"""Add two numbers.\n\n    Slowly.\n    """'),
    "a docstring taken away": ('    """Add."""\n', ""),
    "blank lines": ("\n\n\ndef synthesis", "\n\n\n\n\n\ndef synthesis"),
    "layout": ("return x + y + LIMIT", "return (\n        x\n        + y + LIMIT\n    )"),
    "quotes": ("options.n", "getattr(options, 'n')"),
    "redundant parentheses": ("x + y + LIMIT", "((x + y) + LIMIT)"),
    "spelling of a number": ("LIMIT = 10", "LIMIT = 0xA"),
    "underscores in a number": ("* 1.0", "* 1.0_0"),
    "a description": ("import math\n", 'import math\n\ndescription = "more"\n'),
    "equivalent hashes": ("import math\n", 'import math\n\nequivalent_hashes = {"a": ("b",)}\n'),
}


@pytest.mark.parametrize("what", [*MUST_NOT])
def test_layout_and_words_change_nothing(what: str) -> None:
    """Nothing that only people read is in the digest."""
    old, new = MUST_NOT[what]
    base = BASE.replace("options.n", 'getattr(options, "n")') if what == "quotes" else BASE
    if what == "quotes":
        old = 'getattr(options, "n")'
    assert base.count(old) == 1

    assert digest_of(base.replace(old, new)) == digest_of(base)


def test_moved_function_changes_nothing() -> None:
    """Functions that only call each other may stand in any order."""
    head, first, second = BASE.split("\n\n\n")

    assert digest_of(f"{head}\n\n\n{second}\n\n\n{first}\n") == digest_of(BASE)


ENCODINGS = {
    "CRLF": BASE.replace("\n", "\r\n").encode(),
    "a BOM": b"\xef\xbb\xbf" + BASE.encode(),
    "an encoding cookie": b"# -*- coding: latin-1 -*-\n" + BASE.encode(),
    "no newline at the end": BASE.rstrip("\n").encode(),
    "newlines at the end": BASE.encode() + b"\n\n\n",
}


@pytest.mark.parametrize("what", [*ENCODINGS])
def test_encoding_and_line_ends_change_nothing(what: str) -> None:
    """How the text is stored is not in the digest."""
    assert digest_of(ENCODINGS[what]) == digest_of(BASE)


MUST = {
    "the body": ("x + y + LIMIT", "x - y + LIMIT"),
    "a constant": ("LIMIT = 10", "LIMIT = 11"),
    "a default argument": ("y=2", "y=3"),
    "a default argument taken away": ("y=2", "y"),
    "an annotation": ("helper(x, y", "helper(x: int, y"),
    "a return annotation": ("y=2):", "y=2) -> int:"),
    "a variable's annotation": ("LIMIT = 10", "LIMIT: int = 10"),
    "a parameter's name": ("helper(x, y", "helper(z, y"),
    "a keyword-only parameter": ("helper(x, y=2)", "helper(x, *, y=2)"),
    "a decorator added": ("def helper", "@math.cache\ndef helper"),
    "an import": ("import math", "import cmath"),
    "an alias": ("import math", "import math as m"),
    "a statement's order": ("LIMIT = 10", "LIMIT = 10\nLIMIT = 9"),
    "1.0 to 1": ("* 1.0", "* 1"),
    "1.0 to True": ("* 1.0", "* True"),
    "1.0 to text": ("* 1.0", '* "1.0"'),
    "1.0 to bytes": ("* 1.0", '* b"1.0"'),
    "1.0 to complex": ("* 1.0", "* 1j"),
    "a text that is no docstring": ("    return x", '    x = "Add."\n    return x'),
    "async": ("def helper", "async def helper"),
    "a global": ("    return x", "    global LIMIT\n    return x"),
}


@pytest.mark.parametrize("what", [*MUST])
def test_what_the_program_means_changes_the_digest(what: str) -> None:
    """Every edit that can change what runs changes the digest."""
    old, new = MUST[what]
    assert BASE.count(old) == 1

    assert digest_of(BASE.replace(old, new)) != digest_of(BASE)


DIFFERENT = {
    "decorators reordered": ("@a\n@b\ndef f(): pass", "@b\n@a\ndef f(): pass"),
    "zero and minus zero": ("x = 0.0", "x = -0.0"),
    "one and True": ("x = 1", "x = True"),
    "text and bytes": ('x = "a"', 'x = b"a"'),
    "None and Ellipsis": ("x = None", "x = ..."),
    "unpacking and a None key": ("x = {**y}", "x = {None: y}"),
    "no default and None as default": ("def f(*, a): pass", "def f(*, a=None): pass"),
    "return and return None": ("def f():\n return", "def f():\n return None"),
    "list and tuple": ("x = [1, 2]", "x = (1, 2)"),
    "set and frozenset": ("x = {1}", "x = frozenset({1})"),
    "positional-only": ("def f(a, b): pass", "def f(a, /, b): pass"),
    "base class": ("class A(B): pass", "class A(C): pass"),
    "metaclass": ("class A(B): pass", "class A(metaclass=B): pass"),
    "star import": ("from a import b", "from a import *"),
    "relative import": ("from a import b", "from .a import b"),
    "deeper relative import": ("from .a import b", "from ..a import b"),
    "format": ('f"{x}"', 'f"{x!r}"'),
    "format width": ('f"{x:3}"', 'f"{x:4}"'),
    "else": ("if a:\n b\nc", "if a:\n b\nelse:\n c"),
    "for and async for": ("async def f():\n for x in y: pass", "async def f():\n async for x in y: pass"),
    "comparison": ("x = a < b", "x = a <= b"),
    "chained comparison": ("x = a < b < c", "x = a < b and b < c"),
    "keyword and positional": ("f(a)", "f(a=a)"),
    "long hexadecimal numbers": ("x = 0x" + "f" * 5000, "x = 0x" + "f" * 4999 + "e"),
}


@pytest.mark.parametrize("what", [*DIFFERENT])
def test_different_programs_differ(what: str) -> None:
    """Programs that mean different things never share a digest, however alike their trees are."""
    first, second = DIFFERENT[what]

    assert digest_of(first) != digest_of(second)


ORDER_MATTERS = {
    "a function that the module calls": ("def f(): return 1\n", "X = f()\n"),
    "a function that a called one calls": ("def g(): return 1\n", "def f(): return g()\nX = f()\n"),
    "a decorated function": ("@register\ndef f(): pass\n", "@register\ndef g(): pass\n"),
    "a computed default": ("def f(a=count()): pass\n", "def g(a=count()): pass\n"),
    "a name bound twice": ("def f(): return 1\n", "def f(): return 2\n"),
    "a star import": ("def f(): return 1\n", "from other import *\n"),
    "an import of the same name": ("def f(): return 1\n", "from other import f\n"),
    "an annotation that is bound later": ("def f(a: A): pass\n", "class A: pass\n"),
    "classes": ("class A: pass\n", "class B(A): pass\n"),
    "statements": ("x = 1\n", "x = 2\n"),
}


@pytest.mark.parametrize("what", [*ORDER_MATTERS])
def test_order_counts_where_it_can_matter(what: str) -> None:
    """What runs while the module is imported keeps its place in the digest."""
    first, second = ORDER_MATTERS[what]

    assert digest_of(first + second) != digest_of(second + first)


@pytest.mark.parametrize("reader", ["print(__doc__)", "import inspect", "from inspect import getdoc", "import doctest"])
def test_docstrings_count_where_the_module_reads_them(reader: str) -> None:
    """A module that looks at docstrings is changed by them."""
    first = f'"""One."""\n{reader}\n\ndef f():\n    """Do it."""\n    return 1\n'

    assert digest_of(first) != digest_of(first.replace("Do it", "Do that"))


def test_a_helper_may_use_the_word_description() -> None:
    """Only in a method `description` speaks to people; elsewhere it is a variable."""
    assert digest_of('description = "a"', is_method=False) != digest_of('description = "b"', is_method=False)
    assert digest_of('description = "a"') == digest_of('description = "b"')


@pytest.mark.parametrize(
    "text", ["x = " + "+".join(["1"] * 900), "if a: pass\n" + "elif a: pass\n" * 400], ids=["sum", "elif"]
)
def test_deeply_nested_source_has_a_digest(text: str) -> None:
    """A sum or a chain longer than Python's own stack is deep can be hashed; nothing is cut off."""
    assert digest_of(text) != digest_of(text.replace("a: pass", "b: pass", 1).replace("1+1", "1-1", 1))


_NAMES = st.sampled_from(["a", "b", "LIMIT"])
_ATOMS = st.one_of(_NAMES, st.sampled_from(["0", "1", "True", "None", "1.0", "'a'", "b'a'", "...", "-1"]))
_EXPRESSIONS = st.recursive(
    _ATOMS,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from("+-*<"), inner).map(lambda part: f"({part[0]} {part[1]} {part[2]})"),
        st.lists(inner, max_size=3).map(lambda items: f"[{', '.join(items)}]"),
        st.lists(inner, min_size=1, max_size=3).map(lambda items: f"f({', '.join(items)})"),
        inner.map(lambda item: f"(not {item})"),
        inner.map(lambda item: f"{{**{item}}}"),
        inner.map(lambda item: f"{{None: {item}}}"),
        inner.map(lambda item: f"(lambda *, a: {item})"),
        inner.map(lambda item: f"(lambda *, a=None: {item})"),
    ),
    max_leaves=8,
)


@given(_EXPRESSIONS, _EXPRESSIONS)
def test_equal_digests_mean_equal_programs(first: str, second: str) -> None:
    """Two expressions share a digest exactly when Python's own tree of them is the same."""
    same = ast.dump(ast.parse(first)) == ast.dump(ast.parse(second))

    assert (digest_of(f"x = {first}") == digest_of(f"x = {second}")) == same


def test_digest_is_stable() -> None:
    """The digest of a given text is the same in every version of Python and of axtui, or results would go stale."""
    text = textwrap.dedent("""
        import numpy as np

        def analysis(sliceno, *, a=None, **rest):
            return {**rest, "n": np.sum([x for x in range(3) if x]) - 0.5, None: (1, True, b"x")}
    """)

    assert digest_of(text) == "1051ada95b38d57bac75e8e98667a14e864d4a789a4157bfc1783cd627e57989"
