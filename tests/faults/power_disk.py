"""A file system of its own in a file, whose power can be cut: what was not synced by then is lost.

It is shut down without its log, as a power cut would, so that files that were just written are empty or not there.
Mounting it again recovers it from its log.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

SECONDS = 60.0
"""Nothing here takes so long; a command that does hangs."""
IN_NAMESPACE = ("unshare", "--mount", "--propagation", "private")
"""What a command is put behind, so that what it mounts goes with the last of its processes, whatever happens."""
HOW = {"frozen": 0, "log flushed": 1, "nothing flushed": 2}
"""Ways to cut: after all was synced; after the log was, without the data that it speaks of; and at once."""
_SHUTDOWN = 0x8004587D
"""`_IOR('X', 125, __u32)`, the same for ext4 and XFS."""
_NBYTES = {"ext4": 192 << 20, "xfs": 384 << 20}


class Disk:
    """A file system in a file.

    Args:
        place: Where the file lies.
        kind: "ext4" or "xfs".
    """

    def __init__(self, place: Path, kind: str = "ext4") -> None:
        self._kind = kind
        self._image = place / "image"
        self.path = place / "disk"
        self.path.mkdir(exist_ok=True)

    def make(self) -> None:
        """Make it empty, and mount it."""
        with open(self._image, "wb") as handle:
            handle.truncate(_NBYTES[self._kind])
        _do(f"mkfs.{self._kind}", "-q", os.fspath(self._image))
        self.mount()

    def mount(self) -> None:
        """Mount it, recovering it from its log where it was cut off; the loop device goes when it is unmounted."""
        _do("mount", "-o", "loop", "-t", self._kind, os.fspath(self._image), os.fspath(self.path))

    def cut(self, how: str) -> None:
        """Lose what is not on the disk, and have every access fail from now on."""
        fd = os.open(self.path, os.O_RDONLY)
        try:
            fcntl.ioctl(fd, _SHUTDOWN, HOW[how].to_bytes(4, sys.byteorder))
        finally:
            os.close(fd)

    def unmount(self) -> None:
        """Take it away, once nobody has a file of it open any more."""
        wait(lambda: not subprocess.run(["umount", self.path], capture_output=True, check=False).returncode)


def why_not(place: Path) -> str:
    """Say why no power can be cut here, "" if it can."""
    if os.geteuid() != 0:
        return "only root can mount a file system"
    for program in ("mkfs.ext4", "unshare", "mount"):
        if shutil.which(program) is None:
            return f"there is no {program}"
    code = "import sys, pathlib; from tests.faults.power_disk import Disk; Disk(pathlib.Path(sys.argv[1])).make()"
    tried = subprocess.run(
        [*IN_NAMESPACE, sys.executable, "-c", code, place], capture_output=True, text=True, check=False
    )
    return "" if tried.returncode == 0 else f"no file system can be mounted here: {tried.stderr.strip()[-200:]}"


def wait(condition: Callable[[], object]) -> None:
    """Wait until something holds.

    Raises:
        TimeoutError: It does not come to hold.
    """
    deadline = time.monotonic() + SECONDS
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"what was waited for did not come within {SECONDS:g} s")
        time.sleep(0.0005)


def _do(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise OSError(f"{' '.join(command)}: {done.stderr.strip()}")
