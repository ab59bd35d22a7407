"""``python -m benchmarks``: measure, and print tables.

Parts may be named: launches, pages, scores, rosters, catalogue, content, simulation, start.
"""

from __future__ import annotations

import argparse
import logging
import tempfile
from pathlib import Path
from statistics import median

import structlog

from benchmarks import report
from benchmarks.catalogue import browse
from benchmarks.content import read_large_pack
from benchmarks.deliveries import UNWELL, deliver
from benchmarks.launches import compare
from benchmarks.processes import key_server, start_seconds
from benchmarks.rosters import read_large_course
from benchmarks.turns import TURNS, play_turns
from benchmarks.walk import first_load, walk

PARTS = ("launches", "pages", "scores", "rosters", "catalogue", "content", "simulation", "start")
PLATFORMS = 50  # of which two are unwell


def main() -> None:
    """Read the command line, measure, print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="part", help=f"of {', '.join(PARTS)}; all when none is named")
    parser.add_argument("--rounds", type=int, default=9, help="rounds of launches, an odd number (default 9)")
    parser.add_argument("--launches", type=int, default=80, help="launches in a round, of each tool (default 80)")
    parser.add_argument("--learners", type=int, default=30, help="size of the class (default 30)")
    parser.add_argument("--scores", type=int, default=10_000, help="scores to 50 platforms (default 10000)")
    parser.add_argument("--members", type=int, default=5000, help="members of the large course (default 5000)")
    parser.add_argument("--releases", type=int, default=500, help="packs in the large catalogue (default 500)")
    parser.add_argument("--units", type=int, default=200, help="units of the large pack (default 200)")
    asked = parser.parse_args()
    if unknown := set(asked.parts) - set(PARTS):
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    parts = asked.parts or PARTS
    # The walk happens in this process: its log would stand between the tables.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    if "launches" in parts:
        with tempfile.TemporaryDirectory() as folder:
            tools = compare(Path(folder), rounds=asked.rounds, launches=asked.launches)
        say(f"Launches, one worker · medians of {asked.rounds} rounds in turn", report.launches(tools))
    if "pages" in parts:
        with tempfile.TemporaryDirectory() as folder:
            seen = walk(Path(folder), learners=asked.learners)
            loaded = first_load(seen)
        say(
            "Queries · BEGIN and COMMIT not counted, savepoints counted, the most of all times",
            report.queries(seen.pages),
        )
        say("Time in the server", report.times(seen.pages))
        say("Weight", report.weights(loaded))
    if "scores" in parts:
        well, each = PLATFORMS - len(UNWELL), asked.scores // PLATFORMS
        with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
            alone = deliver(Path(one), platforms=well, scores=each)
            beside = deliver(Path(other), platforms=well, scores=each, unwell=UNWELL)
        say(
            f"{asked.scores} scores to {PLATFORMS} platforms, one of which hangs and one answers 500",
            report.deliveries(alone, beside),
        )
    if "rosters" in parts:
        with tempfile.TemporaryDirectory() as folder:
            course = read_large_course(Path(folder), members=asked.members)
        say("The list of a large course, read in the background, and the desk with it", report.large_course(course))
    if "catalogue" in parts:
        with tempfile.TemporaryDirectory() as folder:
            pages = browse(Path(folder), releases=asked.releases)
        say(f"Choosing among {asked.releases} packs", report.views(pages))
    if "content" in parts:
        with tempfile.TemporaryDirectory() as folder:
            content = read_large_pack(Path(folder), units=asked.units, releases=asked.releases)
        say(f"The content engine: a pack of {asked.units} units", report.content(content))
    if "simulation" in parts:
        say(f"A turn of a job simulation of {TURNS} turns, in process", report.turns(play_turns()))
    if "start" in parts:
        with tempfile.TemporaryDirectory() as folder, key_server(Path(folder)) as issuer:
            start_seconds(Path(folder), issuer)  # sets everything up
            seconds = sorted(start_seconds(Path(folder), issuer) for _ in range(5))
        say("From `lyceum-city serve --setup`, with nothing to set up, to /healthz", f"{median(seconds):.2f} s")


def say(title: str, text: str) -> None:
    """Print a part of the report."""
    print(f"\n── {title}\n\n{text}", flush=True)


if __name__ == "__main__":
    main()
