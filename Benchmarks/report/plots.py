"""The plots, as SVG files."""

import os

import matplotlib

matplotlib.use("svg")
from matplotlib import pyplot  # noqa: E402  the backend is chosen first

import parts  # noqa: E402

OURS, FILES, LIMIT, PEER, DISK = "#1f5fa8", "#6aa5e0", "#7a7a7a", "#c2571a", "#3a8a4a"


def draw(results: dict, directory: str) -> list[str]:
    pyplot.rcParams.update({
        "svg.fonttype": "none", "font.family": "sans-serif", "axes.grid": True, "grid.alpha": 0.3,
        "axes.spines.top": False, "axes.spines.right": False, "figure.figsize": (8, 5),
    })
    drawn = []
    for name, needs, plot in (
        ("throughput-by-batch", ["limit"], throughput_by_batch),
        ("latency-distribution", ["rates"], latency_distribution),
        ("latency-by-rate", ["rates"], latency_by_rate),
        ("scale", ["scale"], by_cards),
    ):
        if all(part in results for part in needs):
            figure, axes = pyplot.subplots()
            plot(results, axes)
            axes.legend(frameon=False)
            figure.tight_layout()
            figure.savefig(os.path.join(directory, name + ".svg"))
            pyplot.close(figure)
            drawn.append(name + ".svg")
    return drawn


def throughput_by_batch(results, axes) -> None:
    points = results["limit"]["batches"]
    sizes = [point["batch"] for point in points]
    for kind, style in (("growing", "--"), ("extended", "-")):
        rates = [point[kind]["authorizationsPerSecond"] for point in points]
        axes.plot(sizes, rates, style, color=LIMIT, marker=".", label=f"bare append loop, {kind} file")
    for part, marker in (("rates", "o"), ("log", "^")):
        if part in results:
            runs = results[part]["saturation"]
            axes.scatter(
                [run["journal"]["authorizationsPerEntry"] for run in runs],
                [run["rate"]["achieved"] for run in runs], color=OURS, marker=marker, zorder=3,
                label=f"Holdfast at saturation, journal {results[part]['journal']}",
            )
    if "postgresql" in results:
        best = results["postgresql"]["best"]["rate"]["achieved"]
        axes.axhline(best, color=PEER, label=f"PostgreSQL's best, {best:,.0f}/s")
    axes.set(xscale="log", yscale="log", xlabel="authorizations in a commit",
             ylabel="authorizations a second", title="Throughput over batch size")


def latency_distribution(results, axes) -> None:
    curves = [("Holdfast, 20,000/s", OURS, typical(results["rates"]["repeatedRate"]))]
    if "log" in results:
        curves.append(("the same, journal in files", FILES, typical(results["log"]["repeatedRate"])))
    curves += [
        ("bare append loop, 20,000/s", LIMIT, run)
        for run in results.get("limit", {}).get("rates", []) if run["offeredPerSecond"] == 20_000
    ]
    if "postgresql" in results:
        run = results["postgresql"]["openLoop"][1]
        curves.append((f"PostgreSQL, {run['rate']['asked']:,.0f}/s", PEER, run))
    for label, color, run in curves:
        percentiles, values = distribution(run["latencyMicroseconds"])
        axes.plot([1 / (1 - p / 100) for p in percentiles], values, color=color, label=label)
    ticks = [1, 2, 10, 100, 1_000, 10_000]
    axes.set(xscale="log", yscale="log", ylabel="milliseconds", xlabel="percentile", xlim=(1, 10_000),
             title="Latency distribution, from the intended time")
    axes.set_xticks(ticks, ["0", "50", "90", "99", "99.9", "99.99"])
    axes.minorticks_off()


def typical(runs: list[dict]) -> dict:
    """Of several runs at one rate, the one in the middle."""
    return sorted(runs, key=lambda run: run["latencyMicroseconds"]["p50"])[len(runs) // 2]


def distribution(latency: dict) -> tuple[list[float], list[float]]:
    """The whole distribution when it is there, else the five figures that always are."""
    pairs = latency.get("distribution") or [
        (percentile, latency[name])
        for percentile, name in ((50, "p50"), (90, "p90"), (99, "p99"), (99.9, "p999"))
    ]
    pairs = [(p, value) for p, value in pairs if p < 100 and value > 0]
    return [p for p, _ in pairs], [value / 1000 for _, value in pairs]


def latency_by_rate(results, axes) -> None:
    ours = sorted(
        [*results["rates"]["open"], typical(results["rates"]["repeatedRate"])],
        key=lambda run: run["rate"]["asked"],
    )
    curves(axes, "Holdfast", OURS, [(run["rate"]["asked"], run) for run in ours])
    limit = results.get("limit", {}).get("rates", [])
    curves(axes, "bare append loop", LIMIT, [(run["offeredPerSecond"], run) for run in limit])
    if "postgresql" in results:
        runs = results["postgresql"]["openLoop"]
        curves(axes, "PostgreSQL", PEER, [(run["rate"]["asked"], run) for run in runs])
    flushes = sorted(run["fdatasync"]["p50"] for run in ours)
    axes.axhline(flushes[len(flushes) // 2] / 1000, color=DISK, linestyle=":", label="fdatasync p50")
    axes.set(xscale="log", yscale="log", xlabel="authorizations offered a second",
             ylabel="milliseconds from the intended time", title="Latency over offered rate")


def curves(axes, name, color, runs) -> None:
    if not runs:
        return
    for percentile, style in (("p50", "-"), ("p99", "--")):
        values = [run["latencyMicroseconds"][percentile] / 1000 for _, run in runs]
        axes.plot([rate for rate, _ in runs], values, style, marker=".", color=color,
                  label=f"{name} {percentile}")


def by_cards(results, axes) -> None:
    points = results["scale"]
    cards = [point["cards"] for point in points]
    axes.plot(cards, [point["saturation"]["rate"]["achieved"] for point in points], marker="o",
              color=OURS, label="saturation")
    rebuilt = [point for point in points if "rebuild" in point]
    axes.plot([point["cards"] for point in rebuilt],
              [point["rebuild"]["effectsPerSecond"] for point in rebuilt], marker="s",
              color=DISK, label="recovery, effects")
    axes.set(xscale="log", xlabel="cards", ylabel="a second", title="Rates over the number of cards")
    axes.set_ylim(bottom=0)
