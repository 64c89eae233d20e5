"""The aircraft by the decade they were built in: how many, how late they left."""

from collections import Counter, defaultdict

from .delays import mean_delay

datasets = ("source", "planes")


def prepare(datasets):
    """Read the decade each aircraft was built in; leave out those without a year."""
    years = datasets.planes.iterate(None, ["tailnum", "year"])
    return {tailnum: year // 10 * 10 for tailnum, year in years if year}


def analysis(sliceno, datasets, prepare_res):
    """Count one slice; as the source is hashed, it has all flights of its aircraft."""
    counts = defaultdict(Counter)
    seen = set()
    for tailnum, delay in datasets.source.iterate(sliceno, ["tailnum", "dep_delay"]):
        if decade := prepare_res.get(tailnum):
            counts[decade]["flights"] += 1
            counts[decade]["minutes"] += delay
            counts[decade]["aircraft"] += tailnum not in seen
            seen.add(tailnum)
    return counts


def synthesis(analysis_res):
    """Return a row a decade, the earliest first."""
    return [
        {
            "decade": decade,
            "aircraft": count["aircraft"],
            "flights": count["flights"],
            "mean_delay": mean_delay(count["minutes"], count["flights"]),
        }
        for decade, count in sorted(analysis_res.merge_auto().items())
    ]
