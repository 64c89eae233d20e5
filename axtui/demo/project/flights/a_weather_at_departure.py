"""Join the weather of the hour to each flight that left: arrays in, arrays out."""

import numpy as np

from .new_york import AIRPORTS, HOURS, hour_number

MEASURES = ("wind_speed", "visib", "precip")

datasets = ("flights", "weather")


def prepare(job, datasets):
    """Lay the weather out in an array of shape (airports, hours, measures)."""
    writer = job.datasetwriter()
    for name in ("dep_delay", *MEASURES):
        writer.add(name, "float64")
    weather = np.full((len(AIRPORTS), HOURS, len(MEASURES)), np.nan)
    for origin, hour, *measures in datasets.weather.iterate(
        None, ["origin", "time_hour", *MEASURES]
    ):
        weather[AIRPORTS.index(origin), hour_number(hour)] = measures
    return weather, writer


def analysis(sliceno, datasets, prepare_res):
    """Look every flight's hour up at once."""
    weather, writer = prepare_res
    columns = ["origin", "time_hour", "dep_delay"]
    for flights in datasets.flights.chain().batches(sliceno, columns, nulls="nan"):
        airport = np.searchsorted(AIRPORTS, flights["origin"].astype(str))
        found = weather[airport, hour_number(flights["time_hour"])]
        keep = ~np.isnan(flights["dep_delay"]) & ~np.isnan(found).any(axis=1)
        measured = dict(zip(MEASURES, found[keep].T, strict=True))
        writer.write_arrays({"dep_delay": flights["dep_delay"][keep], **measured})
