"""What the screen reads from a project."""

from __future__ import annotations

from pathlib import Path

from axtui.event import events as ev
from axtui.tui.reader import Reader
from tests.conftest import TREE
from tests.tui.recorded import Recorded


def test_the_last_build_is_all_that_is_parsed(tmp_path: Path) -> None:
    """After a build that finished the entries begin with its start."""
    rec = Recorded(tmp_path)
    rec.begin()
    rec.finish()
    rec.begin()
    rec.reuse("a.1", "dev-1")
    rec.finish()

    entries = list(Reader(rec.project).last_entries())

    assert isinstance(entries[0].event, ev.BuildStarted)
    assert entries[0].event.build == 2
    assert entries[-1].seq == rec.seq


def test_a_build_that_failed_brings_those_before(tmp_path: Path) -> None:
    """Rows that a failed build did not come to are known from the builds before it."""
    rec = Recorded(tmp_path)
    for outcome in ("finished", "finished", "failed"):
        rec.begin()
        rec.finish(outcome)

    entries = list(Reader(rec.project).last_entries())

    assert [entry.event.build for entry in entries if isinstance(entry.event, ev.BuildStarted)] == [1, 2, 3]


def test_what_still_stands_comes_along(tmp_path: Path) -> None:
    """A method that broke before the last build is still broken after it."""
    rec = Recorded(tmp_path)
    rec.begin()
    rec.say(ev.MethodBroken("b", "flights/a_b.py", 7, "SyntaxError"))
    rec.say(ev.WatchingChanged(True, 14))
    rec.begin()
    rec.finish()

    entries = list(Reader(rec.project).last_entries())

    assert [type(entry.event).__name__ for entry in entries[:3]] == ["MethodBroken", "WatchingChanged", "BuildStarted"]


def test_a_torn_journal_costs_only_its_last_line(tmp_path: Path) -> None:
    """A line that is being written is left for later."""
    rec = Recorded(tmp_path)
    rec.begin()
    with open(tmp_path / ".axtui/journal/000000000001.jsonl", "a") as handle:
        handle.write('{"seq":2,"at":')

    assert len(list(Reader(rec.project).last_entries())) == 1


def test_no_journal_is_no_entry(tmp_path: Path) -> None:
    """A project that never built anything opens."""
    assert list(Reader(Recorded(tmp_path).project).last_entries()) == []


def test_stored_sources_are_named_and_read(tmp_path: Path) -> None:
    """A job's sources come by their path in the project, line by line and safe to show."""
    rec = Recorded(tmp_path)
    rec.job("dev-1", "delays", "x = '\x1b]0;t\x07'\ny = 2\n")
    reader = Reader(rec.project)

    names = reader.sources("dev-1")

    assert names == ["flights/a_delays.py"]
    assert reader.source("dev-1", names[0]) == ["x = ''", "y = 2"]


def test_nothing_outside_is_read(tmp_path: Path) -> None:
    """A name that leaves the job, a link, or another workdir gives nothing of what lies there."""
    rec = Recorded(tmp_path)
    (tmp_path / "secret").write_text("secret")
    job = rec.job("dev-1", "delays")
    (job / "method/link.py").symlink_to(tmp_path / "secret")
    reader = Reader(rec.project)

    shown = [*reader.source("dev-1", "../../../../secret"), *reader.source("dev-1", "link.py")]

    assert not any("secret" in line for line in shown if "cannot be shown" not in line)
    assert reader.sources("dev-1") == ["flights/a_delays.py"]
    assert reader.sources("foreign-1") == []
    assert reader.disk_source("/etc/passwd") == []


def test_a_source_of_axtuis_own_methods_lies_in_axtui(tmp_path: Path) -> None:
    """It is not gone where the project does not have it, and nothing else of axtui's directory is read."""
    reader = Reader(Recorded(tmp_path).project)
    name = "axtui/standard_methods/a_csvimport.py"

    assert reader.disk_source(name) == (TREE / name).read_text().splitlines()
    assert reader.disk_stamp(name)
    assert reader.is_ours(name)
    assert not reader.is_ours("flights/a_delays.py")
    assert reader.disk_path("axtui/../pyproject.toml") is None


def test_the_methods_own_files_are_listed(tmp_path: Path) -> None:
    """What axtui keeps in a job directory is not among its files."""
    rec = Recorded(tmp_path)
    job = rec.job("dev-1", "delays", result="{'UA': 12.1}")
    (job / "report.md").write_text("hello")
    (job / "sub").mkdir()
    (job / "sub/more.txt").write_text("x")
    reader = Reader(rec.project)

    assert [(file.name, file.nbytes) for file in reader.files("dev-1")] == [("report.md", 5), ("sub/more.txt", 1)]
    assert reader.preview("dev-1") == ["{'UA': 12.1}"]


def test_a_damaged_job_is_a_record_with_a_reason(tmp_path: Path) -> None:
    """Records that cannot be read never raise."""
    rec = Recorded(tmp_path)
    job = rec.job("dev-1", "delays")
    (job / "post.json").write_text("{")
    (job / "progress").write_bytes(b"axprog01garbage")
    reader = Reader(rec.project)

    record = reader.job("dev-1")

    assert record is not None
    assert record.state == "damaged"
    assert reader.progress("dev-1") == []
    assert reader.job("no such thing") is None
