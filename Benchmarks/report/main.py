"""Runs the measurements and writes results.json, table.md and plots.

Everything is on this machine: daemon, load generator, limit program and PostgreSQL share its
processors and its disk, so only ratios of one run mean something elsewhere.
"""

import argparse
import datetime
import json
import os
import shutil
import signal
import sys
import tempfile

import goals
import machine
import parts
import plots
from bench import Bench
from progress import say

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))


def arguments():
    parser = argparse.ArgumentParser(prog="Scripts/benchmark", description=__doc__)
    parser.add_argument("--cards", type=int, default=1_000_000, help="cards to pay with (1,000,000)")
    parser.add_argument("--only", default=",".join(parts.ALL), metavar="PART,PART",
                        help=f"some of {','.join(parts.ALL)}")
    parser.add_argument("--runs", type=int, default=3, help="runs of what the goals name (3)")
    parser.add_argument("--seconds", type=int, default=4, help="of one run (4)")
    parser.add_argument("--journal", choices=["lmdb", "log"], default="lmdb",
                        help="what the daemon keeps its journal in (lmdb)")
    parser.add_argument("--scale-max", action="store_true", help="also with 10,000,000 cards")
    parser.add_argument("--out", default=os.path.join(ROOT, "benchmark-results"),
                        help="where a directory with the results is made (benchmark-results)")
    parser.add_argument("--scratch", help="where data is made and removed; on the disk to measure")
    parser.add_argument("--lock", help="a lock file to hold during each measurement")
    parser.add_argument("--programs", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--limit", required=True, help=argparse.SUPPRESS)
    options = parser.parse_args()
    options.only = options.only.split(",")
    unknown = [part for part in options.only if part not in parts.ALL]
    if unknown:
        parser.error(f"no such part: {', '.join(unknown)}")
    return options


def main() -> None:
    options = arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    now = datetime.datetime.now(datetime.timezone.utc)
    out = os.path.join(options.out, now.strftime("%Y-%m-%dT%H%M%SZ"))
    os.makedirs(out)
    scratch = tempfile.mkdtemp(prefix="scratch-", dir=options.scratch or out)
    # PostgreSQL's user must reach its directory in it.
    os.chmod(scratch, 0o755)
    try:
        machine.require_disk(scratch)
        results = run(options, scratch, out) | {"time": now.isoformat()}
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    write(results, out)
    print(out)


def run(options, scratch: str, out: str) -> dict:
    bench = Bench(options, options.programs, options.limit, scratch)
    results = {
        "machine": machine.facts(scratch), "cards": options.cards, "seconds": options.seconds,
        "journal": options.journal, "version": bench.program_output("holdfast", "version").strip(),
    }
    for name in options.only:
        say(f"== {name}")
        results[name] = parts.ALL[name](bench)
        # What is there already outlives a failure of a later part.
        save(results, out)
    return results


def save(results: dict, out: str) -> None:
    with open(os.path.join(out, "results.json"), "w") as file:
        json.dump(results, file, indent=1)


def write(results: dict, out: str) -> None:
    results["goals"] = [row.json() for row in goals.rows(results)]
    save(results, out)
    table = goals.markdown(results)
    with open(os.path.join(out, "table.md"), "w") as file:
        file.write(table)
    print(table)
    say(f"plots: {', '.join(plots.draw(results, out))}")


if __name__ == "__main__":
    main()
