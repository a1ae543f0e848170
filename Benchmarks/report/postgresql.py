"""The same authorization in PostgreSQL: a cluster of its own, one PL/pgSQL function, pgbench.

The cluster is made in a directory, listens on a Unix socket only, and is removed at the end.
"""

import argparse
import glob
import json
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile

import machine
from progress import say

CLIENTS = [1, 8, 32, 64]
PARTNERS = [1, 100]
SHARES_OF_BEST = [0.25, 0.5, 0.75, 0.9]
COMMIT_DELAYS = [0, 100]  # microseconds
PERCENTILES = [*range(1, 100), 99.5, 99.9, 99.95, 99.99]
SQL = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "postgresql")
# Durability stays as it is delivered (fsync and synchronous commits on); the rest is room.
SETTINGS = {
    "listen_addresses": "''",
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "shared_buffers": "1GB",
    "wal_buffers": "64MB",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "16GB",
    "min_wal_size": "2GB",
    "checkpoint_timeout": "1h",
    "autovacuum": "off",
    "max_connections": "100",
    "logging_collector": "off",
}


class Cluster:
    """A PostgreSQL server that lives as long as a `with` statement."""

    def __init__(self, parent: str):
        programs = sorted(glob.glob("/usr/lib/postgresql/*/bin"))
        if not programs:
            sys.exit("PostgreSQL is not installed")
        self.programs = programs[-1]
        self.parent = parent
        # PostgreSQL refuses to run as root; its package makes a user for it.
        self.user = "postgres" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name

    def __enter__(self):
        self.directory = tempfile.mkdtemp(prefix="postgresql-", dir=self.parent)
        try:
            if os.geteuid() == 0:
                shutil.chown(self.directory, self.user, self.user)
            self._run("initdb", "--pgdata", self._data, "--auth=trust", "--no-instructions")
            with open(self._data + "/postgresql.conf", "a") as file:
                file.writelines(f"{name} = {value}\n" for name, value in SETTINGS.items())
                file.write(f"unix_socket_directories = '{self.directory}'\n")
            log = self.directory + "/log"
            self._run("pg_ctl", "--pgdata", self._data, "--log", log, "--wait", "start")
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        if os.path.exists(self._data + "/postmaster.pid"):
            self._run("pg_ctl", "--pgdata", self._data, "--mode=immediate", "stop", check=False)
        shutil.rmtree(self.directory, ignore_errors=True)

    @property
    def _data(self) -> str:
        return self.directory + "/data"

    def _run(self, program: str, *arguments: str, check: bool = True, **options) -> str:
        become = ["runuser", "-u", self.user, "--"] if os.geteuid() == 0 else []
        command = [*become, f"{self.programs}/{program}", *arguments]
        done = subprocess.run(command, capture_output=True, text=True, cwd=self.directory, **options)
        if check and done.returncode != 0:
            raise RuntimeError(f"{program} failed: {done.stderr[-2000:]}")
        return done.stdout

    def sql(self, text: str) -> str:
        return self._psql("-c", text)

    def script(self, name: str, **variables) -> str:
        sets = [f"--set={key}={value}" for key, value in variables.items()]
        with open(os.path.join(SQL, name)) as file:
            return self._psql(*sets, input=file.read())

    def _psql(self, *arguments: str, **options) -> str:
        return self._run(
            "psql", "-h", self.directory, "-d", "postgres", "-qAt", "-v", "ON_ERROR_STOP=1",
            *arguments, **options,
        ).strip()

    def version(self) -> str:
        return self.sql("SHOW server_version")

    def bench(self, run: int, cards: int, clients: int, seconds: int, rate: float | None) -> dict:
        """One pgbench run; latency counts from the intended time when a rate is given."""
        script = self._copy("authorize.sql")
        arguments = [
            "-h", self.directory, "--no-vacuum", "--protocol=prepared", f"--client={clients}",
            f"--jobs={min(2, clients)}", f"--time={seconds}", f"--file={script}", "--log",
            f"--log-prefix={self.directory}/run", f"--define=cards={cards}", f"--define=run={run}",
            "--define=n=0",
        ]
        if rate:
            arguments.append(f"--rate={rate}")
        self._run("pgbench", *arguments, "postgres")
        latencies = self._latencies()
        return {
            "clients": clients,
            "rate": {"asked": rate, "achieved": round(len(latencies) / seconds, 1)},
            "latencyMicroseconds": summary(latencies),
        }

    def _copy(self, name: str) -> str:
        """The scripts may lie where the server's user cannot read."""
        target = os.path.join(self.directory, name)
        shutil.copyfile(os.path.join(SQL, name), target)
        os.chmod(target, 0o644)
        return target

    def _latencies(self) -> list[int]:
        latencies = []
        for name in glob.glob(self.directory + "/run.*"):
            with open(name) as lines:
                latencies.extend(int(line.split(" ", 3)[2]) for line in lines)
            os.remove(name)
        latencies.sort()
        return latencies


def summary(latencies: list[int]) -> dict:
    """Percentiles of sorted durations in microseconds."""
    if not latencies:
        return {}

    def at(percentile):
        return latencies[min(len(latencies) - 1, int(len(latencies) * percentile / 100))]

    return {
        "p50": at(50), "p90": at(90), "p99": at(99), "p999": at(99.9), "max": latencies[-1],
        "distribution": [[p, at(p)] for p in PERCENTILES],
    }


def measure(parent: str, cards: int, seconds: int, lock: str | None = None) -> dict:
    machine.install("postgresql")
    with Cluster(parent) as cluster:
        say(f"PostgreSQL {cluster.version()}: loading {cards:,} cards")
        cluster.script("schema.sql")
        cluster.script("data.sql", cards=cards)
        runs = Runs(cluster, cards, seconds, lock)
        # After a checkpoint the first change of a page writes it whole to the log: not counted.
        say("PostgreSQL: warming up")
        runs.closed(max(PARTNERS), 32)
        closed = [runs.closed(partners, clients) for partners in PARTNERS for clients in CLIENTS]
        best = max(closed, key=_rate)
        closed += runs.with_commit_delay(best)
        best = max(closed, key=_rate)
        opened = [runs.opened(best, share) for share in SHARES_OF_BEST]
        runs.prove()
        return {
            "version": cluster.version(), "cards": cards, "settings": SETTINGS,
            "closedLoop": closed, "best": best, "openLoop": opened,
        }


class Runs:
    """The runs of one cluster, each with message keys of its own."""

    def __init__(self, cluster: Cluster, cards: int, seconds: int, lock: str | None):
        self.cluster, self.cards, self.seconds, self.lock = cluster, cards, seconds, lock
        self.count = 0

    def closed(self, partners: int, clients: int, delay: int = 0, rate: float | None = None) -> dict:
        self.cluster.sql(f"UPDATE programs SET deposit_id = (id - 1) % {partners} + 1")
        self.cluster.sql(f"ALTER SYSTEM SET commit_delay = {delay}")
        self.cluster.sql("SELECT pg_reload_conf()")
        self.cluster.sql("VACUUM programs, deposits")
        self.count += 1
        with machine.alone(self.lock):
            result = self.cluster.bench(self.count, self.cards, clients, self.seconds, rate)
        result |= {"partners": partners, "commitDelayMicroseconds": delay}
        latency = result["latencyMicroseconds"]
        say(
            f"PostgreSQL, {partners} deposits, {clients} clients, commit_delay {delay}: "
            f"{result['rate']['achieved']:,.0f}/s, p50 {latency['p50']:,} us, p99 {latency['p99']:,} us"
        )
        return result

    def with_commit_delay(self, best: dict) -> list[dict]:
        delays = [delay for delay in COMMIT_DELAYS if delay != 0]
        return [self.closed(best["partners"], best["clients"], delay) for delay in delays]

    def opened(self, best: dict, share: float) -> dict:
        rate = round(_rate(best) * share)
        return self.closed(
            best["partners"], best["clients"], best["commitDelayMicroseconds"], rate
        )

    def prove(self) -> None:
        """What is held on the users' side is held on the deposits' side and was answered."""
        answer = self.cluster.sql(
            "SELECT (SELECT sum(held) FROM balances) = (SELECT sum(held) FROM deposits)"
            " AND (SELECT sum(held) FROM balances) ="
            " (SELECT sum(amount) FROM authorizations WHERE action_code = 0)"
        )
        if answer != "t":
            raise RuntimeError("PostgreSQL's holds do not add up: the comparison is wrong")


def _rate(result: dict) -> float:
    return result["rate"]["achieved"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cards", type=int, default=1_000_000)
    parser.add_argument("--seconds", type=int, default=10, help="of each run (10)")
    parser.add_argument("--scratch", default=".", help="where the cluster is made and removed (.)")
    parser.add_argument("--lock", help="a lock file to hold during each run")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    scratch = os.path.abspath(options.scratch)
    machine.require_disk(scratch)
    json.dump(measure(scratch, options.cards, options.seconds, options.lock), sys.stdout, indent=1)
    print()


if __name__ == "__main__":
    main()
