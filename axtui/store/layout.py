"""Where everything of a job lies. This is the specification of a workdir on disk.

    workdirs/dev/                  a workdir
      .slices                      its slice count, decimal and newline
      .locks                       never deleted; one byte a job key is locked while that job is built
      .commits                     a line a committed job (its id), in order; a hint for other processes
      dev-42/                      a job, made by exclusive mkdir
        .owner                     JSON: host, boot, pid, engine; flocked by the engine while the job is built
        setup.json                 the request and everything it was decided from
        method/                    the source that ran, modules by their dotted name; observed/ has
                                   those whose import could not be foreseen, outside/ declared files
                                   that lie outside the project
        output/                    prepare.out prepare.err analysis.0.out … synthesis.err, as the process wrote them;
                                   empty ones are removed when the job ends
        progress                   see store/progress.py
        .output-times              see store/output_times.py; not in the manifest
        result.pickle, result.txt  the return value; a bounded repr of it, for looking at alone (not in the manifest;
                                   on some file systems a power cut may leave it empty)
        datasets/NAME/             dataset.json and one N.arrow a slice, see dataset/record.py
        (the method's own files)
        post.json                  the commit record: a JSON line, then the BLAKE2b digest of that line. A job is
                                   finished exactly when this file exists and is valid.
        error.json                 why it failed

A build script's run is a job too; its output is that of `synthesis`. Where the target cannot be written it lies in a
workdir of the project's own, `.axtui/runs`.
"""

from __future__ import annotations

from pathlib import Path

SLICES = ".slices"
LOCKS = ".locks"
COMMITS = ".commits"
OWNER = ".owner"
SETUP = "setup.json"
POST = "post.json"
ERROR = "error.json"
METHOD = "method"
OUTPUT = "output"
OUTPUT_TIMES = ".output-times"
PROGRESS = "progress"
RESULT = "result.pickle"
PREVIEW = "result.txt"
DATASETS = "datasets"
DATASET = "dataset.json"

RESERVED = frozenset({OWNER, SETUP, POST, ERROR, METHOD, OUTPUT, OUTPUT_TIMES, PROGRESS, PREVIEW, DATASETS})
"""Names in a job directory that are not the method's to write."""

PREVIEW_NBYTES = 64 << 10
"""The largest result.txt, in bytes."""


def output_name(stage: str, stream: str, sliceno: int = -1) -> str:
    """Return the file name of a stage's output; `stream` is "out" or "err", `sliceno` only counts in analysis."""
    return f"analysis.{sliceno}.{stream}" if stage == "analysis" else f"{stage}.{stream}"


def parse_output_name(name: str) -> tuple[str, int, str] | None:
    """Split an output file name into stage, slice (-1 outside analysis) and stream, or give None for another file."""
    match name.split("."):
        case ["prepare" | "synthesis" as stage, "out" | "err" as stream]:
            return stage, -1, stream
        case ["analysis", number, "out" | "err" as stream] if number.isdecimal():
            return "analysis", int(number), stream
    return None


def dataset_directory(job: Path, name: str) -> Path:
    """Return the directory of a dataset; any text is a dataset name.

    Characters below 32, `%` and `/` become `\\xNN`, lone surrogates `\\uNNNN`, a backslash doubles; `.`, `..` and the
    empty name get a `\\x` too.
    """
    plain = "".join(
        "\\\\" if char == "\\" else f"\\x{ord(char):02x}" if char < " " or char in "%/" else char for char in name
    )
    plain = plain.encode("utf-8", "backslashreplace").decode("utf-8")
    if plain in ("", ".", ".."):
        plain = "\\x" + plain
    return job.joinpath(DATASETS, plain)
