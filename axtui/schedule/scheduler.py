"""Which job runs when: a pure machine. Something happened goes in, what to do comes out.

A task is locking (another process may be building the same key), then looking (whether that process has built it),
then queued, then running. Tasks of equal key join the first. At most `parallel` jobs run; a job that waits for a job of
its own lends its place, so that jobs building jobs can never wait for each other. A job that asks, through whatever
others, for itself is refused.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from axtui.schedule.tasks import (
    Action,
    Answer,
    AnswerCancelled,
    Cancelled,
    Ended,
    Input,
    LockAnswered,
    LookAgain,
    LookedAgain,
    Refuse,
    Start,
    Stop,
    Ticked,
    TryLock,
    Unlock,
    Wanted,
)


@dataclass
class _Task:
    wanted: Wanted
    state: str = "locking"
    joined: list[int] = field(default_factory=list)


class Scheduler:
    """The tasks there are and what state each is in."""

    def __init__(self, parallel: int) -> None:
        self._parallel = parallel
        self._tasks: dict[int, _Task] = {}
        self._leaders: dict[str, int] = {}

    def handle(self, event: Input) -> list[Action]:
        """Take in what happened and return what to do, in order."""
        match event:
            case Wanted():
                return self._want(event)
            case LockAnswered(task=task, held=held):
                return self._look(task) if held else []
            case LookedAgain(task=task, found=found):
                return self._finish(task) if found else self._queue(task)
            case Ended(task=task):
                return [*self._finish(task), *self._start_next()]
            case Cancelled(task=task, hard=hard):
                return [*self._cancel(task, hard), *self._start_next()]
            case Ticked():
                return [TryLock(task) for task, each in self._tasks.items() if each.state == "locking"]

    def has_locking(self) -> bool:
        """Tell whether a task waits for a lock, so that time matters."""
        return any(each.state == "locking" for each in self._tasks.values())

    def leader(self, task: int) -> int:
        """Return the task whose job answers this one too."""
        return self._leaders.get(self._tasks[task].wanted.key, task) if task in self._tasks else task

    def _want(self, wanted: Wanted) -> list[Action]:
        circle = self._find_circle(wanted)
        if circle:
            return [Refuse(wanted.task, circle)]
        leader = self._leaders.get(wanted.key)
        if leader is not None:
            self._tasks[wanted.task] = _Task(wanted, "joined")
            self._tasks[leader].joined.append(wanted.task)
            return self._start_next()
        self._tasks[wanted.task] = _Task(wanted)
        self._leaders[wanted.key] = wanted.task
        return [TryLock(wanted.task)]

    def _find_circle(self, wanted: Wanted) -> tuple[str, ...]:
        """Return the methods of a circle that this task would close, () where it closes none.

        Whoever waits for a task is above it: the job that asked for it, and those that asked for one which joined it.
        """
        pending: list[tuple[int, tuple[str, ...]]] = [(wanted.parent, (wanted.method,))]
        seen: set[int] = set()
        while pending:
            task, chain = pending.pop()
            if task not in self._tasks or task in seen:
                continue
            seen.add(task)
            above = self._tasks[task]
            chain = (above.wanted.method, *chain)
            if above.wanted.key == wanted.key:
                return chain
            waiting = [above.wanted, *(self._tasks[each].wanted for each in above.joined)]
            pending += [(each.parent, chain) for each in waiting]
        return ()

    def _is(self, task: int, state: str) -> bool:
        return task in self._tasks and self._tasks[task].state == state

    def _look(self, task: int) -> list[Action]:
        if not self._is(task, "locking"):
            return []
        self._tasks[task].state = "looking"
        return [LookAgain(task)]

    def _queue(self, task: int) -> list[Action]:
        if not self._is(task, "looking"):
            return []
        self._tasks[task].state = "queued"
        return self._start_next()

    def _start_next(self) -> list[Action]:
        lending = {each.wanted.parent for each in self._tasks.values()}
        running = [task for task, each in self._tasks.items() if each.state == "running" and task not in lending]
        free = self._parallel - len(running)
        queued = [task for task, each in self._tasks.items() if each.state == "queued"]
        chosen = queued[: max(0, free)]
        for task in chosen:
            self._tasks[task].state = "running"
        return [Start(task) for task in chosen]

    def _finish(self, task: int) -> list[Action]:
        if task not in self._tasks:
            return []
        ended = self._tasks.pop(task)
        del self._leaders[ended.wanted.key]
        for joined in ended.joined:
            self._tasks.pop(joined, None)
        return [Unlock(task), *(Answer(each, task) for each in (task, *ended.joined))]

    def _cancel(self, task: int, hard: bool) -> list[Action]:
        each = self._tasks.get(task)
        if each is None:
            return []
        if each.state == "running":
            return [Stop(task, hard)]
        if each.state == "joined":
            self._tasks[self._leaders[each.wanted.key]].joined.remove(task)
            del self._tasks[task]
            return [AnswerCancelled(task)]
        unlock: list[Action] = [Unlock(task)] if each.state in ("looking", "queued") else []
        joined = each.joined
        del self._tasks[task]
        del self._leaders[each.wanted.key]
        return [*unlock, AnswerCancelled(task), *(action for other in joined for action in self._want_again(other))]

    def _want_again(self, task: int) -> list[Action]:
        """Let a task go on that had joined one which is cancelled."""
        wanted = self._tasks.pop(task).wanted
        return self._want(wanted)
