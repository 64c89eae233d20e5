"""Where keys mean something: each screen with each of its panes. What a key may not mean twice in. Draws nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from textual.app import App
from textual.dom import DOMNode

from axtui.tui.builds_diff_screen import BuildsDiffPane, BuildsDiffScreen
from axtui.tui.builds_pane import BuildsPane
from axtui.tui.data_pane import DataPane
from axtui.tui.detail_pane import DetailPane
from axtui.tui.diff_pane import DiffPane
from axtui.tui.events_pane import EventsPane
from axtui.tui.inspection import Inspection
from axtui.tui.jobs_pane import JobsPane
from axtui.tui.links_pane import LinksPane
from axtui.tui.output_pane import OutputPane
from axtui.tui.past_workbench import PastWorkbench
from axtui.tui.settings import actions_of, bindings_of
from axtui.tui.slices_pane import SlicesPane
from axtui.tui.source_pane import SourcePane
from axtui.tui.timeline_pane import TimelinePane
from axtui.tui.timeline_screen import TimelineScreen
from axtui.tui.workbench import Workbench

_PLACES: tuple[tuple[type[DOMNode], str], ...] = (
    (Workbench, "on the main screen"), (PastWorkbench, "in a build of the past"), (JobsPane, "in the job list"),
    (DetailPane, "in the detail"), (OutputPane, "in the output"), (SourcePane, "in the source"),
    (EventsPane, "in the events"), (TimelineScreen, "on the timeline (T)"), (TimelinePane, "in the timeline (T)"),
    (BuildsPane, "in the list of builds (T)"), (Inspection, "where a job is inspected (enter)"),
    (DataPane, "in a job's data"), (LinksPane, "in a job's inputs and users"), (DiffPane, "in a job's diff"),
    (SlicesPane, "in a job's slices"), (BuildsDiffScreen, "where builds are compared (T, d)"),
    (BuildsDiffPane, "in a comparison of builds"),
)  # fmt: skip


def find_places(app: type[App[None]]) -> Sequence[dict[str, str]]:
    """Return the keys of the actions of each screen and pane, by id. A pane's keys may hide those of its screen."""
    return [actions_of(node) for node in (app, *(node for node, _ in _PLACES))]


def tell_idle(key: str, name: str, changed: Mapping[str, str]) -> str:
    """Say of a key that does nothing where it was pressed that it does not, and where it does what.

    Args:
        key: The key as Textual calls it.
        name: The key as people call it.
        changed: The keys that the user gave to actions, by their ids.
    """
    for node, place in _PLACES:
        for binding in bindings_of(node):
            if {key, name} & set(changed.get(binding.id or "", binding.key).split(",")):
                return f"{name} does nothing here; {place} it means: {binding.tooltip or binding.description}"
    return f"{name} does nothing here; ? lists the keys"
