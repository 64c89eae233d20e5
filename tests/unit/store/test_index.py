"""The index: a cache that never answers otherwise than the directories would."""

from __future__ import annotations

import os
import shutil
import sqlite3
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from axtui.store import layout
from axtui.store.catalogue import Catalogue
from axtui.store.index import Finished, Index, default_path
from axtui.store.workdir import Workdir
from tests.unit.store.jobs import forge_post, make_job, make_workdir, start_job

KEYS = [letter * 64 for letter in "0123"]


def open_index(workdir: Workdir, path: Path) -> Index:
    """Open an index and bring it up to date."""
    index = Index(workdir, path)
    index.refresh()
    return index


def answers(index: Index) -> dict[str, object]:
    """Ask everything that an engine asks."""
    return {
        "jobs": {jobid: index.get(jobid) for jobid in [*index.workdir.jobids(), "dev-999", "other-1", "rubbish"]},
        "keys": {key: [job.jobid for job in index.find(key)] for key in KEYS},
        "latest": [job.jobid for job in index.latest("count", 2)],
        "highest": index.highest,
    }


@pytest.fixture
def workdir(tmp_path: Path) -> Workdir:
    """Give a workdir with finished, failed, running and damaged jobs."""
    made = make_workdir(tmp_path)
    for number, key in enumerate([KEYS[0], KEYS[1], KEYS[0], KEYS[2]]):
        make_job(made, number, key=key, options={"n": number}, starttime=float(number))
    (start_job(made, 4) / layout.ERROR).write_text('{"message": "no luck"}')
    start_job(made, 5)
    (make_job(made, 6) / layout.POST).write_bytes(b"rubbish")
    return made


def test_finished_jobs_are_found(workdir: Workdir, tmp_path: Path) -> None:
    """By id, by key with the newest first, by method; and nothing that is not finished."""
    index = open_index(workdir, tmp_path / "index")

    found = index.get("dev-2")

    assert isinstance(found, Finished)
    assert (found.jobid, found.method, found.key, found.output) == ("dev-2", "count", KEYS[0], "d" * 64)
    assert [job.jobid for job in index.find(KEYS[0])] == ["dev-2", "dev-0"]
    assert [job.jobid for job in index.latest("count", 3)] == ["dev-3", "dev-2", "dev-1"]
    assert [index.get(f"dev-{number}") for number in (4, 5, 6, 7)] == [None] * 4
    assert index.highest == 6


def test_answers_are_the_same_with_and_without_the_cache(workdir: Workdir, tmp_path: Path) -> None:
    """An index read from its file answers as one that was made from the directories."""
    first = open_index(workdir, tmp_path / "index")
    fresh = answers(first)
    first.close()

    second = open_index(workdir, tmp_path / "index")

    assert answers(second) == fresh


def test_the_cache_is_used(workdir: Workdir, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Jobs that are known are not read from their directories again."""
    open_index(workdir, tmp_path / "index").close()
    read = []
    monkeypatch.setattr("axtui.store.index.read_job", lambda path: read.append(path.name))

    index = Index(workdir, tmp_path / "index")
    index.get("dev-3")

    assert read == []


def garbage(path: Path, kind: str) -> None:
    """Put something else in place of the cache."""
    path.unlink(missing_ok=True)
    if kind == "text":
        path.write_text("not a database")
    elif kind == "empty":
        path.write_bytes(b"")
    elif kind == "directory":
        path.mkdir()
    else:
        database = sqlite3.connect(path)
        version = 999 if kind == "newer" else 2
        table = "jobs (number)" if kind == "other columns" else "things (a)"
        database.executescript(f"CREATE TABLE {table}; PRAGMA user_version = {version};")
        database.close()


@pytest.mark.parametrize("kind", ["text", "empty", "directory", "newer", "other columns", "foreign"])
def test_garbage_in_place_of_the_cache_changes_nothing(workdir: Workdir, tmp_path: Path, kind: str) -> None:
    """A cache that is none, of another version or another program's is made anew."""
    wanted = answers(open_index(workdir, tmp_path / "good"))
    garbage(tmp_path / "index", kind)

    assert answers(open_index(workdir, tmp_path / "index")) == wanted


def test_a_cache_that_cannot_be_written_changes_nothing(workdir: Workdir, tmp_path: Path) -> None:
    """Where the cache directory is a file, the index lives in memory."""
    wanted = answers(open_index(workdir, tmp_path / "good"))
    (tmp_path / "blocked").write_text("")

    assert answers(open_index(workdir, tmp_path / "blocked/index")) == wanted


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=120)
@given(st.data())
def test_a_damaged_cache_never_gives_another_answer(workdir: Workdir, tmp_path: Path, data: st.DataObject) -> None:
    """Cut anywhere or with bytes changed, the cache raises nothing and says nothing untrue of any job."""
    good = tmp_path / "good"
    if not good.exists():
        open_index(workdir, good).close()
    whole = open_index(workdir, good)
    wanted = {jobid: whole.get(jobid) for jobid in workdir.jobids()}
    whole.close()
    content = good.read_bytes()
    at = data.draw(st.integers(0, len(content) - 1))
    cut = data.draw(st.booleans())
    new = b"" if cut else data.draw(st.binary(min_size=1, max_size=4))
    (tmp_path / "index").write_bytes(content[:at] + new + (b"" if cut else content[at + len(new) :]))

    index = open_index(workdir, tmp_path / "index")

    for jobid, job in wanted.items():
        assert index.get(jobid) in (job, None)
    for key in KEYS:
        assert all(job.key == key for job in index.find(key))
    index.close()


def test_a_deleted_job_is_forgotten(workdir: Workdir, tmp_path: Path) -> None:
    """A job whose directory is gone is not found after a look, and damaged before one."""
    index = open_index(workdir, tmp_path / "index")
    found = index.get("dev-2")
    assert found is not None
    shutil.rmtree(workdir.path / "dev-2")

    assert index.find_damage(found) == "post.json is gone"
    index.refresh()
    assert index.get("dev-2") is None
    assert [job.jobid for job in index.find(KEYS[0])] == ["dev-0"]
    assert index.highest == 6


@pytest.mark.parametrize("restarted", [False, True])
def test_another_job_of_the_same_id_is_seen(workdir: Workdir, tmp_path: Path, restarted: bool) -> None:
    """Where a number was given to another job meanwhile, the answer is that job's and never the old one's."""
    index = open_index(workdir, tmp_path / "index")
    index.get("dev-3")
    shutil.rmtree(workdir.path / "dev-3")
    make_job(workdir, 3, key=KEYS[3], options={"n": 33})
    if restarted:
        index.close()
        index = open_index(workdir, tmp_path / "index")

    old, new = list(index.find(KEYS[2])), index.get("dev-3")

    assert old == []
    assert new is not None
    assert new.key == KEYS[3]


def test_a_restored_workdir_is_as_good_as_before(workdir: Workdir, tmp_path: Path) -> None:
    """Jobs that were copied back, with other inodes and times, are found as they were."""
    index = open_index(workdir, tmp_path / "index")
    before = answers(index)["keys"]
    shutil.move(workdir.path, tmp_path / "moved")
    shutil.copytree(tmp_path / "moved", workdir.path, copy_function=shutil.copyfile)

    assert answers(index)["keys"] == before


def test_a_job_that_became_damaged_is_not_served(workdir: Workdir, tmp_path: Path) -> None:
    """A commit record that was changed after it was indexed is found when the job is asked for."""
    index = open_index(workdir, tmp_path / "index")
    assert index.get("dev-3") is not None
    (workdir.path / "dev-3" / layout.POST).write_bytes(b"rubbish")

    assert index.get("dev-3") is None
    assert list(index.find(KEYS[2])) == []


def test_commits_of_another_engine_are_seen(workdir: Workdir, tmp_path: Path) -> None:
    """A job that another engine committed is found without a look at the whole workdir."""
    index = open_index(workdir, tmp_path / "index")
    make_job(workdir, 7, key=KEYS[3])

    before = list(index.find(KEYS[3]))
    index.read_commits()

    assert before == []
    assert [job.jobid for job in index.find(KEYS[3])] == ["dev-7"]
    assert index.highest == 7


def test_a_job_is_found_by_id_as_soon_as_it_is_finished(workdir: Workdir, tmp_path: Path) -> None:
    """A job that was running when it was last looked at is read again when it is asked for."""
    index = open_index(workdir, tmp_path / "index")
    assert index.get("dev-7") is None

    make_job(workdir, 7, key=KEYS[3])

    assert index.get("dev-7") is not None


def test_asking_for_a_job_that_is_not_there_takes_no_number(workdir: Workdir, tmp_path: Path) -> None:
    """A build script may name any id; new jobs are numbered after those that exist."""
    index = open_index(workdir, tmp_path / "index")

    assert index.get("dev-999999999999999999") is None

    assert index.highest == 6


def test_unrepeatable_jobs_have_no_key(workdir: Workdir, tmp_path: Path) -> None:
    """A job that read a file while it changed, and a build script's run, answer no request."""
    make_job(workdir, 7, {"repeatable": False}, key=KEYS[3])
    make_job(workdir, 8, key=KEYS[3], is_build=True)

    index = open_index(workdir, tmp_path / "index")

    assert list(index.find(KEYS[3])) == []
    assert index.get("dev-7") is not None


@pytest.mark.parametrize(
    "forged",
    [{"subjobs": {"x": 1}, "observed": {"m": [1]}}, {"observed": {"m": {}}}, {"datasets": {"a": 1}}, {"files": {}}],
)
def test_forged_records_are_indexed_or_damaged(workdir: Workdir, tmp_path: Path, forged: dict[str, object]) -> None:
    """A record that somebody else made up raises nothing, and the jobs beside it are as before."""
    forge_post(make_job(workdir, 7, key=KEYS[3]), **forged, registered=[])

    index = open_index(workdir, tmp_path / "index")

    assert index.get("dev-3") is not None
    assert index.get("dev-7") is None or isinstance(index.get("dev-7"), Finished)


@pytest.mark.parametrize("extra", [[1], [1, 2], [[], [1]], [[], [[1, 2, 3]]], [[], [["abc", "x"]]], [[], "abc"]])
def test_orders_with_odd_dependencies_are_damaged(workdir: Workdir, tmp_path: Path, extra: list[object]) -> None:
    """What `depend_extra` is said to have named is of its form, or the job is damaged."""
    make_job(workdir, 7, key=KEYS[3], extra=extra)

    index = open_index(workdir, tmp_path / "index")

    assert index.get("dev-7") is None
    assert index.get("dev-3") is not None


def test_each_project_has_its_own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two projects that share a workdir never write one file; the cache is below the user's cache directory."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    workdir = make_workdir(tmp_path)

    one, two = default_path(workdir, tmp_path / "a"), default_path(workdir, tmp_path / "b")

    assert one != two
    assert one.parent == two.parent == tmp_path / "cache/axtui/index"


def test_the_catalogue_asks_the_target_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of equal jobs in several workdirs that of the target answers; ids lead to their workdir."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    one, two = make_workdir(tmp_path, "one"), make_workdir(tmp_path, "two")
    for workdir, number in ((one, 5), (two, 3)):
        make_job(workdir, number, key=KEYS[0])

    catalogue = Catalogue({"one": one.path, "two": two.path, "gone": tmp_path / "gone"}, "two", tmp_path)
    catalogue.refresh()

    assert [job.jobid for job in catalogue.find(KEYS[0])] == ["two-3", "one-5"]
    assert [job.jobid for job in catalogue.latest("count", 1)] == ["two-3"]
    assert catalogue.directory("one-5") == one.path / "one-5"
    assert [catalogue.get(jobid) for jobid in ("gone-1", "rubbish", "")] == [None] * 3


def test_damage_makes_the_catalogue_forget(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A job with a missing file is told once and then not there."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    workdir = make_workdir(tmp_path)
    make_job(workdir, 1, key=KEYS[0])
    catalogue = Catalogue({"dev": workdir.path}, "dev", tmp_path)
    catalogue.refresh()
    (job,) = catalogue.find(KEYS[0])
    assert catalogue.find_damage(job) == ""

    os.unlink(workdir.path / "dev-1/charts/a.svg")

    assert catalogue.find_damage(job) == "charts/a.svg: No such file or directory"
    assert list(catalogue.find(KEYS[0])) == []


def test_users_are_the_jobs_that_name_a_job(tmp_path: Path) -> None:
    """As a dataset, a file or a job, or as their subjob; a longer number is another job."""
    made = make_workdir(tmp_path)
    for number, inputs in enumerate([{}, {"dev-0/sorted": "1"}, {"dev-0:a.txt": "2"}, {"dev-00": "3"}, {"dev-1": "4"}]):
        make_job(made, number, inputs=inputs)
    index = open_index(made, tmp_path / "index")

    assert index.users("dev-0") == ["dev-1", "dev-2"]
    assert index.users("dev-1") == ["dev-4"]
    assert index.users("dev-4") == []


def test_a_number_from_elsewhere_does_not_use_up_the_others(workdir: Workdir, tmp_path: Path) -> None:
    """Directories far above all jobs, copies and wrong names count for nothing; a job that says it is this one does."""
    for name in ("dev-999999999999999999", "dev-99999999999999999999", "dev-007", "dev-", "dev-8.old", "other-50"):
        (workdir.path / name).mkdir()
    shutil.copytree(workdir.path / "dev-2", workdir.path / "dev-5000000")
    make_job(workdir, 3_000_000)
    (workdir.path / layout.COMMITS).write_text("")
    index = open_index(workdir, tmp_path / "index")
    before = index.highest

    (workdir.path / layout.COMMITS).write_text("dev-999999999999999999\ndev-5000000\n")
    index.read_commits()
    (workdir.path / "dev-3000007").mkdir()
    index.add("dev-3000007")

    assert before == 3_000_000
    assert index.highest == 3_000_007
    assert workdir.allocate(index.highest + 1) == "dev-3000008"


def test_a_job_that_claims_the_last_number_is_not_followed(workdir: Workdir, tmp_path: Path) -> None:
    """Numbers have 18 digits at most; one that says it is near the end of them was made to be."""
    make_job(workdir, 999_999_999_999_999_998)

    assert open_index(workdir, tmp_path / "index").highest == 6
