"""Jobs of an axtui that counted otherwise, as today's reads them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from axtui.base.records import Record, format_lines
from axtui.build.identity import identify
from axtui.build.renewal import renew_record, renew_setup
from axtui.engine.orders import write_sources
from axtui.method.snapshot import Snapshot, extend_snapshot, take_snapshot
from axtui.method.sources import Sources
from axtui.store import layout
from axtui.store.catalogue import Catalogue
from axtui.store.commit import build_manifest, commit_job
from axtui.store.record import SCHEME, JobRecord, read_job
from axtui.store.workdir import Workdir
from tests.unit.build.conftest import request
from tests.unit.store.jobs import finished_post, make_workdir, setup_of

FILES = {
    "small/__init__.py": "",
    "small/a_one.py": "import helper, gone\nfrom small import late\noptions = {'n': 1}\ndef synthesis(options): 1\n",
    "helper.py": "from lib import deep\nx = 1\n",
    "lib/__init__.py": "",
    "lib/deep.py": "",
    "more.py": "import helper\n",
    "small/table.txt": "1 2 3\n",
}
EXTRA = ["more"], ["table.txt"]
OLD: Record = {"hash": "1" * 64, "key": "2" * 64, "parameters": "3" * 64}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Give a project with a method that imports this and that, some of which is not there, and declares more."""
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


@pytest.fixture
def workdir(tmp_path: Path) -> Workdir:
    """Give an empty workdir."""
    return make_workdir(tmp_path)


def take(root: Path, extra: tuple[list[str], list[str]] = ([], [])) -> Snapshot:
    """Take the snapshot of the method as it is now."""
    sources = Sources((root,))
    return extend_snapshot(sources, take_snapshot(sources, "small.a_one"), *extra)


def keep(workdir: Workdir, root: Path, snapshot: Snapshot, number: int = 1, **setup: Any) -> JobRecord:
    """Make a finished job of a snapshot as the first axtui recorded it: nothing of `scheme` and `declared`."""
    directory = workdir.path / f"dev-{number}"
    directory.mkdir()
    kept = {
        name: [place, told and "4" * 64] for name, (place, told) in write_sources(directory, snapshot, root).items()
    }
    more = {"method": "one", "module": "small.a_one", "sources": kept, **OLD, **setup}
    (directory / layout.SETUP).write_bytes(format_lines(setup_of(directory.name, **more)))
    names = [place for place, _ in kept.values() if place]
    commit_job(directory, build_manifest(directory, names, {}), finished_post(directory))
    return read_job(directory)


@pytest.mark.parametrize("extra", [([], []), EXTRA, (["more"], []), ([], ["table.txt"])], ids=str)
def test_a_job_has_the_digests_that_its_method_has_today(workdir: Workdir, root: Path, extra: Any) -> None:
    """As long as nothing of its sources has changed, whatever it imports, could import, and declares."""
    snapshot = take(root, extra)
    record = keep(workdir, root, snapshot, extra=[*extra])

    setup = renew_record(record).setup

    assert (setup["hash"], setup["declared"]) == (snapshot.digest, snapshot.declared)
    assert setup["sources"] == {
        name: [place, snapshot.modules[name].told if name in snapshot.modules else ""]
        for name, (place, _) in record.setup["sources"].items()
    }
    assert renew_setup(record.directory, record.setup) == setup


def test_a_job_has_the_key_that_its_request_has_today(workdir: Workdir, root: Path) -> None:
    """So it is found by it, in an index that reads records so, and by its old key no more."""
    snapshot = take(root)
    keep(workdir, root, snapshot)
    catalogue = Catalogue({"dev": workdir.path}, "dev", root, lambda *_: Path(":memory:"), renew_record)
    catalogue.refresh()
    wanted = identify(request(), snapshot.digest, catalogue, {}, 2)

    assert [job.jobid for job in catalogue.find(wanted.key)] == ["dev-1"]
    assert [*catalogue.find(OLD["key"])] == []


EDITS: Mapping[str, tuple[str, str]] = {
    "method": ("small/a_one.py", "import helper, gone\nfrom small import late\ndef synthesis(): 2\n"),
    "helper": ("helper.py", "from lib import deep\nx = 2\n"),
    "empty module": ("lib/deep.py", "x = 1\n"),
    "empty package": ("lib/__init__.py", "x = 1\n"),
    "shadow": ("gone.py", ""),
    "new module in a package": ("small/late.py", ""),
    "declared file": ("small/table.txt", "1 2 4\n"),
    "declared module": ("more.py", "import helper\nx = 1\n"),
}


@pytest.mark.parametrize("what", [*EDITS])
def test_a_job_of_another_source_has_other_digests(workdir: Workdir, root: Path, what: str) -> None:
    """An edit since is seen in everything that the method is made of, as between two jobs of today."""
    record = keep(workdir, root, take(root, EXTRA), extra=[*EXTRA])
    name, text = EDITS[what]
    (root / name).write_text(text)

    assert renew_record(record).setup["hash"] != take(root, EXTRA).digest


def test_a_kept_source_that_is_not_what_was_committed_proves_nothing(workdir: Workdir, root: Path) -> None:
    """Somebody has edited it; the job keeps the digests of its record, and is not taken for today's method."""
    record = keep(workdir, root, take(root))
    (record.directory / "method/helper.py").write_text("from lib import deep\nx = 2\n")
    (root / "helper.py").write_text("from lib import deep\nx = 2\n")

    assert renew_record(record) is record
    assert renew_setup(record.directory, record.setup) is record.setup


@pytest.mark.parametrize(
    "change",
    [
        {"scheme": SCHEME},
        {"declared": {}},
        {"is_build": True},
        {"module": 7},
        {"module": "small.a_other"},
        {"sources": {"small.a_one": ["../../secret", "4" * 64]}},
        {"sources": {"small.a_one": ["method/gone.py", "4" * 64]}},
        {"sources": {"small.a_one": [5, "4" * 64]}},
        {"extra": [7, 7]},
        {"extra": [[["x"]], []]},
    ],
    ids=str,
)
def test_what_is_of_today_or_cannot_be_read_stays_as_it_is(workdir: Workdir, root: Path, change: Record) -> None:
    """Neither is a record of today's axtui worked out again, nor does one that somebody made up raise anything."""
    record = keep(workdir, root, take(root))
    setup = {**record.setup, **change}

    assert renew_setup(record.directory, setup) is setup


def test_a_job_that_did_not_finish_stays_as_it_is(workdir: Workdir, root: Path) -> None:
    """Nothing was committed that its sources could be compared with."""
    record = keep(workdir, root, take(root))
    (record.directory / layout.POST).unlink()

    assert renew_setup(record.directory, record.setup) is record.setup
    assert renew_record(read_job(record.directory)).setup == record.setup
