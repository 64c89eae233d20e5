"""What an engine was made for and cannot take in while it runs; where it is another, a new engine takes its place."""

from __future__ import annotations

import sys

from axtui.base.files import full_stamp
from axtui.project.config import Project, can_be_written, read_configuration

Surroundings = tuple[bytes, bool, list[list[int]]]


def look_around(project: Project) -> Surroundings:
    """Return what the configuration says, whether there is a place for new jobs, and what is installed.

    An engine has imported libraries, and knows versions; a directory of packages changes with each that comes or goes.
    """
    installed = [path for path in sys.path if path.endswith(("site-packages", "dist-packages"))]
    is_writable = can_be_written(project.workdirs[project.target])
    return read_configuration(project.root), is_writable, [full_stamp(path) for path in installed]
