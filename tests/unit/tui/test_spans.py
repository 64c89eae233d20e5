"""Builds in time: spans, critical path, busy slots, and sentences on idle ones."""

from __future__ import annotations

import json
from xml.etree import ElementTree

import pytest

from axtui.event import events as ev
from axtui.store.progress import Progress
from axtui.tui.idleness import explain
from axtui.tui.rows import Build
from axtui.tui.slots import assign_places, busy_levels, busy_share
from axtui.tui.spans import Slice, Timeline, collect_spans, critical_path, find_slices, skew_of
from axtui.tui.timeline_export import format_json, format_svg, format_trace
from axtui.tui.timeline_lines import format_clock, format_numbers, group_slices

BEGAN = 500.0


class Story:
    """A build that is told event by event, at seconds since it began."""

    def __init__(self) -> None:
        self.entries: list[ev.Entry] = []
        self.say(0.0, ev.BuildStarted(7, "build", "dev-0", "asked"))

    def say(self, at: float, event: ev.Event) -> None:
        self.entries.append(ev.Entry(len(self.entries) + 1, 1.7e9 + at, BEGAN + at, event))

    def job(self, row: str, asked: float, began: float, ended: float, inputs: tuple[str, ...] = (), parent: str = "",
            failed: str = "") -> None:  # fmt: skip
        method, job = row.rpartition(".")[0], f"dev-{row}"
        self.say(asked, ev.JobRequested(7, row, method, parent, method, "", inputs))
        self.say(began, ev.JobStarted(7, row, job, 2, (), 0.0, inputs))
        self.say(began, ev.StageStarted(7, row, job, "analysis"))
        if failed:
            self.say(ended, ev.JobFailed(7, row, job, ended - began, "analysis(0)", failed))
        else:
            self.say(ended, ev.JobFinished(7, row, job, ended - began))

    def timeline(self, slots: int = 2, ended: float = 0.0) -> Timeline:
        build = Build(7, "build", began=BEGAN, at=1.7e9, outcome="finished" if ended else "")
        if ended:
            self.say(ended, ev.BuildFinished(7, "finished", ended, 1, 0, 0))
        entries = sorted(self.entries, key=lambda entry: entry.seconds)
        return collect_spans(entries, build, slots, BEGAN + 100.0)


def test_a_build_without_submit_hangs_on_its_script() -> None:
    """Where each job is asked for after the end of the one before, the script is what it waited for."""
    story = Story()
    story.job("a.1", 0.0, 0.0, 4.0)
    story.job("b.1", 4.0, 4.0, 10.0)
    story.job("c.1", 10.0, 10.0, 11.0, ("dev-b.1",))
    timeline = story.timeline(ended=11.1)

    path = [(link.span.row, link.waited_for) for link in critical_path(timeline)]
    said = explain(timeline, 2.0, {})

    assert path == [("a.1", ""), ("b.1", "script"), ("c.1", "input")]
    assert said[0] == "running: a dev-a.1 (analysis)"
    assert said[1] == (
        "1 of 2 slots idle: the build script waits for a before it asks for b, which does not need it: "
        "urd.submit would let them run side by side"
    )
    assert explain(timeline, 5.0, {})[1] == "1 of 2 slots idle: the build script waits for b before it asks for c"


def test_a_job_that_needs_another_through_a_reused_one_is_not_said_to_be_free() -> None:
    """What is needed is followed through jobs that were reused."""
    story = Story()
    story.job("a.1", 0.0, 0.0, 4.0)
    story.say(4.0, ev.JobReused(7, "mid.1", "dev-mid", 0.5, "same output", ("dev-a.1",), "mid"))
    story.job("b.1", 4.0, 4.0, 10.0, ("dev-mid",))
    timeline = story.timeline(ended=10.0)

    assert "side by side" not in explain(timeline, 2.0, {})[1]
    assert [span.row for span in timeline.reused] == ["mid.1"]


def test_a_job_waits_for_its_inputs_or_for_a_slot() -> None:
    """The critical path goes through the input that ended last, or through the job that made room."""
    story = Story()
    story.job("a.1", 0.0, 0.0, 5.0)
    story.job("b.1", 0.0, 0.0, 3.0)
    story.job("c.1", 0.0, 3.0, 9.0)
    story.job("d.1", 0.0, 9.0, 12.0, ("dev-a.1", "dev-c.1"))
    timeline = story.timeline(ended=12.0)

    path = [(link.span.row, link.waited_for) for link in critical_path(timeline)]

    assert path == [("b.1", ""), ("c.1", "slot"), ("d.1", "input")]
    assert explain(timeline, 7.0, {})[1] == "1 of 2 slots idle: d waits for c"
    assert len(explain(timeline, 1.0, {})) == 1


def test_busy_slots_are_averages() -> None:
    """Each part of the time has the share of the slots that was busy in it, and the whole build that of all."""
    story = Story()
    story.job("a.1", 0.0, 0.0, 4.0)
    story.job("b.1", 0.0, 2.0, 4.0)
    timeline = story.timeline(ended=8.0)

    assert busy_levels(timeline, [0.0, 1.0, 3.0, 4.0, 8.0]) == [0.5, 0.75, 1.0, 0.0]
    assert busy_share(timeline) == pytest.approx(6 / 16)
    assert assign_places(timeline.spans) == {"a.1": 0, "b.1": 1}


def test_a_job_that_waits_for_its_own_job_lends_its_place() -> None:
    """A parent does not count as busy while its subjob is there."""
    story = Story()
    story.job("a.1", 0.0, 0.0, 9.0)
    story.job("sub.1", 2.0, 3.0, 8.0, parent="a.1")
    timeline = story.timeline(slots=1, ended=9.0)

    assert [span.row for span in timeline.running(5.0)] == ["sub.1"]
    assert busy_levels(timeline, [0.0, 2.0, 3.0, 8.0, 9.0]) == [1.0, 0.0, 1.0, 1.0]


def test_a_running_build_lasts_until_now() -> None:
    """What has not ended ends at the time of the look."""
    story = Story()
    story.say(0.0, ev.JobRequested(7, "a.1", "a", "", "a", "", ()))
    story.say(1.0, ev.JobStarted(7, "a.1", "dev-1", 2, (), 0.0))

    timeline = story.timeline()

    assert timeline.seconds == 100.0
    assert (timeline.spans[0].state, timeline.spans[0].seconds) == ("running", 99.0)


def test_an_engine_that_was_killed_leaves_ends() -> None:
    """What ran when its engine ended counts until the last that was heard."""
    story = Story()
    story.say(1.0, ev.JobStarted(7, "a.1", "dev-1", 2, (), 0.0))
    story.say(2.0, ev.StageStarted(7, "a.1", "dev-1", "analysis"))
    story.say(-400.0, ev.EngineStarted(1, "another boot"))
    build = Build(7, "build", began=BEGAN, outcome="lost")

    timeline = collect_spans(story.entries, build, 2, 0.0)

    assert (timeline.spans[0].state, timeline.spans[0].ended, timeline.seconds) == ("cancelled", 2.0, 2.0)


def test_slices_of_another_run_are_not_shown() -> None:
    """Progress whose times lie outside of the job is of another boot, and says nothing here."""
    story = Story()
    story.job("a.1", 0.0, 1.0, 9.0)
    span = story.timeline(ended=9.0).spans[0]
    end = Progress("done", "synthesis", 1, 0, 0, 0, 0, 0, "")
    here = Progress("done", "analysis", 1, BEGAN + 2, BEGAN + 8, BEGAN + 8, 70, 70, "")
    elsewhere = Progress("done", "analysis", 1, 9000.0, 9001.0, 9001.0, 70, 70, "")

    assert find_slices([here, end], span, BEGAN) == [Slice(0, 2.0, 8.0, 70, False)]
    assert find_slices([here, elsewhere, end], span, BEGAN) == []


def test_a_slice_that_lags_is_named_with_what_it_costs() -> None:
    """One slice left over with twice the lines is said to be the reason, with what even slices would save."""
    story = Story()
    story.job("a.1", 0.0, 0.0, 9.0)
    timeline = story.timeline(ended=9.0)
    slices = [Slice(number, 0.0, 2.0, 100, False) for number in range(3)] + [Slice(3, 0.0, 8.0, 410, False)]

    said = explain(timeline, 5.0, {"a.1": slices})

    assert said[0] == "running: a dev-a.1 (1 of 4 slices: 3)"
    assert said[-1] == "slice 3 of a has 4.1× the lines of the median slice; even slices would save up to 4.5s"
    assert skew_of(slices) == 4.0
    assert [[each.number for each in group] for group in group_slices(slices)] == [[0, 1, 2], [3]]


def test_numbers_and_clocks_are_short() -> None:
    """Slices are written as ranges; a time of day is as fine as its axis."""
    assert format_numbers([0, 1, 2, 5, 7, 8]) == "0-2, 5, 7-8"
    assert format_clock(1.7e9 + 0.25, 0.1)[-4:] == "20.2"
    assert len(format_clock(1.7e9, 60)) == 5


def test_exports_are_whole_and_hold_hostile_names() -> None:
    """JSON, Chrome trace and SVG parse again, whatever a method or an error is called."""
    story = Story()
    story.job("<b>&\x1b[31m.1", 0.0, 0.5, 2.0)
    story.job("b.1", 2.0, 2.0, 3.0, ("dev-a.1",), failed='</text><script>"')
    timeline = story.timeline(ended=3.0)
    slices = {"b.1": [Slice(0, 2.0, 2.9, 5, True)]}
    path = critical_path(timeline)

    record = json.loads(format_json(timeline, path, slices))
    trace = json.loads(format_trace(timeline, path, slices))
    picture = format_svg(timeline, path, slices)

    assert [job["state"] for job in record["jobs"]] == ["built", "failed"]
    assert record["jobs"][1]["slices"] == [{"slice": 0, "began": 2.0, "ended": 2.9, "lines": 5}]
    bars = [event for event in trace["traceEvents"] if event["ph"] == "X"]
    assert {(bar["ts"], bar["dur"]) for bar in bars} >= {(5e5, 1.5e6), (2e6, 1e6)}
    texts = [element.text or "" for element in ElementTree.fromstring(picture).iter() if element.tag.endswith("text")]
    assert any("<b>&" in text for text in texts) and "\x1b" not in picture
