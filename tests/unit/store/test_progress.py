"""The progress file: what its writers say, its readers see."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from axtui.base import clock
from axtui.store.progress import HEADER, RECORD, Slot, read_progress, write_header


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Give the progress file of a job with two slices."""
    write_header(tmp_path / "progress", 2)
    return tmp_path / "progress"


def test_a_new_file_waits(path: Path) -> None:
    """There is a record for each slice and one for the job process, all waiting."""
    records = read_progress(path)

    assert [record.state for record in records] == ["waiting"] * 3
    assert records[0].began == 0
    assert path.stat().st_size == HEADER.size + 3 * RECORD.size == 64 + 3 * 256


def test_each_writer_has_its_record(path: Path) -> None:
    """What one slice says is in its record and in no other."""
    before = clock.monotonic()
    slot = Slot(path, 1)
    slot.begin("analysis")
    slot.count(30, 100)
    slot.say("reading")

    first, second, job = read_progress(path)

    assert (first.state, job.state) == ("waiting", "waiting")
    assert (second.state, second.stage, second.pid) == ("running", "analysis", os.getpid())
    assert (second.done, second.total, second.text) == (30, 100, "reading")
    assert before <= second.began <= second.reported <= clock.monotonic()
    assert second.ended == 0


@pytest.mark.parametrize(("failed", "state"), [(False, "done"), (True, "failed")])
def test_the_end_is_told(path: Path, failed: bool, state: str) -> None:
    """A record says how it ended and keeps its counts."""
    slot = Slot(path, 2)
    slot.begin("synthesis")
    slot.count(5)
    slot.end(failed)

    record = read_progress(path)[2]

    assert (record.state, record.done, record.total) == (state, 5, -1)
    assert record.ended >= record.began > 0


def test_a_new_stage_begins_anew(path: Path) -> None:
    """Counts and text of the last stage are gone."""
    slot = Slot(path, 2)
    slot.begin("prepare")
    slot.count(5, 6)
    slot.say("x")
    slot.end(False)
    slot.begin("synthesis")

    record = read_progress(path)[2]

    assert (record.state, record.stage, record.done, record.total, record.text) == ("running", "synthesis", 0, -1, "")
    assert record.ended == 0


@given(st.text(max_size=300))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_any_text_fits(path: Path, text: str) -> None:
    """A text that is too long is cut, a shorter one leaves nothing of the one before."""
    slot = Slot(path, 0)
    slot.say("x" * 500)
    slot.say(text)

    shown = read_progress(path)[0].text

    plain = text.encode("utf-8", "replace")
    assert shown.encode()[:200] == plain.decode().encode()[: len(shown.encode())][:200]
    assert read_progress(path)[1].state == "waiting"


def test_a_header_is_written_once(path: Path) -> None:
    """A second header would wipe what slices have said."""
    with pytest.raises(FileExistsError):
        write_header(path, 2)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.integers(0, 900), st.binary(max_size=8), st.integers(0, 40))
def test_any_bytes_can_be_read(path: Path, at: int, new: bytes, gone: int) -> None:
    """A file that is damaged, cut or foreign gives records or nothing, and never an error."""
    data = path.read_bytes()
    other = path.with_name("other")
    other.write_bytes(data[:at] + new + data[at + gone :])

    assert len(read_progress(other)) in (0, 3) or at < HEADER.size


def test_no_file_is_no_record(tmp_path: Path) -> None:
    """A job that has not begun has no progress; an endless one is not believed."""
    assert read_progress(tmp_path / "none") == []
    (tmp_path / "huge").write_bytes(HEADER.pack(b"axprog01", 0xFFFFFFFF, RECORD.size))
    assert read_progress(tmp_path / "huge") == []
