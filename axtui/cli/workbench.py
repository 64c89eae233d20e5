"""Opening the workbench on a project: the front process, and in its child the screen with its engine."""

from __future__ import annotations

from pathlib import Path

from axtui.project.config import Project, read_project
from axtui.tui.background import drop_late_answer
from axtui.tui.front import can_draw, run_behind_front

__all__ = ["can_draw", "open_workbench"]


def open_workbench(root: Path, ascii: bool = False) -> int:
    """Open the workbench on the project in a directory; return the exit status. `ascii` draws with ASCII alone.

    Raises:
        UserError: The project's configuration cannot be used.
    """
    project = read_project(root)
    return run_behind_front(lambda background: _run_screen(project, ascii, background))


def _run_screen(project: Project, ascii: bool, background: str | None) -> int:
    """Run the screen in this process. Textual is imported here and not before: the front must stay small."""
    from axtui.tui.app import AxtuiApp
    from axtui.tui.link import ProjectEngines
    from axtui.tui.session import session_path

    app = AxtuiApp(project, ProjectEngines(project), ascii, session_path(project.root), background or "")
    if background is None:
        drop_late_answer()
    app.run()
    return app.return_code or 0
