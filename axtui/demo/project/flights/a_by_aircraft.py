"""Deal the departures out by tail number: a slice has all flights of its aircraft."""

datasets = ("source",)


def synthesis(job, datasets):
    """Write the flights that left; the hash of the tail number decides the slice."""
    writer = job.datasetwriter(hashlabel="tailnum")
    writer.add("tailnum", "unicode")
    writer.add("month", "int32")
    writer.add("day", "int32")
    writer.add("sched_dep_time", "int32")
    writer.add("dep_delay", "int32")
    write = writer.get_split_write()
    columns = ["tailnum", "month", "day", "sched_dep_time", "dep_delay"]
    for tailnum, month, day, time, delay in datasets.source.iterate_chain(
        None, columns
    ):
        if tailnum is not None and delay is not None:
            write(tailnum, month, day, time, delay)
