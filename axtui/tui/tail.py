"""The output of one job as blocks of lines, over files that still grow. Draws nothing.

Of a file only blocks are kept: where about 64 kB of whole lines begin, and how many lines they are. A gigabyte of
output is 16,000 blocks, and is never read whole; lines are read when they are looked at. Lines stand in the order in
which they came, as far as somebody noted that (store/output_times.py); what came within the same moment, and what
nobody knows the time of, stage by stage and slice by slice. A last line without its newline is a line too, and grows.
"""

from __future__ import annotations

import os
from array import array
from collections import OrderedDict, deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from axtui.base.text import safe
from axtui.store.layout import parse_output_name
from axtui.store.output_times import Grown

LINE_NBYTES = 64 << 10
"""So much is shown of a line."""
_BLOCK_NBYTES = 64 << 10
_STEP_NBYTES = 1 << 20
"""How much is looked through in one step, about a millisecond's work, so that the screen stays awake."""
_END_NBYTES = 4096
_CACHE_NBYTES = 4 << 20
_BYTES_NBYTES = 50
"""What a bytes object in a list takes beside its bytes."""
_TOGETHER_SECONDS = 1.0
"""Lines that came within this time share a block, and thereby the time at which they were seen."""
_STAGES = {"prepare": 0, "analysis": 1, "synthesis": 2}


@dataclass(frozen=True, order=True)
class Source:
    """An output file. `sliceno` is -1 outside analysis; `stage` is a number in the order of the stages."""

    stage: int
    sliceno: int
    stream: str
    name: str

    @property
    def part(self) -> str:
        """The stage, or the slice of it: prep, s3, syn."""
        return ("prep", f"s{self.sliceno}", "syn")[self.stage]

    @property
    def label(self) -> str:
        """The part; that of an error stream ends in `!`."""
        return self.part[: 4 if self.stage == 1 else 3] + "!" if self.stream == "err" else self.part


@dataclass
class _File:
    source: Source
    fd: int
    old: int
    """What it held when the tail began to look, in bytes."""
    written: float = 0.0
    """When it was written to last by then: wall seconds, 0 where that is of no use."""
    seen: int = 0
    unfinished: int = -1
    """The block whose last line has no newline yet."""


@dataclass
class Blocks:
    """Parallel arrays, an item a block: number of its file, offset, bytes, lines, and when it was seen (0: at once)."""

    files: array[int] = field(default_factory=lambda: array("H"))
    starts: array[int] = field(default_factory=lambda: array("q"))
    nbytes: array[int] = field(default_factory=lambda: array("q"))
    counts: array[int] = field(default_factory=lambda: array("q"))
    seen: array[float] = field(default_factory=lambda: array("d"))

    def __len__(self) -> int:
        return len(self.starts)


@dataclass(frozen=True)
class Came:
    """What a look found: how many bytes, whether there is more at once, and which known blocks have grown."""

    nbytes: int
    more: bool
    grown: frozenset[int] = frozenset()

    def and_then(self, later: Came) -> Came:
        """Return what this look and the next one found."""
        return Came(self.nbytes + later.nbytes, later.more, self.grown | later.grown)


@dataclass(frozen=True)
class _Piece:
    """A part of what was there at the start: of which file, up to which byte, and when that came (0: nobody knows)."""

    seen: float
    file: int
    end: int


class Tail:
    """Follows the output directory of a job; None where the job has none.

    Args:
        directory: The directory.
        grown: When its files grew, as far as that was noted; None where nobody looked.
        is_short: Whether the job took no more than a moment, so that all its lines came when their file was written.

    Attributes:
        blocks: What was found.
        lines: How many lines that is.
    """

    def __init__(self, directory: Path | None, grown: Grown | None = None, is_short: bool = False) -> None:
        self._directory = directory
        self._grown_at = grown
        self._is_short = is_short
        self._pieces: deque[_Piece] | None = None
        self._files: list[_File] = []
        self._names: set[str] = set()
        self._cache: OrderedDict[int, list[bytes]] = OrderedDict()
        self._cached_nbytes = 0
        self._grown: set[int] = set()
        self._began = False
        self.blocks = Blocks()
        self.lines = 0

    @property
    def sources(self) -> list[Source]:
        """The files that were found, by number."""
        return [file.source for file in self._files]

    def parts(self) -> list[str]:
        """Return the stages and slices that have output, in order."""
        ordered = sorted(self.sources, key=lambda source: (source.stage, source.sliceno))
        return list(dict.fromkeys(source.part for source in ordered))

    def paths(self, sources: Iterable[Source]) -> list[Path]:
        """Return where files lie."""
        return [self._directory / source.name for source in sources] if self._directory else []

    def size(self) -> tuple[int, int]:
        """Return how many bytes have been looked through, and how many there are."""
        seen = sum(file.seen for file in self._files)
        return seen, max(seen, sum(max(file.seen, file.old) for file in self._files))

    def poll(self, now: float = 0.0) -> Came:
        """Look for more output; what was there at the start first, file by file. `now` is wall time in seconds."""
        known = len(self.blocks)
        self._grown = set()
        self._open_new()
        came = self._scan_old(_STEP_NBYTES)
        room = _STEP_NBYTES - came
        if room <= 0:
            return Came(came, True, self._known(known))
        for file in self._files:
            file.old = file.seen
        share, more = max(_BLOCK_NBYTES, room // max(1, len(self._files))), False
        for number, file in enumerate(self._files):
            came += (nbytes := self._scan(number, file, share, now))
            file.old = file.seen
            more = more or nbytes == share
        return Came(came, more, self._known(known))

    def _scan_old(self, most: int) -> int:
        """Look through so many bytes of what was there at the start, in the order in which it came."""
        if self._pieces is None:
            self._pieces = deque(self._find_pieces())
        room = most
        while self._pieces and room > 0:
            piece = self._pieces[0]
            file = self._files[piece.file]
            nbytes = self._scan(piece.file, file, min(room, piece.end - file.seen), piece.seen)
            room -= nbytes
            if file.seen >= piece.end or not nbytes:
                self._pieces.popleft()
        return most - room

    def _find_pieces(self) -> list[_Piece]:
        pieces = []
        for number, file in enumerate(self._files):
            noted = self._grown_at.get(file.source.name, ()) if self._grown_at is not None else ()
            known = [_Piece(at, number, size) for at, size in noted if size <= file.old]
            last = max(file.written, known[-1].seen) if known else file.written
            is_timed = self._grown_at is not None or self._is_short
            pieces += [*known, _Piece(last if is_timed else 0.0, number, file.old)]
        return sorted(pieces, key=lambda piece: piece.seen) if self._grown_at else pieces

    def data(self, block: int) -> bytes:
        """Return the bytes of a block, of a line that is longer than `LINE_NBYTES` only as much."""
        blocks = self.blocks
        most = min(blocks.nbytes[block], _BLOCK_NBYTES + LINE_NBYTES)
        try:
            return os.pread(self._files[blocks.files[block]].fd, most, blocks.starts[block])
        except (OSError, IndexError):
            return b""

    def raw(self, block: int) -> list[bytes]:
        """Return the lines of a block as they were written, without their newlines."""
        if block in self._cache:
            self._cache.move_to_end(block)
            return self._cache[block]
        data = self.data(block)
        lines = data.split(b"\n")
        missing = self.blocks.nbytes[block] - len(data)
        if missing > 0 and data:
            lines[-1] = self._long(block, lines[-1], missing)
        count = self.blocks.counts[block]
        lines = lines[:count] + [b""] * (count - len(lines))
        self._keep(block, lines)
        return lines

    def source(self, block: int) -> Source:
        """Return which file a block is of."""
        return self._files[self.blocks.files[block]].source

    def line_number(self, block: int, index: int) -> int:
        """Return which line of its file a line is, from 1."""
        file = self.blocks.files[block]
        before = (n for n, of in zip(self.blocks.counts[:block], self.blocks.files, strict=False) if of == file)
        return sum(before) + index + 1

    def close(self) -> None:
        """Close the files."""
        for file in self._files:
            os.close(file.fd)
        self._files = []
        self._cache.clear()

    def _known(self, blocks: int) -> frozenset[int]:
        return frozenset(block for block in self._grown if block < blocks)

    def _long(self, block: int, head: bytes, missing: int) -> bytes:
        """Return what to show of a long last line: its end if that was written over (CR), else its beginning."""
        end = self.blocks.starts[block] + self.blocks.nbytes[block]
        try:
            last = os.pread(self._files[self.blocks.files[block]].fd, _END_NBYTES, end - _END_NBYTES)
        except OSError:
            last = b""
        last = last.rstrip(b"\r\n")
        if b"\r" in last:
            return b"\r" + last.rpartition(b"\r")[2]
        missing += len(head) - len(head[:LINE_NBYTES])
        return head[:LINE_NBYTES] + f" … {missing:,} more bytes".encode()

    def _keep(self, block: int, lines: list[bytes]) -> None:
        self._cache[block] = lines
        self._cached_nbytes += self._cost(block)
        while self._cached_nbytes > _CACHE_NBYTES and len(self._cache) > 1:
            old, _ = self._cache.popitem(last=False)
            self._cached_nbytes -= self._cost(old)

    def _forget(self, block: int) -> None:
        """Drop what was read of a block that is about to grow."""
        self._grown.add(block)
        if self._cache.pop(block, None) is not None:
            self._cached_nbytes -= self._cost(block)

    def _cost(self, block: int) -> int:
        """Return what the lines of a block take in memory."""
        nbytes = min(self.blocks.nbytes[block], _BLOCK_NBYTES + LINE_NBYTES)
        return nbytes + _BYTES_NBYTES * self.blocks.counts[block]

    def _list(self) -> list[str]:
        try:
            return os.listdir(self._directory) if self._directory else []
        except OSError:
            return []

    def _open_new(self) -> None:
        found = []
        for name in self._list():
            parts = parse_output_name(name)
            if parts and name not in self._names:
                found.append(Source(_STAGES[parts[0]], parts[1], parts[2], name))
        for source in sorted(found, key=lambda source: (source.stage, source.sliceno, source.stream != "out")):
            self._open(source)
        self._began = True

    def _open(self, source: Source) -> None:
        self._names.add(source.name)
        flags = os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
        try:
            fd = os.open(self._directory / source.name, flags) if self._directory else -1
            found = os.fstat(fd)
            self._files.append(_File(source, fd, 0 if self._began else found.st_size, found.st_mtime))
        except OSError:
            return

    def _scan(self, number: int, file: _File, most: int, now: float) -> int:
        """Note the blocks of what one file has gained. Return how many bytes were looked through."""
        try:
            data = os.pread(file.fd, most, file.seen) if most > 0 else b""
        except OSError:
            return 0
        if data:
            self._note(number, file, data, now)
            file.seen += len(data)
        return len(data)

    def _note(self, number: int, file: _File, data: bytes, now: float) -> None:
        at = self._finish(file, data) if file.unfinished >= 0 else 0
        while at < len(data):
            end = at + _BLOCK_NBYTES
            if end < len(data):
                end = data.rfind(b"\n", at, end) + 1 or data.find(b"\n", end) + 1 or len(data)
            else:
                end = len(data)
            is_finished = data.endswith(b"\n", at, end)
            self._add(number, file.seen + at, end - at, data.count(b"\n", at, end) + (not is_finished), now)
            file.unfinished = -1 if is_finished else len(self.blocks) - 1
            at = end

    def _finish(self, file: _File, data: bytes) -> int:
        """Add to the line that has no newline yet. Return how much of the data that took."""
        end = data.find(b"\n") + 1
        self._forget(file.unfinished)
        self.blocks.nbytes[file.unfinished] += end or len(data)
        if end:
            file.unfinished = -1
        return end or len(data)

    def _add(self, number: int, start: int, nbytes: int, count: int, now: float) -> None:
        blocks, last = self.blocks, len(self.blocks) - 1
        self.lines += count
        if (
            last >= 0
            and blocks.files[last] == number
            and blocks.starts[last] + blocks.nbytes[last] == start
            and blocks.nbytes[last] + nbytes <= _BLOCK_NBYTES
            and now - blocks.seen[last] < _TOGETHER_SECONDS
        ):
            self._forget(last)
            blocks.nbytes[last] += nbytes
            blocks.counts[last] += count
            return
        for values, value in zip((blocks.files, blocks.starts, blocks.nbytes, blocks.counts),
                                 (number, start, nbytes, count), strict=True):  # fmt: skip
            values.append(value)
        blocks.seen.append(now)


def line_text(raw: bytes) -> str:
    """Return a line as it is shown: safe, with colours; of what was written over (CR) the last, after a `␍`."""
    before, _, last = raw.rstrip(b"\r").rpartition(b"\r")
    text = safe(last.decode("utf-8", "replace"), colours=True)
    return f"␍{text}" if before.strip(b"\r") or raw.startswith(b"\r") else text
