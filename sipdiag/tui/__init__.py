"""An analysis browsed in a terminal, full screen, with the keyboard: conversations, their ladders, their messages.

The door of the room: `Browser`, a Textual application. Textual is an extra, imported with this room only.
"""

from __future__ import annotations

from sipdiag.tui.browser import Browser

__all__ = ["Browser"]
