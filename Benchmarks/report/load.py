"""Loads over TCP by paycloud, with what the daemon counted meanwhile."""

import json
import subprocess

ENTRY_OVERHEAD = 96  # header and hash of a journal entry (Specs/Ledger.md)


def offer(bench, daemon, file, *, rate, connections, seconds, window=None, extra=()) -> dict:
    """Offers a load and waits for its report."""
    before = daemon.metrics()
    process = start(
        bench, daemon, file, rate=rate, connections=connections, seconds=seconds, window=window,
        extra=extra,
    )
    report = finish(process, seconds)
    report["journal"] = journal(before, daemon.metrics())
    return report


def start(bench, daemon, file, *, rate, connections, seconds, window=None, extra=()):
    """Begins to offer a load; `finish` takes its report."""
    arguments = [
        bench.program("paycloud"), "load", "--to", daemon.address, "--cards", file, "--json",
        "--rate", str(rate), "--connections", str(connections), "--duration", str(seconds),
    ]
    if window:
        arguments += ["--window", str(window)]
    if "--quiet" in bench.load_options:
        arguments.append("--quiet")
    return subprocess.Popen(
        [*arguments, *extra], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )


def finish(process, seconds) -> dict:
    output, _ = process.communicate(timeout=seconds + 120)
    if not output:
        raise RuntimeError(f"paycloud load ended with {process.returncode} and said nothing")
    report = json.loads(output)
    points = report.pop("distribution", [])
    if points:
        report["latencyMicroseconds"]["distribution"] = [
            [point["percentile"], point["microseconds"]] for point in points
        ]
    return report


def journal(before: dict, after: dict) -> dict:
    """What the journal took in between two readings of the metrics."""

    def grown(name):
        return after.get(name, 0) - before.get(name, 0)

    authorizations = grown("authorizations_approved_total") + grown("authorizations_declined_total")
    entries = grown("journal_entries_total")
    content = grown("journal_bytes_total") - ENTRY_OVERHEAD * entries
    return {
        "authorizations": authorizations,
        "entries": entries,
        "authorizationsPerEntry": round(authorizations / entries, 2) if entries else 0,
        "bytesPerAuthorization": round(content / authorizations) if authorizations else 0,
    }


def line(report: dict) -> str:
    """A report in one line, for the progress."""
    latency = report["latencyMicroseconds"]
    return (
        f"{report['rate']['achieved']:,.0f}/s, p50 {latency['p50'] / 1000:.2f} "
        f"p90 {latency['p90'] / 1000:.2f} p99 {latency['p99'] / 1000:.2f} ms"
    )
