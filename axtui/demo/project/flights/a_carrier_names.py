"""Add the full name of the carrier to each flight of a month.

The new dataset has one column of its own; the others are inherited from `source` and
stay where they are on disk. `previous` is the month before: the months form a chain.
"""

datasets = ("source", "airlines", "previous")


def prepare(job, datasets):
    """Read the names once; the slices are forked from here and have them at once."""
    names = dict(datasets.airlines.iterate(None, ["carrier", "name"]))
    writer = job.datasetwriter(parent=datasets.source, previous=datasets.previous)
    writer.add("carrier_name", "unicode")
    return names, writer


def analysis(sliceno, datasets, prepare_res):
    """Write a name a flight, in the order of the flights."""
    names, writer = prepare_res
    for carrier in datasets.source.iterate(sliceno, "carrier"):
        writer.write(names[carrier])
