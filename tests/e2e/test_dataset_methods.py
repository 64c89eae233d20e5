"""The standard methods that rewrite, link and sum up datasets, through the command on a month of the demo's flights."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from tests.conftest import TREE, ProjectDirectory
from tests.e2e.conftest import Command, built_by

MONTHS = ("flights-2013-01.csv.gz", "flights-2013-02.csv.gz")
TYPES = {"month": "int32_10", "day": "int32_10", "dep_delay": "int32_10+None", "carrier": "ascii", "dest": "ascii"}
READ = f"""
last = None
for name in {MONTHS!r}: last = urd.build("csvimport", filename=name, types={TYPES!r}, none_as=["NA"], previous=last)
"""


def put_flights(project: ProjectDirectory) -> None:
    """Copy two months into the input directory."""
    for name in MONTHS:
        shutil.copy(TREE / "axtui/demo/data" / name, project.root / "data" / name)


def answers(axtui: Command, project: ProjectDirectory, script: str) -> list[object]:
    """Run a script; give what it printed, a JSON value a line."""
    project.script(READ + script)
    return [json.loads(line) for line in axtui("run").stdout.splitlines()]


HASHED = """
import json
from axtui import Dataset
ds = urd.build("dataset_hashpart", source=last, hashlabel="dest")
new = Dataset(ds)
rows = lambda ds: sorted(map(repr, ds.iterate_chain(None)))
print(json.dumps([new.hashlabel, len(new.chain()), rows(new) == rows(Dataset(last))]))
dests = [set(new.iterate_chain(sliceno, "dest")) for sliceno in (0, 1)]
print(json.dumps([len(dests[0] & dests[1]), len(dests[0] | dests[1])]))
again = urd.build("dataset_checksum_chain", source=ds).load()
whole = urd.build("dataset_checksum_chain", source=last).load()
print(json.dumps([again["sum"] == whole["sum"], again.sources, again.columns == sorted(new.columns)]))
"""


def test_hashing_a_chain(project: ProjectDirectory, axtui: Command) -> None:
    """Hashed, a chain has the same rows and sums, and no value in two slices; a second run builds nothing."""
    put_flights(project)

    found = answers(axtui, project, HASHED)

    assert found == [["dest", 2, True], [0, 94], [True, ["dev-3/0", "dev-3"], True]]
    assert built_by(axtui, project) == []


LINKED = """
import json
from axtui import Dataset
whole = urd.build("dataset_concat", source=last)
back = urd.build("dataset_unroundrobin", source=last)
few = urd.build("dataset_filter_columns", source=whole, keep_columns=["carrier", "dest"])
other = urd.build("dataset_rename_columns", source=whole, rename={"dest": "to", "carrier": None})
both = urd.build("dataset_merge", source=[few, other])
print(json.dumps([Dataset(whole).shape[1], sum(Dataset(last).lines) + sum(Dataset(last).previous.lines)]))
print(json.dumps(list(Dataset(back).iterate(None)) == list(Dataset(last).iterate("roundrobin"))))
print(json.dumps([sorted(Dataset(both).columns)[:3], "to" in Dataset(both).columns, len(Dataset(few).columns)]))
sums = [urd.build("dataset_checksum", source=ds, columns=["dest"]).load()["sum"] for ds in (whole, both)]
print(json.dumps(sums[0] == sums[1]))
"""


def test_linking_and_copying(project: ProjectDirectory, axtui: Command) -> None:
    """A chain is concatenated and put back into the file's order; columns are chosen, renamed and merged."""
    put_flights(project)

    found = answers(axtui, project, LINKED)

    assert found == [[51955, 51955], True, [["air_time", "arr_delay", "carrier"], True, 2], True]


def test_what_is_temporary_is_gone(project: ProjectDirectory, axtui: Command) -> None:
    """The digests of rows do not stay in the job."""
    put_flights(project)

    answers(axtui, project, 'urd.build("dataset_checksum", source=last)')

    assert not list(Path(project.root).glob("workdirs/dev/*/digests*"))
