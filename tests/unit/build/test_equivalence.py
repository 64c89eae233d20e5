"""What is declared equal: followed over several declarations, as far as options were what they are."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from axtui.build.equivalence import Equivalence, Equivalences, append_equivalence, append_revocation
from axtui.method.snapshot import Snapshot


def declared(old: str, new: str, **options: str) -> Equivalence:
    """Make a declaration."""
    return Equivalence("one", old, new, "me", "2026-01-01T00:00:00+00:00", "", "none", options)


def snapshot(digest: str, reads: Any = frozenset(), **options: str) -> Snapshot:
    """Make the snapshot of a method without a module's own declarations."""
    made = Snapshot("small.a_one", digest, {}, {}, (), options, reads)
    object.__setattr__(made, "modules", {"small.a_one": type("S", (), {"own": None})()})
    return made


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Give the file, which is not there yet."""
    return tmp_path / "equivalent.jsonl"


def accepted(path: Path, now: Snapshot, method: str = "one") -> dict[str, Any]:
    """Read the file and return what is accepted."""
    known = Equivalences(path)
    known.refresh()
    assert known.damage == []
    return known.accepted(method, now)


def test_declarations_are_followed(path: Path) -> None:
    """Of A for B and B for C, jobs of both answer for C; those of C for neither, and no other method's."""
    assert accepted(path, snapshot("C")) == {}
    append_equivalence(path, declared("A", "B"))
    append_equivalence(path, declared("B", "C"))

    assert accepted(path, snapshot("C")).keys() == {"A", "B"}
    assert accepted(path, snapshot("B")).keys() == {"A"}
    assert accepted(path, snapshot("A")) == {}
    assert accepted(path, snapshot("C"), "two") == {}


def test_a_circle_ends(path: Path) -> None:
    """Both ways is no mistake."""
    append_equivalence(path, declared("A", "B"))
    append_equivalence(path, declared("B", "A"))

    assert accepted(path, snapshot("A")).keys() == {"B"}


def test_a_revocation_counts_until_it_is_declared_again(path: Path) -> None:
    """The last line wins; nothing is ever taken out of the file."""
    append_equivalence(path, declared("A", "B"))
    append_revocation(path, declared("A", "B"), "me", "later", "wrong")
    revoked = accepted(path, snapshot("B"))
    append_equivalence(path, declared("A", "B"))

    assert (revoked, accepted(path, snapshot("B")).keys()) == ({}, {"A"})
    assert len(path.read_text().splitlines()) == 3


def test_an_option_may_be_lacked_as_it_was_declared_then(path: Path) -> None:
    """With another default since, an older job without the option is another one."""
    append_equivalence(path, declared("A", "B", scale="one"))

    assert accepted(path, snapshot("B", scale="one")) == {"A": {"scale"}}
    assert accepted(path, snapshot("B", scale="three", more="x")) == {"A": frozenset()}
    assert accepted(path, snapshot("B", reads=None)) == {"A": None}


def test_the_older_declaration_says_what_the_older_job_lacked(path: Path) -> None:
    """A lacks what B was given at one, so it cannot stand for a C where that is three, though B can."""
    append_equivalence(path, declared("A", "B", scale="one"))
    append_equivalence(path, declared("B", "C", scale="three", more="x"))

    found = accepted(path, snapshot("C", scale="three", more="x"))

    assert found == {"B": {"scale", "more"}, "A": {"more"}}


def test_what_another_process_writes_is_seen(path: Path) -> None:
    """The file is read again where it has changed, and only there."""
    known = Equivalences(path)
    known.refresh()
    append_equivalence(path, declared("A", "B"))
    before = known.all()
    known.refresh()

    assert before == []
    assert known.all() == [declared("A", "B")]
    path.unlink()
    known.refresh()
    assert known.all() == []


def test_what_was_lost_with_the_power_is_cut_off(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Zeros of a line that nobody was told of go with the next one, which is synced with the name of the file."""
    append_equivalence(path, declared("A", "B"))
    with path.open("ab") as handle:
        handle.write(bytes(300))
    synced: list[str] = []
    monkeypatch.setattr(os, "fsync", lambda fd: synced.append(os.readlink(f"/proc/self/fd/{fd}")))

    append_equivalence(path, declared("B", "C"))

    assert accepted(path, snapshot("C")).keys() == {"A", "B"}
    assert synced == [str(path), str(path.parent)]
