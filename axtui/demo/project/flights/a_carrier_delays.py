"""Arrival delay of each carrier, row by row in plain Python.

Each slice counts its own flights; `merge_auto` adds up what the slices counted.
"""

from collections import Counter, defaultdict

from .delays import is_late, mean_delay, percent_late

datasets = ("source",)


def analysis(sliceno, datasets):
    """Count one slice of every month."""
    counts = defaultdict(Counter)
    columns = ["carrier", "carrier_name", "arr_delay"]
    for carrier, name, delay in datasets.source.iterate_chain(sliceno, columns):
        count = counts[carrier, name]
        count["flights"] += 1
        if delay is not None:
            count["arrived"] += 1
            count["minutes"] += delay
            count["late"] += is_late(delay)
    return counts


def synthesis(job, analysis_res):
    """Write a row a carrier; a split writer deals the rows out to the slices."""
    writer = job.datasetwriter()
    writer.add("carrier", "ascii")
    writer.add("name", "unicode")
    writer.add("flights", "int64")
    writer.add("arrived", "int64")
    writer.add("mean_delay", "float64")
    writer.add("percent_late", "float64")
    write = writer.get_split_write()
    for (carrier, name), count in analysis_res.merge_auto().items():
        mean = mean_delay(count["minutes"], count["arrived"])
        late = percent_late(count["late"], count["arrived"])
        write(carrier, name, count["flights"], count["arrived"], mean, late)
