"""The `urd` object: sessions, what they refuse, dependencies, chains, whose lists, workdirs, flags."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from axtui.api import context
from axtui.api.context import Context
from axtui.api.request import Requests
from axtui.base.errors import UrdConflictError, UrdError, UrdPermissionError
from axtui.base.wire import Message
from axtui.build.script_options import ScriptOptions, current_user, parse_script_options
from axtui.build.urd import Urd
from axtui.build.urd_lists import UrdLists
from axtui.build.warning_box import format_box

NEW = {"new": True, "changed": False, "is_ghost": False}
asked: list[Message] = []


class Engine:
    """The wire to an engine that has one job for each method and `n`, and fails where `n` is negative.

    What was submitted last is answered first.
    """

    def __init__(self) -> None:
        self.answers: list[Message] = []

    def send(self, message: Message) -> None:
        """Take a request."""
        n = message["keywords"].get("n", 0)
        number = n + 10 * len(message["method"])
        answer = {"job": f"dev-{number}", "reused": n > 0}
        if n < 0:
            answer = {"error": {"class": "JobError", "job": f"dev-{-n}", "method": message["method"], "status": {}}}
        if message.get("why") == "asked":
            answer = {"method": message["method"], "misses": {}}
        self.answers.append({**answer, "tag": message.pop("tag")})
        asked.append(message)

    def receive(self) -> Message:
        """Give the next answer."""
        return self.answers.pop()

    def poll(self) -> list[Message]:
        """Give nothing, for nothing has come while nobody waits."""
        return []


@pytest.fixture(autouse=True)
def script(tmp_path: Path) -> Iterator[None]:
    """Be the process of a build script, for an engine that has every job."""
    before = context.current()
    requests = Requests(Engine())
    context.use(Context(root=tmp_path, slices=3, jobid="dev-0", is_build=True, stage="synthesis", requests=requests))
    asked.clear()
    yield
    context.use(before)


def make(tmp_path: Path, **options: Any) -> Urd:
    """Make the object for a user, by default anna."""
    return Urd(ScriptOptions(**{"user": "anna", **options}), UrdLists(tmp_path / "urd"))


@pytest.fixture
def urd(tmp_path: Path) -> Urd:
    """Give the object of anna."""
    return make(tmp_path)


def leave(urd: Urd, path: str, timestamp: object, n: int = 0, **more: Any) -> Any:
    """Leave one job in a list."""
    urd.begin(path, timestamp, **more)
    urd.build("count", n=n)
    return urd.finish(path)


def test_session_leaves_its_jobs(urd: Urd) -> None:
    """What was built since `begin` is the joblist of the entry, with names, caption and build job."""
    urd.build("count", n=5)
    urd.begin("daily", "2024-06-01", caption="first")
    urd.build("count")
    urd.build("report", name="final")
    answer = urd.finish("daily")

    entry = urd.peek("daily", "latest")

    assert answer == NEW
    assert entry.joblist.as_tuples == [("count", "dev-50"), ("final", "dev-60")]
    assert (entry.timestamp, entry.caption, entry.build_job) == ("2024-06-01", "first", "dev-0")
    assert (entry.user, entry.build, entry.deps) == ("anna", "daily", {})
    assert urd.joblist == ["dev-50", "dev-60"]
    assert urd.joblist_all == ["dev-55", "dev-50", "dev-60"]
    assert context.current().subjobs == {"dev-55": False, "dev-50": True, "dev-60": True}


def test_names_and_captions_of_any_type_are_text(urd: Urd) -> None:
    """A number as name, caption or warning is its text, so that what is written can be read."""
    number: Any = 5
    urd.begin("daily", 1, caption=number)
    urd.build("count", name=number)
    urd.finish("daily")
    urd.warn(number)

    entry = urd.peek_latest("daily")

    assert (entry.caption, entry.joblist.as_tuples) == ("5", [("5", "dev-50")])
    assert format_box(urd.warnings).splitlines()[1] == "## 5 ##"


def test_missing_entry_is_false_and_has_defaults(urd: Urd) -> None:
    """Where there is nothing the answer is false, at timestamp "0", with an empty joblist."""
    entry = urd.peek("daily", 1)

    assert not entry
    assert (entry.timestamp, entry.joblist, entry.caption, entry.deps, entry.build_job) == ("0", [], "", {}, None)
    assert entry.joblist.get("count") is None
    with pytest.raises(AttributeError):
        _ = entry.user


def test_timestamp_and_caption_of_finish_win(urd: Urd) -> None:
    """Both may be given at either end; what `finish` says counts."""
    urd.begin("daily", 1, "begun")
    urd.build("count")
    urd.finish("daily", ("2024-06", 2), "finished")

    entry = urd.peek_latest("anna/daily")

    assert (entry.timestamp, entry.caption) == ("2024-06+2", "finished")


def test_get_records_and_peek_does_not(urd: Urd) -> None:
    """An entry depends on what was fetched with get, latest or first, once a list, and not on what was looked at."""
    for name in ("a", "b", "c", "d"):
        leave(urd, name, 1, caption=name)
    urd.begin("report", 1)
    assert urd.get("a", 1).caption == "a"
    assert urd.latest("b").caption == "b"
    assert urd.first("c").caption == "c"
    urd.peek("d", 1)
    assert not urd.get("gone", 1)
    assert not urd.latest("gone")
    with pytest.raises(AssertionError, match="Duplicate anna/b"):
        urd.first("b")
    urd.build("report")
    urd.finish("report")

    deps = urd.peek_first("report").deps

    assert list(deps) == ["anna/a", "anna/b", "anna/c"]
    assert deps["anna/b"] == {"caption": "b", "joblist": ["dev-50"], "timestamp": "1"}
    assert deps["anna/b"].joblist["count"] == "dev-50"


def test_dependencies_of_a_session_end_with_it(urd: Urd) -> None:
    """A session that was given up leaves nothing to the next one."""
    leave(urd, "a", 1)
    urd.begin("report", 1)
    urd.latest("a")
    urd.abort()
    urd.abort()

    leave(urd, "report", 1)

    assert urd.peek("report", 1).deps == {}


@pytest.mark.parametrize("fetch", ["get", "latest", "first"])
def test_recording_needs_a_session(urd: Urd, fetch: str) -> None:
    """Outside a session nothing can be recorded."""
    with pytest.raises(AssertionError, match="with nothing running"):
        getattr(urd, fetch)("a", *([1] if fetch == "get" else []))


def test_one_session_at_a_time(urd: Urd) -> None:
    """A second session is refused and names the first; only that one can be finished."""
    urd.begin("a", 1)
    urd.build("count")

    with pytest.raises(AssertionError, match="Tried to begin anna/b while running anna/a"):
        urd.begin("b")
    with pytest.raises(AssertionError, match="Tried to finish anna/b while running anna/a"):
        urd.finish("b")
    assert urd.finish("a") == NEW
    with pytest.raises(AssertionError, match="Tried to finish anna/a with nothing running"):
        urd.finish("a")


def test_session_without_jobs_or_timestamp_is_refused(urd: Urd) -> None:
    """A session needs a job, else it goes on; and a timestamp, else it is over."""
    urd.begin("a")
    with pytest.raises(AssertionError, match="without building any jobs"):
        urd.finish("a", 1)
    urd.build("count")
    with pytest.raises(AssertionError, match="No timestamp"):
        urd.finish("a")

    assert leave(urd, "a", 1) == NEW


def test_refused_begin_opens_nothing(urd: Urd) -> None:
    """A bad timestamp or name leaves no session open."""
    with pytest.raises(AssertionError, match="Invalid timestamp 'soon'"):
        urd.begin("a", "soon")
    with pytest.raises(UrdError, match="no urd list"):
        urd.begin("../a", 1)

    assert leave(urd, "a", 1) == NEW


def test_conflict_ends_the_session(urd: Urd) -> None:
    """Other content is refused unless `begin` allows it, and the next session can begin."""
    leave(urd, "a", 1)
    with pytest.raises(UrdConflictError):
        leave(urd, "a", 1, n=2)

    answer = leave(urd, "a", 1, n=2, update=True)

    assert answer == {"new": False, "changed": True, "is_ghost": False, "deps": 0}


def test_lists_of_others_are_read_and_not_written(urd: Urd, tmp_path: Path) -> None:
    """Anybody reads; writing and truncating are refused before any work is done."""
    leave(urd, "a", 1)
    berta = make(tmp_path, user="berta")

    assert berta.peek_latest("anna/a").joblist == ["dev-50"]
    with pytest.raises(UrdPermissionError, match="anna/a is a list of anna; you are berta"):
        berta.begin("anna/a", 2)
    with pytest.raises(UrdPermissionError):
        berta.truncate("anna/a", 0)
    assert leave(berta, "a", 1) == NEW
    assert berta.list() == ["anna/a", "berta/a"]


def test_since_and_truncate(urd: Urd) -> None:
    """`since` gives later timestamps, all with 0; `truncate` takes those at one and after it."""
    for timestamp in ("2024-01", 7, "2024-01-31"):
        leave(urd, "a", timestamp)

    assert urd.since("a", 0) == ["7", "2024-01", "2024-01-31"]
    assert urd.since("a", "2024-01") == ["2024-01-31"]
    assert urd.truncate("a", "2024-01") == {"count": 2, "deps": 0}
    assert urd.since("a", "0") == ["7"]
    with pytest.raises(UrdError):
        urd.since("a", "latest")


def test_horizon_bounds_latest(urd: Urd, tmp_path: Path) -> None:
    """With a horizon, latest is the latest up to it, what starts with it included."""
    for timestamp in ("2024-01", "2024-02-03", "2024-03"):
        leave(urd, "a", timestamp)
    bounded = make(tmp_path, horizon="2024-02")

    bounded.begin("b", 1)

    assert bounded.latest("a").timestamp == bounded.peek_latest("a").timestamp == "2024-02-03"
    assert (urd.peek_latest("a").timestamp, urd.horizon, bounded.horizon) == ("2024-03", None, "2024-02")


def test_chained_builds_follow_the_last_fetch(urd: Urd) -> None:
    """`previous` is the job of that name in the joblist fetched last, None if it has none."""
    leave(urd, "a", 1)
    urd.begin("b", 1)
    urd.latest("a")
    asked.clear()

    urd.build_chained("report", name="count", n=1)
    urd.build_chained("report", name="other")
    near = urd.build_chained("report", name="count", why_build=True)

    assert near == {"report": {}}  # type: ignore[comparison-overlap]
    assert asked.pop()["keywords"] == {"previous": "dev-50"}
    assert [message["keywords"] for message in asked] == [{"n": 1, "previous": "dev-50"}, {"previous": None}]
    assert urd.joblist.as_tuples == [("count", "dev-61"), ("other", "dev-60")]


def test_chained_builds_need_name_and_fetch(urd: Urd) -> None:
    """Without a name, without a fetch in this session, or with `previous` given, there is nothing to chain to."""
    leave(urd, "a", 1)
    with pytest.raises(AssertionError, match="must have 'name'"):
        urd.build_chained("report")
    urd.begin("b", 1)
    with pytest.raises(AssertionError, match="without a dependency"):
        urd.build_chained("report", name="x")
    urd.latest("a")
    for given in ({"previous": "dev-1"}, {"jobs": {"previous": "dev-1"}}, {"datasets": {"previous": "dev-1"}}):
        with pytest.raises(AssertionError, match="Don't specify previous"):
            urd.build_chained("report", name="x", **given)  # type: ignore[arg-type]


def test_workdir_is_the_nearest_that_was_given(tmp_path: Path) -> None:
    """A call's workdir counts before that of `set_workdir`, and that before the command line's."""
    urd = make(tmp_path, workdir="line")

    urd.build("count")
    urd.set_workdir("set")
    urd.build("count")
    urd.build("count", workdir="call")
    urd.set_workdir(None)
    urd.build("count")

    assert [message["workdir"] for message in asked] == ["line", "set", "call", "line"]
    assert (urd.workdir, urd.default_workdir) == (None, "line")


def test_flags_reach_the_script_and_force(tmp_path: Path) -> None:
    """Flags are a set of words; `force_build` builds anew without each call saying so."""
    urd = make(tmp_path, flags=("force_build", "quickly"))

    urd.build("count")
    make(tmp_path).build("count")

    assert urd.flags == {"force_build", "quickly"}
    assert [message["force"] for message in asked] == [True, False]


def test_options_travel(monkeypatch: pytest.MonkeyPatch) -> None:
    """Options come back from their record; where none are given, the user is this process's."""
    options = ScriptOptions(("a", "b"), "dev", "2024", "anna")
    monkeypatch.setenv("URD_AUTH", "berta:secret")

    assert parse_script_options(options.to_record()) == options
    assert parse_script_options({}) == ScriptOptions(user="berta")


def test_user_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """$URD_AUTH counts before $USER, and without both it is nobody."""
    monkeypatch.setenv("USER", "anna")
    monkeypatch.setenv("URD_AUTH", "berta:secret")
    found = [current_user()]
    monkeypatch.delenv("URD_AUTH")
    found.append(current_user())
    monkeypatch.delenv("USER")
    found.append(current_user())

    assert found == ["berta", "anna", "NO-USER"]


def test_warnings_stand_in_a_box(urd: Urd) -> None:
    """Texts are wrapped with the indentation that they have; an empty one leaves a line."""
    urd.warn("hello " * 30)
    urd.warn()
    urd.warn("    indented\n    second")

    lines = format_box(urd.warnings).split("\n")

    assert lines[0] == lines[-1] == "#" * 77
    assert {len(line) for line in lines} == {77}
    assert [line[3:-3].rstrip() for line in lines[-4:-1]] == ["", "    indented", "    second"]
    assert lines[1] == "## " + ("hello " * 12).strip() + " ##"
    assert format_box(["bye"]) == "#########\n## bye ##\n#########"
