"""Fuzzy search: which texts have the typed letters in their order, the best ones first. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

_WORST = 10**6


def rank(typed: str, texts: Sequence[str]) -> list[int]:
    """Return which texts fit, as indices, the best first; all of them where nothing is typed.

    Each word has to be there, its letters in order but not side by side. Letters that stand closer together are better,
    then those that are whole words, then shorter texts; capitals do not count.
    """
    patterns = [_pattern(word) for word in typed.lower().split()]
    scored = [(score, index) for index, text in enumerate(texts) if (score := _score(patterns, text.lower())) < _WORST]
    return [index for _, index in sorted(scored)] if patterns else list(range(len(texts)))


def _pattern(word: str) -> re.Pattern[str]:
    """Return a pattern that finds the letters of a word, as close together as can be from each beginning."""
    return re.compile("(?=(" + "[^\n]*?".join(map(re.escape, word)) + "))")


def _score(patterns: Sequence[re.Pattern[str]], text: str) -> float:
    total = len(text) / 1000
    for pattern in patterns:
        spans = [(_length(text, *match.span(1)), match.start()) for match in pattern.finditer(text)]
        if not spans:
            return _WORST
        length, start = min(spans)
        total += length + start / 100
    return total


def _length(text: str, start: int, end: int) -> float:
    """Return how far apart the letters stand, a bit less where a word begins or ends with them."""
    begins = start == 0 or not text[start - 1].isalnum()
    ends = end == len(text) or not text[end].isalnum()
    return end - start - 0.5 * begins - 0.25 * ends
