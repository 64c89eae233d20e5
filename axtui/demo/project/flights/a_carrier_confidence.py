"""How sure is a carrier's mean delay? Draw its flights anew, often.

The heavy job of the demo, a bootstrap. The slices share the draws, each
with random numbers of its own, and tell how far they are.
Source: Efron (1979), "Bootstrap Methods: Another Look at the Jackknife".
"""

import numpy as np
from axtui import progress

options = {
    "draws": 8_000,  # in all slices together
    "percent": 95,  # of the means lie within the interval
    "seed": 2013,  # the same seed gives the same intervals
}
datasets = ("source",)


def prepare(datasets):
    """Return an array of arrival delays a carrier; the slices share its memory."""
    delays = {}
    for carrier, delay in datasets.source.iterate_chain(None, ["carrier", "arr_delay"]):
        if delay is not None:
            delays.setdefault(carrier, []).append(delay)
    return {
        carrier: np.array(values, dtype=np.float32)
        for carrier, values in sorted(delays.items())
    }


def analysis(sliceno, slices, options, prepare_res):
    """Make this slice's share of the draws. Returns means, shape (draws, carriers)."""
    random = np.random.default_rng([options.seed, sliceno])
    draws = len(range(sliceno, options.draws, slices))
    means = np.empty((draws, len(prepare_res)))
    for draw in range(draws):
        for column, delays in enumerate(prepare_res.values()):
            means[draw, column] = random.choice(delays, len(delays)).mean()
        progress(draw + 1, draws)
        if draw % 250 == 249:
            print(
                f"{draw + 1} of {draws} draws, {means[: draw + 1].mean():.3f} minutes"
            )
    return means


def synthesis(analysis_res, options, prepare_res):
    """Return each carrier's interval as (low, high), in minutes."""
    outside = (100 - options.percent) / 2
    low, high = np.percentile(
        np.concatenate(list(analysis_res)), [outside, 100 - outside], axis=0
    )
    return {
        carrier: (round(float(low[column]), 3), round(float(high[column]), 3))
        for column, carrier in enumerate(prepare_res)
    }
