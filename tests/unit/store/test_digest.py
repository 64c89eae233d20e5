"""The output digest: equal exactly where the output is."""

from __future__ import annotations

from axtui.store.digest import output_digest

FILES = {"result.pickle": (5, "aa"), "a.svg": (6, "bb")}
DATASETS = {"default": "cc"}


def test_order_does_not_count() -> None:
    """Files and datasets may have been made in any order."""
    turned = dict(reversed(FILES.items()))

    assert output_digest(turned, DATASETS, "") == output_digest(FILES, DATASETS, "")


def test_every_part_counts() -> None:
    """A name, a size, a digest, a dataset, the job before: any other one is another output."""
    others = [
        output_digest(FILES, DATASETS, ""),
        output_digest({**FILES, "a.svg": (6, "bc")}, DATASETS, ""),
        output_digest({**FILES, "a.svg": (7, "bb")}, DATASETS, ""),
        output_digest({"result.pickle": (5, "aa"), "b.svg": (6, "bb")}, DATASETS, ""),
        output_digest({"result.pickle": (5, "aa")}, DATASETS, ""),
        output_digest(FILES, {"default": "cd"}, ""),
        output_digest(FILES, {"other": "cc"}, ""),
        output_digest(FILES, {}, ""),
        output_digest(FILES, DATASETS, "dev"),
        output_digest({}, {}, ""),
    ]

    assert len(set(others)) == len(others)
