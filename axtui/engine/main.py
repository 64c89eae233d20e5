"""The engine process: `python -m axtui.engine.main PROJECT`. Leaves at once where the project has an engine.

The bases are forked when next to nothing is imported, for every job pays for what its base holds; the engine itself is
imported after that. It never imports the data libraries: the data base does, meanwhile.
"""

from __future__ import annotations

import gc
import os
import sys
from pathlib import Path

from axtui.base.errors import AxtuiError
from axtui.engine.place import lock_engine, socket_path
from axtui.execute.bases import Bases
from axtui.execute.process import become_subreaper, end_strays
from axtui.project.config import Project, read_project

_GC_OBJECTS = 20_000
"""The engine makes little rubbish that refers to itself; looking for it at every thousandth object costs more."""


def main(root: Path) -> int:
    """Be the engine of a project until it is idle; return the exit status."""
    project = read_project(root)
    if lock_engine(project) is None:
        return 0
    engine = os.environ.get("AXTUI_ENGINE", "")
    become_subreaper()
    end_strays(project.root, engine)
    bases = Bases(project)
    return _serve(project, engine, bases)


def _serve(project: Project, engine: str, bases: Bases) -> int:
    """Import the engine, and be it."""
    from axtui.engine.engine import Engine
    from axtui.engine.loop import SelectLoop
    from axtui.store.workdir import Workdir

    notes = [Workdir(name, path).prepare(project.slices) for name, path in project.workdirs.items()]
    loop = SelectLoop()
    served = Engine(project, loop, socket_path(project), engine, [note for note in notes if note], bases)
    gc.freeze()
    gc.set_threshold(_GC_OBJECTS, 10, 10)
    loop.run()
    served.close("idle")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(Path(sys.argv[1])))
    except AxtuiError as error:
        sys.exit(f"axtui engine: {error}")
