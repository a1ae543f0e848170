"""What all parts share: where programs and files are, and portfolios of cards to pay with."""

import dataclasses
import json
import os
import shutil
import subprocess
import time

import machine
from daemon import Daemon
from progress import say


@dataclasses.dataclass
class Portfolio:
    """A data directory with so many cards imported, and the file that names them."""

    cards: int
    journal: str
    data: str
    file: str
    importSeconds: float


class Bench:
    """One run of the whole: settings, scratch files, and the programs under test."""

    def __init__(self, options, programs: str, limit: str, scratch: str):
        self.cards = options.cards
        self.runs = options.runs
        self.journal = options.journal
        self.seconds = options.seconds
        self.lock = options.lock
        self.scales = [cards for cards in (10_000, 100_000, 1_000_000) if cards <= options.cards]
        if options.scale_max:
            self.scales.append(10_000_000)
        self.programs, self.limit_program, self.scratch = programs, limit, scratch
        self.portfolios: dict[tuple[int, str], Portfolio] = {}
        usage = self.program_output("paycloud", "load", "--help")
        self.load_options = {word for word in usage.split() if word.startswith("--")}

    def program(self, name: str) -> str:
        return os.path.join(self.programs, name)

    def program_output(self, name: str, *arguments: str) -> str:
        return subprocess.check_output([self.program(name), *arguments], text=True)

    def alone(self):
        return machine.alone(self.lock)

    def limit(self, *arguments) -> dict:
        """A run of the limit program; the caller holds the machine alone."""
        command = [self.limit_program, "--directory", self.scratch, *map(str, arguments)]
        return json.loads(subprocess.check_output(command, timeout=300))

    def flush(self, seconds: float = 0.5) -> dict:
        """What a 4 KiB write and fdatasync costs at this moment, in microseconds."""
        found = self.limit("--batches", "none", "--seconds", seconds)["fdatasync"]
        return found["latencyMicroseconds"] | {"perSecond": found["flushesPerSecond"]}

    def portfolio(self, cards: int, journal: str | None = None) -> Portfolio:
        """Cards imported into a data directory; made once, used by all parts."""
        key = (cards, journal or self.journal)
        if key not in self.portfolios:
            self.portfolios[key] = self._import(*key)
        return self.portfolios[key]

    def daemon(self, portfolio: Portfolio) -> Daemon:
        """A daemon on a portfolio's data directory."""
        return Daemon(self, portfolio.data, portfolio.journal)

    def cards_file(self, cards: int, bin: str = "400000", prefix: str = "load") -> str:
        file = os.path.join(self.scratch, f"{prefix}-{cards}.ndjson")
        self.program_output(
            "paycloud", "cards", "--count", str(cards), "--bin", bin, "--prefix", prefix,
            "--out", file,
        )
        return file

    def _import(self, cards: int, journal: str) -> Portfolio:
        say(f"importing {cards:,} cards, journal {journal}")
        file = self.cards_file(cards)
        data = os.path.join(self.scratch, f"data-{cards}-{journal}")
        with Daemon(self, data, journal) as daemon:
            start = time.monotonic()
            self.program_output("holdfast", "--socket", daemon.socket, "import", file)
            seconds = time.monotonic() - start
            daemon.settle()
        say(f"imported in {seconds:.1f} s")
        return Portfolio(cards, journal, data, file, seconds)

    def forget(self, portfolio: Portfolio) -> None:
        """Removes a portfolio that no other part will use."""
        del self.portfolios[portfolio.cards, portfolio.journal]
        shutil.rmtree(portfolio.data)
