"""The table of goals: what was asked for, what was measured, and whether it was reached."""

import statistics

import parts


class Row:
    """One goal; `values` are the measured figures, one a run."""

    def __init__(self, goal, required, values, is_reached, unit="", note=""):
        self.goal, self.required, self.unit, self.note = goal, required, unit, note
        self.values = [value for value in values if value is not None]
        self.is_reached = is_reached if self.values else None

    @property
    def median(self):
        return statistics.median(self.values) if self.values else None

    @property
    def measured(self) -> str:
        if not self.values:
            return "not measured"
        text = number(self.median) + self.unit
        if len(self.values) > 1:
            text += f" ({number(min(self.values))} to {number(max(self.values))})"
        return text

    @property
    def verdict(self) -> str:
        if not self.values:
            return "-"
        return "yes" if self.is_reached(self.median) else "no"

    def json(self) -> dict:
        return {
            "goal": self.goal, "required": self.required, "measured": self.values,
            "median": self.median, "reached": self.verdict, "note": self.note,
        }


def number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.2f}"


def at_least(bound):
    return lambda value: value >= bound


def at_most(bound):
    return lambda value: value <= bound


def rows(results: dict) -> list[Row]:
    found = []
    for part, make in (
        ("rates", with_journal(throughput)), ("rates", with_journal(latency)),
        ("postgresql", against_postgresql), ("scale", scale), ("overload", overload),
        ("management", management), ("codec", codec),
    ):
        if part in results:
            found += make(results)
    return found


def with_journal(make):
    """The rows of the part `rates`, then those of the part `log`, which say so."""
    def rows(results) -> list[Row]:
        found = make(results["rates"])
        if "log" in results:
            for row in make(results["log"]):
                row.goal += ", journal in files"
                found.append(row)
        return found
    return rows


def saturation_runs(rates, window) -> list[dict]:
    return [run for run in rates["saturation"] if run["window"] == window]


def achieved(report) -> float:
    return report["rate"]["achieved"]


def throughput(rates) -> list[Row]:
    return [
        row for window in (parts.DISK_WINDOW, parts.FULL_WINDOW)
        for row in throughput_at(saturation_runs(rates, window), window)
    ]


def throughput_at(runs, window) -> list[Row]:
    """The rate, and the rate beside a bare loop with the batches that these runs had."""
    bare = [parts.better(run["limit"])["authorizationsPerSecond"] for run in runs]
    required = statistics.median(bare) >= 300_000
    batch = statistics.median(run["journal"]["authorizationsPerEntry"] for run in runs)
    load = f"{parts.CONNECTIONS} connections, {window} in flight on each"
    return [
        Row(f"Saturation beside a bare append loop with the same batches, {load}", ">= 0.5",
            [achieved(run) / limit for run, limit in zip(runs, bare)], at_least(0.5),
            note=f"batches of {batch:,.0f}"),
        Row(f"Authorizations a second, {load}",
            ">= 200,000" if required else ">= 200,000 where the bare loop reaches 300,000",
            [achieved(run) for run in runs],
            at_least(200_000 if required else 0),
            note=f"bare loop {statistics.median(bare):,.0f}"),
    ]


def latency(rates) -> list[Row]:
    runs = rates["repeatedRate"]
    single = rates["oneInFlight"]
    return [
        Row("20,000 a second: p50 beside the p50 of fdatasync", "<= 4",
            [of(run, "p50") / flush(run)["p50"] for run in runs], at_most(4)),
        Row("20,000 a second: p99 beside 5 times the p99 or 15 times the p50 of fdatasync", "<= 1",
            [of(run, "p99") / max(5 * flush(run)["p99"], 15 * flush(run)["p50"]) for run in runs],
            at_most(1)),
        Row("1 in flight: p50 in commits of the bare loop", "<= 2",
            [of(run, "p50") / parts.better(run["limit"])["latencyMicroseconds"]["p50"]
             for run in single], at_most(2)),
    ]


def of(report, percentile) -> float:
    return report["latencyMicroseconds"][percentile]


def flush(run) -> dict:
    """The mean of the flushes before and after a run: the disk of that minute."""
    before, after = run["fdatasync"], run["fdatasyncAfter"]
    return {name: (before[name] + after[name]) / 2 for name in ("p50", "p99")}


def against_postgresql(results) -> list[Row]:
    peer = results["postgresql"]
    table = []
    if "rates" in results:
        runs = saturation_runs(results["rates"], parts.FULL_WINDOW)
        for partners in sorted({run["partners"] for run in peer["closedLoop"]}):
            best = max(
                achieved(run) for run in peer["closedLoop"] if run["partners"] == partners
            )
            name = "one deposit, as here" if partners == 1 else f"{partners} deposits"
            table.append(Row(
                f"Saturation beside PostgreSQL's best rate, {name}", ">= 40",
                [achieved(run) / best for run in runs], at_least(40), note=f"{best:,.0f} a second",
            ))
        table += [faster_than_peer(results, run, name)
                  for run in peer["openLoop"] for name in ("p50", "p99")]
    return table


def faster_than_peer(results, run, name) -> Row:
    """Ours at the next higher rate that was measured: harder for us."""
    rate = run["rate"]["asked"]
    ours = min(
        (report for report in all_open(results) if achieved(report) >= rate), key=achieved,
        default=None,
    )
    values = [of(ours, name) / of(run, name)] if ours else []
    return Row(f"{name} beside PostgreSQL at {rate:,.0f} a second", "< 1", values,
               lambda value: value < 1)


def all_open(results) -> list[dict]:
    return results["rates"]["open"] + results["rates"]["repeatedRate"]


def scale(results) -> list[Row]:
    points = results["scale"]
    rates = [achieved(point["saturation"]) for point in points]
    largest = points[-1]
    memory = largest["memoryAfter"]
    return [
        Row(f"Saturation from {points[0]['cards']:,} to {largest['cards']:,} cards, "
            "lowest beside highest", ">= 0.8", [min(rates) / max(rates)], at_least(0.8)),
        Row(f"Start on {largest['cards']:,} cards", "< 10 s",
            [largest["startSeconds"]], at_most(10), unit=" s"),
        Row(f"Resident bytes a card at {largest['cards']:,} cards, after the load", "stated",
            [memory["resident"] * 1048576 / largest["cards"]], lambda _: True,
            note=f"{memory['anonymous']:,.0f} MB of its own, {memory['file']:,.0f} MB of the map"),
        Row("Recovery from the whole journal, effects a second", ">= 300,000",
            [point["rebuild"]["effectsPerSecond"] for point in points if "rebuild" in point],
            at_least(300_000)),
        Row(f"Start after a kill under full load, {largest['cards']:,} cards", "stated",
            [largest["recovery"]["startSeconds"]], lambda _: True, unit=" s",
            note=f"{largest['recovery']['effectsReplayed']:,.0f} effects replayed"),
    ]


def overload(results) -> list[Row]:
    result = results["overload"]
    report, first, later = result["report"], result["firstSecondAfter"], result["later"]
    accepted = report.get("acceptedLatencyMicroseconds", report["latencyMicroseconds"])
    declined = report["declined"]
    refused = report.get("refused", declined.get("9107", 0) + declined.get("9109", 0))
    return [
        Row("Overload: memory of its own after beside before", "<= 1.2",
            [result["memoryAfter"]["anonymous"] / result["memoryBefore"]["anonymous"]],
            at_most(1.2)),
        Row("Overload: p99 of the accepted, beside the deadline of 5 s", "<= 1",
            [accepted["p99"] / 5e6], at_most(1)),
        Row("Overload: share of the requests that was answered", "1",
            [report["answered"] / max(1, report["sent"])], at_least(0.999),
            note=f"{refused:,} refused at once; {report['unsent']:,} more than the generator could send"),
        Row("Overload: p99 of the first second after it, beside later", "<= 2",
            [of(first, "p99") / of(later, "p99")], at_most(2)),
    ]


def management(results) -> list[Row]:
    result = results["management"]
    quiet = statistics.median(of(run, "p99") for run in result["quiet"])
    return [
        Row("p99 at 20,000 a second beside a management flood, by quiet", "< 1.1",
            [of(flood, "p99") / of(run, "p99")
             for flood, run in zip(result["flood"], result["quiet"])], at_most(1.1),
            note=f"{result['flood'][0]['managementRequestsPerSecond']:,} requests a second"),
        Row("p99 at 20,000 a second beside an import of 1,000,000 lines, by quiet", "< 2",
            [of(run, "p99") / quiet for run in result["import"]], at_most(2)),
    ]


def codec(results) -> list[Row]:
    replay = results["codec"].get("replay", {}).get("figures", [])
    figures = {figure["step"]: figure for figure in replay}
    whole = figures.get("whole")
    if not whole or whole["instructions"] is None:
        return []
    return [
        Row("Instructions from frame to answer, an authorization", "<= 4,000",
            [whole["instructions"]], at_most(4_000),
            note=f"sealing its entry {figures['seal']['instructions']:,} more without SHA-NI"),
        Row("Allocations from frame to answer, an authorization", "0",
            [whole["allocations"]], at_most(0.001)),
    ]


def markdown(results: dict) -> str:
    lines = ["| goal | required | measured, median (lowest to highest) | reached |", "|---|---|---|---|"]
    for row in rows(results):
        note = f"; {row.note}" if row.note else ""
        lines.append(f"| {row.goal} | {row.required} | {row.measured}{note} | {row.verdict} |")
    return "\n".join(lines) + "\n"
