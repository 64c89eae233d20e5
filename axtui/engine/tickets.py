"""A ticket: one request for a job, from when it is asked until it is answered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from axtui.base.wire import Message
from axtui.build.facts import Wanted
from axtui.engine.builds import Build, Row
from axtui.event.events import Event
from axtui.method.description import Description
from axtui.method.snapshot import Snapshot

Publish = Callable[[Event], None]
Reply = Callable[[str, Message], None]


@dataclass
class Ticket:
    """A request and what is known of it so far. `asker` is the job or script that asked, `parent` its ticket or 0."""

    number: int
    asker: str
    parent: int
    build: Build
    row: Row
    message: Message
    workdir: str
    snapshot: Snapshot | None = None
    """What its loader imports: the method as it was when the request was first looked at."""
    description: Description | None = None
    wanted: Wanted | None = None
    stamps: dict[str, list[int]] = field(default_factory=dict)
    digests: dict[str, str] = field(default_factory=dict)
    """What the asker found of input files, by path."""
    fault: str = ""
    """Why a job of this very key cannot be used."""
    before: str = ""
    """The job that answered this row in the last build."""
    job: str = ""
    cancelled: str = ""
    """Who wanted its running job stopped, "" while nobody did."""
    is_announced: bool = False
    is_held: bool = False
    is_answered: bool = False

    @property
    def key(self) -> str:
        """The key of the job, and where it is to be built."""
        assert self.wanted is not None
        return self.wanted.identity.key

    @property
    def force(self) -> bool:
        """Whether it is to run even where a job that fits exists."""
        return bool(self.message.get("force")) or self.row.name in self.build.force
