"""Which job runs when: a pure machine. Something happened goes in, what to do comes out.

A task is locking (another process may be building the same key), then looking (whether that process has built it),
then queued, then running. Tasks of equal key join the first. At most `parallel` jobs run; a job that waits for a job of
its own lends its place, so that jobs building jobs can never wait for each other. A job that asks, through whatever
others, for itself is refused. A running job that nobody wants is stopped; where one of several who want it is
cancelled, it goes on for the others. Who wants a job that is being stopped waits for its end and has it run anew.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from itertools import islice

from axtui.schedule.tasks import (
    Action,
    Answer,
    AnswerCancelled,
    Cancelled,
    Ended,
    HandOver,
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
        self._queued: dict[int, None] = {}
        """In the order they are to start."""
        self._running: set[int] = set()
        self._wants: Counter[int] = Counter()
        """How many tasks each task waits for."""

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

    def group(self, task: int) -> list[int]:
        """Return the tasks that one job answers, its leader first; one that is being stopped answers that alone."""
        leader = self.leader(task)
        if leader not in self._tasks:
            return []
        return [leader] if self._tasks[leader].state == "stopping" else [leader, *self._tasks[leader].joined]

    def _want(self, wanted: Wanted) -> list[Action]:
        circle = self._find_circle(wanted)
        if circle:
            return [Refuse(wanted.task, circle)]
        leader = self._leaders.get(wanted.key)
        if leader is not None:
            self._add(_Task(wanted, "joined"))
            self._tasks[leader].joined.append(wanted.task)
            return self._start_next()
        self._add(_Task(wanted))
        self._leaders[wanted.key] = wanted.task
        return [TryLock(wanted.task)]

    def _add(self, task: _Task) -> None:
        self._tasks[task.wanted.task] = task
        self._wants[task.wanted.parent] += 1

    def _remove(self, task: int) -> _Task:
        removed = self._tasks.pop(task)
        parent = removed.wanted.parent
        self._wants[parent] -= 1
        if not self._wants[parent]:
            del self._wants[parent]
        self._queued.pop(task, None)
        self._running.discard(task)
        return removed

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
        self._queued[task] = None
        return self._start_next()

    def _start_next(self) -> list[Action]:
        busy = sum(task not in self._wants for task in self._running)
        chosen = list(islice(self._queued, max(0, self._parallel - busy)))
        for task in chosen:
            del self._queued[task]
            self._running.add(task)
            self._tasks[task].state = "running"
        return [Start(task) for task in chosen]

    def _finish(self, task: int) -> list[Action]:
        if task not in self._tasks:
            return []
        ended = self._remove(task)
        del self._leaders[ended.wanted.key]
        if ended.state == "stopping":
            again = [action for joined in ended.joined for action in self._want_again(joined)]
            return [Unlock(task), Answer(task, task), *again]
        for joined in ended.joined:
            self._remove(joined)
        return [Unlock(task), *(Answer(each, task) for each in (task, *ended.joined))]

    def _cancel(self, task: int, hard: bool) -> list[Action]:
        each = self._tasks.get(task)
        if each is None:
            return []
        if each.state == "running" and each.joined:
            return self._hand_over(task)
        if each.state in ("running", "stopping"):
            each.state = "stopping"
            return [Stop(task, hard)]
        if each.state == "joined":
            self._tasks[self._leaders[each.wanted.key]].joined.remove(task)
            self._remove(task)
            return [AnswerCancelled(task)]
        unlock: list[Action] = [Unlock(task)] if each.state in ("looking", "queued") else []
        joined = each.joined
        self._remove(task)
        del self._leaders[each.wanted.key]
        return [*unlock, AnswerCancelled(task), *(action for other in joined for action in self._want_again(other))]

    def _hand_over(self, task: int) -> list[Action]:
        """Let a running job go on for those who joined; what it wants is wanted by the first of them from now on."""
        old = self._remove(task)
        to, *others = old.joined
        self._tasks[to].state, self._tasks[to].joined = "running", others
        self._running.add(to)
        self._leaders[old.wanted.key] = to
        for each in self._tasks.values():
            if each.wanted.parent == task:
                each.wanted = replace(each.wanted, parent=to)
        self._wants[to] += self._wants.pop(task, 0)
        if not self._wants[to]:
            del self._wants[to]
        return [HandOver(task, to), AnswerCancelled(task)]

    def _want_again(self, task: int) -> list[Action]:
        """Let a task go on that had joined one which is cancelled."""
        return self._want(self._remove(task).wanted)
