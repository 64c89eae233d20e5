"""The bases: what they hold, that what they fork becomes the engine's child, and who waits for them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="adoption is Linux's")

SOURCE = "# caf\u00e9 \nimport json\n\ndef synthesis():\n    return 1\n"
_BEGIN = """
import os, select, signal, socket, sys
from types import SimpleNamespace
from pathlib import Path
from axtui.engine.loop import SelectLoop
from axtui.execute import bases
from axtui.execute.process import become_subreaper, find_descendants
from axtui.method.snapshot import take_snapshot
from axtui.method.sources import Sources

root = Path(sys.argv[1])
snapshot = take_snapshot(Sources((root,)), "a_one")
heavy = lambda: [name for name in ("numpy", "pyarrow") if name in sys.modules]

def loader(channel, parent, method, snapshot, sources, project):
    ours = snapshot.modules["a_one"]
    told = (os.getppid() == parent, method, ours.data, ours.path, heavy(), sources.roots[0] == project.source_directory)
    channel.send(repr((*told, snapshot.absent)).encode())
    os._exit(7)

def script(directory, channel, parent, snapshot, sources, project, environment):
    channel.send(repr((os.getppid() == parent, str(directory), snapshot.module, heavy(), environment)).encode())
    os._exit(8)

sys.modules["axtui.execute.loader"] = SimpleNamespace(run_loader=loader)
sys.modules["axtui.execute.script"] = SimpleNamespace(run_script=script)
project = SimpleNamespace(source_directory=root)
become_subreaper()

def hear(fork, *order):
    ours, theirs = socket.socketpair()
    pid = fork(theirs, *order)
    theirs.close()
    if not pid:
        return print(0)
    print(ours.recv(1 << 16).decode(), os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
"""


def run(root: Path, text: str) -> list[str]:
    """Run a small engine beside a project with one method, and give the lines that it prints."""
    (root / "a_one.py").write_text(SOURCE)
    done = subprocess.run((sys.executable, "-c", _BEGIN + text, root), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_what_a_base_forks_is_a_child_of_the_engine(tmp_path: Path) -> None:
    """It has the snapshot's bytes and the project's sources, and the data libraries only from the data base."""
    lines = run(
        tmp_path,
        """
both = bases.Bases(project)
for base in (both.light, both.data, both.light):
    hear(base.fork_loader, "one", snapshot)
hear(both.data.fork_script, Path("dev-3"), snapshot, {"A": "\\udcff"})
print(heavy(), find_descendants() == [both.pid])
""",
    )

    def told(heavy: list[str]) -> tuple[object, ...]:
        return (True, "one", SOURCE.encode(), tmp_path / "a_one.py", heavy, True, ("json",))

    both = ["numpy", "pyarrow"]
    assert lines == [
        f"{told([])!r} 7",
        f"{told(both)!r} 7",
        f"{told([])!r} 7",
        f"{(True, 'dev-3', 'a_one', both, {'A': chr(0xDCFF)})!r} 8",
        "[] True",
    ]


def test_dead_bases_fork_nothing(tmp_path: Path) -> None:
    """The data base dies with the light one; whoever waited for them is not kept waiting."""
    lines = run(
        tmp_path,
        """
both, loop = bases.Bases(project), SelectLoop()
os.kill(both.pid, signal.SIGKILL)
os.waitpid(both.pid, 0)
both.watch(loop)
order = []
both.data.when_ready(lambda: order.append("data"))
both.light.when_ready(lambda: order.append("light"))
while len(order) < 2:
    loop.turn()
print(sorted(order), both.data.is_ready)
hear(both.light.fork_loader, "one", snapshot)
hear(both.data.fork_loader, "one", snapshot)
hear(both.data.fork_script, Path("dev-3"), snapshot, None)
""",
    )

    assert lines == ["['data', 'light'] True", "0", "0", "0"]


def test_the_engine_goes_on_while_a_base_imports(tmp_path: Path) -> None:
    """What is wanted of the data base comes when that is ready, in the order of asking; the light one forks already."""
    lines = run(
        tmp_path,
        """
held, go = os.pipe()
imports = bases.import_data_libraries
bases.import_data_libraries = lambda: (os.read(held, 1), imports())
bases.begin_child = lambda parent, name, keep, begin=bases.begin_child: begin(parent, name, [*keep, held])
both, loop = bases.Bases(project), SelectLoop()
both.watch(loop)
done = []
both.data.when_ready(lambda: done.append("first"))
both.data.when_ready(lambda: done.append("second"))
both.light.when_ready(lambda: done.append("light"))
while not done:
    loop.turn()
print(done, both.data.is_ready)
hear(both.light.fork_loader, "one", snapshot)
os.write(go, b"x")
while len(done) < 3:
    loop.turn()
both.data.when_ready(lambda: done.append("third"))
print(done)
""",
    )

    assert lines[0] == "['light'] False"
    assert lines[1].endswith(" 7")
    assert lines[2] == "['light', 'first', 'second', 'third']"


def test_a_process_that_has_the_libraries_forks_no_bases(tmp_path: Path) -> None:
    """Tests and debuggers; nobody waits for what is not there."""
    lines = run(
        tmp_path,
        """
import numpy
both = bases.Bases(project)
both.data.when_ready(lambda: print("at once"))
print(both.pid)
hear(both.data.fork_loader, "one", snapshot)
""",
    )

    assert lines == ["at once", "0", "0"]
