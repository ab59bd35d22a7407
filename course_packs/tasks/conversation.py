"""The ways through a conversation: what is offered where, and what can be said of all ways together.

A reply that leads back, or stays, can be given once; any other leads on to an ending or to a node that stands later.
Every node has such a reply without conditions. So every talk ends, and none gets stuck.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from course_packs.format.model import Spec

Reply = Mapping[str, Any]

LIMIT: Final = 20_000  # moments of all ways together that are looked at


def reply_key(node: str, reply: str) -> str:
    """How conditions and answers name a reply."""
    return f"{node}.{reply}"


def offered(spec: Spec, node: str, said: Collection[str]) -> list[Reply]:
    """The replies that can be given at a node, in the author's order."""
    return [
        reply
        for reply in spec["nodes"][node]["replies"]
        if not (reply["back"] and reply["key"] in said)
        and all(one in said for one in reply["said"])
        and not any(one in said for one in reply["unsaid"])
    ]


def points_of(spec: Spec, said: Collection[str]) -> Decimal:
    """What these replies are worth together; each counts once."""
    return sum((Decimal(one["points"]) for one in all_replies(spec) if one["key"] in said), Decimal(0))


def all_replies(spec: Spec) -> Iterator[Reply]:
    """Every reply of every node."""
    for node in spec["nodes"].values():
        yield from node["replies"]


@dataclass(frozen=True, slots=True)
class Ways:
    """What all ways through a talk show. `key` are the replies' ids of the best one without a mistake, the shortest of
    several; `best` its points, `most` the most of any way; `longest` in replies. Not `complete`: too many ways."""

    reached: frozenset[str]  # nodes, endings, keys of replies
    key: tuple[str, ...]
    best: Decimal
    most: Decimal
    longest: int
    complete: bool


def explore(spec: Spec) -> Ways:
    """Walk all ways."""
    wrong = {one["key"] for one in all_replies(spec) if one["mistake"] is not None}
    start = (spec["start"], frozenset[str]())
    paths: dict[tuple[str, frozenset[str]], tuple[str, ...]] = {start: ()}
    layer: Sequence[tuple[str, frozenset[str]]] = [start]
    reached, looked, longest = {spec["start"]}, 0, 0
    best, most = Decimal(0), Decimal(0)
    key: tuple[str, ...] = ()
    while layer:
        following: dict[tuple[str, frozenset[str]], None] = {}
        for moment in layer:
            node, said = moment
            looked += 1
            if node in spec["endings"]:
                points = points_of(spec, said)
                most = max(most, points)
                if points > best and not said & wrong:
                    best, key = points, paths[moment]
                continue
            for reply in offered(spec, node, said):
                after = (reply["to"], said | {reply["key"]})
                reached |= {reply["key"], reply["to"]}
                paths.setdefault(after, (*paths[moment], reply["id"]))
                following[after] = None
        if looked > LIMIT:
            return Ways(frozenset(reached), key, best, most, longest, complete=False)
        longest += bool(following)
        layer = list(following)
    return Ways(frozenset(reached), key, best, most, longest, complete=True)
