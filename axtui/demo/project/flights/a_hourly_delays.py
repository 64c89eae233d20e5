"""Departure delay by airport and hour of the day: numpy arrays instead of rows."""

import numpy as np

from .new_york import AIRPORTS

datasets = ("source",)


def analysis(sliceno, datasets):
    """Sum one slice. Returns flights and minutes, each of shape (airports, 24)."""
    flights = np.zeros((len(AIRPORTS), 24))
    minutes = np.zeros((len(AIRPORTS), 24))
    columns = ["origin", "sched_dep_time", "dep_delay"]
    for batch in datasets.source.chain().batches(sliceno, columns, nulls="nan"):
        left = ~np.isnan(batch["dep_delay"])
        hour = batch["sched_dep_time"][left] // 100
        delay = batch["dep_delay"][left]
        for number, airport in enumerate(AIRPORTS):
            here = batch["origin"][left] == airport
            flights[number] += np.bincount(hour[here], minlength=24)
            minutes[number] += np.bincount(
                hour[here], weights=delay[here], minlength=24
            )
    return flights, minutes


def synthesis(analysis_res):
    """Return 24 means an airport, None where fewer than a hundred flights left."""
    flights, minutes = (sum(part) for part in zip(*analysis_res, strict=True))
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = np.where(flights >= 100, minutes / flights, np.nan)
    return {
        airport: [None if np.isnan(delay) else round(float(delay), 2) for delay in row]
        for airport, row in zip(AIRPORTS, mean, strict=True)
    }
