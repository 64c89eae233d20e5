"""Committing a job: the order of writes after which it survives a power cut.

Every registered file and log is synced, then their directories, then `post.json` is written under a temporary name,
synced, renamed, and the job directory and the workdir are synced. Only then may anybody be told. A failing sync fails
the job and is not tried again, because the kernel reports a lost write once.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from axtui.base import clock
from axtui.base.files import fsync_path, write_new
from axtui.base.records import Record, digest, format_lines, format_record
from axtui.base.syncing import begin_writing, can_sync_at_once, sync_at_once
from axtui.store import layout
from axtui.store.record import VERSION
from axtui.store.workdir import append_commit

Manifest = dict[str, tuple[int, str]]
_PIECE_NBYTES = 1 << 16
_LARGE_NBYTES = 1 << 16
_MANY = 64
"""From how many files on the file system is synced as a whole, which may have to wait for what others wrote."""


def commit_job(directory: Path, manifest: Manifest, record: Record) -> None:
    """Make a job finished.

    Args:
        directory: The job directory.
        manifest: Size and SHA-256 of every file by relative name; all of them are synced.
        record: The rest of the commit record.

    Raises:
        OSError: Something could not be written or synced; the job has failed.
    """
    base = os.fspath(directory)
    _sync(base, [f"{base}/{name}" for name in (*manifest, layout.SETUP)], _folders(manifest))
    line = format_record({"version": VERSION, "boot": clock.boot_id(), "files": manifest, **record})
    _publish(directory, line + b"\n" + digest(line).encode("ascii") + b"\n")
    append_commit(directory)


def _sync(base: str, paths: list[str], folders: list[str]) -> None:
    """Sync files and their directories, each by itself, or all at once where they are many.

    The preview of the result, which is for looking at alone, is begun with them and not waited for: a power cut left it
    empty in jobs whose files were all there, and what the others wait for is long enough.
    """
    if len(paths) >= _MANY and can_sync_at_once(base):
        sync_at_once(base, paths)
        return
    begin_writing((*paths, f"{base}/{layout.PREVIEW}"))
    for path in (*paths, *(f"{base}/{folder}" for folder in folders)):
        fsync_path(path)


def _publish(directory: Path, data: bytes) -> None:
    base = os.fspath(directory)
    temporary = f"{base}/.post.json.{os.getpid()}.tmp"
    write_new(temporary, data, durable=True)
    os.rename(temporary, f"{base}/{layout.POST}")
    fsync_path(base)
    fsync_path(directory.parent)


def _folders(names: Iterable[str]) -> list[str]:
    """Return the directories of some files, the innermost first; the last is that of the job itself, which is ""."""
    found = {""}
    for name in names:
        while name := name.rpartition("/")[0]:
            found.add(name)
    return sorted(found, reverse=True)


def build_manifest(directory: Path, names: list[str], known: Mapping[str, tuple[int, str]]) -> Manifest:
    """Return size and SHA-256 of files by relative name; those in `known` are not read again.

    Raises:
        OSError: A file is not there or cannot be read.
    """
    return {name: known[name] if name in known else file_digest(f"{directory}/{name}") for name in sorted(names)}


def file_digest(path: str | Path) -> tuple[int, str]:
    """Return the size in bytes and the SHA-256 of a file, as hex."""
    with open(path, "rb") as handle:
        data = handle.read(_PIECE_NBYTES)
        if len(data) < _PIECE_NBYTES:
            return len(data), hashlib.sha256(data).hexdigest()
        handle.seek(0)
        checksum = hashlib.file_digest(handle, "sha256")
        return handle.tell(), checksum.hexdigest()


def find_files(directory: Path, folder: str) -> list[str]:
    """Return the files below a folder of the job, as names relative to the job."""
    found = []
    for root, _, names in os.walk(directory / folder):
        found += [os.path.relpath(os.path.join(root, name), directory) for name in names]
    return sorted(found)


def remove_unfinished(directory: Path) -> None:
    """Give back the room that large files of a failed job take; its order, source and output stay.

    Where the disk is full that is what lets the failure be recorded, and other jobs be built.
    """
    kept = {layout.METHOD, layout.OUTPUT}
    for root, folders, names in os.walk(directory):
        if root == os.fspath(directory):
            folders[:] = [name for name in folders if name not in kept]
        for name in names:
            path = os.path.join(root, name)
            with suppress(OSError):
                if os.lstat(path).st_size >= _LARGE_NBYTES:
                    os.unlink(path)


def write_error(directory: Path, record: Record) -> None:
    """Write why a job failed; where even that cannot be written the job is found as crashed later."""
    with suppress(OSError):
        write_new(directory / layout.ERROR, format_lines(record))
