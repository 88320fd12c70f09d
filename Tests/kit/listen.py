"""`subscriptions/listen` as a client sees it: every frame validated, and held against the rules of its stream."""

from __future__ import annotations

from typing import Any

from . import messages
from .http_client import HttpClient, Stream

SUBSCRIPTION_ID_KEY = messages.PREFIX + "subscriptionId"
ACKNOWLEDGED = "notifications/subscriptions/acknowledged"
TOOLS_CHANGED = "notifications/tools/list_changed"


def subscription(message: dict[str, Any]) -> Any:
    """The listen that a frame says it belongs to."""
    return (message.get("params") or message.get("result"))["_meta"][SUBSCRIPTION_ID_KEY]


def listen(client: HttpClient, id: Any = None, *, receive_buffer: int | None = None, **wanted: Any) -> Stream:
    """A listen that was acknowledged."""
    message = client.message("subscriptions/listen", {"notifications": wanted or {"toolsListChanged": True}})
    if id is not None:
        message["id"] = id
    stream = Stream(client, message, receive_buffer, 10)
    assert stream.open().content_type == "text/event-stream", stream.next()
    first = stream.next()
    assert first["method"] == ACKNOWLEDGED and subscription(first) == stream.id
    return stream
