"""Which methods are light: those whose jobs need neither numpy nor pyarrow, and are forked from a base without them."""

from __future__ import annotations

import sys

from axtui.method.snapshot import Snapshot

_HEAVY = ("numpy", "pyarrow")
_WORDS = (b"dataset", b"arrow", b"column")
"""What a source says that works with datasets, in whatever case."""


def is_light(snapshot: Snapshot) -> bool:
    """Tell whether a method seems to need no data library: it imports Python's own and its project's modules alone, and
    does not speak of datasets. One that turns out to need them imports them itself, and tells by `used_heavy`."""
    if not all(name.partition(".")[0] in sys.stdlib_module_names for name in snapshot.absent):
        return False
    return all(
        source.path.suffix == ".py" and not any(word in source.data.lower() for word in _WORDS)
        for source in snapshot.modules.values()
    )


def used_heavy() -> bool:
    """Tell whether this process has imported a data library."""
    return any(name in sys.modules for name in _HEAVY)
