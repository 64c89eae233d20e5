"""The routes with the most flights, with the name of the airport they lead to."""

from collections import Counter

options = {"top": 20}
datasets = ("source", "airports")


def analysis(sliceno, datasets):
    """Count one slice of every month; a Counter counts tuples as they come."""
    return Counter(
        datasets.source.iterate_chain(sliceno, ["origin", "dest", "distance"])
    )


def synthesis(job, analysis_res, datasets, options):
    """Write the busiest routes, in order."""
    names = dict(datasets.airports.iterate(None, ["faa", "name"]))
    writer = job.datasetwriter()
    writer.add("origin", "ascii")
    writer.add("dest", "ascii")
    writer.add("airport", "unicode")
    writer.add("miles", "int64")
    writer.add("flights", "int64")
    write = writer.get_split_write()
    for (origin, dest, miles), flights in analysis_res.merge_auto().most_common(
        options.top
    ):
        write(origin, dest, names.get(dest, dest), miles, flights)
