"""Where keys mean something: each screen with each of its panes. What a key may not mean twice in. Draws nothing."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import App
from textual.dom import DOMNode

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
from axtui.tui.settings import actions_of
from axtui.tui.slices_pane import SlicesPane
from axtui.tui.source_pane import SourcePane
from axtui.tui.timeline_pane import TimelinePane
from axtui.tui.timeline_screen import TimelineScreen
from axtui.tui.workbench import Workbench

_NODES: tuple[type[DOMNode], ...] = (
    Workbench, PastWorkbench, JobsPane, DetailPane, OutputPane, SourcePane, EventsPane, TimelineScreen, TimelinePane,
    BuildsPane, Inspection, DataPane, LinksPane, DiffPane, SlicesPane,
)  # fmt: skip


def find_places(app: type[App[None]]) -> Sequence[dict[str, str]]:
    """Return the keys of the actions of each screen and pane, by id. A pane's keys may hide those of its screen."""
    return [actions_of(node) for node in (app, *_NODES)]
