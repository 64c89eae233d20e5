"""The standard methods that rewrite, link and sum up datasets, through the command on a month of the demo's flights."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from tests.conftest import TREE, ProjectDirectory
from tests.e2e.conftest import Command, built_by

MONTHS = ("flights-2013-01.csv.gz", "flights-2013-02.csv.gz")
TYPES = {"month": "int32_10", "day": "int32_10", "dep_delay": "int32_10+None", "carrier": "ascii"}
TYPES |= {"origin": "ascii", "dest": "ascii", "tailnum": "ascii+None"}
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


SORTED = """
import json
from axtui import Dataset
by = ["tailnum", "dep_delay"]
within = Dataset(urd.build("dataset_sort", source=last, sort_columns=by))
options = dict(sort_columns=by, sort_across_slices=True, trigger_column="tailnum")
across = Dataset(urd.build("dataset_sort", source=last, **options))
key = lambda row: tuple((value is not None, value) for value in row)
rows = lambda ds, sliceno: list(ds.iterate(sliceno, by))
print(json.dumps([rows(within, n) == sorted(rows(within, n), key=key) for n in (0, 1)]))
print(json.dumps([rows(across, None) == sorted(Dataset(last).iterate_chain(None, by), key=key), across.hashlabel]))
tails = [set(across.iterate(n, "tailnum")) for n in (0, 1)]
print(json.dumps([len(tails[0] & tails[1]), abs(across.lines[0] - across.lines[1]) < 1000]))
sums = [urd.build(method, source=ds, columns=["dest"]).load()["sum"]
    for method, ds in (("dataset_checksum", within), ("dataset_checksum", across))]
print(json.dumps(sums[0] == sums[1]))
"""


def test_sorting(project: ProjectDirectory, axtui: Command) -> None:
    """A chain is sorted within slices and across; a trigger keeps each aircraft in one slice; no line is lost."""
    put_flights(project)

    assert answers(axtui, project, SORTED) == [[True, True], [True, None], [0, True], True]


FANNED = """
import json
from axtui import Dataset
first = urd.build("dataset_fanout", source=Dataset(last).previous, column="origin")
both = urd.build("dataset_fanout", source=last, previous=first, column="origin")
print(json.dumps([sorted(ds.name for ds in both.datasets), "origin" in Dataset(both, "JFK").columns]))
lines = {ds.name: sum(map(sum, (each.lines for each in ds.chain()))) for ds in both.datasets}
print(json.dumps(sum(lines.values())))
jfk = [row for row in Dataset(last).iterate(0, ["origin", "dest", "flight"]) if row[0] == "JFK"]
print(json.dumps(list(Dataset(both, "JFK").iterate(0, ["dest", "flight"])) == [row[1:] for row in jfk]))
whole = urd.build("dataset_concat", source=last)
few = urd.build("dataset_filter_columns", source=whole, keep_columns=["tailnum", "dest"])
many = urd.build("dataset_fanout", source=few, column="tailnum")
print(json.dumps([len(many.datasets), sum(sum(ds.lines) for ds in many.datasets)]))
"""


def test_fanning_out(project: ProjectDirectory, axtui: Command) -> None:
    """There is a dataset for each airport, going on from the earlier job's; and each of 3,425 aircraft gets one."""
    put_flights(project)

    found = answers(axtui, project, FANNED)

    assert found == [[["EWR", "JFK", "LGA"], False], 51955, True, [3425, 51955]]
