"""A flood of requests on the management socket, from processes that only make load."""

import http.client
import json
import multiprocessing
import socket
import time

CONNECTIONS = 8


class UnixConnection(http.client.HTTPConnection):
    """HTTP over a Unix socket."""

    def __init__(self, path: str):
        super().__init__("holdfast", timeout=10)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


def _flood(path: str, balance: str, stop, done, failed, worker: int) -> None:
    """Reads lists and metrics and tops a balance up, as fast as answers come."""
    connection = UnixConnection(path)
    number = 0
    while not stop.is_set():
        number += 1
        try:
            connection.request(*_request(number, balance, worker))
            answer = connection.getresponse()
            answer.read()
            counter = done if answer.status < 300 else failed
        except (OSError, http.client.HTTPException):
            connection.close()
            counter = failed
            time.sleep(0.01)
        with counter.get_lock():
            counter.value += 1


def _request(number: int, balance: str, worker: int) -> tuple:
    """Every fourth request writes, through the queue that authorizations wait in too."""
    if number % 4 != 0:
        reads = ["/admin/authorizations?limit=50", "/admin/customers?limit=50", "/metrics"]
        return "GET", reads[number % 4 - 1]
    key = f"flood-{time.time_ns()}-{worker}-{number}"
    body = {"amount": {"amount": 1, "currency": "EUR"}, "reference": key}
    headers = {"Content-Type": "application/json", "X-Idempotency-Key": key}
    return "POST", f"/admin/balances/{balance}/reload", json.dumps(body), headers


def _some_balance(path: str) -> str:
    connection = UnixConnection(path)
    connection.request("GET", "/admin/authorizations?limit=1")
    page = json.loads(connection.getresponse().read())
    connection.close()
    return page["data"][0]["balanceId"]


class Flood:
    """Runs the flood as long as a `with` statement."""

    def __init__(self, path: str):
        self.path = path

    def __enter__(self):
        balance = _some_balance(self.path)
        self.stop = multiprocessing.Event()
        self.done = multiprocessing.Value("q", 0)
        self.failed = multiprocessing.Value("q", 0)
        self.workers = [
            multiprocessing.Process(
                target=_flood, daemon=True,
                args=(self.path, balance, self.stop, self.done, self.failed, worker),
            )
            for worker in range(CONNECTIONS)
        ]
        self.start = time.monotonic()
        for worker in self.workers:
            worker.start()
        return self

    def __exit__(self, *_):
        self.stop.set()
        elapsed = time.monotonic() - self.start
        for worker in self.workers:
            worker.join(timeout=15)
            if worker.is_alive():
                worker.kill()
        self.per_second = round(self.done.value / elapsed)
        self.refused = self.failed.value
