"""The months beside each other. A chain is a list of datasets, here one a month."""

import numpy as np

from .delays import is_late, mean_delay, percent_late

datasets = ("source",)


def analysis(sliceno, datasets):
    """Sum one slice: flights, departures, minutes and late ones, shape (months, 4)."""
    sums = []
    for month in datasets.source.chain():
        delay = month.arrays(sliceno, ["dep_delay"], nulls="nan")["dep_delay"]
        left = delay[~np.isnan(delay)]
        sums.append([len(delay), len(left), left.sum(), is_late(left).sum()])
    return np.array(sums)


def synthesis(analysis_res, datasets):
    """Return a row a month."""
    months = zip(datasets.source.chain(), sum(analysis_res), strict=True)
    return [
        {
            "month": month.min("month"),
            "flights": int(flights),
            "cancelled": int(flights - left),
            "mean_delay": mean_delay(minutes, left),
            "percent_late": percent_late(late, left),
        }
        for month, (flights, left, minutes, late) in months
    ]
