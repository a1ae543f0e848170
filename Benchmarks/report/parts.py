"""The measurements, one function each; every one returns what goes into results.json."""

import json
import os
import shutil
import subprocess
import time

import load
import postgresql as peer
from management import Flood
from progress import say

BATCHES = [1, 8, 32, 128, 512, 1024, 2048, 4096]
RATES = [1_000, 5_000, 10_000, 50_000, 100_000, 150_000, 200_000]
REPEATED_RATE = 20_000
LIMIT_RATES = [1_000, 5_000, 10_000, 20_000, 50_000, 100_000, 150_000, 200_000, 400_000]
SINGLE_RUN_SECONDS = 5
CONNECTIONS = 16
# In flight on each connection, measured once each: how batches grow.
WINDOWS = [8, 32, 64, 256]
# The same, repeated for the goals. With few in flight the disk sets the pace, with many the processors.
DISK_WINDOW, FULL_WINDOW = 12, 512
IMPORT_LINES = 1_000_000
MOST_REBUILT_CARDS = 1_000_000


def limit(bench) -> dict:
    """The bare loop by batch size and by rate, with the entry size of the product."""
    size = bytes_per_authorization(bench)
    say(f"limit program, {size} bytes an authorization")
    with bench.alone():
        batches = bench.limit("--bytes", size, "--batches", ",".join(map(str, BATCHES)))
    with bench.alone():
        rates = bench.limit(
            "--bytes", size, "--batches", "none", "--rates", ",".join(map(str, LIMIT_RATES))
        )
    best = max(better(point)["authorizationsPerSecond"] for point in batches["batches"])
    say(f"limit program: up to {best:,.0f} authorizations a second")
    return batches | {"rates": rates["rates"]}


def better(point: dict) -> dict:
    """Of a growing and an extended file, the one that reached more."""
    return max(point["growing"], point["extended"], key=lambda p: p["authorizationsPerSecond"])


def bytes_per_authorization(bench) -> int:
    portfolio = bench.portfolio(min(bench.cards, 10_000))
    with bench.daemon(portfolio) as daemon:
        report = load.offer(
            bench, daemon, portfolio.file, rate=10_000, connections=8, seconds=1
        )
    return report["journal"]["bytesPerAuthorization"]


def rates(bench) -> dict:
    """Latency over offered rate, one in flight, and saturation."""
    return all_rates(bench, bench.portfolio(bench.cards), RATES, WINDOWS)


def log(bench) -> dict:
    """What the goals name, with the journal in preallocated files."""
    portfolio = bench.portfolio(bench.cards, "log")
    results = all_rates(bench, portfolio, [], [])
    if bench.journal != "log":
        bench.forget(portfolio)
    return results


def all_rates(bench, portfolio, rates: list[int], windows: list[int]) -> dict:
    runs = range(bench.runs)
    with bench.daemon(portfolio) as daemon:
        results = {
            "cards": portfolio.cards,
            "journal": portfolio.journal,
            "importLinesPerSecond": round(3 * portfolio.cards / portfolio.importSeconds),
            "memoryBefore": daemon.memory(),
            "oneInFlight": [one_in_flight(bench, daemon, portfolio) for _ in runs],
            "open": [open_rate(bench, daemon, portfolio, rate) for rate in rates],
            "repeatedRate": [
                open_rate(bench, daemon, portfolio, REPEATED_RATE, bench.seconds) for _ in runs
            ],
            # Before saturation, which makes so many authorizations that a proof takes minutes.
            "proof": bench.program_output("holdfast", "--socket", daemon.socket, "--json", "proof"),
            "saturation": [
                saturation(bench, daemon, portfolio, window)
                for window in [*windows, *[DISK_WINDOW, FULL_WINDOW] * bench.runs]
            ],
        }
        results["memoryAfter"] = daemon.memory()
        results["stages"] = stages(daemon.metrics())
    return results


def stages(metrics: dict) -> dict:
    """Mean microseconds by stage, over the life of the daemon."""
    return {
        name.removesuffix("_seconds_sum"): round(
            metrics[name] / max(1, metrics[name.removesuffix("sum") + "count"]) * 1e6, 1
        )
        for name in metrics
        if name.endswith("_seconds_sum") and "management" not in name
    }


def one_in_flight(bench, daemon, portfolio) -> dict:
    with bench.alone():
        before = bench.flush()
        report = load.offer(
            bench, daemon, portfolio.file, rate="max", connections=1, window=1,
            seconds=bench.seconds,
        )
        single = bench.limit("--batches", 1, "--seconds", 1)
    report |= {"fdatasync": before, "limit": single["batches"][0], "fdatasyncAfter": flush(single)}
    say(f"1 in flight: {load.line(report)}")
    return report


def flush(report: dict) -> dict:
    return report["fdatasync"]["latencyMicroseconds"]


def open_rate(bench, daemon, portfolio, rate, seconds=SINGLE_RUN_SECONDS) -> dict:
    with bench.alone():
        before = bench.flush()
        report = load.offer(
            bench, daemon, portfolio.file, rate=rate, connections=8 if rate < 50_000 else 16,
            seconds=seconds,
        )
        report |= {"fdatasync": before, "fdatasyncAfter": bench.flush()}
    say(f"{rate:,} a second: {load.line(report)}")
    return report


def saturation(bench, daemon, portfolio, window) -> dict:
    """The highest rate, and what the bare loop does with batches of the same size."""
    with bench.alone():
        report = load.offer(
            bench, daemon, portfolio.file, rate="max", connections=CONNECTIONS, window=window,
            seconds=bench.seconds,
        )
        counted = report["journal"]
        same = bench.limit(
            "--batches", max(1, round(counted["authorizationsPerEntry"])),
            "--bytes", max(1, counted["bytesPerAuthorization"]), "--seconds", 2,
        )
    report |= {"window": window, "limit": same["batches"][0], "fdatasync": flush(same)}
    bare = better(report["limit"])["authorizationsPerSecond"]
    say(
        f"{CONNECTIONS} x {window} in flight: {load.line(report)}; batches of "
        f"{counted['authorizationsPerEntry']:.0f}, the bare loop {bare:,.0f}/s"
    )
    return report


def postgresql(bench) -> dict:
    return peer.measure(bench.scratch, bench.cards, bench.seconds, bench.lock)


def scale(bench) -> list[dict]:
    """The same rates with more cards; starting, and starting after a crash."""
    results = []
    for cards in bench.scales:
        was_there = (cards, bench.journal) in bench.portfolios
        portfolio = bench.portfolio(cards)
        results.append(scale_point(bench, portfolio))
        if not was_there and cards not in (bench.cards, 10_000):
            bench.forget(portfolio)
    return results


def scale_point(bench, portfolio) -> dict:
    with bench.daemon(portfolio) as daemon:
        point = {
            "cards": portfolio.cards,
            "importSeconds": round(portfolio.importSeconds, 1),
            "startSeconds": round(daemon.ready_seconds, 2),
            "memoryAtStart": daemon.memory(),
            "repeatedRate": open_rate(bench, daemon, portfolio, REPEATED_RATE, bench.seconds),
            "saturation": saturation(bench, daemon, portfolio, FULL_WINDOW),
            "memoryAfter": daemon.memory(),
        }
        killed = kill_under_load(bench, daemon, portfolio)
    point["recovery"] = recovery(bench, portfolio, killed, point["startSeconds"])
    if portfolio.cards <= MOST_REBUILT_CARDS:
        point["rebuild"] = rebuild(bench, portfolio, point["startSeconds"])
    say(
        f"{portfolio.cards:,} cards: start {point['startSeconds']} s, "
        f"after a crash {point['recovery']['startSeconds']} s, "
        f"replay {point.get('rebuild', point['recovery'])['effectsPerSecond']:,} effects a second"
    )
    return point


def kill_under_load(bench, daemon, portfolio) -> dict:
    process = load.start(
        bench, daemon, portfolio.file, rate="max", connections=CONNECTIONS, seconds=5,
        window=FULL_WINDOW,
    )
    time.sleep(4)
    metrics = daemon.metrics()
    daemon.kill()
    load.finish(process, 5)
    return {name: metrics.get(name, 0) for name in ("unposted_entries", "unposted_records")}


def recovery(bench, portfolio, killed, clean_seconds) -> dict:
    """The restart after a kill."""
    return {"killed": killed} | replay(bench, portfolio, clean_seconds)


def rebuild(bench, portfolio, clean_seconds) -> dict:
    """A start without books: the whole journal is replayed."""
    shutil.rmtree(os.path.join(portfolio.data, "books"))
    return replay(bench, portfolio, clean_seconds)


def replay(bench, portfolio, clean_seconds) -> dict:
    """A start that replays; the replay is what it takes longer than a clean start."""
    with bench.alone(), bench.daemon(portfolio) as daemon:
        metrics = daemon.metrics()
        replayed = metrics.get("effects_replayed_total", metrics.get("effects_posted_total", 0))
        took = max(daemon.ready_seconds - clean_seconds, 1e-3)
        return {
            "startSeconds": round(daemon.ready_seconds, 2),
            "effectsReplayed": replayed,
            "effectsPerSecond": round(replayed / took),
            "log": [entry for entry in daemon.log_lines() if "recover" in entry.get("message", "")],
        }


def overload(bench) -> dict:
    """Twice what it can carry, then a small load: is it back at once?"""
    portfolio = bench.portfolio(bench.cards)
    with bench.daemon(portfolio) as daemon, bench.alone():
        capacity = load.offer(
            bench, daemon, portfolio.file, rate="max", connections=CONNECTIONS,
            window=FULL_WINDOW, seconds=5,
        )
        before = daemon.memory()
        rate = round(2 * capacity["rate"]["achieved"])
        over = load.offer(
            bench, daemon, portfolio.file, rate=rate, connections=CONNECTIONS, seconds=10,
            extra=["--drain", "10"],
        )
        after = daemon.memory()
        first = load.offer(bench, daemon, portfolio.file, rate=5_000, connections=8, seconds=1)
        later = load.offer(bench, daemon, portfolio.file, rate=5_000, connections=8, seconds=5)
    say(f"overload, {rate:,} a second offered: {load.line(over)}, {over['declined'] or 'no declines'}")
    say(f"the first second after it: {load.line(first)}; later: {load.line(later)}")
    return {
        "capacity": capacity, "offered": rate, "report": over, "memoryBefore": before,
        "memoryAfter": after, "firstSecondAfter": first, "later": later,
    }


def management(bench) -> dict:
    """The same load quiet, beside a flood on the management socket, and beside an import."""
    portfolio = bench.portfolio(bench.cards)
    results: dict = {"quiet": [], "flood": [], "import": []}
    lines = bench.cards_file(IMPORT_LINES // 3, bin="411122", prefix="beside")
    with bench.daemon(portfolio) as daemon:
        for _ in range(bench.runs):
            results["quiet"].append(beside(bench, daemon, portfolio))
            with bench.alone(), Flood(daemon.socket) as flood:
                report = load.offer(
                    bench, daemon, portfolio.file, rate=REPEATED_RATE, connections=8,
                    seconds=bench.seconds,
                )
            report["managementRequestsPerSecond"] = flood.per_second
            report["managementRequestsRefused"] = flood.refused
            results["flood"].append(report)
            say(f"beside {flood.per_second:,} management requests a second: {load.line(report)}")
        results["import"].append(beside_import(bench, daemon, portfolio, lines))
    os.remove(lines)
    return results


def beside(bench, daemon, portfolio) -> dict:
    with bench.alone():
        report = load.offer(
            bench, daemon, portfolio.file, rate=REPEATED_RATE, connections=8, seconds=bench.seconds
        )
    say(f"quiet: {load.line(report)}")
    return report


def beside_import(bench, daemon, portfolio, lines) -> dict:
    with bench.alone():
        start = time.monotonic()
        process = subprocess.Popen(
            [bench.program("holdfast"), "--socket", daemon.socket, "import", lines],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )
        report = load.offer(
            bench, daemon, portfolio.file, rate=REPEATED_RATE, connections=8, seconds=bench.seconds
        )
        report["importWasRunning"] = process.poll() is None
        report["importStatus"] = process.wait(timeout=300)
        report["importLinesPerSecond"] = round(IMPORT_LINES / (time.monotonic() - start))
    say(f"beside an import of {IMPORT_LINES:,} lines: {load.line(report)}")
    return report


def codec(bench) -> dict:
    """Time, allocations and instructions of a message in memory, by the program that counts them."""
    script = os.path.join(os.path.dirname(__file__), "..", "..", "Scripts", "benchmark-codec")
    say("codec")
    with bench.alone():
        return json.loads(subprocess.check_output([script, "--json"], stderr=subprocess.DEVNULL))


ALL = {
    "limit": limit, "rates": rates, "log": log, "postgresql": postgresql, "scale": scale,
    "overload": overload, "management": management, "codec": codec,
}
