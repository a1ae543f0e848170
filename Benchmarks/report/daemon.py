"""A daemon of its own on loopback, started and stopped for a measurement."""

import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time

import machine
from progress import say

_METRIC = re.compile(r"^holdfast_(\w+?)(\{[^}]*\})? (\S+)$", re.MULTILINE)


class Daemon:
    """Runs holdfastd on a data directory as long as a `with` statement."""

    def __init__(self, bench, data: str, journal: str):
        self.bench, self.data, self.journal = bench, data, journal

    def __enter__(self):
        # A path of a Unix socket has about a hundred characters at most: not in the scratch files.
        self.short = tempfile.mkdtemp(prefix="holdfast-")
        self.socket = os.path.join(self.short, "socket")
        self.log = open(self.data + ".log", "w")
        start = time.monotonic()
        self.process = subprocess.Popen(
            [self.bench.program("holdfastd"), "--data", self.data, "--listen", "127.0.0.1:0",
             "--management-socket", self.socket, "--log-level", "info",
             "--journal", self.journal],
            stdout=subprocess.PIPE, stderr=self.log, text=True,
        )
        line = self.process.stdout.readline()
        if not line:
            with open(self.data + ".log") as log:
                raise RuntimeError(f"the daemon did not start: {log.read()[-2000:]}")
        self.ready_seconds = time.monotonic() - start
        self.address = json.loads(line)["iso8583"][0]
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(timeout=60)
            except subprocess.TimeoutExpired:
                say("the daemon did not stop within a minute: killed")
                self.kill()
        self.process.stdout.close()
        self.log.close()
        shutil.rmtree(self.short, ignore_errors=True)

    def kill(self) -> None:
        """Ends the process as a power cut would."""
        self.process.kill()
        self.process.wait()

    def metrics(self) -> dict[str, float]:
        """Counters and gauges by name without prefix; labelled ones are added up."""
        text = self.bench.program_output("holdfast", "--socket", self.socket, "metrics")
        found: dict[str, float] = {}
        for name, labels, value in _METRIC.findall(text):
            if 'le="' in labels:
                continue
            found[name] = found.get(name, 0) + float(value)
            if labels:
                found[name + labels] = float(value)
        return found

    def memory(self) -> dict:
        return machine.memory(self.process.pid)

    def settle(self, seconds: float = 60) -> None:
        """Waits until nothing is posted any more; the newest records may stay in memory."""
        end = time.monotonic() + seconds
        before = -1.0
        while time.monotonic() < end:
            posted = self.metrics().get("effects_posted_total", 0)
            if posted == before:
                return
            before = posted
            time.sleep(1)

    def log_lines(self) -> list[dict]:
        lines = []
        with open(self.data + ".log") as file:
            for line in file:
                try:
                    lines.append(json.loads(line))
                except ValueError:
                    continue
        return lines
