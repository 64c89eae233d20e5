"""Fuzzy search."""

from __future__ import annotations

import time

from axtui.tui.fuzzy import rank


def test_letters_in_order_fit_and_whole_words_come_first() -> None:
    """Every word has to be there in order; what stands closer together and fills a word is better."""
    texts = ["routes dev-34", "csvimport feb dev-3", "nothing", "dev-30 3"]

    assert rank("dev-3", texts) == [1, 3, 0]
    assert rank("cimp FEB", texts) == [1]
    assert rank("3ved", texts) == []


def test_nothing_typed_keeps_all_in_order() -> None:
    """Without a query, or with blanks alone, everything stays."""
    assert rank("", ["b", "a"]) == rank("  ", ["b", "a"]) == [0, 1]


def test_signs_mean_themselves() -> None:
    """What has a meaning in a pattern is searched for as it stands."""
    assert rank(".*[(", ["abc", "x.y*z[("]) == [1]


def test_ten_thousand_names_are_searched_between_two_keys() -> None:
    """A key in the palette takes no longer than the eye needs: measured in processor time, with a wide margin."""
    texts = [f"csvimport {number} dev-{number} with a caption" for number in range(10_000)]

    before = time.process_time()
    found = rank("cspt9999", texts)

    assert found[0] == 9999
    assert time.process_time() - before < 2.0
