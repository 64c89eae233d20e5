"""The digester: a process that reads input files and says their digests, so that neither the engine nor whoever asks
for a job waits for a large file.

It is forked from the engine when the first file is asked about, reads several side by side, and dies with the engine.
It takes `{"digest": path, "number": n}` and says `{"number": n, "digest": text, "error": reason}`, one of which is "".
"""

from __future__ import annotations

import gc
import hashlib
import os
import socket
import traceback
from concurrent.futures import ThreadPoolExecutor
from threading import Lock

from axtui.base.wire import Message, Wire, WireClosedError
from axtui.execute.process import begin_child, exit_now

_FILES_AT_ONCE = 4


def run_digester(connection: socket.socket, parent: int) -> None:
    """Be a digester, and never return."""
    try:
        begin_child(parent, "digest files", [connection.fileno()])
        gc.freeze()
        _serve(Wire(connection))
    except WireClosedError:
        pass
    except Exception:  # a mistake of our own; the engine says that the process ended, and this says why
        traceback.print_exc()
    finally:
        exit_now(0)


def _serve(wire: Wire) -> None:
    lock = Lock()

    def digest(message: Message) -> None:
        answer = {"number": message["number"], **digest_file(message["digest"])}
        with lock:
            wire.send(answer)

    with ThreadPoolExecutor(min(_FILES_AT_ONCE, os.cpu_count() or 1)) as pool:
        while True:
            pool.submit(digest, wire.receive())


def digest_file(path: str) -> dict[str, str]:
    """Return the SHA-256 of a file, or why it cannot be read."""
    try:
        with open(path, "rb") as handle:
            return {"digest": hashlib.file_digest(handle, "sha256").hexdigest(), "error": ""}
    except OSError as error:
        return {"digest": "", "error": error.strerror or str(error)}
