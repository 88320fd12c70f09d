"""The contract of Plugins/Everything: what it answers, word for word."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from kit.peer import Outcome, accepted, sampled
from kit.server import binary

NAME = "mcp-conformance-test-server"
PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg=="
WAV = "UklGRiYAAABXQVZFZm10IBAAAAABAAEAQB8AAAB9AAACABAAZGF0YQIAAAA="
ROOTS = {"roots": [{"uri": "file:///test/root"}]}
ALICE = accepted(name="Alice")
YES = accepted(ok=True)
WATCHED = "test://watched-resource"
PAGE = "ui://everything/greeting"


def arguments() -> list[str]:
    """What a server is started with that serves it and nothing else."""
    return ["--no-default-plugins", "--plugin", str(Path(binary()).with_name("libEverything.so")), "--server-name", NAME]


def text(text: str) -> dict[str, Any]:
    return {"type": "text", "text": text}


def image() -> dict[str, Any]:
    return {"type": "image", "data": PNG, "mimeType": "image/png"}


def resource(uri: str, text: str, mime_type: str = "text/plain") -> dict[str, Any]:
    return {"type": "resource", "resource": {"uri": uri, "mimeType": mime_type, "text": text}}


LINK = {"type": "resource_link", "uri": "test://static-text", "name": "static-text", "mimeType": "text/plain",
        "annotations": {"audience": ["user"], "priority": 0.5}}


class Row(NamedTuple):
    """A tool: called with these arguments and these answers it gives this content."""

    tool: str
    content: list[dict[str, Any]]
    arguments: dict[str, Any] = {}
    answers: list[dict[str, Any]] = []
    since: str = "2024-11-05"  # the first version whose clients can be asked that
    is_error: bool = False


# The official schema of an answer knows no numbers but integers.
FORM = {"name": "Jane", "age": 25, "score": 88, "status": "inactive", "verified": False}
CHOICES = {"untitledSingle": "option1", "titledSingle": "value1", "legacyEnum": "opt1", "untitledMulti": ["option1", "option2"],
           "titledMulti": ["value1", "value2"]}

ROWS = [
    Row("test_simple_text", [text("This is a simple text response for testing.")]),
    Row("test_image_content", [image()]),
    Row("test_audio_content", [{"type": "audio", "data": WAV, "mimeType": "audio/wav"}]),
    Row("test_embedded_resource", [resource("test://embedded-resource", "This is an embedded resource content.")]),
    Row("test_resource_link", [LINK]),
    Row("test_multiple_content_types", [
        text("Multiple content types test:"), image(),
        resource("test://mixed-content-resource", '{"test":"data","value":123}', "application/json")]),
    Row("test_tool_with_logging", [text("Tool with logging executed successfully")]),
    Row("test_tool_with_progress", [text("There is no progress token")]),
    Row("test_error_handling", [text("This tool intentionally returns an error for testing")], is_error=True),
    Row("test_reconnection", [text("Reconnection test completed successfully. If you received this, the client properly reconnected "
                                   "after stream closure.")]),
    Row("test_sampling", [text("LLM response: It is noon")], {"prompt": "What time is it?"}, [sampled("It is noon")]),
    Row("test_elicitation", [text('User response: action=accept, content={"username":"testuser","email":"test@example.com"}')],
        {"message": "Who are you?"}, [accepted(username="testuser", email="test@example.com")], "2025-06-18"),
    Row("test_elicitation", [text("User response: action=decline, content={}")], {"message": "Who?"}, [{"action": "decline"}], "2025-06-18"),
    Row("test_elicitation", [text("User response: action=cancel, content={}")], {"message": "Who?"}, [{"action": "cancel"}], "2025-06-18"),
    Row("test_elicitation_sep1034_defaults",
        [text('Elicitation completed: action=accept, content={"name":"Jane","age":25,"score":88,"status":"inactive","verified":false}')],
        {}, [accepted(**FORM)], "2025-06-18"),
    Row("test_elicitation_sep1330_enums",
        [text('Elicitation completed: action=accept, content={"untitledSingle":"option1","titledSingle":"value1","legacyEnum":"opt1",'
              '"untitledMulti":["option1","option2"],"titledMulti":["value1","value2"]}')],
        {}, [accepted(**CHOICES)], "2025-11-25"),
    Row("json_schema_2020_12_tool", [text('JSON Schema 2020-12 tool called with: {"name":"Ada","contactMethod":"phone","phone":"1"}')],
        {"name": "Ada", "contactMethod": "phone", "phone": "1"}),
    Row("test_described_tool", [text('{"sum":5,"region":"here"}')], {"a": 2, "b": 3}),
    Row("test_missing_capability", [text("Sampling is there: yes")], {}, [sampled("yes")]),
    Row("test_input_required_result_elicitation", [text("Hello, Alice!")], {}, [ALICE], "2025-06-18"),
    Row("test_input_required_result_elicitation", [text("Hello, stranger!")], {}, [{"action": "decline"}], "2025-06-18"),
    Row("test_input_required_result_sampling", [text("Sampling result: Paris")], {}, [sampled("Paris")]),
    Row("test_input_required_result_list_roots", [text("Found 1 root(s)")], {}, [ROOTS]),
    Row("test_input_required_result_request_state", [text('state-ok: action=accept, content={"ok":true}')], {}, [YES], "2025-06-18"),
    Row("test_input_required_result_tampered_state", [text('integrity-ok: action=accept, content={"ok":true}')], {}, [YES], "2025-06-18"),
    Row("test_input_required_result_multiple_inputs", [text("Name: Alice. Greeting: Hello there!. Roots: file:///test/root.")], {},
        [ALICE, sampled("Hello there!"), ROOTS], "2025-06-18"),
    Row("test_input_required_result_multi_round", [text("Alice's favorite color is blue.")], {}, [ALICE, accepted(color="blue")],
        "2025-06-18"),
    Row("test_streaming_elicitation", [text('Streaming complete: action=accept, content={"name":"Alice"}')], {}, [ALICE], "2025-06-18"),
    Row("test_logging_tool", [text("Logging evaluated")]),
    Row("test_trigger_tool_change", [text("Mutation triggered")]),
    Row("test_trigger_prompt_change", [text("Mutation triggered")]),
    Row("test_trigger_resource_change", [text("Mutation triggered")]),
    Row("test_touch_watched_resource", [text("Touched")]),
    Row("greet", [text("Hello, Ada!")], {"name": "Ada"}),
    Row("slow_compute", [text("Computed result for 0.0 s")], {"seconds": 0}),
    Row("failing_job", [text("The job failed, as it always does")], is_error=True),
    Row("confirm_delete", [text("Deleted a.txt")], {"filename": "a.txt"}, [accepted(confirm=True)], "2025-06-18"),
    Row("confirm_delete", [text("Kept a.txt")], {"filename": "a.txt"}, [accepted(confirm=False)], "2025-06-18"),
    Row("multi_input", [text('first: action=accept, content={"name":"A"}\nsecond: action=accept, content={"name":"B"}')], {},
        [accepted(name="A"), accepted(name="B")], "2025-06-18"),
    Row("test_tool_with_task", [text("Task completed")]),
    Row("test_app", [text("Hello, Ada!")], {"name": "Ada"}),
]

NAME_FORM = {"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]}
COLOR_FORM = {"type": "object", "properties": {"color": {"type": "string"}}, "required": ["color"]}
OK_FORM = {"type": "object", "properties": {"ok": {"type": "boolean"}}, "required": ["ok"]}


def form(message: str, schema: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    return "elicitation/create", {"message": message, "requestedSchema": schema}


def sample(prompt: str, tokens: int) -> tuple[str, dict[str, Any]]:
    return "sampling/createMessage", {"messages": [{"role": "user", "content": text(prompt)}], "maxTokens": tokens}


FOLDERS = ("roots/list", {})
# What each tool asks: keys (of 2026-07-28), and methods with params.
QUESTIONS: dict[str, tuple[list[str], list[tuple[str, dict[str, Any]]]]] = {
    "test_sampling": (["sample"], [sample("What time is it?", 100)]),
    "test_input_required_result_elicitation": (["user_name"], [form("What is your name?", NAME_FORM)]),
    "test_input_required_result_sampling": (["sample_request"], [sample("What is the capital of France?", 100)]),
    "test_input_required_result_list_roots": (["roots_request"], [FOLDERS]),
    "test_input_required_result_request_state": (["confirm"], [form("Please confirm", OK_FORM)]),
    "test_input_required_result_tampered_state": (["confirm"], [form("Please confirm", OK_FORM)]),
    "test_input_required_result_multiple_inputs": (
        ["user_name", "greeting", "client_roots"], [form("What is your name?", NAME_FORM), sample("Generate a greeting", 50), FOLDERS]),
    "test_input_required_result_multi_round": (
        ["step1", "step2"],
        [form("Step 1: What is your name?", NAME_FORM), form("Step 2: What is your favorite color?", COLOR_FORM)]),
}

DEFAULTS = {
    "name": {"type": "string", "default": "John Doe"},
    "age": {"type": "integer", "default": 30},
    "score": {"type": "number", "default": 95.5},
    "status": {"type": "string", "enum": ["active", "inactive", "pending"], "default": "active"},
    "verified": {"type": "boolean", "default": True},
}


def titled(noun: str) -> list[dict[str, str]]:
    return [{"const": f"value{index}", "title": f"{word} {noun}"} for index, word in enumerate(["First", "Second", "Third"], 1)]


OPTIONS = ["option1", "option2", "option3"]
ENUMS = {
    "untitledSingle": {"type": "string", "enum": OPTIONS},
    "titledSingle": {"type": "string", "oneOf": titled("Option")},
    "legacyEnum": {"type": "string", "enum": ["opt1", "opt2", "opt3"], "enumNames": ["Option One", "Option Two", "Option Three"]},
    "untitledMulti": {"type": "array", "minItems": 1, "maxItems": 3, "items": {"type": "string", "enum": OPTIONS}},
    "titledMulti": {"type": "array", "minItems": 1, "maxItems": 3, "items": {"anyOf": titled("Choice")}},
}

CONTACT = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "$defs": {"address": {
        "$anchor": "addressDef", "type": "object", "properties": {"street": {"type": "string"}, "city": {"type": "string"}}}},
    "properties": {
        "name": {"type": "string"}, "address": {"$ref": "#/$defs/address"},
        "contactMethod": {"type": "string", "enum": ["phone", "email"]}, "phone": {"type": "string"}, "email": {"type": "string"}},
    "allOf": [{"anyOf": [{"required": ["phone"]}, {"required": ["email"]}]}],
    "if": {"properties": {"contactMethod": {"const": "phone"}}, "required": ["contactMethod"]},
    "then": {"required": ["phone"]},
    "else": {"required": ["email"]},
    "additionalProperties": False,
}

# What `test_described_tool` says of itself, in 2025-11-25 and later.
DESCRIBED = {
    "title": "Described tool",
    "annotations": {"title": "Adds two numbers", "readOnlyHint": True, "destructiveHint": False, "idempotentHint": True,
                    "openWorldHint": False},
    "icons": [{"src": f"data:image/png;base64,{PNG}", "mimeType": "image/png", "sizes": ["1x1"], "theme": "light"}],
    "outputSchema": {"type": "object", "required": ["sum", "region"],
                     "properties": {"sum": {"type": "integer"}, "region": {"type": "string"}}},
}

RESOURCES = {
    "test://static-text": {"mimeType": "text/plain", "text": "This is the content of the static text resource."},
    "test://static-binary": {"mimeType": "image/png", "blob": PNG},
    "test://stateless-static-text": {"mimeType": "text/plain", "text": "This is the content of the stateless static text resource."},
    "test://template/123/data": {"mimeType": "application/json", "text": '{"id":"123","templateTest":true,"data":"Data for ID: 123"}'},
    WATCHED: {"mimeType": "text/plain", "text": "Watched resource content"},
}

PROMPTS: dict[str, tuple[dict[str, str], list[dict[str, Any]]]] = {
    "test_simple_prompt": ({}, [text("This is a simple prompt for testing.")]),
    "test_prompt_with_arguments": ({"arg1": "a", "arg2": "b"}, [text("Prompt with arguments: arg1='a', arg2='b'")]),
    "test_prompt_with_embedded_resource": (
        {"resourceUri": "test://x"},
        [resource("test://x", "Embedded resource content for testing."), text("Please process the embedded resource above.")]),
    "test_prompt_with_image": ({}, [image(), text("Please analyze the image above.")]),
}

# A request that asks for one thing, beside tools/call: params, what is read of the result.
ASKING_REQUESTS: dict[str, tuple[dict[str, Any], Callable[[Outcome], Any], str]] = {
    "prompts/get": ({"name": "test_input_required_result_prompt"},
                    lambda outcome: outcome.result["messages"][0]["content"]["text"], "Prompt with context: test context"),
    "resources/read": ({"uri": "test://input-required-resource"},
                       lambda outcome: outcome.result["contents"][0]["text"], "Resource with context: test context"),
}
