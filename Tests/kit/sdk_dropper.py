#!/usr/bin/env python3
"""sdk_dropper.py (http URL | stdio PROGRAM …) ERA: a client made with the official SDK that starts a call which streams for ever.
Says `streaming` once the first line has come, and is there to be killed."""

import asyncio
import sys

from mcp.client import Client
from mcp.client.stdio import StdioServerParameters


async def main() -> None:
    kind, *where, era = sys.argv[1:]
    target = where[0] if kind == "http" else StdioServerParameters(command=where[0], args=where[1:])

    async def progress(value: float, total: float | None, message: str | None) -> None:
        print("streaming", flush=True)

    async with Client(target, mode="legacy" if era == "legacy" else "auto") as client:
        await client.call_tool(
            "process_run", {"argv": ["sh", "-c", "echo started; exec sleep 1000"], "mode": "stream"},
            progress_callback=progress)


asyncio.run(main())
