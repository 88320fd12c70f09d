"""Plugins/Everything and the official Python SDK as client: both eras, both transports, every message validated."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import mcp_types as types
import pytest
from kit import sdk
from kit.server import HttpServer
from mcp.shared.exceptions import MCPError

import everything
from everything import PROMPTS, RESOURCES

Connect = Any


@pytest.fixture(params=[(t, e) for t in ("http", "stdio") for e in ("modern", "legacy")], ids="-".join)
def connect(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Connect]:
    transport, era = request.param
    if transport == "http":
        with HttpServer(*everything.arguments()) as server:
            yield lambda **callbacks: sdk.over_http(server, era, **callbacks)
    else:
        def stdio(**callbacks: Any) -> AbstractAsyncContextManager[Any]:
            return sdk.over_stdio(tmp_path, era, everything.arguments(), **callbacks)

        yield stdio


def test_it_reads_everything(connect: Connect) -> None:
    async def story() -> None:
        async with connect() as (client, record):
            assert client.server_info.name == everything.NAME
            listed = [tool.name for tool in (await client.list_tools()).tools]
            assert listed[0] == "test_simple_text" and {row.tool for row in everything.ROWS} <= set(listed)
            for row in everything.ROWS:
                if row.answers or row.tool in ("failing_job", "test_reconnection"):
                    continue
                done = await client.call_tool(row.tool, row.arguments)
                found = [block.model_dump(mode="json", by_alias=True, exclude_none=True) for block in done.content]
                assert found == row.content and done.is_error == row.is_error, row.tool
            for uri, expected in RESOURCES.items():
                (contents,) = (await client.read_resource(uri)).contents
                assert contents.model_dump(mode="json", by_alias=True, exclude_none=True) == {"uri": uri, **expected}
            for name, (arguments, content) in PROMPTS.items():
                made = await client.get_prompt(name, arguments)
                found = [message.content.model_dump(mode="json", by_alias=True, exclude_none=True) for message in made.messages]
                assert found == content, name
            # The tool was listed: the SDK checks its result by its schema, and mirrors the argument in a header.
            done = await client.call_tool("test_described_tool", {"a": 1, "region": "Zürich"})
            assert done.structured_content == {"sum": 2, "region": "Zürich"}
            (tool,) = [tool for tool in (await client.list_tools()).tools if tool.name == "test_described_tool"]
            assert tool.annotations.read_only_hint and tool.icons[0].sizes == ["1x1"] and tool.output_schema["type"] == "object"
            with pytest.raises(MCPError) as refused:
                await client.call_tool("test_missing_capability", {})
            assert refused.value.code in (-32021, -32602)

    sdk.play(story)


def test_it_comes_back_for_its_answer(connect: Connect) -> None:
    async def story() -> None:
        async with connect() as (client, record):
            done = await client.call_tool("test_reconnection", {})
            assert done.content[0].text.startswith("Reconnection test completed successfully.")

    sdk.play(story)


def test_its_person_opens_a_page(connect: Connect) -> None:
    async def story() -> None:
        seen: list[str] = []

        async def elicit(context: Any, params: types.ElicitRequestParams) -> types.ElicitResult:
            assert params.mode == "url"
            seen.append(str(params.url))
            return types.ElicitResult(action="accept")

        async with connect(elicitation_callback=elicit) as (client, record):
            done = await client.call_tool("test_elicitation_url", {"message": "Sign in"})
            assert not done.is_error and done.content[0].text == "Page: action=accept" and seen == ["https://example.com/ambit"]

    sdk.play(story)


def test_it_answers_what_it_is_asked(connect: Connect) -> None:
    async def elicit(context: Any, params: types.ElicitRequestParams) -> types.ElicitResult:
        wanted = params.requested_schema["properties"]
        values = {"name": "Alice", "color": "blue", "ok": True, "context": "test context", "confirm": True}
        return types.ElicitResult(action="accept", content={key: values[key] for key in wanted})

    async def sample(context: Any, params: types.CreateMessageRequestParams) -> types.CreateMessageResult:
        return types.CreateMessageResult(role="assistant", model="m", content=types.TextContent(type="text", text="Paris"))

    async def roots(context: Any) -> types.ListRootsResult:
        return types.ListRootsResult(roots=[types.Root(uri="file:///test/root")])

    async def story() -> None:
        async with connect(elicitation_callback=elicit, sampling_callback=sample, list_roots_callback=roots) as (client, record):
            async def says(tool: str, text: str, **arguments: Any) -> None:
                done = await client.call_tool(tool, arguments)
                assert not done.is_error and done.content[0].text == text

            await says("test_sampling", "LLM response: Paris", prompt="Where?")
            await says("test_input_required_result_elicitation", "Hello, Alice!")
            await says("test_input_required_result_list_roots", "Found 1 root(s)")
            await says("test_input_required_result_multiple_inputs", "Name: Alice. Greeting: Paris. Roots: file:///test/root.")
            await says("test_input_required_result_multi_round", "Alice's favorite color is blue.")
            await says("confirm_delete", "Deleted a.txt", filename="a.txt")
            made = await client.get_prompt("test_input_required_result_prompt")
            assert made.messages[0].content.text == "Prompt with context: test context"
            read = await client.read_resource("test://input-required-resource")
            assert read.contents[0].text == "Resource with context: test context"

    sdk.play(story)
