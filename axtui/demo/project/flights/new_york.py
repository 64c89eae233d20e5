"""New York's three airports, and the hours of 2013, as positions in arrays."""

import numpy as np

AIRPORTS = ("EWR", "JFK", "LGA")
HOURS = 366 * 24
"""A year and a day: time is kept in UTC, so the last evening of 2013 ends in 2014."""

_START = np.datetime64("2013-01-01T00")


def hour_number(times):
    """Number hours from the start of 2013, for a datetime or an array of them."""
    hours = np.asarray(times, dtype="datetime64[h]") - _START
    return hours.astype(int)
