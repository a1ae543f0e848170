#!/usr/bin/env python3
"""Checks the product from outside, with a codec of its own.

check.py --self-test             the codec against the published vectors
check.py --daemon PATH           a daemon on a scratch directory, over its sockets

One line for each check, then `N passed, N failed`; exit status 1 when one failed, 2 for wrong
usage.
Python's standard library only. Every wait is bounded, and the daemon is always ended.
"""

import argparse
import concurrent.futures
import datetime
import http.client
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Callable, Dict, Iterable, List, Optional

import cmf
import life

VECTORS = Path(__file__).resolve().parent.parent / "ISO8583Tests" / "Vectors"
ANSWER_SECONDS = 5.0
START_SECONDS = 20.0
STOP_SECONDS = 5.0
TOTAL_SECONDS = 300

ECHOED = (2, 3, 4, 11, 12, 32, 37, 41, 42, 59, 63, 111)
"""What an authorization's answer repeats, when the request has it."""

NEVER_ANSWERED = (22, 23, 26, 27, 35, 36, 45, 52, 53, 64, 128)
"""What an answer must not carry: card data, PIN, the request's authentication code."""

LOCK_ACTIONS = {
    1: "2008", 2: "2009", 3: "1000", 4: "1016", 5: "1018", 6: "1006", 7: "1002", 8: "1011",
}  # fmt: skip
IRREVERSIBLE = (1, 2, 5, 8)


class Report:
    """Counts and prints checks."""

    def __init__(self):
        self.passed = 0
        self.failed = 0

    def check(self, name: str, holds: bool, detail: object = "") -> bool:
        if holds:
            self.passed += 1
            print(f"ok    {name}", flush=True)
        else:
            self.failed += 1
            print(f"FAIL  {name}" + (f": {detail}" if detail != "" else ""), flush=True)
        return holds

    def equal(self, name: str, found: object, expected: object) -> bool:
        return self.check(name, found == expected, f"found {found!r}, expected {expected!r}")

    def group(self, name: str, body: Callable[[], None]) -> None:
        """Runs checks; an error in them is one failed check and does not end the run."""
        try:
            body()
        except OutOfTime:
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, it is a finding
            self.check(name, False, f"{type(error).__name__}: {error}")

    def finish(self) -> int:
        print(f"{self.passed} passed, {self.failed} failed", flush=True)
        return 1 if self.failed or not self.passed else 0


class OutOfTime(BaseException):
    """The whole run took too long."""


# --- the codec by itself -------------------------------------------------------------------------


def self_test(report: Report, seed: int) -> None:
    vectors = json.loads((VECTORS / "vectors.json").read_text())
    malformed = json.loads((VECTORS / "malformed.json").read_text())
    report.check("there are vectors", len(vectors) >= 13 and len(malformed) >= 18)
    for vector in vectors:
        report.group(vector["name"], lambda v=vector: check_vector(report, v))
    for vector in malformed:
        try:
            cmf.unpack(bytes.fromhex(vector["hex"]))
            refused = False
        except cmf.CMFError:
            refused = True
        expected = vector["expect"] in ("reject", "not-a-message")
        report.equal(f"{vector['name']} is {'refused' if expected else 'read'}", refused, expected)
    report.group("random messages", lambda: check_random(report, seed))
    report.group("framings", lambda: check_framings(report, seed))
    report.group("answers", lambda: check_answer_types(report))
    report.group("planted faults", lambda: check_planted_faults(report, vectors))


def check_vector(report: Report, vector: dict) -> None:
    data = bytes.fromhex(vector["hex"])
    mti, fields = cmf.unpack(data)
    named = {str(number): value for number, value in fields.items()}
    report.check(f"{vector['name']} is read", (mti, named) == (vector["mti"], vector["fields"]))
    written = cmf.pack(vector["mti"], {int(n): v for n, v in vector["fields"].items()})
    report.equal(f"{vector['name']} is written to equal bytes", written.hex(), data.hex())


def random_value(codec, source: random.Random):
    if isinstance(codec, cmf.FixedParts):
        return {str(n): random_value(part, source) for n, part in enumerate(codec.parts)}
    if isinstance(codec, cmf.BitmapParts):
        chosen = source.sample(sorted(codec.parts), source.randint(0, len(codec.parts)))
        return {str(n): random_value(codec.parts[n], source) for n in sorted(chosen)}
    if isinstance(codec, (cmf.Numeric, cmf.Digits)):
        return "".join(source.choices("0123456789", k=codec.count))
    if isinstance(codec, cmf.Binary):
        return source.randbytes(codec.count).hex().upper()
    if isinstance(codec, cmf.Text):
        return "".join(chr(source.randint(0x20, 0xFF)) for _ in range(codec.count))
    count = source.choice((0, 1, codec.limit, source.randint(0, codec.limit)))
    if isinstance(codec, cmf.CountedNumeric):
        return "".join(source.choices("0123456789", k=count))
    if isinstance(codec, cmf.CountedText):
        return "".join(chr(source.randint(0x20, 0xFF)) for _ in range(count))
    return source.randbytes(count).hex().upper()


def check_random(report: Report, seed: int) -> None:
    source = random.Random(seed)
    cases = [sorted(cmf.ELEMENTS), [], [64], [65], [128]]
    cases += [source.sample(sorted(cmf.ELEMENTS), source.randint(1, 40)) for _ in range(200)]
    equal, cut = True, True
    for numbers in cases:
        fields = {number: random_value(cmf.ELEMENTS[number], source) for number in numbers}
        data = cmf.pack("2100", fields)
        equal = equal and cmf.unpack(data) == ("2100", fields)
        for end in {0, 1, len(data) - 1, source.randrange(len(data))}:
            try:
                cmf.unpack(data[:end])
                cut = False
            except cmf.CMFError:
                pass
    report.check(f"random messages are read as written, seed {seed}", equal)
    report.check(f"no shortened message is read, seed {seed}", cut)


def check_framings(report: Report, seed: int) -> None:
    expected = {"nac2": "0003", "nac2incl": "0005", "cmf3": "000003", "raw4": "00000003"}
    expected["bcd2"] = "0003"
    source = random.Random(seed)
    for name, framing in cmf.FRAMINGS.items():
        report.equal(f"{name} prefix", framing.frame(b"abc").hex(), expected[name] + b"abc".hex())
        header = cmf.tpdu(1, 2)
        messages = [source.randbytes(source.choice((1, 7, 300, 9_000))) for _ in range(20)]
        stream = b"".join(framing.keep_alive + framing.frame(m, header) for m in messages)
        whole = cmf.Deframer(framing, has_tpdu=True).feed(stream)
        deframer = cmf.Deframer(framing, has_tpdu=True)
        pieces: list = []
        for index in range(len(stream)):
            pieces += deframer.feed(stream[index : index + 1])
        frames = [item for m in messages for item in (cmf.KEEP_ALIVE, (header, m))]
        report.check(f"{name} puts pieces together", whole == frames and pieces == frames)
        try:
            framing.frame(bytes(framing.limit + 1))
            report.check(f"{name} has a limit", False)
        except cmf.CMFError:
            report.check(f"{name} has a limit", True)
    report.equal("bcd2 counts in decimal", cmf.FRAMINGS["bcd2"].prefix(347).hex(), "0347")
    report.equal("TPDU of a request", cmf.tpdu(1, 2).hex(), "6000010002")
    report.equal("TPDU of its answer", cmf.answer_tpdu(cmf.tpdu(1, 2)).hex(), "6000020001")


def check_answer_types(report: Report) -> None:
    pairs = {"2100": "2110", "2101": "2110", "2121": "2130", "2305": "2314", "2421": "2430"}
    pairs |= {"2804": "2814", "2805": "2814", "2722": "2732", "2120": "2130"}
    for request, answer in pairs.items():
        report.equal(f"{request} is answered by {answer}", cmf.answer_type(request), answer)
    report.equal("check digit", cmf.card_number("400000", 0), "4000000000000002")


def check_planted_faults(report: Report, vectors: List[dict]) -> None:
    """The checks above must fail on a wrong vector, else they prove nothing."""
    fault = json.loads(json.dumps(vectors[0]))
    fault["hex"] = fault["hex"].replace("9782", "9783", 1)
    inner = Report()
    original, sys.stdout = sys.stdout, open(os.devnull, "w", encoding="ascii")
    try:
        inner.group("fault", lambda: check_vector(inner, fault))
        fault["hex"] += "00"
        inner.group("fault", lambda: check_vector(inner, fault))
    finally:
        sys.stdout.close()
        sys.stdout = original
    report.check("a wrong vector is noticed", inner.failed == 3 and inner.passed == 0)


# --- the daemon and its sockets ------------------------------------------------------------------


class Daemon:
    """One process of the daemon, on loopback and any free port."""

    def __init__(self, program: str, data: str, framing: str = "nac2"):
        self.log = open(Path(data).parent / "daemon.log", "ab")
        self.process = subprocess.Popen(
            [program, "--data", data, "--listen", "127.0.0.1:0", "--framing", framing],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=self.log,
            cwd=Path(data).parent,
        )
        self.framing = cmf.FRAMINGS[framing]
        self.lines: List[bytes] = []
        self.first_line = threading.Event()
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()
        if not self.first_line.wait(START_SECONDS) or not self.lines:
            status = self.process.poll()
            self.end()
            raise RuntimeError(f"no ready line within {START_SECONDS} s (status {status})")
        self.ready = json.loads(self.lines[0])
        host, _, port = self.ready["iso8583"][0].rpartition(":")
        self.address = (host, int(port))
        self.socket_path = self.ready["management"][0].removeprefix("unix:")

    def _read(self) -> None:
        for line in self.process.stdout:
            self.lines.append(line)
            self.first_line.set()
        self.first_line.set()

    @property
    def is_alive(self) -> bool:
        return self.process.poll() is None

    def stop(self) -> Optional[int]:
        """Asks it to end; its exit status, or None when it took too long and was killed."""
        if self.is_alive:
            self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            return None
        finally:
            self.end()

    def kill(self) -> None:
        """Ends it as a power failure would."""
        self.end()

    def end(self) -> None:
        if self.is_alive:
            self.process.kill()
        self.process.wait(STOP_SECONDS)
        self.reader.join(STOP_SECONDS)
        self.log.close()


class UnixConnection(http.client.HTTPConnection):
    """HTTP over a Unix socket."""

    def __init__(self, path: str):
        super().__init__("holdfast", timeout=ANSWER_SECONDS * 4)
        self.path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


class Management:
    """The management socket; each call is a connection of its own."""

    def __init__(self, path: str):
        self.path = path
        self.serial = 0

    def raw(self, method: str, path: str, body: Optional[bytes], headers: Dict[str, str]):
        connection = UnixConnection(self.path)
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def call(self, method: str, path: str, body=None, partner=None, key: Optional[str] = None):
        """Status and decoded JSON; every change carries an idempotency key."""
        headers = {"Accept": "application/json"}
        if partner:
            headers["X-Partner"] = partner
        if method != "GET":
            self.serial += 1
            headers["X-Idempotency-Key"] = key or f"check-{os.getpid()}-{self.serial}"
        data = None
        if body is not None:
            data = json.dumps(body).encode()
            headers["Content-Type"] = "application/json"
        status, content = self.raw(method, path, data, headers)
        try:
            return status, json.loads(content) if content else None
        except ValueError:
            return status, content

    def import_lines(self, lines: Iterable[dict]):
        """Status and the result lines of a bulk import."""
        self.serial += 1
        headers = {
            "Content-Type": "application/x-ndjson",
            "X-Idempotency-Key": f"check-{os.getpid()}-import-{self.serial}",
        }
        data = "".join(json.dumps(line) + "\n" for line in lines).encode()
        status, content = self.raw("POST", "/admin/import", data, headers)
        return status, [json.loads(line) for line in content.splitlines() if line.strip()]


class Link:
    """One TCP connection that speaks frames."""

    def __init__(self, daemon: Daemon):
        self.framing = daemon.framing
        self.deframer = cmf.Deframer(self.framing)
        self.frames: list = []
        self.socket = socket.create_connection(daemon.address, ANSWER_SECONDS)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send_bytes(self, data: bytes) -> None:
        self.socket.sendall(data)

    def send(self, message: bytes) -> None:
        self.send_bytes(self.framing.frame(message))

    def receive_frame(self, seconds: float = ANSWER_SECONDS):
        """The next frame, or None when the peer closed; raises TimeoutError."""
        deadline = time.monotonic() + seconds
        while not self.frames:
            rest = deadline - time.monotonic()
            if rest <= 0:
                raise TimeoutError(f"no frame within {seconds} s")
            self.socket.settimeout(rest)
            try:
                data = self.socket.recv(65_536)
            except ConnectionResetError:
                return None
            if not data:
                return None
            self.frames += self.deframer.feed(data)
        return self.frames.pop(0)

    def receive(self, seconds: float = ANSWER_SECONDS) -> bytes:
        """The next message; keep-alives are passed over."""
        while True:
            frame = self.receive_frame(seconds)
            if frame is None:
                raise ConnectionError("the connection was closed")
            if frame is not cmf.KEEP_ALIVE:
                return frame[1]

    def exchange(self, message: bytes) -> bytes:
        self.send(message)
        return self.receive()


# --- messages ------------------------------------------------------------------------------------


class Messages:
    """Requests of one terminal, each with its own trace number."""

    def __init__(self, seed: int):
        self.serial = random.Random(seed).randrange(10**6) * 100_000

    def next_serial(self) -> str:
        self.serial += 1
        return f"{self.serial % 10**12:012d}"

    def purchase(self, pan: str, minor_units: int, **changes) -> Dict[int, cmf.Value]:
        """A chip purchase; changes are `DE<number>=value`, None takes an element away."""
        now = datetime.datetime.now(datetime.timezone.utc)
        serial = self.next_serial()
        fields: Dict[int, cmf.Value] = {
            2: pan,
            3: "000000",
            4: cmf.amount("978", 2, minor_units),
            7: now.strftime("%m%d%H%M%S"),
            11: serial,
            12: now.strftime("%Y%m%d%H%M%S"),
            14: "3012",
            19: "276",
            22: "20000000200000000200000022000000",
            24: "100",
            26: "5411",
            32: "12345678901",
            37: serial,
            41: "TERM0001",
            42: "MERCHANT0000001",
            43: {"2": "CORNER GROCERY", "4": "BERLIN", "6": "10115", "7": "276"},
        }
        return changed(fields, changes)

    def network(self, function: str, **changes) -> Dict[int, cmf.Value]:
        """A network management request: 801 sign on, 802 sign off, 831 echo."""
        now = datetime.datetime.now(datetime.timezone.utc)
        fields: Dict[int, cmf.Value] = {
            7: now.strftime("%m%d%H%M%S"),
            11: self.next_serial(),
            12: now.strftime("%Y%m%d%H%M%S"),
            24: function,
            33: "98765432100",
        }
        return changed(fields, changes)


def changed(fields: Dict[int, cmf.Value], changes: dict) -> Dict[int, cmf.Value]:
    result = dict(fields)
    for name, value in changes.items():
        number = int(name.removeprefix("DE"))
        if value is None:
            result.pop(number, None)
        else:
            result[number] = value
    return result


def expected_answer(
    mti: str, request: Dict[int, cmf.Value], action: str, answer: Dict[int, cmf.Value]
) -> bytes:
    """The bytes of the whole answer; what the issuer chooses (DE 7, 38) comes from the answer."""
    fields = {number: request[number] for number in ECHOED if number in request}
    fields[7] = answer.get(7, "")
    fields[39] = action
    if action.startswith("0") and 38 in answer:
        fields[38] = answer[38]
    return cmf.pack(cmf.answer_type(mti), fields)


# --- the checks over sockets ---------------------------------------------------------------------



def portfolio() -> List[dict]:
    """Three partners: one with a large deposit, one with a small one, one with a credit balance."""
    lines: List[dict] = []
    partners = (
        ("p1", "g1", "400000000", "400000999", "DEPOSIT", 1_000_000_000),
        ("p2", "g2", "400001000", "400001999", "DEPOSIT", 1_000),
        ("p3", "g3", "400002000", "400002999", "CREDIT", 100_000),
    )
    for partner, program, first, last, funding, reload in partners:
        lines += [
            {"partner": {"ref": partner, "name": f"Interop {partner}"}},
            {
                "program": {
                    "ref": program,
                    "partner": partner,
                    "name": f"Interop {program} EUR",
                    "binRange": {"from": first, "to": last},
                    "currency": "EUR",
                    "funding": funding,
                }
            },
            {
                "partnerBalance": {
                    "partner": partner,
                    "kind": funding,
                    "currency": "EUR",
                    "reload": reload,
                }
            },
        ]
    cards = [
        ("ok", "p1", "g1", 10_000_000, 1),
        ("lock", "p1", "g1", 1_000_000, 8),
        ("poor", "p1", "g1", 500, 1),
        ("pipe", "p1", "g1", 100_000_000, 10),
        ("outside", "p1", "g1", 10_000, 5),
        ("life", "p1", "g1", 1_000_000, 1),
        ("short", "p2", "g2", 50_000, 1),
        ("credit", "p3", "g3", 5_000, 1),
    ]
    prefixes = {"g1": "400000", "g2": "400001", "g3": "400002"}
    serial = 0
    for number, (name, partner, program, reload, count) in enumerate(cards):
        lines += [
            {
                "customer": {
                    "ref": f"u-{name}",
                    "partner": partner,
                    "externalId": str(1000 + number),
                    "kyc": "STRONG",
                }
            },
            {
                "balance": {
                    "ref": f"b-{name}",
                    "customer": f"u-{name}",
                    "program": program,
                    "currency": "EUR",
                    "reload": reload,
                }
            },
        ]
        for index in range(count):
            serial += 1
            lines.append(card_line(f"c-{name}-{index}", f"b-{name}", prefixes[program], serial))
    serial += 1
    lines.append(card_line("c-inactive-0", "b-ok", "400000", serial, state="INACTIVE"))
    return lines


def card_line(ref: str, balance: str, prefix: str, serial: int, **changes) -> dict:
    # Digits all over the number: a number that is nearly all zeros, packed, is found in any file.
    digits = (serial * 7_654_321 + 123_456_789) % 10**9
    card = {
        "ref": ref,
        "balance": balance,
        "pan": cmf.card_number(prefix, digits),
        "expiry": "3012",
        "type": "VIRTUAL",
        "state": "ACTIVE",
    }
    return {"card": card | changes}


class Suite:
    """The checks against one data directory, in order."""

    def __init__(self, report: Report, program: str, directory: str, seed: int):
        self.report = report
        self.program = program
        self.directory = directory
        self.data = os.path.join(directory, "data")
        self.seed = seed
        self.messages = Messages(seed)
        self.lines = portfolio()
        self.pans = {v["ref"]: v["pan"] for line in self.lines for v in [line.get("card")] if v}
        self.ids: Dict[str, str] = {}
        self.daemon: Daemon
        self.management: Management

    def start(self, framing: str = "nac2") -> None:
        self.daemon = Daemon(self.program, self.data, framing)
        self.management = Management(self.daemon.socket_path)

    def run(self) -> None:
        self.start()
        try:
            for name, body in (
                ("start", self.check_start),
                ("management", self.check_management),
                ("import", self.check_import),
            ):
                self.report.group(name, body)
            if "c-ok-0" not in self.ids:
                self.report.check("cards are there for the other checks", False)
                return
            for name, body in (
                ("approval", self.check_approval),
                ("refusals", self.check_refusals),
                ("shortages", self.check_shortages),
                ("locks", self.check_locks),
                ("repeats", self.check_repeats),
                ("network management", self.check_network_management),
                ("pieces", self.check_pieces),
                ("pipelining", self.check_pipelining),
                ("format errors", self.check_format_errors),
                ("malformed", self.check_malformed),
                ("unsupported", self.check_unsupported),
                ("life", self.check_life),
                ("outside lock", self.check_outside_lock),
                ("garbage", self.check_garbage),
                ("proof", self.check_proof),
                ("restart", self.check_restart),
                ("framings", self.check_framings),
            ):
                self.report.group(name, body)
        finally:
            status = self.daemon.stop() if self.daemon.is_alive else self.daemon.process.poll()
            self.daemon.end()
        self.report.equal("the daemon ends in time with status 0", status, 0)
        self.report.check("only the ready line is on standard output", len(self.daemon.lines) == 1)
        self.report.group("card data", self.check_no_card_data)

    # Helpers.

    def authorize(self, link: Link, fields: Dict[int, cmf.Value], mti: str = "2100"):
        """The answer's values; also checks what holds for every answer."""
        data = link.exchange(cmf.pack(mti, fields))
        answer_mti, answer, raw = cmf.unpack_raw(data)
        _, _, sent = cmf.unpack_raw(cmf.pack(mti, fields))
        problems = []
        if answer_mti != cmf.answer_type(mti):
            problems.append(f"type {answer_mti}")
        if cmf.pack(answer_mti, answer) != data:
            problems.append("other bytes than our packing")
        problems += [
            f"DE {number} is not echoed"
            for number in ECHOED
            if number in sent and number not in (3, 4) and raw.get(number) != sent[number]
        ]
        problems += [f"DE {number} came back" for number in NEVER_ANSWERED if number in answer]
        if 39 not in answer or 7 not in answer:
            problems.append("DE 39 or DE 7 is missing")
        if problems:
            self.report.check(f"answer of {mti} {fields[11]}", False, "; ".join(problems))
        return answer

    def action(self, link: Link, pan: str, minor_units: int, **changes) -> str:
        answer = self.authorize(link, self.messages.purchase(pan, minor_units, **changes))
        return str(answer.get(39))

    def balance(self, name: str, partner: str = "p1") -> dict:
        customer, balance = self.ids[f"u-{name}"], self.ids[f"b-{name}"]
        status, value = self.management.call(
            "GET", f"/secure/customers/{customer}/balances/{balance}", partner=self.ids[partner]
        )
        if status != 200:
            raise RuntimeError(f"balance of {name}: {status} {value}")
        return value

    def figures(self, name: str, partner: str = "p1"):
        value = self.balance(name, partner)
        return value["ledger"], value["held"], value["available"]

    def deposit(self, partner: str):
        status, value = self.management.call(
            "GET", f"/admin/partners/{self.ids[partner]}/deposit-balance?currency=EUR"
        )
        if status != 200:
            raise RuntimeError(f"deposit of {partner}: {status} {value}")
        return value["ledger"], value["held"], value["available"]

    def is_healthy(self, link: Optional[Link] = None) -> bool:
        """Whether an echo is answered, on this connection or on a new one."""
        if not self.daemon.is_alive:
            return False
        try:
            if link is None:
                with Link(self.daemon) as fresh:
                    return self.is_healthy(fresh)
            request = self.messages.network("831")
            link.send(cmf.pack("2804", request))
            deadline = time.monotonic() + ANSWER_SECONDS
            while time.monotonic() < deadline:
                _, answer = cmf.unpack(link.receive())
                if answer.get(11) == request[11]:
                    return answer.get(39) == "8000"
            return False
        except (OSError, cmf.CMFError):
            return False

    # Checks.

    def check_start(self) -> None:
        ready = self.daemon.ready
        self.report.check(
            "the ready line says all",
            ready.get("event") == "ready"
            and isinstance(ready.get("version"), str)
            and ready.get("pid") == self.daemon.process.pid
            and ready["management"][0].startswith("unix:/"),
            ready,
        )
        mode = os.stat(self.daemon.socket_path).st_mode & 0o777
        self.report.equal("the management socket is private", oct(mode), "0o600")
        for path in ("/healthz", "/readyz", "/version", "/metrics"):
            status, content = self.management.raw("GET", path, None, {})
            self.report.check(f"GET {path}", status == 200 and len(content) > 0, status)

    def check_management(self) -> None:
        call, report = self.management.call, self.report

        def created(name: str, answer, prefix: str) -> dict:
            status, value = answer
            holds = status == 201 and isinstance(value, dict) and value["id"].startswith(prefix)
            if not report.check(f"{name} is created", holds, answer):
                raise RuntimeError(f"no {name}, so nothing below it")
            return value

        partner = created("partner", call("POST", "/admin/partners", {"name": "Acme"}), "prt_")
        other = created("partner", call("POST", "/admin/partners", {"name": "Other"}), "prt_")
        body = {
            "partnerId": partner["id"],
            "name": "Acme EUR",
            "binRange": {"from": "410000000", "to": "410000999"},
            "currency": "EUR",
            "funding": "DEPOSIT",
            "remoteURL": None,
        }
        program = created("programme", call("POST", "/admin/programs", body), "prg_")
        status, value = call("POST", "/admin/programs", body | {"unknown": 1})
        report.check("an unknown member is refused", status == 400, (status, value))
        status, value = call("POST", "/admin/programs", body)
        code = value.get("error", {}).get("code") if isinstance(value, dict) else None
        report.check("an overlapping BIN range is refused", code == "BIN_RANGE_OVERLAP", value)
        base = f"/admin/partners/{partner['id']}/deposit-balance"
        deposit = created("deposit", call("POST", base, {"currency": "EUR"}), "pbl_")
        report.equal("a new deposit is empty", deposit.get("available"), 0)
        status, value = call("POST", base, {"currency": "EUR"})
        report.check("a second deposit is refused", status == 409, (status, value))
        reload = {
            "amount": {"amount": 1_000_000, "currency": "EUR"},
            "bankReference": f"ref-{self.seed}",
        }
        status, value = call("POST", base + "/reload", reload, key="deposit-reload")
        report.check("deposit reload", status == 200 and value["available"] == 1_000_000, value)
        status, value = call("POST", base + "/reload", reload, key="deposit-reload")
        report.check("the same key reloads once", status == 200, (status, value))
        status, value = call("GET", base + "?currency=EUR")
        report.check("deposit", status == 200 and value["ledger"] == 1_000_000, value)

        secure = partner["id"]
        body = {
            "externalId": "1001",
            "firstName": "Ada",
            "lastName": "Example",
            "phone": "+49301234567",
            "email": "ada@example.com",
        }
        customer = created(
            "customer", call("POST", "/secure/customers", body, partner=secure), "usr_"
        )
        base = f"/secure/customers/{customer['id']}"
        kyc = {"status": "ACCEPTED", "level": "STRONG", "source": "PARTNER"}
        status, value = call("PUT", base + "/kyc", kyc, partner=secure)
        report.equal("KYC", status, 200)
        body = {"programId": program["id"], "currency": "EUR"}
        balance = created("balance", call("POST", base + "/balances", body, partner=secure), "bal_")
        report.check(
            "a new balance is active and empty",
            (balance["state"], balance["ledger"], balance["held"], balance["available"])
            == ("ACTIVE", 0, 0, 0),
            balance,
        )
        path = f"{base}/balances/{balance['id']}"
        reload = {"amount": {"amount": 5_000, "currency": "EUR"}, "reference": "first"}
        for _ in range(2):
            status, value = call("POST", path + "/reload", reload, secure, key="user-reload")
            report.check("reload with one key", status == 200, (status, value))
        different = {"amount": {"amount": 6_000, "currency": "EUR"}, "reference": "first"}
        status, value = call("POST", path + "/reload", different, secure, key="user-reload")
        report.check("the key with another content is refused", status == 409, (status, value))
        status, value = call("GET", path, partner=secure)
        report.check(
            "the balance was reloaded once",
            status == 200 and (value["ledger"], value["available"]) == (5_000, 5_000),
            value,
        )
        report.equal("the balance lists its cards", value.get("cards"), [])
        status, _ = call("GET", path, partner=other["id"])
        report.equal("another partner does not see it", status, 404)
        status, value = call("GET", "/admin/nothing-here")
        report.check("an unknown path is 404 with an error", status == 404, (status, value))
        headers = {"X-Partner": secure, "Content-Type": "application/json"}
        body = json.dumps(reload).encode()
        status, _ = self.management.raw("POST", path + "/reload", body, headers)
        report.check("a reload without a key is refused", 400 <= status < 500, status)

    def check_import(self) -> None:
        report = self.report
        status, results = self.management.import_lines(self.lines)
        bad = [r for r in results if r.get("status") != "created"]
        report.check("import", status == 200 and len(results) == len(self.lines), status)
        report.check("every line is created", not bad, bad[:3])
        report.equal(
            "results are numbered from 1",
            [r.get("line") for r in results],
            list(range(1, len(self.lines) + 1)),
        )
        self.ids = {r["ref"]: r["id"] for r in results if "ref" in r and "id" in r}
        before = self.figures("ok")
        report.equal("the imported balance is reloaded", before, (10_000_000, 0, 10_000_000))
        status, results = self.management.import_lines(self.lines)
        changed_lines = [r for r in results if r.get("status") != "unchanged"]
        report.check("the same import again changes nothing", not changed_lines, changed_lines[:3])
        report.equal("and no money", self.figures("ok"), before)
        bad_pan = self.pans["c-ok-0"][:-1] + str((int(self.pans["c-ok-0"][-1]) + 1) % 10)
        lines = [
            card_line("c-bad", "b-ok", "400000", 1, pan=bad_pan),
            card_line("c-nowhere", "b-unknown", "400000", 9_999),
        ]
        status, results = self.management.import_lines(lines)
        report.check(
            "wrong lines have errors without the card number",
            status == 200
            and [("error" in r) for r in results] == [True, True]
            and bad_pan not in json.dumps(results),
            results,
        )
        text = json.dumps(self.balance("ok"))
        masked = self.pans["c-ok-0"][:6] + "******" + self.pans["c-ok-0"][-4:]
        report.check("the balance shows the masked card", masked in text, text)

    def check_approval(self) -> None:
        report = self.report
        before, deposit = self.figures("ok"), self.deposit("p1")
        fields = self.messages.purchase(
            self.pans["c-ok-0"],
            12_345,
            DE55="9F2608A1B2C3D4E5F607189F270180",
            DE59="switch-route-7",
            DE63="display",
            DE111="0102030405",
        )
        with Link(self.daemon) as link:
            data = link.exchange(cmf.pack("2100", fields))
            _, answer = cmf.unpack(data)
            report.equal("a purchase is approved", answer.get(39), "0000")
            code = str(answer.get(38, ""))
            report.check("it has an approval code", code.strip().isalnum() and len(code) == 6, code)
            expected = expected_answer("2100", fields, "0000", answer)
            report.equal("the whole answer is as we pack it", data.hex(), expected.hex())
            for length in (14, 19):
                pan = cmf.card_number("400000", 77, length)
                answer = self.authorize(link, self.messages.purchase(pan, 100))
                report.equal(f"a number of {length} digits is unknown", answer.get(39), "1018")
            fields = self.messages.purchase(self.pans["c-ok-0"], 100)
            fields[41] = "T"
            fields[37] = "A  "
            report.equal(
                "padded elements come back padded", self.authorize(link, fields).get(39), "0000"
            )
            fields = self.messages.purchase(self.pans["c-ok-0"], 100, DE32=None, DE41=None)
            report.equal(
                "absent elements stay absent", self.authorize(link, fields).get(39), "0000"
            )
            fields = self.messages.purchase(self.pans["c-ok-0"], 100, DE2=None)
            fields[35] = self.pans["c-ok-0"] + "=30122010000012345678"
            report.equal(
                "the number is taken from track 2", self.authorize(link, fields).get(39), "0000"
            )
        total = 12_345 + 3 * 100
        report.equal(
            "the amounts are held",
            self.figures("ok"),
            (before[0], before[1] + total, before[2] - total),
        )
        report.equal(
            "and on the deposit",
            self.deposit("p1"),
            (deposit[0], deposit[1] + total, deposit[2] - total),
        )
        path = f"/secure/authorizations?cardId={self.ids['c-ok-0']}&limit=50"
        status, value = self.management.call("GET", path, partner=self.ids["p1"])
        states = [(a["state"], a["actionCode"], a["reason"]) for a in value["data"]]
        report.check("they are listed", ("AUTHORIZED", "0000", "APPROVED") in states, states)
        identifier = value["data"][0]["id"]
        status, one = self.management.call(
            "GET", f"/secure/authorizations/{identifier}", partner=self.ids["p1"]
        )
        report.check("and one is shown", status == 200 and one["id"] == identifier, (status, one))

    def check_refusals(self) -> None:
        report, pan = self.report, self.pans["c-ok-0"]
        before, deposit = self.figures("ok"), self.deposit("p1")
        wrong_digit = pan[:-1] + str((int(pan[-1]) + 1) % 10)
        with Link(self.daemon) as link:
            cases = (
                ("an unknown card", cmf.card_number("400000", 999_000), {}, {"1018"}),
                ("a wrong check digit", wrong_digit, {}, {"1011"}),
                ("a number of 13 digits", cmf.card_number("400000", 5, 13), {}, {"1011"}),
                ("a BIN that is not ours", cmf.card_number("555555", 5), {}, {"9108", "1011"}),
                ("a card that is not activated", self.pans["c-inactive-0"], {}, {"1025"}),
                ("an expiry that is not the card's", pan, {"DE14": "3011"}, {"1001"}),
                ("an expiry in the past", pan, {"DE14": "2001"}, {"1001"}),
                (
                    "a currency of another balance",
                    pan,
                    {"DE4": cmf.amount("840", 2, 100)},
                    {"1030"},
                ),
                (
                    "a wrong number of decimals",
                    pan,
                    {"DE4": cmf.amount("978", 3, 100)},
                    {"1030", "9100"},
                ),
                ("an unknown processing code", pan, {"DE3": "990000"}, {"1015", "9102"}),
            )
            for name, number, changes, actions in cases:
                fields = self.messages.purchase(number, 100, **changes)
                answer = self.authorize(link, fields)
                action = answer.get(39)
                report.check(f"{name} is refused", action in actions, f"{action}, not {actions}")
                report.check(f"{name} has no approval code", 38 not in answer)
            # A refused answer, byte for byte.
            fields = self.messages.purchase(wrong_digit, 100)
            data = link.exchange(cmf.pack("2100", fields))
            expected = expected_answer("2100", fields, "1011", cmf.unpack(data)[1])
            report.equal("a refusal is as we pack it", data.hex(), expected.hex())
        after = self.figures("ok"), self.deposit("p1")
        report.equal("nothing was held", after, (before, deposit))

    def check_shortages(self) -> None:
        report = self.report
        with Link(self.daemon) as link:
            before = self.figures("poor"), self.deposit("p1")
            report.equal("too little money", self.action(link, self.pans["c-poor-0"], 501), "1016")
            report.equal("nothing is held", (self.figures("poor"), self.deposit("p1")), before)
            report.equal("exactly all money", self.action(link, self.pans["c-poor-0"], 500), "0000")
            report.equal("then none is left", self.action(link, self.pans["c-poor-0"], 1), "1016")

            before = self.figures("short", "p2"), self.deposit("p2")
            action = self.action(link, self.pans["c-short-0"], 1_001)
            report.equal("too little deposit", action, "1016")
            after = self.figures("short", "p2"), self.deposit("p2")
            report.equal("neither leg is touched", after, before)
            action = self.action(link, self.pans["c-short-0"], 1_000)
            report.equal("exactly all deposit", action, "0000")
            report.equal("the deposit is empty", self.deposit("p2")[2], 0)
            path = f"/secure/authorizations?cardId={self.ids['c-short-0']}&limit=10"
            _, value = self.management.call("GET", path, partner=self.ids["p2"])
            _, poor = self.management.call(
                "GET",
                f"/secure/authorizations?cardId={self.ids['c-poor-0']}&limit=10",
                partner=self.ids["p1"],
            )
            reasons = {a["reason"] for a in value["data"] if a["actionCode"] == "1016"}
            others = {a["reason"] for a in poor["data"] if a["actionCode"] == "1016"}
            report.check(
                "the two shortages have different reasons",
                len(reasons) == 1 and len(others) == 1 and reasons != others,
                (reasons, others),
            )

            report.equal("credit", self.action(link, self.pans["c-credit-0"], 5_000), "0000")
            report.equal(
                "credit exhausted", self.action(link, self.pans["c-credit-0"], 1), "1016"
            )

    def check_locks(self) -> None:
        report, call = self.report, self.management.call
        customer, partner = self.ids["u-lock"], self.ids["p1"]
        with Link(self.daemon) as link:
            for code, action in LOCK_ACTIONS.items():
                ref = f"c-lock-{code - 1}"
                path = f"/secure/customers/{customer}/cards/{self.ids[ref]}"
                status, value = call("POST", path + "/unlock", partner=partner)
                report.check(f"lock {code}: not locked before", status == 409, (status, value))
                status, value = call("POST", path + "/lock", {"code": code}, partner=partner)
                lock = value.get("lock") or {}
                report.check(
                    f"lock {code} is set",
                    status == 200
                    and value["state"] == "LOCKED"
                    and lock.get("code") == code
                    and lock.get("irreversible") == (code in IRREVERSIBLE),
                    (status, value),
                )
                found = self.action(link, self.pans[ref], 100)
                report.equal(f"lock {code} refuses", found, action)
                status, value = call("POST", path + "/unlock", partner=partner)
                if code in IRREVERSIBLE:
                    error = (value.get("error") or {}).get("code")
                    report.check(
                        f"lock {code} stays",
                        (status, error) == (422, "LOCK_IRREVERSIBLE"),
                        (status, value),
                    )
                    status, value = call("POST", path + "/lock", {"code": 3}, partner=partner)
                    report.check(f"lock {code} is not weakened", status == 409, (status, value))
                    found = self.action(link, self.pans[ref], 100)
                    report.equal(f"lock {code} refuses still", found, action)
                else:
                    report.check(
                        f"lock {code} is taken off",
                        status == 200 and value["state"] == "ACTIVE" and value["lock"] is None,
                        (status, value),
                    )
                    found = self.action(link, self.pans[ref], 100)
                    report.equal(f"lock {code} taken off approves", found, "0000")
            path = f"/secure/customers/{customer}/cards/{self.ids['c-lock-2']}"
            for code in (0, 9):
                status, value = call("POST", path + "/lock", {"code": code}, partner=partner)
                report.check(f"there is no lock {code}", status in (400, 422), (status, value))
            status, value = call("GET", path, partner=partner)
            report.check("the card is shown", status == 200 and value["state"] == "ACTIVE", value)

    def check_repeats(self) -> None:
        report, pan = self.report, self.pans["c-ok-0"]
        before = self.figures("ok")
        fields = self.messages.purchase(pan, 700, DE59="again")
        with Link(self.daemon) as link, Link(self.daemon) as other:
            first = link.exchange(cmf.pack("2100", fields))
            report.equal("the first is approved", cmf.unpack(first)[1].get(39), "0000")
            report.equal("a repeat", link.exchange(cmf.pack("2100", fields)).hex(), first.hex())
            report.equal("2101", link.exchange(cmf.pack("2101", fields)).hex(), first.hex())
            elsewhere = other.exchange(cmf.pack("2101", fields))
            report.equal("2101 on another connection", elsewhere.hex(), first.hex())
            later = changed(fields, {"DE7": "0101000000"})
            answer = self.authorize(link, later, "2101")
            report.equal("a repeat sent later", answer.get(38), cmf.unpack(first)[1].get(38))
            held = self.figures("ok")[1] - before[1]
            report.equal("it is held once", held, 700)
            for name, number, value in (
                ("amount", 4, cmf.amount("978", 2, 701)),
                ("processing code", 3, "010000"),
                ("function", 24, "101"),
            ):
                answer = self.authorize(link, changed(fields, {f"DE{number}": value}), "2101")
                report.equal(f"a repeat with another {name}", answer.get(39), "9113")
            report.equal("nothing more is held", self.figures("ok")[1] - before[1], 700)
            report.equal("the first still repeats", link.exchange(cmf.pack("2101", fields)), first)
            refused = self.messages.purchase(self.pans["c-poor-0"], 400_000)
            first = link.exchange(cmf.pack("2100", refused))
            again = link.exchange(cmf.pack("2101", refused))
            report.equal("a refusal repeats", again.hex(), first.hex())

        fields = self.messages.purchase(pan, 900)
        before = self.figures("ok")

        def send(_: int) -> bytes:
            with Link(self.daemon) as link:
                return link.exchange(cmf.pack("2100", fields))

        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(send, range(8)))
        actions = [cmf.unpack(answer)[1].get(39) for answer in answers]
        approved = {answer for answer, action in zip(answers, actions) if action == "0000"}
        report.check(
            "eight at once are one",
            len(approved) == 1 and set(actions) <= {"0000", "9123"},
            actions,
        )
        report.equal("and held once", self.figures("ok")[1] - before[1], 900)

    def check_network_management(self) -> None:
        report = self.report
        with Link(self.daemon) as link:
            for name, function in (("echo", "831"), ("sign on", "801"), ("echo", "831")):
                request = self.messages.network(function)
                data = link.exchange(cmf.pack("2804", request))
                _, answer = cmf.unpack(data)
                expected = cmf.pack("2814", request | {7: answer.get(7, ""), 39: "8000"})
                report.equal(f"{name} is as we pack it", data.hex(), expected.hex())
            answer = cmf.unpack(link.exchange(cmf.pack("2805", self.messages.network("831"))))
            report.equal("a repeated echo is a 2814", answer[0], "2814")
            request = self.messages.network("802")
            mti, answer = cmf.unpack(link.exchange(cmf.pack("2804", request)))
            report.equal("sign off", (mti, answer.get(39)), ("2814", "8000"))
            request = self.messages.network("801")
            mti, answer = cmf.unpack(link.exchange(cmf.pack("2804", request)))
            report.equal("sign on again", (mti, answer.get(39)), ("2814", "8000"))
            found = self.action(link, self.pans["c-ok-0"], 100)
            report.equal("then purchases go on", found, "0000")
            link.send_bytes(self.daemon.framing.keep_alive)
            frame = link.receive_frame()
            report.check("a keep-alive is answered alike", frame is cmf.KEEP_ALIVE, frame)
            report.check("and the connection goes on", self.is_healthy(link))

    def check_pieces(self) -> None:
        report, framing = self.report, self.daemon.framing
        with Link(self.daemon) as link:
            fields = self.messages.purchase(self.pans["c-ok-0"], 100)
            for byte in framing.frame(cmf.pack("2100", fields)):
                link.send_bytes(bytes([byte]))
            report.equal("byte by byte", cmf.unpack(link.receive())[1].get(39), "0000")
            requests = [self.messages.purchase(self.pans["c-ok-0"], 100) for _ in range(20)]
            frames = [framing.frame(cmf.pack("2100", fields)) for fields in requests]
            link.send_bytes(framing.keep_alive.join(frames))
            answers, keep_alives = set(), 0
            while len(answers) + keep_alives < 39:
                frame = link.receive_frame()
                if frame is None:
                    break
                if frame is cmf.KEEP_ALIVE:
                    keep_alives += 1
                else:
                    answers.add(cmf.unpack(frame[1])[1].get(11))
            report.equal("merged frames", answers, {fields[11] for fields in requests})
            report.equal("with keep-alives between them", keep_alives, 19)
            stream = b"".join(
                framing.frame(cmf.pack("2100", self.messages.purchase(self.pans["c-ok-0"], 100)))
                for _ in range(10)
            )
            cut = random.Random(self.seed)
            while stream:
                size = cut.randint(1, 200)
                link.send_bytes(stream[:size])
                stream = stream[size:]
                time.sleep(0.002)
            actions = [cmf.unpack(link.receive())[1].get(39) for _ in range(10)]
            report.equal(f"frames cut anywhere, seed {self.seed}", set(actions), {"0000"})
        with Link(self.daemon) as link:
            fields = self.messages.purchase(self.pans["c-ok-0"], 100)
            link.send_bytes(framing.frame(cmf.pack("2100", fields))[:-1])
        report.check("half a frame and gone harms nobody", self.is_healthy())

    def check_pipelining(self) -> None:
        report, count = self.report, 1_000
        before = self.figures("pipe")
        requests = {}
        for index in range(count):
            fields = self.messages.purchase(
                self.pans[f"c-pipe-{index % 10}"], 100 + index, DE41=f"TERM{index:04d}"
            )
            requests[fields[11]] = fields
        stream = b"".join(
            self.daemon.framing.frame(cmf.pack("2100", fields)) for fields in requests.values()
        )
        with Link(self.daemon) as link:
            sender = threading.Thread(target=link.send_bytes, args=(stream,), daemon=True)
            started = time.monotonic()
            sender.start()
            approved, wrong, left = 0, [], dict(requests)
            codes: Dict[str, set] = {}
            for _ in range(count):
                data = link.receive(ANSWER_SECONDS * 2)
                _, answer = cmf.unpack(data)
                fields = left.pop(str(answer.get(11)), None)
                if fields is None:
                    wrong.append(f"unexpected {answer.get(11)}")
                elif expected_answer("2100", fields, "0000", answer) != data:
                    wrong.append(f"{answer.get(11)} is not as we pack it: {answer.get(39)}")
                else:
                    approved += 1
                    codes.setdefault(str(fields[2]), set()).add(answer[38])
            seconds = time.monotonic() - started
            sender.join(ANSWER_SECONDS)
        report.check(f"{count} in flight are answered, {seconds:.2f} s", not left, len(left))
        report.check("each answer is as we pack it", approved == count and not wrong, wrong[:3])
        distinct = sum(len(values) for values in codes.values())
        report.equal("approval codes of a card differ", distinct, count)
        total = sum(100 + index for index in range(count))
        report.equal(
            "every amount is held",
            self.figures("pipe"),
            (before[0], before[1] + total, before[2] - total),
        )

    def check_format_errors(self) -> None:
        report, pan = self.report, self.pans["c-ok-0"]
        before = self.figures("ok")
        with Link(self.daemon) as link:
            for name, changes, element in (
                ("a date that is none", {"DE12": "20261399256199"}, "012"),
                ("no amount", {"DE4": None}, "004"),
                ("no processing code", {"DE3": None}, "003"),
            ):
                answer = self.authorize(link, self.messages.purchase(pan, 100, **changes))
                report.equal(f"{name} is a format error", answer.get(39), "9100")
                groups = str(answer.get(18, ""))
                named = [groups[at + 6 : at + 9] for at in range(0, len(groups), 14)]
                report.check(
                    f"{name}: DE 18 names the element",
                    element in named and len(groups) % 14 == 0,
                    repr(groups),
                )
            report.check("the connection goes on", self.is_healthy(link))
        report.equal("nothing was held", self.figures("ok"), before)

    def check_malformed(self) -> None:
        report = self.report
        for vector in json.loads((VECTORS / "malformed.json").read_text()):
            name, data = vector["name"], bytes.fromhex(vector["hex"])
            with Link(self.daemon) as link:
                link.send(data)
                if vector["expect"] == "unpack-then-format-error":
                    _, answer = cmf.unpack(link.receive())
                    report.equal(f"{name} is answered", answer.get(39), "9100")
                elif vector["expect"] == "accept-lenient":
                    mti, _ = cmf.unpack(link.receive())
                    report.equal(f"{name} is answered", mti, "2110")
                report.check(f"{name} leaves the connection healthy", self.is_healthy(link))
            if not report.check(f"{name} leaves the process healthy", self.is_healthy()):
                return

    def check_unsupported(self) -> None:
        """Types with no meaning here are answered in their own family (or 9xxx), never dropped."""
        report = self.report
        now = self.messages.purchase(self.pans["c-outside-0"], 100)
        types = "2104 2105 2200 2220 2300 2304 2400 2420 2500 2520 2600 2604 2620 2720 2722 2820"
        with Link(self.daemon) as link:
            for mti in types.split():
                fields = {n: now[n] for n in (2, 3, 4, 7, 12, 32, 37, 41, 42)}
                fields[11] = self.messages.next_serial()
                fields[24] = {"3": "310", "4": "400", "8": "899"}.get(mti[1], f"{mti[1]}99")
                fields[25] = "4021" if mti[1] == "4" else "1000"
                if mti[1] == "4":
                    acquirer, moment = str(now[32]), str(now[12])
                    fields[56] = "2100" + self.messages.next_serial() + moment + acquirer
                link.send(cmf.pack(mti, fields))
                answer_mti, answer, raw = cmf.unpack_raw(link.receive())
                report.equal(f"{mti} is answered", answer_mti, cmf.answer_type(mti))
                action = str(answer.get(39))
                family = {"1": "012", "2": "012"}.get(mti[1], mti[1]) + "9"
                report.check(f"{mti} is answered in its family", action[0] in family, action)
                report.check(f"{mti} keeps its trace number", answer.get(11) == fields[11])
            for mti, fields in (("2110", now | {39: "0000"}), ("2814", {11: now[11], 39: "8000"})):
                link.send(cmf.pack(mti, fields))
                request = self.messages.network("831")
                _, answer = cmf.unpack(link.exchange(cmf.pack("2804", request)))
                report.equal(f"an answer ({mti}) is not answered", answer.get(11), request[11])
        report.check("the process is healthy", self.is_healthy())

    def check_life(self) -> None:
        """Everything that a network says about a payment after its first message."""
        with Link(self.daemon) as link:
            life.Life(self, link).run()

    def check_outside_lock(self) -> None:
        """A network locks cards by file actions and administrative messages."""
        report = self.report

        def send(link: Link, mti: str, pan: str, function: Optional[str], **changes):
            message = self.messages.purchase(pan, 1)
            fields = {n: message[n] for n in (2, 7, 11, 12)} | {33: "98765432100"}
            if function is not None:
                fields[24] = function
            answer_mti, answer = cmf.unpack(link.exchange(cmf.pack(mti, changed(fields, changes))))
            return answer_mti, answer.get(39)

        reasons = (("3000", "2008"), ("3001", "2009"), ("3003", "1002"), ("3002", "1000"))
        with Link(self.daemon) as link:
            for index, (reason, code) in enumerate(reasons):
                pan = self.pans[f"c-outside-{index}"]
                report.equal(f"lock {reason}", send(link, "2304", pan, "309", DE25=reason),
                             ("2314", "3000"))
                report.equal(f"lock {reason} refuses", self.action(link, pan, 100), code)
            counterfeit, pending = self.pans["c-outside-2"], self.pans["c-outside-3"]
            report.equal("a lock takes the place of a weaker one",
                         send(link, "2304", pending, "309", DE25="3000"), ("2314", "3003"))
            report.equal("a reversible lock is taken off",
                         send(link, "2600", counterfeit, "600", DE3="740000"), ("2610", "6000"))
            report.equal("the card works again", self.action(link, counterfeit, 100), "0000")
            report.equal("an irreversible lock stays",
                         send(link, "2304", self.pans["c-outside-0"], "303", DE101="CARDS"),
                         ("2314", "3006"))
            report.equal("a card that nobody has",
                         send(link, "2304", cmf.card_number("400000", 5), "309", DE25="3000"),
                         ("2314", "3002"))
            blocked = self.pans["c-outside-4"]
            report.equal("block by 2600", send(link, "2600", blocked, "600", DE3="730000"),
                         ("2610", "6000"))
            report.equal("the blocked card is refused", self.action(link, blocked, 100), "1000")
            report.equal("a file action without reason",
                         send(link, "2304", blocked, "309"), ("2314", "3007"))
            report.equal("an unknown file action",
                         send(link, "2304", blocked, "310", DE25="3000"), ("2314", "3001"))

    def check_garbage(self) -> None:
        report, source = self.report, random.Random(self.seed)
        framing = self.daemon.framing
        with Link(self.daemon) as link:
            for _ in range(200):
                link.send(source.randbytes(source.randint(1, 600)))
            report.check(f"random frames, seed {self.seed}", self.is_healthy(link))
        valid = cmf.pack("2100", self.messages.purchase(self.pans["c-poor-0"], 999_999))
        with Link(self.daemon) as link:
            for _ in range(300):
                damaged = bytearray(valid)
                for _ in range(source.randint(1, 4)):
                    damaged[source.randrange(len(damaged))] = source.randrange(256)
                link.send(bytes(damaged[: source.randint(1, len(damaged))]))
            report.check(f"damaged frames, seed {self.seed}", self.is_healthy(link))
        with Link(self.daemon) as link:
            size = min(framing.limit, 60_000)
            try:
                link.send_bytes(framing.prefix(size) + bytes(size // 2))
                frame = link.receive_frame()
            except (BrokenPipeError, ConnectionResetError):
                frame = None
            except TimeoutError:
                frame = "still open"
            report.check("a length over the limit closes the connection", frame is None, frame)
        report.check("the process is healthy", self.is_healthy())
        for _ in range(20):
            with Link(self.daemon) as link:
                try:
                    link.send_bytes(source.randbytes(5_000))
                except (BrokenPipeError, ConnectionResetError):
                    pass
        report.check(f"random streams, seed {self.seed}", self.is_healthy())
        idle = [Link(self.daemon) for _ in range(50)]
        report.check("many idle connections harm nobody", self.is_healthy())
        for link in idle:
            link.socket.close()

    def check_proof(self) -> None:
        status, value = self.management.call("GET", "/admin/proof")
        self.report.check(
            "the books are proven",
            status == 200 and value["consistent"] is True and value["differences"] == [],
            (status, value),
        )
        status, value = self.management.call("GET", "/admin/summary")
        euro = [row for row in value["currencies"] if row["currency"] == "EUR"]
        self.report.check("the summary has euros", status == 200 and len(euro) == 1, value)

    def check_restart(self) -> None:
        report, pan = self.report, self.pans["c-ok-0"]
        for name, stop in (("an end", self.daemon.stop), ("a kill", None)):
            fields = self.messages.purchase(pan, 300)
            with Link(self.daemon) as link:
                first = link.exchange(cmf.pack("2100", fields))
            if stop is None:
                self.daemon.kill()
            else:
                report.equal(f"{name}: status", stop(), 0)
            before_lock = self.pans["c-lock-0"]
            self.start()
            with Link(self.daemon) as link:
                again = link.exchange(cmf.pack("2101", fields))
                report.equal(f"{name}: the answer repeats", again.hex(), first.hex())
                report.equal(f"{name}: locks stay", self.action(link, before_lock, 100), "2008")
                report.equal(f"{name}: purchases go on", self.action(link, pan, 100), "0000")
            self.check_proof()

    def check_framings(self) -> None:
        report = self.report
        for name in ("nac2incl", "cmf3", "raw4", "bcd2", "nac2"):
            self.daemon.stop()
            self.start(name)
            with Link(self.daemon) as link:
                report.check(f"{name}: echo", self.is_healthy(link))
                found = self.action(link, self.pans["c-ok-0"], 100)
                report.equal(f"{name}: purchase", found, "0000")
                link.send_bytes(self.daemon.framing.keep_alive)
                frame = link.receive_frame()
                report.check(f"{name}: keep-alive", frame is cmf.KEEP_ALIVE, frame)
                report.check(f"{name}: echo after it", self.is_healthy(link))

    def check_no_card_data(self) -> None:
        """No file of the data directory and no log line holds a card number, in any encoding."""
        needles = {}
        for ref, pan in self.pans.items():
            packed = bytes.fromhex(pan)
            words = int(pan, 16).to_bytes(8, "little"), int(pan).to_bytes(8, "little")
            for form in (pan.encode(), packed, *words, int(pan).to_bytes(8, "big")):
                needles[form] = ref
        found, scanned = set(), 0
        for folder, _, names in os.walk(self.directory):
            for name in names:
                path = os.path.join(folder, name)
                if not os.path.isfile(path):
                    continue
                data = Path(path).read_bytes().rstrip(b"\0")
                scanned += len(data)
                found |= {(name, ref) for form, ref in needles.items() if form in data}
        self.report.check(
            f"no card number in {scanned} stored and logged bytes",
            scanned > 0 and not found,
            sorted(found)[:3],
        )


def check_daemon(report: Report, program: str, seed: int, keeps: bool) -> None:
    directory = tempfile.mkdtemp(prefix="holdfast-")
    suite = None

    def out_of_time(*_):
        raise OutOfTime

    signal.signal(signal.SIGALRM, out_of_time)
    signal.alarm(TOTAL_SECONDS)
    try:
        os.mkdir(os.path.join(directory, "data"))
        suite = Suite(report, os.path.abspath(program), directory, seed)
        suite.run()
    except OutOfTime:
        report.check(f"all done within {TOTAL_SECONDS} s", False)
    except Exception as error:  # noqa: BLE001 - a start that fails is a finding
        report.check("the daemon can be checked", False, f"{type(error).__name__}: {error}")
    finally:
        signal.alarm(0)
        daemon = getattr(suite, "daemon", None)
        if daemon is not None and daemon.is_alive:
            daemon.end()
        if keeps:
            print(f"kept {directory}", file=sys.stderr)
        else:
            shutil.rmtree(directory, ignore_errors=True)


def main() -> int:
    parser = argparse.ArgumentParser(description="Checks the product from outside.")
    parser.add_argument("--self-test", action="store_true", help="check the codec alone")
    parser.add_argument("--daemon", metavar="PATH", help="the daemon's program to check")
    parser.add_argument("--seed", type=int, help="repeat a run's random choices")
    parser.add_argument("--keep", action="store_true", help="keep the scratch directory")
    options = parser.parse_args()
    if not options.self_test and not options.daemon:
        parser.error("nothing to do: give --self-test or --daemon")
    seed = options.seed if options.seed is not None else random.SystemRandom().randrange(2**32)
    print(f"seed {seed}", file=sys.stderr)
    report = Report()
    if options.self_test:
        self_test(report, seed)
    if options.daemon:
        check_daemon(report, options.daemon, seed, options.keep)
    return report.finish()


if __name__ == "__main__":
    sys.exit(main())
