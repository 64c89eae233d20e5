"""The output digest of a job: equal output means that nothing after it need run again."""

from __future__ import annotations

from collections.abc import Mapping

from axtui.base.records import digest_of


def output_digest(files: Mapping[str, tuple[int, str]], datasets: Mapping[str, str], previous: str) -> str:
    """Return the digest over what a job made: not logs, times or ids.

    Args:
        files: Size and SHA-256 of the result and the registered files.
        datasets: The digest of each dataset.
        previous: The identity of the job that `jobs.previous` names, "" without one, for a chain of jobs is read
            through its last.
    """
    return digest_of([sorted(files.items()), sorted(datasets.items()), previous])
