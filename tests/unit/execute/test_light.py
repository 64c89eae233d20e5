"""Which methods are light, and that their loaders become the engine's children."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from axtui.execute.light import is_light
from axtui.method.snapshot import take_snapshot
from axtui.method.sources import Sources

PLAIN = "import json\nfrom helper import twice\nfrom axtui import Job\n\ndef synthesis(job):\n    return twice(1)\n"


def write_project(root: Path, method: str, helper: str = "import os\n\ndef twice(x):\n    return 2 * x\n") -> Sources:
    """Write a method and a helper that it may import."""
    (root / "a_one.py").write_text(method)
    (root / "helper.py").write_text(helper)
    return Sources((root,))


def test_a_method_of_pythons_own_modules_is_light(tmp_path: Path) -> None:
    """Python's own modules, the project's and axtui's leave a method light."""
    sources = write_project(tmp_path, PLAIN)

    assert is_light(take_snapshot(sources, "a_one"))


@pytest.mark.parametrize(
    ("method", "helper"),
    [
        (PLAIN, "import numpy as np\n"),
        (PLAIN, "def twice(x):\n    from scipy import stats\n"),
        ("datasets = ('source',)\n\ndef synthesis():\n    return 1\n", ""),
        ("def synthesis(job):\n    dw = job.DatasetWriter()\n", ""),
        ("import yaml\n\ndef synthesis():\n    return 1\n", ""),
    ],
)
def test_a_method_that_speaks_of_data_is_not(tmp_path: Path, method: str, helper: str) -> None:
    """A data library anywhere in its closure, any other library, or a word of datasets makes it a heavy one."""
    sources = write_project(tmp_path, method, helper)

    assert not is_light(take_snapshot(sources, "a_one"))


_ENGINE = """
import os, socket, sys
from types import SimpleNamespace
from pathlib import Path
from axtui.execute.light import LightBase
from axtui.execute.process import become_subreaper
from axtui.method.snapshot import take_snapshot
from axtui.method.sources import Sources

def loader(channel, parent, method, snapshot, sources, project):
    ours = snapshot.modules["a_one"]
    heavy = [name for name in ("numpy", "pyarrow") if name in sys.modules]
    told = (os.getppid() == parent, method, ours.data, ours.path, heavy, sources.roots[0] == project.source_directory)
    channel.send(repr(told).encode())
    os._exit(7)

become_subreaper()
sys.modules["axtui.execute.loader"] = SimpleNamespace(run_loader=loader)
base = LightBase(SimpleNamespace(source_directory=Path(sys.argv[1])))
import pyarrow
snapshot = take_snapshot(Sources((Path(sys.argv[1]),)), "a_one")
for _ in range(2):
    ours, theirs = socket.socketpair()
    pid = base.fork_loader(theirs, "one", snapshot)
    print(ours.recv(1 << 16).decode(), os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
os.kill(base.pid, 9)
os.waitpid(base.pid, 0)
print(base.fork_loader(theirs, "one", snapshot))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="adoption is Linux's")
def test_a_loader_of_the_base_is_a_child_of_the_engine(tmp_path: Path) -> None:
    """It has the snapshot's bytes, the project's sources and no data library; a dead base forks nothing."""
    write_project(tmp_path, "# caf\u00e9 \n" + PLAIN)
    told = (True, "one", (tmp_path / "a_one.py").read_bytes(), tmp_path / "a_one.py", [], True)

    done = subprocess.run((sys.executable, "-c", _ENGINE, tmp_path), capture_output=True, text=True, check=False)

    assert done.stdout.splitlines() == [f"{told!r} 7", f"{told!r} 7", "0"], done.stderr
