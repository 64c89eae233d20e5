"""Symlinks in the result directory that lead to files of jobs."""

from __future__ import annotations

import os
from pathlib import Path

from axtui.base.errors import UnsafePathError
from axtui.base.files import safe_join


def link(source: str, results: Path, name: str) -> str:
    """Make or replace a link below the result directory, with the folders that its name has.

    Args:
        source: The path it leads to.
        results: The result directory.
        name: Its name there; one that ends in `/` keeps the file's own name.

    Returns:
        The name that it has.

    Raises:
        UnsafePathError: It would lie outside the result directory, or a folder of its name is a symlink.
    """
    name = os.path.join(name, os.path.basename(source)) if name.endswith("/") else name
    target = safe_join(results, name)
    directory = results
    directory.mkdir(parents=True, exist_ok=True)
    for part in Path(name).parts[:-1]:
        directory = directory / part
        if directory.is_symlink():
            raise UnsafePathError(f"{directory} is a symlink; wanted a folder for the link {name!r}")
        directory.mkdir(exist_ok=True)
    temporary = f"{target}.{os.getpid()}tmp"
    os.symlink(source, temporary)
    os.replace(temporary, target)
    return name
