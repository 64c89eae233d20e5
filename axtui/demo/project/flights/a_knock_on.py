"""Follow each aircraft through its day: after it left late, how late is it next time?

The source is hashed on the tail number: no aircraft is spread over two slices.
"""

from collections import Counter, defaultdict
from itertools import pairwise

from .delays import mean_delay

options = {"limits": [0, 15, 60, 120]}  # minutes where a band of delays ends
datasets = ("source",)


def analysis(sliceno, datasets, options):
    """Count turns, and minutes of the later delay, by the band of the earlier one."""
    counts = defaultdict(Counter)
    for departures in read_days(datasets.source, sliceno).values():
        for (_, earlier), (_, later) in pairwise(sorted(departures)):
            band = sum(earlier >= limit for limit in options.limits)
            counts[band]["turns"] += 1
            counts[band]["minutes"] += later
    return counts


def read_days(source, sliceno):
    """Collect what each aircraft did on each day, as a list of (time, delay)."""
    days = defaultdict(list)
    columns = ["tailnum", "month", "day", "sched_dep_time", "dep_delay"]
    for tailnum, month, day, time, delay in source.iterate(sliceno, columns):
        days[tailnum, month, day].append((time, delay))
    return days


def synthesis(analysis_res, options):
    """Return a row a band; the first has no lower limit, the last no upper one."""
    counts = analysis_res.merge_auto()
    return [
        {
            "from": low,
            "below": high,
            "turns": counts[band]["turns"],
            "mean_delay": mean_delay(counts[band]["minutes"], counts[band]["turns"]),
        }
        for band, (low, high) in enumerate(pairwise([None, *options.limits, None]))
    ]
