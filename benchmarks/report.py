"""Tables for people: what was measured, beside what was aimed at."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from statistics import median

from benchmarks.content import Content
from benchmarks.deliveries import Delivered
from benchmarks.launches import OURS, Contestant, ratio
from benchmarks.rosters import LargeCourse
from benchmarks.turns import Turns, p95
from benchmarks.walk import Page

RATIO_AIM = 1.5
LAUNCH_QUERIES = 8
PAGE_QUERIES = 6
FIRST_LOAD = 150_000  # bytes
LARGE_PACK_SECONDS = 2
TURN_SECONDS = 0.005
HOPS = ("login", "continue", "launch")
ONCE = frozenset({"first of the link"})  # once in the life of an activity
DEEDS = frozenset({"reading step · begins the attempt", "answer · fragment", "finish"})  # these write what was done


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Lay out rows under a head: the first column to the left, the others to the right."""
    lines = [list(head), *map(list, rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    shown = [
        "  ".join(
            cell.ljust(width) if n == 0 else cell.rjust(width)
            for n, (cell, width) in enumerate(zip(line, widths, strict=True))
        )
        for line in lines
    ]
    return "\n".join([shown[0], "─" * len(shown[0]), *shown[1:]])


def launches(tools: Sequence[Contestant]) -> str:
    """Launches per second, and how many times the minimal tool's rate ours is."""
    ours, others = tools[:OURS], tools[OURS:]
    rows = [
        (
            tool.name,
            f"{median(tool.per_second):.0f}",
            f"{median(tool.processor_ms):.1f}" if tool.processor_ms else "-",
            *(f"{ratio(one, tool):.2f}" if tool in others else "" for one in ours),
        )
        for tool in tools
    ]
    head = ("tool", "launches/s", "CPU ms/launch", "ours: same browser is × of it", "another browser", "new person")
    return f"{table(head, rows)}\naim: at least {RATIO_AIM} × the minimal tool as documented"


def queries(pages: dict[str, Page]) -> str:
    """Queries of each hop of a launch, and of each page."""
    hops = []
    for kind in (name.partition(" · ")[2] for name in pages if name.startswith("launch · ")):
        counts = [pages[f"{hop} · {kind}"].queries for hop in HOPS]
        kept = "once" if kind in ONCE else mark(counts[-1] <= LAUNCH_QUERIES)
        hops.append((kind, *map(str, counts), str(sum(counts)), kept))
    views = []
    for page in pages.values():
        if not is_hop(page.name):
            kept = mark(page.queries <= PAGE_QUERIES) if is_view(page.name) else "writes"
            views.append((page.name, str(page.queries), kept))
    return "\n\n".join(
        (
            table(("launch of", *HOPS, "sum", f"launch ≤ {LAUNCH_QUERIES}"), hops),
            table(("page", "queries", f"view ≤ {PAGE_QUERIES}"), views),
        )
    )


def over_budget(pages: dict[str, Page]) -> list[str]:
    """The launches and page views that ask the database more often than they may, each with its number."""
    return [
        f"{page.name}: {page.queries}"
        for page in pages.values()
        if (is_launch(page.name) and page.queries > LAUNCH_QUERIES)
        or (is_view(page.name) and page.queries > PAGE_QUERIES)
    ]


def is_launch(name: str) -> bool:
    """Whether a request is a launch under the budget: not the very first of a link, which makes all its rows."""
    hop, _, kind = name.partition(" · ")
    return hop == "launch" and kind not in ONCE


def is_view(name: str) -> bool:
    """Whether a request is a page view under the budget: it shows; what a learner does is written by others."""
    return not is_hop(name) and name not in DEEDS


def times(pages: dict[str, Page]) -> str:
    """Server time of each page."""
    rows = [(page.name, f"{page.median_ms:.1f}", f"{page.p95_ms:.1f}", weight(page.bytes)) for page in pages.values()]
    return table(("request", "median ms", "p95 ms", "HTML kB"), rows)


def weights(loaded: dict[str, int]) -> str:
    """What the first page weighs."""
    total = sum(loaded.values())
    rows = [(kind, weight(size)) for kind, size in (*loaded.items(), ("all", total))]
    return (
        table(("first load", "kB"), rows)
        + f"\naim: ≤ {FIRST_LOAD / 1000:.0f} kB, not compressed: {mark(total <= FIRST_LOAD)}"
    )


def is_hop(name: str) -> bool:
    """Whether a request is one of the three of a launch."""
    return name.partition(" · ")[0] in HOPS


def weight(size: int) -> str:
    """A size in kilobytes."""
    return f"{size / 1000:.1f}" if size else "-"


def mark(kept: bool) -> str:
    """Whether an aim was reached."""
    return "✓" if kept else "✗ over"


def deliveries(alone: Delivered, beside: Delivered) -> str:
    """How the well platforms fared alone and beside unwell ones, and the tokens asked for."""
    rows = [
        (
            name,
            str(one.scores),
            f"{one.seconds:.1f}",
            f"{one.scores / one.seconds:.0f}",
            f"{one.tokens_per_thousand:.1f}",
        )
        for name, one in (("alone", alone), ("beside the unwell", beside))
    ]
    head = ("the well platforms", "scores", "seconds", "scores/s", "tokens/1000")
    return f"{table(head, rows)}\n\nbeside : alone = {beside.seconds / alone.seconds:.2f}"


def large_course(course: LargeCourse) -> str:
    """How the list of a large course was read, and what the desk costs with it."""
    read = [
        (one.name, f"{one.seconds:.2f}", str(one.queries), f"{one.peak_mb:.1f}" if one.peak_mb is not None else "-")
        for one in course.readings
    ]
    head = (f"{course.members} members", "seconds", "queries", "peak MB")
    return "\n\n".join((table(head, read), views(course.pages)))


def views(pages: dict[str, Page]) -> str:
    """Queries and time in the server of pages that only show."""
    rows = [
        (
            page.name,
            str(page.queries),
            f"{page.median_ms:.1f}",
            f"{page.p95_ms:.1f}",
            mark(page.queries <= PAGE_QUERIES),
        )
        for page in pages.values()
    ]
    return table(("page", "queries", "median ms", "p95 ms", f"view ≤ {PAGE_QUERIES}"), rows)


def content(measured: Content) -> str:
    """What reading, marking and holding cost."""
    large = f"{measured.units} units, {measured.tasks} tasks"
    read = [
        (name, f"{seconds:.2f}", mark(seconds < LARGE_PACK_SECONDS))
        for name, seconds in (
            ("lint, from the files", measured.lint_seconds),
            ("compile, from the files", measured.compile_seconds),
            ("read the stored release", measured.read_back_seconds),
        )
    ]
    marks = [(name, f"{rate:,.0f}".replace(",", " ")) for name, rate in measured.marks_per_second.items()]
    held = [
        (f"{count} releases in memory", f"{size / 1e6:.1f}", f"{size / count / 1e3:.0f}")
        for count, size in ((measured.releases, measured.all_bytes), (measured.held, measured.held_bytes))
    ]
    return "\n\n".join(
        (
            table((large, "CPU seconds", f"< {LARGE_PACK_SECONDS} s"), read),
            table(("marking", "answers/s"), marks),
            table(("of the examples' size", "MB", "kB each"), held)
            + f"\na process keeps {measured.held} at most and reads the others when they are asked for",
        )
    )


def turns(measured: Turns) -> str:
    """What a turn costs, with the turns before remembered and without."""
    rows = [
        (name, f"{median(seconds) * 1e3:.2f}", f"{p95(seconds) * 1e3:.2f}", mark(p95(seconds) < TURN_SECONDS))
        for name, seconds in (
            ("the turns before are remembered", measured.warm),
            ("all of them are replayed first", measured.cold),
        )
    ]
    return table(("a move, to the next scene", "median, ms", "p95, ms", f"< {TURN_SECONDS * 1e3:.0f} ms"), rows)
