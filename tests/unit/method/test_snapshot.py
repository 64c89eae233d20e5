"""The closure of a method and its code digest: rows of identity.md that need more than one file."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from axtui.base.errors import MethodError
from axtui.method.snapshot import BrokenSourceError, Snapshot, extend_snapshot, take_snapshot
from axtui.method.sources import Sources

Write = Callable[[str, str], Path]
Take = Callable[[], Snapshot]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Give a function that writes a file of the project, where there is a package `small` already."""

    def do(name: str, text: str) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    do("small/__init__.py", "")
    return do


@pytest.fixture
def take(tmp_path: Path) -> Take:
    """Give a function that looks at the project and takes the snapshot of `small.a_one`."""
    sources = Sources((tmp_path,))

    def do() -> Snapshot:
        sources.rescan()
        return take_snapshot(sources, "small.a_one")

    return do


REACHED = {
    "import m": ("import helper", {"helper.py": "x = 1"}, "helper.py"),
    "from m import f": ("from helper import x", {"helper.py": "x = 1"}, "helper.py"),
    "alias": ("import helper as h", {"helper.py": "x = 1"}, "helper.py"),
    "star": ("from helper import *", {"helper.py": "x = 1"}, "helper.py"),
    "relative": ("from .helper import x", {"small/helper.py": "x = 1"}, "small/helper.py"),
    "relative package": ("from . import helper", {"small/helper.py": "x = 1"}, "small/helper.py"),
    "two levels down": ("import a", {"a.py": "import b", "b.py": "import c", "c.py": "x = 1"}, "c.py"),
    "circle": ("import a", {"a.py": "import b", "b.py": "import a\nx = 1"}, "b.py"),
    "own package's init": ("x = 2", {}, "small/__init__.py"),
    "parent's init": (
        "import p.q.r",
        {"p/__init__.py": "x = 1", "p/q/__init__.py": "", "p/q/r.py": ""},
        "p/__init__.py",
    ),
    "re-export": (
        "from p import x",
        {"p/__init__.py": "from p.inner import x", "p/inner.py": "x = 1"},
        "p/inner.py",
    ),
    "submodule from package": ("from p import q", {"p/__init__.py": "", "p/q.py": "x = 1"}, "p/q.py"),
    "lazy": ("def synthesis():\n import helper", {"helper.py": "x = 1"}, "helper.py"),
    "import_module": ("import_module('hel' + 'per')", {"helper.py": "x = 1"}, "helper.py"),
    "extension": ("import fast", {"fast.so": "x = 1"}, "fast.so"),
    "another method": ("from small.a_two import x", {"small/a_two.py": "x = 1"}, "small/a_two.py"),
    "namespace": ("from small import a_two", {"small/a_two.py": "x = 1"}, "small/a_two.py"),
}


@pytest.mark.parametrize("what", [*REACHED])
def test_every_import_is_followed(write: Write, take: Take, what: str) -> None:
    """An edit of anything that is imported, however and however deep, changes the digest."""
    body, files, edited = REACHED[what]
    write("small/a_one.py", f"{body}\ndef synthesis(): pass\n")
    for name, text in files.items():
        write(name, text)
    before = take()

    path = write(edited, "x = 3")

    assert take().digest != before.digest
    assert path in {source.path for source in before.modules.values()}


def test_a_comment_in_a_helper_changes_nothing(write: Write, take: Take) -> None:
    """Words for people in a helper are no more part of the digest than in the method; the stored bytes are the new."""
    write("small/a_one.py", "import helper")
    write("helper.py", "x = 1")
    before = take()

    write("helper.py", "# why\nx = 1")
    after = take()

    assert after.digest == before.digest
    assert after.content != before.content
    assert after.modules["helper"].data == b"# why\nx = 1"


def test_the_digest_does_not_know_where_the_project_lies(tmp_path: Path) -> None:
    """A project that is moved or checked out elsewhere keeps its jobs."""
    found = []
    for name in ("here", "there/deeper"):
        root = tmp_path / name
        (root / "small").mkdir(parents=True)
        (root / "small/__init__.py").write_text("")
        (root / "small/a_one.py").write_text("import helper")
        (root / "helper.py").write_text("x = 1")
        found.append(take_snapshot(Sources((root,)), "small.a_one").digest)

    assert found[0] == found[1]


def test_what_is_for_type_checkers_is_not_followed(write: Write, take: Take) -> None:
    """A module that is only imported for annotations does not make jobs stale."""
    write("small/a_one.py", "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n import helper\n")
    write("helper.py", "x = 1")
    before = take()

    write("helper.py", "x = 2")

    assert take().digest == before.digest
    assert "helper" not in before.modules


def test_a_file_that_shadows_an_import_is_seen(write: Write, take: Take) -> None:
    """A new file under the name of a module that came from elsewhere changes what is imported."""
    write("small/a_one.py", "import json")
    before = take()

    write("json.py", "x = 1")

    assert before.absent == ("json",)
    assert take().digest != before.digest


def test_a_helper_that_appears_in_the_package_is_seen(write: Write, take: Take) -> None:
    """A name that `from package import name` found in the package's namespace may become a file."""
    write("small/a_one.py", "from small import x")
    write("small/__init__.py", "x = 1")
    before = take()

    write("small/x.py", "y = 1")

    assert "small.x" in before.absent
    assert take().digest != before.digest


def test_names_below_foreign_packages_are_not_waited_for(write: Write, take: Take) -> None:
    """Nothing in the project can come to define what lies in another package."""
    write("small/a_one.py", "from numpy.linalg import norm")

    assert take().absent == ("numpy",)


def test_a_module_that_becomes_a_package_is_seen(write: Write, take: Take) -> None:
    """The same name, another file."""
    write("small/a_one.py", "import helper")
    write("helper.py", "x = 1")
    before = take()

    write("helper/__init__.py", "x = 2")
    after = take()

    assert after.digest != before.digest
    assert after.modules["helper"].is_package


def test_a_deleted_helper_is_seen(write: Write, take: Take) -> None:
    """What is gone changes the digest; running it will say what is missing."""
    write("small/a_one.py", "import helper")
    path = write("helper.py", "x = 1")
    before = take()

    path.unlink()

    assert take().digest != before.digest


def test_a_deleted_method_is_an_error(take: Take) -> None:
    """Without its own file there is no snapshot."""
    with pytest.raises(MethodError, match=r"there is no module small\.a_one in "):
        take()


def test_a_broken_helper_is_told_with_its_line(write: Write, take: Take) -> None:
    """The error names the helper's file and line and not the method's."""
    write("small/a_one.py", "import helper")
    write("helper.py", "x = 1\nx = = 2\n")

    with pytest.raises(BrokenSourceError) as caught:
        take()

    assert caught.value.path.name == "helper.py"
    assert caught.value.line == 2
    assert "helper.py:2: " in str(caught.value)


def test_axtui_itself_is_left_out_and_its_methods_are_not(write: Write, take: Take) -> None:
    """A new version of axtui makes nothing stale; a new version of a standard method does."""
    write("small/a_one.py", "import axtui\nfrom axtui.base import ids\nimport axtui.standard_methods\n")

    modules = take().modules

    assert {name for name in modules if name.startswith("axtui")} == {"axtui.standard_methods"}


def test_a_save_by_rename_of_the_same_bytes_changes_nothing(write: Write, take: Take) -> None:
    """As many editors save: another file with the bytes of the old one takes its name."""
    path = write("small/a_one.py", "x = 1")
    before = take()

    os.replace(write("small/new", "x = 1"), path)

    assert take().digest == before.digest


@pytest.fixture
def extended(tmp_path: Path, write: Write, take: Take) -> Callable[..., str]:
    """Give a function that returns the digest with files and modules of `depend_extra`."""
    write("small/a_one.py", "x = 1")

    def do(*files: str, modules: tuple[str, ...] = ()) -> str:
        return extend_snapshot(Sources((tmp_path,)), take(), modules, files).digest

    return do


def test_declared_files_count_byte_by_byte(write: Write, extended: Callable[..., str]) -> None:
    """An edit of a declared file changes the digest, be it a comment."""
    write("small/words.txt", "a")
    before = extended("words.txt")
    assert before != extended()

    write("small/words.txt", "a ")

    assert extended("words.txt") != before


def test_swapped_declared_files_are_seen(write: Write, extended: Callable[..., str]) -> None:
    """Two files that change places are not what they were; two equal ones changed alike neither."""
    write("small/one.txt", "1")
    write("small/two.txt", "2")
    first = extended("one.txt", "two.txt")
    write("small/one.txt", "2")
    write("small/two.txt", "1")
    swapped = extended("one.txt", "two.txt")
    write("small/two.txt", "2")
    equal = extended("one.txt", "two.txt")
    write("small/one.txt", "3")
    write("small/two.txt", "3")
    alike = extended("one.txt", "two.txt")

    assert len({first, swapped, equal, alike}) == 4


def test_declared_order_does_not_count(write: Write, extended: Callable[..., str]) -> None:
    """The same files in another order are the same declaration."""
    write("small/one.txt", "1")
    write("small/two.txt", "2")

    assert extended("one.txt", "two.txt") == extended("two.txt", "one.txt")


def test_declared_modules_are_followed(write: Write, extended: Callable[..., str]) -> None:
    """A declared module counts with all that it imports."""
    write("helper.py", "import deeper")
    write("deeper.py", "x = 1")
    before = extended(modules=("helper",))

    write("deeper.py", "x = 2")

    assert extended(modules=("helper",)) != before


def test_a_missing_declared_file_is_an_error(extended: Callable[..., str]) -> None:
    """A declared file that is gone makes the method broken, with its name."""
    with pytest.raises(
        MethodError, match=r"a_one\.py: depend_extra names 'gone\.txt', but there is no .*/small/gone\.txt"
    ):
        extended("gone.txt")


def test_globs_and_directories_are_declared_whole(write: Write, extended: Callable[..., str], tmp_path: Path) -> None:
    """Every file that fits now is a dependency, by its own name; one more is another digest; caches are none."""
    for name in ("rules/a.txt", "rules/deep/b.txt", "x.csv"):
        write(f"small/{name}", "")
    seen = [extended("rules", "*.csv", "*.none")]
    for name in ("y.csv", "rules/c.txt", "z.none"):
        write(f"small/{name}", "")
        seen.append(extended("rules", "*.csv", "*.none"))
    write("small/rules/__pycache__/a.pyc", "")

    assert len(set(seen)) == 4
    assert extended("rules", "*.csv", "*.none") == seen[-1]


def write_method(write: Write, text: str, helper: str = "x = 1") -> None:
    """Write a method that imports a helper."""
    write("helper.py", helper)
    write("small/a_one.py", text)


OPTIONS = "import helper\noptions = {'n': 1}\ndef synthesis(options): return options.n\n"


def test_options_are_declared_apart_from_the_code(write: Write, take: Take) -> None:
    """Another default, or one more option, is another declaration of the same code."""
    write_method(write, OPTIONS)
    first = take()
    write_method(write, OPTIONS.replace("1}", "2, 'm': [int]}"))
    second = take()

    assert first.digest == second.digest
    assert first.meaning != second.meaning
    assert first.declared["n"] != second.declared["n"]
    assert second.declared.keys() == {"n", "m"}
    assert first.reads == {"n"}


def test_a_code_digest_is_stable(write: Write, take: Take) -> None:
    """It is the same in every version of axtui, or results of weeks would be built again; if it has to change, raise
    `SCHEME` in store/record.py with it."""
    write_method(
        write, OPTIONS.replace("import helper", "import helper, json\nfrom axtui import Dataset, RequiredOption")
    )
    found = take()

    assert found.digest == "ce642a917bd8f37b539c5858f0573e60b4561d157c8f5d112ef3538c2ad35600"
    assert found.declared == {"n": "210448021cf11758"}


SEES_MORE = {
    "handed on": ("return options.n", "return dict(options)"),
    "gone through": ("return options.n", "return [options[name] for name in options]"),
    "asked for keys": ("return options.n", "return options.keys()"),
    "looked up by a computed name": ("return options.n", "return options['n' + '']"),
    "while it is imported": ("def synth", "N = options['n']\ndef synth"),
    "as a default": ("synthesis(options)", "synthesis(options, x=options.get('n'))"),
    "in an annotation": ("synthesis(options)", "synthesis(options: options)"),
    "through params": ("synthesis(options): return options.n", "synthesis(params): return params.options"),
    "through the job": ("return options.n", "return job.params"),
    "through the globals": ("return options.n", "return globals()"),
    "under its name": ("return options.n", "return getattr(job, 'options')"),
    "computed": ("{'n': 1}", "dict([('n', 1)])"),
    "with a call": ("{'n': 1}", "{'n': make()}"),
    "unpacked": ("{'n': 1}", "{'n': 1, **helper.more}"),
    "declared twice": ("def synth", "options['k'] = 3\ndef synth"),
}


@pytest.mark.parametrize("what", [*SEES_MORE])
def test_a_declaration_that_the_program_may_see_is_code(write: Write, take: Take, what: str) -> None:
    """Where more is seen of the options than values by name, how they are declared stays in the digest."""
    old, new = SEES_MORE[what]
    assert OPTIONS.count(old) == 1
    text = OPTIONS.replace(old, new)
    write_method(write, text)
    first = take()
    write_method(write, text.replace("'n': 1", "'n': 2").replace("'n', 1", "'n', 2").replace("make()", "made()"))

    assert first.declared == {}
    assert first.reads is None
    assert take().digest != first.digest


@pytest.mark.parametrize(
    "helper", ["import small.a_one", "def f(job): return job.params", "from axtui import g; g.options"]
)
def test_a_helper_may_see_the_declaration_too(write: Write, take: Take, helper: str) -> None:
    """Where a helper imports the method, or could reach its options otherwise, the declaration stays in the digest."""
    write_method(write, OPTIONS, helper)
    first = take()
    write_method(write, OPTIONS.replace("1}", "2}"), helper)

    assert first.reads is None
    assert take().digest != first.digest


def test_what_the_declaration_alone_imports_from_axtui_does_not_count(write: Write, take: Take) -> None:
    """An option with a form needs an import; what else is imported, or used elsewhere too, is code."""
    write_method(write, OPTIONS)
    first = take().digest
    write_method(write, OPTIONS.replace("import helper", "from axtui import OptionEnum\nimport helper"))
    form = take().digest
    write_method(write, OPTIONS.replace("import helper", "from axtui import build\nimport helper") + "build('x')")
    used = take().digest

    assert form == first
    assert used != first


def test_description_counts_where_it_is_used(write: Write, take: Take) -> None:
    """A description is said to people; one that the method returns is not."""
    digests = []
    for body in ("1", "description"):
        for text in ("a", "b"):
            write("small/a_one.py", f"description = {text!r}\ndef synthesis(): return {body}")
            digests.append(take().digest)

    assert digests[0] == digests[1]
    assert digests[2] != digests[3]


def test_equivalent_hashes_are_for_one_source(write: Write, take: Take) -> None:
    """They accept older digests as long as the source is the one that they name; writing them changes no digest."""
    write("small/a_one.py", "x = 1")
    digest, meaning = take().digest, take().meaning
    write("small/a_one.py", f"equivalent_hashes = {{{meaning!r}: ('old', 'older')}}\nx = 1")
    accepted = take()
    write("small/a_one.py", f"equivalent_hashes = {{{meaning!r}: ('old', 'older')}}\nx = 2")

    assert (accepted.digest, accepted.equivalent) == (digest, ("old", "older"))
    assert take().equivalent == ()


@pytest.mark.parametrize("value", ["3", "{}", "{'a': 'b', 'c': 'd'}", "{'a': 3}", "{'a': (3,)}", "dict(a='b')"])
def test_equivalent_hashes_that_say_nothing_are_broken(write: Write, take: Take, value: str) -> None:
    """The error has file and line, what was found wrong and what is wanted."""
    write("small/a_one.py", f"x = 1\nequivalent_hashes = {value}\n")

    with pytest.raises(BrokenSourceError, match=r"a_one\.py:2: equivalent_hashes is not a literal dict of one item"):
        take()
