"""Keys one by one: each means what it means once the key before it has done its work.

Textual gives a key to the widget that has the focus when the key comes. Keys that are typed ahead, while the screen is
busy, would still go to the widget that the first of them leaves: of `/x` the x would cancel a job, not be searched for.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable

from textual.app import App
from textual.dom import DOMNode
from textual.events import Key

_STUCK_SECONDS = 0.5
"""A widget that goes away while it has a key answers no more; so long the next key waits for it."""
_DRAW_SECONDS, _HOLD_SECONDS = 0.03, 0.2
"""So long after a key what it did is drawn before all else, and so long in a row at most."""


class KeyOrder:
    """Holds keys back while one is on its way.

    Args:
        app: The app that gets the keys.
        give: Gives a key to the widget with the focus.
    """

    def __init__(self, app: App[None], give: Callable[[Key], Awaitable[None]]) -> None:
        self._app = app
        self._give = give
        self._waiting: deque[Key] = deque()
        self._number = 0
        self._pressed_at = self._held_from = float("-inf")
        self.is_busy = False

    def come_first(self) -> bool:
        """Tell whether a key was pressed just now, so that what is not asked for had better wait a moment.

        Who goes on typing holds nothing up for longer than a fifth of a second.
        """
        now = asyncio.get_running_loop().time()
        return now - self._pressed_at < _DRAW_SECONDS and now - self._held_from < _HOLD_SECONDS

    @property
    def any_came(self) -> bool:
        """Whether any key was pressed yet."""
        return self._pressed_at > float("-inf")

    async def take(self, event: Key) -> None:
        """Give a key now, or when its turn comes."""
        now, before = asyncio.get_running_loop().time(), self._pressed_at
        self._pressed_at = now
        if now - before >= _DRAW_SECONDS or now - self._held_from >= _HOLD_SECONDS + _DRAW_SECONDS:
            self._held_from = now
        if self.is_busy:
            self._waiting.append(event)
        else:
            await self._begin(event)

    async def _begin(self, event: Key) -> None:
        self.is_busy = True
        self._number += 1
        number = self._number
        self._app.set_timer(_STUCK_SECONDS, lambda: self._end(number))
        target = self._app.focused or self._app.screen
        await self._give(event)
        self._follow(target, number)

    def _follow(self, node: DOMNode, number: int) -> None:
        """Go the way the key goes, from widget to app, one message behind it."""
        parent = node.parent
        if node is self._app or parent is None:
            self._app.call_later(self._app.call_later, self._end, number)
        elif not node.call_later(self._follow, parent, number):
            self._follow(self._app, number)

    async def _end(self, number: int) -> None:
        """Give the next key, if this is about the last one given."""
        if number != self._number or not self.is_busy:
            return
        if self._waiting:
            await self._begin(self._waiting.popleft())
        else:
            self.is_busy = False
