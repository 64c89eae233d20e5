"""Why a job was built, with why its inputs were: the tree, and how it is written."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from axtui.cli.tree import format_tree
from axtui.event.reasons import Branch, Reason, branches, grow
from axtui.event.sentences import sentence, sentences
from axtui.event.why import Change, Difference, Why


def moved(*pairs: tuple[str, str]) -> Why:
    """Say that inputs came anew."""
    found = tuple(Difference("input", f"jobs.{old}", old, new) for old, new in pairs)
    return Why("m", "differs", "dev-0", "", found)


def flatten(reason: Reason) -> list[str]:
    """Give the jobs of a tree in order; one that was told before has a star."""
    below = [job for each in reason.inputs for job in flatten(each)]
    return [reason.job + "*" * reason.is_repeated, *below]


def test_a_shared_input_is_told_once() -> None:
    """The second time it is only named."""
    whys = {"b2": moved(("c1", "c2")), "c2": Why("m", "new")}

    tree = grow("a2", moved(("b1", "b2"), ("c1", "c2")), lambda before, now: whys[now])

    assert flatten(tree) == ["a2", "b2", "c2", "c2*"]
    assert tree.to_record()["inputs"][1] == {"job": "c2", "repeated": True}
    assert branches(tree)[1].below == (Branch("c2: as told above"),)


def test_records_that_go_in_a_circle_end() -> None:
    """Whatever somebody wrote there."""
    tree = grow("a", moved(("x", "b")), lambda before, now: moved(("x", "a" if now == "b" else "b")))

    assert flatten(tree) == ["a", "b", "a*"]


def test_a_long_chain_ends() -> None:
    """A thousand jobs one behind the other are followed as deep as is good to read."""
    tree = grow("j0", moved(("x", "j1")), lambda before, now: moved(("x", f"j{int(now[1:]) + 1}")))

    assert 10 < len(flatten(tree)) < 50


def test_an_input_of_which_nothing_is_known_ends_the_branch() -> None:
    """Its line stands there without anything below."""
    assert branches(grow("a", moved(("b", "c")), lambda before, now: None)) == (Branch("input b: b → c"),)


@pytest.mark.parametrize(
    ("before", "now", "wanted"),
    [
        ("dev-1", "dev-2", [("dev-1", "dev-2")]),
        (["dev-1", "dev-2", None], ["dev-1", "dev-3", "dev-4"], [("dev-2", "dev-3")]),
        (["dev-1"], ["dev-1", "dev-2"], []),
        (None, "dev-1", []),
        ("dev-1", "dev-1", []),
    ],
)
def test_inputs_are_paired(before: object, now: object, wanted: list[tuple[str, str]]) -> None:
    """Each with the one in whose place it came; a list that grew has no such places."""
    assert Difference("input", "jobs.a", before, now).input_pairs() == wanted


@pytest.mark.parametrize(
    ("found", "wanted"),
    [
        (Difference("option", "n", 1, 2), "option n: 1 → 2"),
        (Difference("option", "n", None, {"$set": [1]}, "before"), "option n: not there → {1}"),
        (Difference("option", "n", {"$odd": 1}, 2), "option n: {'$odd': 1} → 2"),
        (Difference("part", "slices", 2, 3), "slices: 2 → 3"),
        (Difference("part", "packages.numpy", "1", "2"), "packages numpy: '1' → '2'"),
        (Difference("imports", ""), "source changed: what it could import"),
        (Difference("source", "a/b.py"), "source changed: b.py"),
        (Difference("file", "f", "a.csv", "a.csv"), "input file changed: a.csv"),
        (Difference("file", "f", None, "a.csv", "before"), "input file a.csv of f is new"),
        (Difference("input", "jobs.a", ["dev-1", None], []), "input a: dev-1, nothing → "),
    ],
    ids=lambda each: str(each)[:40],
)
def test_a_difference_is_a_sentence(found: Difference, wanted: str) -> None:
    """Each kind has its own."""
    assert sentence(found) == wanted


def test_many_differences_are_few_sentences() -> None:
    """Many options, many sources and many functions are told together."""
    options = tuple(Difference("option", name, 1, 2) for name in "abcd")
    sources = tuple(Difference("source", f"{name}.py") for name in "abcdefg")
    changes = tuple(Change("changed", "function", name) for name in "abcdefg")

    told = sentences(Why("m", "differs", "dev-1", "", (*sources, *options)))

    assert told == (
        *(f"source changed: {name}.py" for name in "abcd"),
        "source changed: 3 more files",
        "options a, b, c, d differ",
    )
    assert sentence(Difference("source", "x.py", changes=changes)) == (
        "source changed: x.py: a(), b(), c(), d(), e(), 2 more"
    )


def test_axtuis_own_sources_are_one_sentence() -> None:
    """Whoever uses a standard method is told which files of axtui changed, not which functions in them."""
    ours = [Difference("source", f"axtui/standard_methods/{name}.py") for name in ("a_csvimport", "b", "c", "d", "e")]
    changed = Difference("source", "axtui/standard_methods/f.py", changes=(Change("changed", "function", "g"),))

    told = sentences(Why("csvimport", "differs", "dev-1", "", (*ours, changed, Difference("option", "n", 1, 2))))
    single = sentences(Why("csvimport", "differs", "dev-1", "", (changed, Difference("source", "x.py"))))

    assert told == ("axtui's own source changed: a_csvimport.py, b.py, c.py, d.py, 2 more files", "option n: 1 → 2")
    assert single == ("axtui's own source changed: f.py", "source changed: x.py")


_TREES = st.recursive(
    st.builds(Branch, st.text(max_size=60)),
    lambda inner: st.builds(Branch, st.text(max_size=60), st.lists(inner, max_size=3).map(tuple)),
    max_leaves=8,
)


@given(st.lists(_TREES, max_size=3), st.integers(30, 90))
def test_a_tree_keeps_to_its_width(trees: list[Branch], width: int) -> None:
    """No line is wider than it may be, as long as there is room for twenty letters, and no control is let through."""
    for line in format_tree(trees, width):
        depth = len(line) - len(line.lstrip("│├└─ "))
        assert len(line) <= max(width, depth + 20 + 3)
        assert all(unicodedata.category(letter) != "Cc" for letter in line)


def test_a_tree_is_drawn() -> None:
    """With rules that show what is below what, also beside a line that goes on."""
    tree = [Branch("one " * 12, (Branch("two"),)), Branch("three")]

    assert [*format_tree(tree, 30)] == [
        "├─ one one one one one one one",
        "│  │  one one one one one",
        "│  └─ two",
        "└─ three",
    ]
