"""How a job stands to the project as it is now, told as a tree."""

from __future__ import annotations

from axtui.build.present import Standing
from axtui.event.reasons import Branch
from axtui.event.why import Why


def test_a_job_that_several_read_is_told_once() -> None:
    """A chain whose links all read one job is as many lines as it has jobs, not twice as many with each link."""
    common = Standing("dev-0", Why("read", "unfit", "dev-0", "dev-0 is gone"))
    chain = common
    for number in range(1, 50):
        chain = Standing(f"dev-{number}", None, (chain, common))

    tree, record = chain.branches(), chain.to_record()

    assert _count(tree) == 2 * 49 + 1
    assert tree[1] == Branch("its input dev-0 is not current, as told above")
    assert record["inputs"][1] == {"job": "dev-0", "repeated": True}
    assert record["inputs"][0]["job"] == "dev-48"


def _count(tree: tuple[Branch, ...]) -> int:
    return sum(1 + _count(each.below) for each in tree)
