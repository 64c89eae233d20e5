"""The workbench in a real terminal (tmux): whole again after whatever ends it."""

from __future__ import annotations

import os
import shutil
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from axtui.tui.session import read_session
from tests.tui.datasets import record_data
from tests.tui.flights import record_flights
from tests.tui.terminal import Terminal

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed"),
]

TREE = Path(__file__).resolve().parents[2]
OPEN = """
import sys
from pathlib import Path
from axtui.project.config import read_project
from axtui.tui.front import run_behind_front

def screen(background):
    from axtui.tui.app import AxtuiApp
    app = AxtuiApp(read_project(Path(sys.argv[1])), session=Path(sys.argv[0]).with_name("session.json"))
    app.run()
    return app.return_code or 0

print("FRONT", __import__("os").getpid(), flush=True)
sys.exit(run_behind_front(screen))
"""


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    """Give a terminal in which the workbench stands on a recorded build, behind its front."""
    record_flights(tmp_path / "p")
    (tmp_path / "open.py").write_text(OPEN)
    terminal = Terminal(tmp_path)
    command = f"{sys.executable} {tmp_path}/open.py {tmp_path}/p"
    terminal.type(f"stty -a > {tmp_path}/before; PYTHONPATH={TREE} {command} ; echo ENDED $?", "Enter")
    terminal.wait(lambda screen: "1 Jobs" in screen and "dev-35" in screen)
    yield terminal
    terminal.close()


def processes(directory: Path) -> tuple[int, int]:
    """Return the process ids of front and screen."""
    found = []
    for path in Path("/proc").iterdir():
        if path.name.isdecimal():
            try:
                words = (path / "cmdline").read_bytes().split(b"\0")
            except OSError:
                continue
            if len(words) > 1 and words[1] == os.fsencode(directory / "open.py"):
                found.append(int(path.name))
    front, screen = sorted(found)
    return front, screen


def assert_whole(terminal: Terminal, directory: Path, code: int) -> str:
    """Look that the shell is back with the code, every mode off, and the settings those from before."""
    screen = terminal.wait(lambda screen: f"ENDED {code}" in screen)
    terminal.type(f"stty -a > {directory}/after; echo COMPARED", "Enter")
    terminal.wait(lambda screen: "\nCOMPARED" in screen)
    assert terminal.modes().startswith("0 1 0 0")
    assert (directory / "after").read_text() == (directory / "before").read_text()
    return screen


def test_q_leaves_a_whole_terminal(terminal: Terminal, tmp_path: Path) -> None:
    """Quitting gives the shell back with status 0."""
    terminal.type("q")

    assert_whole(terminal, tmp_path, 0)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSEGV])
def test_a_killed_screen_leaves_a_whole_terminal(terminal: Terminal, tmp_path: Path, number: signal.Signals) -> None:
    """The front restores the terminal, says that jobs go on, and ends with 128 + n."""
    os.kill(processes(tmp_path)[1], number)

    assert "jobs continue; run axtui to come back" in assert_whole(terminal, tmp_path, 128 + number)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("which", [0, 1])
def test_a_signal_to_either_process_leaves_a_whole_terminal(
    terminal: Terminal, tmp_path: Path, number: signal.Signals, which: int
) -> None:
    """TERM and HUP end both, whichever gets them; where the user was is kept."""
    terminal.type("3")
    terminal.wait(lambda screen: "┏━ 3 Output" in screen)
    os.kill(processes(tmp_path)[which], number)

    assert_whole(terminal, tmp_path, 128 + number)
    assert read_session(tmp_path / "session.json").pane == "output"


def test_an_interrupt_from_outside_asks_nobody_and_leaves(terminal: Terminal, tmp_path: Path) -> None:
    """INT to the screen is like q: without an engine nothing runs for it, so it leaves."""
    os.kill(processes(tmp_path)[1], signal.SIGINT)

    assert_whole(terminal, tmp_path, 0)


def test_without_its_front_the_screen_leaves(terminal: Terminal, tmp_path: Path) -> None:
    """When the front is killed, the screen restores the terminal itself and goes."""
    front, screen = processes(tmp_path)
    os.kill(front, signal.SIGKILL)

    terminal.wait(lambda _: not Path(f"/proc/{screen}").exists())
    assert terminal.modes().startswith("0 1 0 0")


def look_into_the_failure(terminal: Terminal) -> None:
    """Inspect the failed job, on which the cursor stands, as far as its source."""
    terminal.type("Enter")
    terminal.wait(lambda screen: "┏━ 2 Source" in screen and "◀ TypeError" in screen)


def test_a_real_terminal_takes_the_keys(terminal: Terminal) -> None:
    """Keys as a terminal sends them: j, enter to the failure and into it, a zoom, esc out of both, a resize."""
    terminal.type("j", "j")
    terminal.wait(lambda screen: "2 csvimport dev-3" in screen)
    terminal.type("Enter")
    terminal.wait(lambda screen: "2 delays dev-35" in screen)
    look_into_the_failure(terminal)
    terminal.type("z")
    terminal.wait(lambda screen: "Inputs and users dev-35" not in screen and "return total, count" in screen)
    terminal.type("Escape")
    terminal.wait(lambda screen: "Inputs and users dev-35" in screen)
    terminal.type("Escape")
    terminal.wait(lambda screen: "1 Jobs" in screen)
    terminal.run("resize-window", "-t", "t", "-x", "80", "-y", "24")

    terminal.wait(lambda screen: "1 Jobs" in screen and len(screen.split("\n")[1]) == 80)


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the editor be a script that says what it was given and waits for a line, and the pager be less."""
    editor = tmp_path / "vim"
    editor.write_text('#!/bin/sh\nstty -a | grep -q -- "-icanon" && echo RAW\necho "EDITING $@"\nread answer\n')
    editor.chmod(0o755)
    monkeypatch.setenv("EDITOR", str(editor))
    monkeypatch.setenv("PAGER", "less")
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.delenv("LESS", raising=False)


def test_an_editor_gets_the_terminal_and_gives_it_back(programs: None, terminal: Terminal, tmp_path: Path) -> None:
    """e suspends the screen, opens the failing line in a cooked terminal, and draws all again; C-c is the editor's."""
    terminal.type("Enter")
    terminal.wait(lambda screen: "2 delays dev-35" in screen)
    look_into_the_failure(terminal)
    terminal.type("e")
    editing = terminal.wait(lambda screen: f"EDITING +14 {tmp_path}/p/flights/a_delays.py" in screen)
    terminal.run("resize-window", "-t", "t", "-x", "120", "-y", "30")
    terminal.type("C-c")
    terminal.wait(lambda screen: "2 Source" in screen and len(screen.split("\n")[3]) == 120)
    terminal.run("resize-window", "-t", "t", "-x", "160", "-y", "45")
    terminal.wait(lambda screen: len(screen.split("\n")[3]) == 160)
    terminal.type("q")

    assert "RAW" not in editing and "2 Source" not in editing
    assert_whole(terminal, tmp_path, 0)


@pytest.mark.skipif(shutil.which("less") is None, reason="less is not installed")
def test_a_pager_shows_what_is_shown(programs: None, terminal: Terminal, tmp_path: Path) -> None:
    """o pages through the output as it is filtered; afterwards all is back."""
    terminal.type("Enter")
    terminal.wait(lambda screen: "2 delays dev-35" in screen)
    terminal.type("3")
    terminal.wait(lambda screen: "┏━ 3 Output" in screen)
    terminal.type("&")
    terminal.wait(lambda screen: "show lines &" in screen)
    terminal.type("!", "d", "o", "n", "e", "Enter")
    terminal.wait(lambda screen: "FOLLOW · 6 lines" in screen)
    terminal.type("g", "o")
    paged = terminal.wait(lambda screen: "1 Jobs" not in screen and "(END)" in screen)
    terminal.type("q")
    terminal.wait(lambda screen: "1 Jobs" in screen and "&!done" in screen)
    terminal.type("q")

    assert paged.startswith("prep │ carriers: 16\ns1!  │ reading 13,502")
    assert_whole(terminal, tmp_path, 0)


def test_keys_in_one_burst_are_not_taken_for_commands(terminal: Terminal, tmp_path: Path) -> None:
    """What is pasted after / is searched for, whatever the letters would do."""
    terminal.run("send-keys", "-t", "t", "-l", "3/xqRX")
    screen = terminal.wait(lambda screen: "search output / xqRX" in screen)
    terminal.type("Escape")

    assert "1 Jobs" in screen
    terminal.wait(lambda screen: "search output" not in screen)


def test_an_error_of_ours_ends_with_a_status(tmp_path: Path) -> None:
    """When the screen itself fails, the terminal is whole, the traceback is shown, and the status is not 0."""
    record_flights(tmp_path / "p")
    broken = "    app._begin = lambda: 1 / 0\n    app.run()"
    (tmp_path / "open.py").write_text(OPEN.replace("    app.run()", broken))
    terminal = Terminal(tmp_path)
    command = f"{sys.executable} {tmp_path}/open.py {tmp_path}/p"
    terminal.type(f"stty -a > {tmp_path}/before; PYTHONPATH={TREE} {command} ; echo ENDED $?", "Enter")

    try:
        assert "ZeroDivisionError" in assert_whole(terminal, tmp_path, 1)
    finally:
        terminal.close()


def test_data_is_looked_at_in_a_real_terminal(tmp_path: Path) -> None:
    """Keys typed ahead reach the data pane, its prompt and the diff; esc and q leave a whole terminal."""
    record_data(tmp_path / "p")
    (tmp_path / "open.py").write_text(OPEN)
    terminal = Terminal(tmp_path)
    try:
        terminal.type(f"PYTHONPATH={TREE} {sys.executable} {tmp_path}/open.py {tmp_path}/p; echo ENDED $?", "Enter")
        terminal.wait(lambda screen: "1 Jobs" in screen and "dev-3" in screen)
        terminal.type("g", "j", "Enter", "5")
        terminal.wait(lambda screen: "line 1 of 1,000" in screen)
        terminal.type("l", "/", ">", "=", "9", "9", "0", "Enter")
        found = terminal.wait(lambda screen: "10 found, exact" in screen and " 999 " in screen)
        terminal.type("Escape")
        terminal.wait(lambda screen: "found" not in screen)
        terminal.type("#", "5", "0", "1", "Enter", "d")
        diff = terminal.wait(lambda screen: "What it is made of" in screen)
        terminal.type("q")
        ended = terminal.wait(lambda screen: "ENDED 0" in screen)
    finally:
        terminal.close()

    assert "flight >= 990" in found
    assert "option days: 7 → 8" in diff
    assert "Traceback" not in ended


def test_a_real_terminal_folds_filters_and_marks(terminal: Terminal) -> None:
    """The keys of the list as a terminal sends them: fold, unfold with an arrow, filter, mark, lineage with a digit."""
    terminal.type("-")
    terminal.wait(lambda screen: "▸     11 more" in screen)
    terminal.type("Down", "Down", "Right")
    terminal.wait(lambda screen: "▾   11 more" in screen and "dev-24" in screen)
    terminal.type("=", "/")
    terminal.wait(lambda screen: "filter jobs /" in screen)
    terminal.run("send-keys", "-t", "t", "-l", "state:failed")
    terminal.type("Enter")
    terminal.wait(lambda screen: "delays" in screen and "1 of 1 ━┛" in screen)
    terminal.type("Space")
    terminal.wait(lambda screen: "▌*✘" in screen and "1 marked" in screen)
    terminal.type("Escape")
    terminal.wait(lambda screen: "filter jobs /" not in screen and "csvimport" in screen)
    terminal.type("G", "a", "1")

    terminal.wait(
        lambda screen: "lineage of report, 1 step ━" in screen and "▌" in screen and "csvimport" not in screen
    )


def test_sixteen_colours_and_none(tmp_path: Path) -> None:
    """In a terminal of sixteen colours, and with NO_COLOR, the list is there and the cursor's line is told by more."""
    record_flights(tmp_path / "p")
    (tmp_path / "open.py").write_text(OPEN)
    terminal = Terminal(tmp_path)
    try:
        for settings in ("TERM=linux COLORTERM=", "NO_COLOR=1"):
            terminal.type(
                f"clear; {settings} PYTHONPATH={TREE} {sys.executable} {tmp_path}/open.py {tmp_path}/p", "Enter"
            )
            terminal.wait(lambda screen: "1 Jobs" in screen and "dev-30" in screen)
            drawn = terminal.run("capture-pane", "-p", "-e", "-t", "t")
            terminal.type("q")
            terminal.wait(lambda screen: "1 Jobs" not in screen)

            assert "▌" in drawn
            assert "38;2;" not in drawn or settings.startswith("NO_COLOR")
    finally:
        terminal.close()


def test_ctrl_z_gives_the_shell_and_fg_a_whole_screen(terminal: Terminal) -> None:
    """Suspended, the shell has the terminal; brought back, everything is drawn again and keys work."""
    terminal.type("C-z")
    terminal.wait(lambda screen: "Stopped" in screen)

    terminal.type("fg", "Enter")
    terminal.wait(lambda screen: "1 Jobs" in screen and "dev-35" in screen and "┗━" in screen)
    terminal.type("T")
    terminal.wait(lambda screen: "2 Timeline" in screen)
    terminal.type("q")

    terminal.wait(lambda screen: "Stopped" not in screen.rsplit("fg", 1)[-1] and "1 Jobs" not in screen)
