"""Reads the C headers of the plugin ABI: structs, function tables, callbacks. Knows only what can be sent to another process as bytes; whatever
it does not know is an error, so that nothing gets into the ABI that could not be isolated."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

INTEGERS = {
    "uint16_t": 2, "uint32_t": 4, "int32_t": 4, "uint64_t": 8, "int64_t": 8, "double": 8,
}


class NotSendable(Exception):
    """A declaration that has no encoding."""


@dataclass(frozen=True)
class Value:
    """A struct field or a parameter."""

    type: str  # as declared, without the name: "const ambit_bytes *", "char [48]"
    name: str


@dataclass(frozen=True)
class Function:
    name: str
    result: str
    parameters: tuple[Value, ...]


@dataclass
class Struct:
    name: str
    fields: list[Value | Function] = field(default_factory=list)

    @property
    def values(self) -> list[Value]:
        return [f for f in self.fields if isinstance(f, Value)]

    @property
    def functions(self) -> list[Function]:
        return [f for f in self.fields if isinstance(f, Function)]


@dataclass
class Interface:
    structs: dict[str, Struct]
    scalars: dict[str, str]  # typedef name -> fixed-width type
    callbacks: dict[str, Function]  # typedefs of function pointers
    extensions: dict[str, str]  # "scope" -> "AMBIT_EXT_SCOPE"

    def scalar(self, type: str) -> str | None:
        """The fixed-width type that a type stands for."""
        while type in self.scalars:
            type = self.scalars[type]
        return type if type in INTEGERS else None

    @property
    def tables(self) -> list[Struct]:
        """The host's function tables, by extension."""
        return [s for s in self.structs.values() if s.name.startswith("ambit_host_")]


def split_top_level(text: str, separator: str) -> list[str]:
    parts, depth, last = [], 0, 0
    for index, char in enumerate(text):
        depth += char in "([{"
        depth -= char in ")]}"
        if char == separator and depth == 0:
            parts.append(text[last:index])
            last = index + 1
    return [part.strip() for part in [*parts, text[last:]] if part.strip()]


def parse_value(text: str) -> Value:
    text = " ".join(text.split())
    if match := re.fullmatch(r"(.*?)(\w+)\s*\[(\w+)\]", text):
        return Value(f"{match[1].strip()} [{match[3]}]", match[2])
    match = re.fullmatch(r"(.*?)(\w+)", text)
    if not match:
        raise NotSendable(text)
    return Value(match[1].replace(" *", "*").replace("*", " *").strip().replace("* *", "**"), match[2])


def parse_function(text: str) -> Function:
    text = " ".join(text.split())
    match = re.fullmatch(r"(.+?)\(\*(\w+)\)\((.*)\)", text)
    if not match:
        raise NotSendable(text)
    parameters = [] if match[3] in ("", "void") else [parse_parameter(p) for p in split_top_level(match[3], ",")]
    return Function(match[2], match[1].strip(), tuple(parameters))


def parse_parameter(text: str) -> Value | Function:
    return parse_function(text) if "(*" in text else parse_value(text)


def parse(folder: Path) -> Interface:
    interface = Interface({}, {}, {}, {})
    for path in sorted(folder.glob("*.h")):
        source = path.read_text()
        for match in re.finditer(r'#define (AMBIT_EXT_\w+) "ambit\.(\w+)/1"', source):
            interface.extensions[match[2]] = match[1]
        source = re.sub(r"/\*.*?\*/", "", source, flags=re.S)
        source = re.sub(r"^\s*#.*?(?<!\\)$", "", source, flags=re.M)
        for match in re.finditer(r"typedef struct (\w+) \{(.*?)\n\} \1;", source, flags=re.S):
            struct = Struct(match[1])
            for declaration in split_top_level(match[2], ";"):
                struct.fields.append(parse_parameter(declaration))
            interface.structs[struct.name] = struct
        source = re.sub(r"typedef struct (\w+) \{.*?\n\} \1;", "", source, flags=re.S)
        for match in re.finditer(r"typedef ([^;{}]+);", source):
            text = " ".join(match[1].split())
            if "(*" in text:
                function = parse_function(text)
                interface.callbacks[function.name] = function
            else:
                alias = parse_value(text)
                interface.scalars[alias.name] = alias.type
    return interface
