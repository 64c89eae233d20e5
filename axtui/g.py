"""What this process is part of, for code that is given no parameters: `g.job`, `g.slices`, `g.sliceno`, `g.params`,
`g.options`, `g.datasets`, `g.jobs`, `g.running`, `g.server_url`, and all else that the running stage may ask for.

Each name is looked up when it is used: in a method's functions, not while it is imported.
"""

from __future__ import annotations

from typing import Any

from axtui.api import context


def __getattr__(name: str) -> Any:
    given = context.current().given
    if name in given:
        return given[name]
    there = ", ".join(sorted(given)) or "nothing, for no job runs here"
    raise AttributeError(f"module 'axtui.g' has no attribute {name!r} now; there is {there}")
