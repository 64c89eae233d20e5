"""What this process is part of, for code that is given no parameters: `g.job`, `g.slices`, `g.sliceno`, `g.params`,
`g.options`, `g.datasets`, `g.jobs`, `g.running`, `g.server_url`, and all else that the running stage may ask for.

Each name is looked up when it is used: in a method's functions, not while it is imported.
"""

from __future__ import annotations

from typing import Any

from axtui.api import context
from axtui.api.context import Context
from axtui.base.dotdict import DotDict


def __getattr__(name: str) -> Any:
    here = context.current()
    given = {**_of_script(here), **here.given} if here.is_build else here.given
    if name in given:
        return given[name]
    there = ", ".join(sorted(given)) or "nothing, for no job runs here"
    raise AttributeError(f"module 'axtui.g' has no attribute {name!r} now; there is {there}")


def _of_script(here: Context) -> dict[str, Any]:
    params = here.given["job"].params if "job" in here.given else DotDict(options=DotDict())
    place = {"running": "build", "slices": here.slices, "sliceno": here.sliceno, "server_url": ""}
    return {**place, "params": params, "options": params.options}
