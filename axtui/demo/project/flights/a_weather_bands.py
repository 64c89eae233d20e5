"""Departure delay against a measure of the weather, in bands."""

from itertools import pairwise

import numpy as np
from axtui import OptionEnum

from .delays import is_late, mean_delay, percent_late

options = {
    "measure": OptionEnum("wind_speed visib precip"),  # a column of the source
    "limits": [0.0],  # where one band ends and the next begins, ascending
}
datasets = ("source",)


def analysis(sliceno, datasets, options):
    """Sum one slice: flights, minutes and late flights, shape (3, bands)."""
    bands = len(options.limits) + 1
    columns = datasets.source.arrays(sliceno, [options.measure, "dep_delay"])
    band, delay = (
        np.digitize(columns[options.measure], options.limits),
        columns["dep_delay"],
    )
    flights = np.bincount(band, minlength=bands)
    minutes = np.bincount(band, weights=delay, minlength=bands)
    late = np.bincount(band, weights=is_late(delay), minlength=bands)
    return np.array([flights, minutes, late])


def synthesis(analysis_res, options):
    """Return a row a band; the first has no lower limit, the last no upper one."""
    bands = zip(
        pairwise([None, *options.limits, None]), sum(analysis_res).T, strict=True
    )
    return [
        {
            "from": low,
            "below": high,
            "flights": int(flights),
            "mean_delay": mean_delay(minutes, flights),
            "percent_late": percent_late(late, flights),
        }
        for (low, high), (flights, minutes, late) in bands
    ]
