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
    tag: int
    """What the asker calls the request."""
    parent: int
    build: Build
    row: Row
    message: Message
    workdir: str
    concurrency: int = 0
    """How many analysis processes its job may have at once, 0 for all."""
    snapshot: Snapshot | None = None
    """What its loader imports: the method as it was when the request was first looked at."""
    description: Description | None = None
    wanted: Wanted | None = None
    stamps: dict[str, list[int]] = field(default_factory=dict)
    digests: dict[str, str] = field(default_factory=dict)
    """Of input files that were read for this request, by path."""
    unreadable: dict[str, str] = field(default_factory=dict)
    """Why an input file cannot be read, by path."""
    files_open: int = 0
    """How many input files are being read for it."""
    waits: set[int] = field(default_factory=set)
    """Tags of requests whose jobs are inputs of this one and are not there yet."""
    is_filled: bool = False
    """Whether the message has jobs in the place of handles."""
    fault: str = ""
    """Why a job of this very key cannot be used."""
    before: str = ""
    """The job that answered this row in the last build."""
    job: str = ""
    failed: list[str] = field(default_factory=list)
    """What became of attempts before the one that runs, a sentence each."""
    cancelled: str = ""
    """Who wanted its running job stopped, "" while nobody did."""
    announced: tuple[str, ...] | None = None
    """The inputs that everybody knows of; None while nobody knows of the request."""
    is_held: bool = False
    is_answered: bool = False

    @property
    def label(self) -> str:
        """What the asker calls the job."""
        return str(self.message.get("name") or self.row.method)

    @property
    def key(self) -> str:
        """The key of the job."""
        assert self.wanted is not None
        return self.wanted.identity.key

    @property
    def force(self) -> bool:
        """Whether it is to run even where a job that fits exists."""
        return bool(self.message.get("force")) or self.row.name in self.build.force

    @property
    def is_question(self) -> bool:
        """Whether it only asks what would be built; it has no row, and nobody is told of it."""
        return self.message.get("why") == "asked"
