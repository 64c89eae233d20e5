"""Every record of a project with every byte of it altered: one damaged thing, told as such, never an exception.

A record that carries a digest is also altered and sealed anew, as somebody would who means harm.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from axtui.base.errors import DatasetError, RecordError, UserError
from axtui.base.records import digest
from axtui.build.equivalence import Equivalence, Equivalences, append_equivalence
from axtui.build.urd_entry import Dependency, Entry, format_entry, parse_transaction
from axtui.dataset import record as dataset_record
from axtui.dataset.record import read_dataset, write_dataset
from axtui.event.events import BuildStarted, JobFinished
from axtui.event.journal import Journal, read_journal, read_last_builds
from axtui.project.config import read_project
from axtui.store import layout, progress
from axtui.store.index import summarise
from axtui.store.lock import describe_owner, is_owned
from axtui.store.record import read_job
from axtui.store.urd_file import UrdFile, seal_line
from axtui.store.workdir import CommitList, Workdir
from axtui.tui.state import Board
from tests.faults.mutations import mutate_everywhere, mutations_of
from tests.unit.dataset.test_record import RECORD
from tests.unit.store.jobs import make_job, make_workdir, start_job
from tests.unit.store.test_record import show

pytestmark = pytest.mark.slow
_FEW = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
_DIGEST = re.compile(rb"[0-9a-f]{64}")


@dataclass
class Victim:
    """A file, how it is read, and whether reading tells that it was altered wherever it was."""

    path: Path
    read: Callable[[], bool]
    is_sealed: bool
    seal: Callable[[bytes], bytes] | None = None
    """Makes the digests of a file fit what it says."""


def finished(directory: Path) -> bool:
    """Read a job in all ways; tell whether it is taken for a finished one."""
    record = read_job(directory)
    show(record)
    if record.state != "finished":
        assert record.state in ("damaged", "failed", "crashed")
        return False
    try:
        summarise(record, [])
    except RecordError:
        return False
    return True


def order(root: Path) -> Victim:
    """Give the order of a finished job."""
    job = make_job(make_workdir(root), 1, limits={"memory": 1 << 30}, attempt=[1, 2])
    return Victim(job / layout.SETUP, lambda: finished(job), True)


def order_of_a_failed_job(root: Path) -> Victim:
    """Give the order of a failed job, which nothing seals."""
    job = start_job(make_workdir(root), 1)
    (job / layout.ERROR).write_text('{"message": "no luck"}')
    return Victim(job / layout.SETUP, lambda: finished(job), False)


def commit_record(root: Path) -> Victim:
    """Give a commit record."""
    job = make_job(make_workdir(root), 1)

    def seal(data: bytes) -> bytes:
        line = data.partition(b"\n")[0]
        return line + b"\n" + digest(line).encode() + b"\n"

    return Victim(job / layout.POST, lambda: finished(job), True, seal)


def error_record(root: Path) -> Victim:
    """Give the record of a failure."""
    job = start_job(make_workdir(root), 1)
    told = {"message": "no", "traceback": "a\nb", "part": "analysis(1)", "file": "a.py", "line": 3, "seconds": 0.5}
    (job / layout.ERROR).write_text(json.dumps({**told, "notes": ["left 1 process running"]}))
    return Victim(job / layout.ERROR, lambda: finished(job), True)


def owner(root: Path) -> Victim:
    """Give the note of who builds a job."""
    job = start_job(make_workdir(root), 1)
    (job / layout.OWNER).write_text('{"host": "here", "boot": "x", "pid": 12, "engine": "12-1"}')
    return Victim(job / layout.OWNER, lambda: (is_owned(job), bool(describe_owner(job)))[0], True)


def progress_file(root: Path) -> Victim:
    """Give the progress of a job."""
    path = root / "progress"
    progress.write_header(path, 2)
    slot = progress.Slot(path, 1)
    slot.begin("analysis")
    slot.say("reading")
    return Victim(path, lambda: bool(progress.read_progress(path)), False)


def commits(root: Path) -> Victim:
    """Give the list of commits."""
    workdir = make_workdir(root)
    (workdir.path / layout.COMMITS).touch()

    def read() -> bool:
        known = CommitList(Workdir("dev", root / "none"))
        known._path = workdir.path / layout.COMMITS
        return all(re.fullmatch(r"[^/]+-\d+", each) for each in known.read_new())

    (workdir.path / layout.COMMITS).write_text("dev-1\ndev-12\n")
    return Victim(workdir.path / layout.COMMITS, read, False)


def dataset(root: Path) -> Victim:
    """Give the record of a dataset."""
    write_dataset(root, RECORD)

    def read() -> bool:
        dataset_record._read.cache_clear()
        try:
            found = read_dataset(root)
            return bool(list(found.columns.items()) and found.lines and found.digest)
        except DatasetError:
            return False

    def seal(data: bytes) -> bytes:
        body, found, _ = data.rpartition(dataset_record._CHECK)
        return body + found + digest(body + found).encode() + dataset_record._CHECK_END

    return Victim(root / "dataset.json", read, True, seal)


def journal(root: Path) -> Victim:
    """Give a journal of two events."""
    made = Journal(root)
    made.append(BuildStarted(1, "build", "dev-1", "asked", ("a.py",)))
    made.append(JobFinished(1, "one.1", "dev-2", 0.5, "", ("a note",)))
    made.close()

    def read() -> bool:
        board = Board()
        for entry in read_journal(root):
            board.apply(entry)
        return len(read_last_builds(root)) == 2

    return Victim(next(root.glob("*.jsonl")), read, False)


def urd_list(root: Path) -> Victim:
    """Give an urd list of one entry."""
    here = Dependency("2026-01-01", (("one", "dev-1"),), "birds", "v")
    entry = Entry("2026-01-02", (("two", "dev-2"),), "", {"anna/birds": here}, "dev-0", "w")
    path = root / "anna/test.urd"
    path.parent.mkdir()
    path.write_bytes(seal_line(format_entry(entry)) + b"\n")

    def read() -> bool:
        found = UrdFile(root, "anna/test", parse_transaction)
        found.refresh()
        return bool(found.transactions)

    def seal(data: bytes) -> bytes:
        body = data.partition(b',"digest":"')[0] + b"}"
        try:
            return seal_line(json.loads(body)) + b"\n"
        except (ValueError, RecursionError, AttributeError, KeyError, TypeError):
            return data

    return Victim(path, read, False, seal)


def equivalences(root: Path) -> Victim:
    """Give the declared equivalences."""
    path = root / "equivalent.jsonl"
    texts = {name: "x" for name in Equivalence.__annotations__ if name not in ("checked", "declared")}
    append_equivalence(path, Equivalence(**texts, checked="nothing", declared={"n": "d"}))

    def read() -> bool:
        found = Equivalences(path)
        found.refresh()
        return bool(found.all() or found.damage)

    return Victim(path, read, False)


def configuration(root: Path) -> Victim:
    """Give a configuration."""
    path = root / "axtui.toml"
    path.write_text(
        'slices = 2\ntarget = "dev"\n[workdirs]\ndev = "w"\n[methods]\npackages = ["a"]\n'
        '[limits]\nmemory = "2GB"\n[limits.one]\nseconds = 6\n'
    )
    return Victim(path, lambda: _is_project(root), False)


def their_configuration(root: Path) -> Victim:
    """Give a configuration of an Accelerator project."""
    path = root / "accelerator.conf"
    path.write_text("slices: 2\nworkdirs:\n\tdev ${HERE=w}/dev\nmethod packages: a auto-discover\n")
    return Victim(path, lambda: _is_project(root), False)


def _is_project(root: Path) -> bool:
    try:
        return read_project(root).slices >= 1
    except UserError as error:
        return "\n" in str(error)


VICTIMS = (
    order, order_of_a_failed_job, commit_record, error_record, owner, progress_file, commits, dataset, journal,
    urd_list, equivalences, configuration, their_configuration,
)  # fmt: skip


@pytest.fixture(params=VICTIMS, ids=lambda make: make.__name__)
def victim(request: pytest.FixtureRequest, tmp_path: Path) -> Victim:
    """Give a file of each kind."""
    made: Victim = request.param(tmp_path)
    return made


def test_a_record_altered_at_any_byte_is_one_damaged_thing(victim: Victim) -> None:
    """Reading raises nothing, and takes no altered record for one that was written, where that can be known."""
    whole = victim.path.read_bytes()
    read_whole = victim.read()

    taken = []
    for data in mutate_everywhere(whole):
        victim.path.write_bytes(data)
        if victim.read():
            taken.append(data)

    assert read_whole or victim.path.name in (layout.SETUP, layout.ERROR, layout.OWNER)
    assert not (victim.is_sealed and taken)


@pytest.mark.parametrize("make", [each for each in VICTIMS if each in (commit_record, dataset, urd_list)])
def test_a_record_altered_and_sealed_anew_raises_nothing_else(make: Callable[[Path], Victim], tmp_path: Path) -> None:
    """What somebody forges may be taken, or is damaged."""
    victim = make(tmp_path)
    assert victim.seal is not None
    whole = victim.path.read_bytes()

    accepted = 0
    for data in mutate_everywhere(whole):
        victim.path.write_bytes(victim.seal(data))
        accepted += victim.read()

    assert victim.seal(whole) == whole
    assert accepted > 0


@_FEW
@given(data=st.data())
def test_a_record_torn_to_pieces_is_one_damaged_thing(victim: Victim, data: st.DataObject) -> None:
    """The same for parts that are doubled, moved, gone, or from nowhere."""
    whole = victim.path.read_bytes()
    made = data.draw(mutations_of(whole))

    victim.path.write_bytes(made)
    try:
        is_taken = victim.read()
    finally:
        victim.path.write_bytes(whole)

    assert not (victim.is_sealed and is_taken)
