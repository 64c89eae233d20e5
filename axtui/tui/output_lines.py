"""The lines of one job's output as a view has them: chosen, narrowed, searched. Draws nothing.

It puts together what `tail` (where the lines are), `shown` (which are rows) and `pattern` (which match) know.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass

from axtui.base import clock
from axtui.tui.pattern import ERRORS, Pattern
from axtui.tui.shown import Place, Search, Shown
from axtui.tui.styled import Styled, parse_sgr
from axtui.tui.tail import Source, Tail, line_text

_CACHED_LINES = 256
_LABEL_LEAST = 4
_PAGE_SECONDS = 0.005


@dataclass(frozen=True)
class Sought:
    """What became of a search for the next line: where it is, None for nowhere; what was sought."""

    place: Place | None
    what: str
    turned: bool


class OutputLines:
    """The rows of the output pane.

    Attributes:
        tail: Where the lines are; closed with this.
        part: The stage or slice that is shown alone, "" for all.
        stream: "out", "err", or "" for both.
        wanted: The filter.
        pattern: What is searched for.
    """

    def __init__(self, tail: Tail) -> None:
        self.tail = tail
        self.part = self.stream = ""
        self.wanted: Pattern | None = None
        self.pattern: Pattern | None = None
        self._search: Search | None = None
        self._seeking: Search | None = None
        self._texts: OrderedDict[Place, tuple[bytes, Styled]] = OrderedDict()
        self.label_width = _LABEL_LEAST
        self._show()

    def __len__(self) -> int:
        return len(self._shown)

    @property
    def is_narrowed(self) -> bool:
        """Whether not everything is shown."""
        return bool(self.part or self.stream or self.wanted)

    @property
    def wanted_text(self) -> str:
        """What is shown, for people."""
        where = " ".join(filter(None, (self.part, {"out": "of stdout", "err": "of stderr"}.get(self.stream, ""))))
        return f"{where} {_describe_filter(self.wanted)}".strip()

    @property
    def known_blocks(self) -> int:
        """How many blocks have their rows."""
        return self._shown.blocks

    @property
    def share(self) -> float:
        """How much of the files has been looked through, and filtered."""
        seen, size = self.tail.size()
        return min(seen / size if size else 1.0, self._shown.share if self._shown.blocks else 1.0)

    @property
    def is_counting(self) -> bool:
        """Whether the numbers of matches are not yet final."""
        return self.share < 1 or any(search.share < 1 for search in self._searches())

    @property
    def is_seeking(self) -> bool:
        """Whether the next match, or error, is still sought."""
        return self._seeking is not None and self._seeking.is_seeking

    def step(self, now: float, seconds: float) -> tuple[bool, bool]:
        """Look for lines, filter and search, for about that long. Return whether lines came, and whether to go on.

        Errors are counted when nothing else is left to do.

        Raises:
            SlowPatternError: A pattern takes too long.
        """
        until = clock.monotonic() + seconds
        came = self.tail.poll(now)
        while came.more and clock.monotonic() < until:
            came = came.and_then(self.tail.poll(now))
        if came.nbytes:
            longest = max((len(source.label) for source in self.tail.sources), default=0)
            self.label_width = max(_LABEL_LEAST, longest)
        more = self._shown.step(came.grown, until - clock.monotonic()) or came.more
        for search in self._searches():
            is_first = search is self._seeking or not more
            more = search.step(came.grown, until - clock.monotonic() if is_first else 0.0) or more
        return came.nbytes > 0, more

    def place(self, row: int) -> Place:
        """Return which line a row is."""
        return self._shown.place(row)

    def row(self, place: Place) -> int:
        """Return the row of a line, or of the next one that is shown."""
        return self._shown.row(place)

    def origin(self, row: int) -> tuple[Source, float]:
        """Return which file a line is of, and when it was seen: wall seconds, 0 where that is not known."""
        block = self.place(row).block
        return self.tail.source(block), self.tail.blocks.seen[block]

    def text(self, row: int) -> Styled:
        """Return a line as it is shown."""
        place = self.place(row)
        raw = self.tail.raw(place.block)[place.line]
        known = self._texts.get(place)
        if known is not None and known[0] == raw:
            return known[1]
        text = parse_sgr(line_text(raw))
        self._texts[place] = raw, text
        if len(self._texts) > _CACHED_LINES:
            self._texts.popitem(last=False)
        return text

    def spans(self, plain: str) -> list[tuple[int, int]]:
        """Return where what is searched for stands in a line."""
        return self.pattern.spans(plain) if self.pattern else []

    def choose(self, part: str, stream: str) -> None:
        """Show one stage or slice, one stream."""
        self.part, self.stream = part, stream
        self._show()

    def narrow(self, wanted: Pattern | None) -> None:
        """Show only lines that match."""
        self.wanted = wanted
        self._show()

    def search(self, pattern: Pattern | None) -> None:
        """Search for something else, or for nothing."""
        self.pattern = pattern
        self._search = Search(self._shown, pattern) if pattern else None
        self.stop_seeking()

    def give_up(self) -> None:
        """Search and filter no more: it takes too long."""
        self.wanted = self.pattern = None
        self._show()

    def seek(self, place: Place, step: int, errors: bool = False, stay: bool = False) -> None:
        """Seek the next match, or error, from a line on; with `stay` the line itself will do."""
        self.stop_seeking()
        self._seeking = self._errors if errors else self._search
        if self._seeking:
            self._seeking.seek(Place(place.block, place.line - step * stay), step)

    def stop_seeking(self) -> None:
        """Seek no more."""
        if self._seeking:
            self._seeking.stop_seeking()
        self._seeking = None

    def take_sought(self) -> Sought | None:
        """Return what became of what was sought, once; None while it is sought, and where nothing is."""
        search = self._seeking
        if search is None or search.is_seeking:
            return None
        self._seeking = None
        what = "an error" if search is self._errors else f"{search.pattern.text!r}"
        return Sought(search.found, what, search.turned)

    def describe(self, place: Place | None) -> str:
        """Write filter and search with the number of matches; `place` is where the cursor is."""
        text = f" · {_describe_filter(self.wanted)}" if self.wanted else ""
        if self._search is None or self.pattern is None:
            return text
        more = "" if self._search.share >= 1 else f"+ ({self._search.share:.0%})"
        rank = self._search.rank(place) if place and place.block < self._shown.blocks else 0
        at = f"{rank:,} of " if rank else ""
        return f"{text} · /{self.pattern.text} {at}{self._search.total:,}{more}"

    def describe_errors(self) -> str:
        """Write how many lines say what went wrong."""
        total = self._errors.total
        more = "" if self._errors.share >= 1 else "+"
        return f"{total:,}{more} error{'s' * (total != 1)}" if total else ""

    def page(self, tail: Tail) -> Iterator[bytes]:
        """Give what is shown, block by block: every line with its label, safe, with its colours.

        Args:
            tail: Of the same job; it is closed at the end.
        """
        lines = OutputLines(tail)
        lines.part, lines.stream, lines.wanted = self.part, self.stream, self.wanted
        lines._show()
        more, block, width = True, 0, self.label_width
        try:
            while more or block < lines.known_blocks:
                _, more = lines.step(0.0, _PAGE_SECONDS)
                while block < lines.known_blocks:
                    label, raw = f"{tail.source(block).label:<{width}} │ ", tail.raw(block)
                    shown = (f"{label}{line_text(raw[line])}\x1b[0m\n" for line in lines._shown.lines(block))
                    yield "".join(shown).encode("utf-8", "replace")
                    block += 1
        finally:
            tail.close()

    def close(self) -> None:
        """Let go of the files."""
        self.tail.close()

    def _searches(self) -> list[Search]:
        return [search for search in (self._search, self._errors) if search]

    def _show(self) -> None:
        part, stream = self.part, self.stream
        self._shown = Shown(
            self.tail, lambda source: part in ("", source.part) and stream in ("", source.stream), self.wanted
        )
        self._errors = Search(self._shown, ERRORS)
        self.search(self.pattern)


def _describe_filter(wanted: Pattern | None) -> str:
    return f"&{'!' * wanted.inverse}{wanted.text}" if wanted else ""
