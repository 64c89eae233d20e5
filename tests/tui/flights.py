"""A recorded build of the kind that the demo makes: monthly imports as a chain, joins, a report, a failure."""

from __future__ import annotations

from pathlib import Path

from axtui.event import events as ev
from tests.tui.recorded import Recorded

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")

DELAYS = '''"""Average delay per carrier, row by row."""

from collections import defaultdict

description = "Delays per carrier."
datasets = ("source",)
options = {"least": 100}


def analysis(sliceno):
    total = defaultdict(float)
    count = defaultdict(int)
    for carrier, delay in datasets.source.iterate(sliceno, ("carrier", "dep_delay")):
        total[carrier] += delay
        count[carrier] += 1
    return total, count


def synthesis(analysis_res):
    total, count = analysis_res.merge_auto()
    return {carrier: total[carrier] / count[carrier] for carrier in total if count[carrier] > options.least}
'''

TRACEBACK = """\x1b[1mreading\x1b[0m 13,502 lines of \x1b[36mflights-2013-01\x1b[0m
Traceback (most recent call last):
  File "flights/a_delays.py", line 14, in analysis
    total[carrier] += delay
TypeError: unsupported operand type(s) for +=: 'float' and 'NoneType'
"""


def record_flights(root: Path, failing: bool = True, running: bool = True) -> Recorded:
    """Write a project with about forty jobs."""
    rec = Recorded(root)
    rec.say(ev.EngineStarted(4242, "boot"))
    rec.say(ev.WatchingChanged(True, 14))
    rec.begin()
    number = 0
    previous = ""
    typed = []
    for index, month in enumerate(MONTHS):
        number += 2
        source, job = f"dev-{number - 1}", f"dev-{number}"
        rec.job(source, "csvimport", outputs={"synthesis.out": f"flights-2013-{index + 1:02}.csv.gz: 27,004 lines\n"},
                options={"filename": f"flights-2013-{index + 1:02}.csv.gz"})  # fmt: skip
        rec.job(job, "dataset_type", outputs={"analysis.0.out": "13,502 lines typed\n"})
        rec.reuse(f"csvimport.{index + 1}", source, (previous,) if previous else (), 0.4 + index / 50, name=month)
        rec.reuse(f"dataset_type.{index + 1}", job, (source,), 0.6)
        previous = source
        typed.append(job)
    _record_rest(rec, typed, failing, running)
    return rec


def _record_rest(rec: Recorded, typed: list[str], failing: bool, running: bool) -> None:
    rec.job("dev-30", "csvimport", options={"filename": "airlines.csv"})
    rec.reuse("csvimport.13", "dev-30", seconds=0.1, name="airlines")
    rec.job("dev-31", "csvimport", options={"filename": "weather.csv.gz"})
    rec.reuse("csvimport.14", "dev-31", seconds=0.2, name="weather")
    rec.job("dev-32", "carrier_names", options={"column": "carrier"})
    rec.built("carrier_names.1", "dev-32", (typed[-1], "dev-30"), "flights/a_carrier_names.py: analysis changed")
    rec.job("dev-33", "weather_join")
    rec.built("weather_join.1", "dev-33", ("dev-32", "dev-31"), "input carrier_names: dev-32 ≠ dev-18", 3.4)
    rec.job("dev-34", "routes", result="{'JFK-LAX': 11262, 'LGA-ATL': 10263}")
    rec.start("routes.1", "dev-34", ("dev-32",), "input carrier_names: dev-32 ≠ dev-18")
    rec.end("routes.1", "dev-34", 1.1, same_as="dev-20")
    if failing:
        rec.job("dev-35", "delays", DELAYS, {"prepare.out": "carriers: 16\n", "analysis.0.out": "done 13,502 lines\n",
                "analysis.1.err": TRACEBACK}, {"least": 100}, finished=False)  # fmt: skip
        edited = DELAYS.replace('{"least": 100}', '{"least": 250}').replace("+= delay", "+= delay or 0")
        (rec.root / "flights/a_delays.py").write_text(edited)
        rec.start("delays.1", "dev-35", ("dev-32",), "flights/a_delays.py: function analysis changed")
        rec.progress("dev-35", [("done", 13502, 13502, 0.9), ("failed", 4100, 13502, 0.4)])
        rec.say(ev.JobFailed(rec.build, "delays.1", "dev-35", 1.2, "analysis(1)", "TypeError: unsupported operand "
                "type(s) for +=: 'float' and 'NoneType'", "flights/a_delays.py", 14), 1.2)  # fmt: skip
    if running:
        rec.job("dev-36", "by_hour", outputs={"analysis.0.out": "hour 0\nhour 1\n"}, finished=False)
        rec.start("by_hour.1", "dev-36", ("dev-33",), "no such job yet", expected=9.0)
        rec.progress("dev-36", [("running", 90_000, 168_388, 4.0), ("running", 70_500, 168_388, 4.0)], "hour 11 of 24")
        rec.ask("report.1", ("dev-36", "dev-34", "dev-35"))
