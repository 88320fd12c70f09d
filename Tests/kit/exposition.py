"""A strict reader of the Prometheus text format: what a scraper would refuse or misread is an error here."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field

NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
LABEL = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(,|$)')
SAMPLE = re.compile(rf"({NAME})(?:\{{(.*)\}})? (\S+)")


@dataclass
class Family:
    kind: str
    help: str
    samples: dict[tuple[str, tuple[tuple[str, str], ...]], float] = field(default_factory=dict)


def number(text: str) -> float:
    if text in ("+Inf", "-Inf", "NaN"):
        return float(text.replace("Inf", "inf").lower())
    assert re.fullmatch(r"[-+]?[0-9.eE+-]+", text), f"not a number: {text!r}"
    return float(text)


def labels(text: str) -> tuple[tuple[str, str], ...]:
    found, position = [], 0
    while position < len(text):
        match = LABEL.match(text, position)
        assert match, f"wrong labels: {text!r}"
        value = re.sub(r'\\(["\\n])', lambda m: "\n" if m.group(1) == "n" else m.group(1), match.group(2))
        found.append((match.group(1), value))
        position = match.end()
    assert len({name for name, _ in found}) == len(found), f"a label twice: {text!r}"
    return tuple(sorted(found))


def parse(text: str) -> dict[str, Family]:
    assert text.endswith("\n")
    families: dict[str, Family] = {}
    current: str | None = None
    help_text: tuple[str, str] | None = None
    for line in text[:-1].split("\n"):
        if line.startswith("# HELP "):
            name, _, told = line[7:].partition(" ")
            assert re.fullmatch(NAME, name) and name not in families, f"HELP twice or of no name: {line!r}"
            help_text = (name, told)
        elif line.startswith("# TYPE "):
            name, _, kind = line[7:].partition(" ")
            assert help_text and help_text[0] == name, f"TYPE without its HELP: {line!r}"
            assert kind in ("counter", "gauge", "histogram"), line
            families[name] = Family(kind, help_text[1])
            current, help_text = name, None
        elif line.startswith("#"):
            continue
        else:
            match = SAMPLE.fullmatch(line)
            assert match and current, f"not a sample: {line!r}"
            name = match.group(1)
            suffix = name.removeprefix(current)
            allowed = ("_bucket", "_sum", "_count") if families[current].kind == "histogram" else ("",)
            assert name.startswith(current) and suffix in allowed, f"{name} stands in the family {current}"
            key = (name, labels(match.group(2) or ""))
            assert key not in families[current].samples, f"twice: {line!r}"
            families[current].samples[key] = number(match.group(3))
    for name, family in families.items():
        assert family.samples, f"{name} has no samples"
        check(name, family)
    return families


def check(name: str, family: Family) -> None:
    if family.kind == "counter":
        assert name.endswith("_total"), f"the counter {name} does not end with _total"
        assert all(value >= 0 for value in family.samples.values()), name
    if family.kind != "histogram":
        return
    rows: dict[tuple[tuple[str, str], ...], list[tuple[float, float]]] = {}
    for (sample, found), value in family.samples.items():
        if sample == f"{name}_bucket":
            bound = dict(found)["le"]
            rest = tuple(pair for pair in found if pair[0] != "le")
            rows.setdefault(rest, []).append((number(bound), value))
    for rest, buckets in rows.items():
        bounds = [bound for bound, _ in buckets]
        counts = [count for _, count in buckets]
        assert bounds == sorted(set(bounds)) and bounds[-1] == math.inf, f"{name}: bounds {bounds}"
        assert counts == sorted(counts), f"{name}: buckets shrink: {counts}"
        assert family.samples[(f"{name}_count", rest)] == counts[-1], f"{name}: the count is not that of the last bucket"
        assert (f"{name}_sum", rest) in family.samples, f"{name}: no sum"


def value(families: dict[str, Family], name: str, **wanted: str) -> float:
    """One sample of a counter or gauge."""
    return families[name].samples[(name, tuple(sorted(wanted.items())))]
