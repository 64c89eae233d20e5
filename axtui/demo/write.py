"""Writing the demo project into a directory. It only adds files: what is there already is never changed."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

from axtui.base.errors import UserError
from axtui.base.files import atomic_open
from axtui.project.config import check_path

_HERE = Path(__file__).parent
_MARK = Path("axtui.toml")
"""Written last: a directory that has it holds a whole project."""
_ALSO = (Path("flights/build.py"), Path("data/flights-2013-01.csv.gz"))


def write_demo(directory: Path) -> None:
    """Write the demo project and its data; where it is already, leave it as its user has edited it.

    Raises:
        UserError: The directory holds something else, or cannot be written.
    """
    check_path(directory)
    if is_demo(directory):
        return
    files = dict(_files())
    try:
        _check_free(directory, files)
        for name in sorted(files, key=lambda name: (name == _MARK, name)):
            _copy(files[name], directory / name)
    except OSError as error:
        raise UserError(f"the demo cannot be written to {directory}: {error.strerror}") from None


def is_demo(directory: Path) -> bool:
    """Tell whether a directory holds the demo project, whole, as first written or edited since."""
    return all((directory / name).is_file() for name in (_MARK, *_ALSO))


def _files() -> Iterator[tuple[Path, Path]]:
    """Give each file of the demo: its name in the project, and where it lies in this package."""
    for place, prefix in ((_HERE / "project", Path()), (_HERE / "data", Path("data"))):
        for path in place.rglob("*"):
            if path.is_file() and "__pycache__" not in path.parts:
                yield prefix / path.relative_to(place), path


def _check_free(directory: Path, files: dict[Path, Path]) -> None:
    """Accept a directory that is not there, is empty, or holds nothing but a part of the demo."""
    if not directory.exists():
        return
    tops = {name.parts[0] for name in files} - {str(_MARK)}
    others = sorted(path.name for path in directory.iterdir() if path.name not in tops)
    if others:
        raise UserError(f"{directory} holds {others[0]!r}, which is not the demo; give an empty or new directory")


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.exists():
        return
    with source.open("rb") as reader, atomic_open(target) as writer:
        shutil.copyfileobj(reader, writer)
