"""What the figures were measured on, and what must be installed there."""

import contextlib
import fcntl
import os
import platform
import shutil
import subprocess
import sys

from progress import say


def facts(directory: str) -> dict:
    """Processor, memory and disk, for the head of the report."""
    return {
        "processor": _first("/proc/cpuinfo", "model name"),
        "processors": os.cpu_count(),
        "memoryMegabytes": int(_first("/proc/meminfo", "MemTotal").split()[0]) // 1024,
        "kernel": platform.release(),
        "fileSystem": file_system(directory),
    }


def _first(path: str, name: str) -> str:
    with open(path) as lines:
        for line in lines:
            if line.startswith(name):
                return line.split(":", 1)[1].strip()
    return "0"


def file_system(directory: str) -> str:
    return subprocess.check_output(
        ["stat", "--file-system", "--format=%T", directory], text=True
    ).strip()


def require_disk(directory: str) -> None:
    """Memory is durable to nothing: figures from a tmpfs would be nonsense."""
    if file_system(directory) in ("tmpfs", "ramfs"):
        sys.exit(f"{directory} is in memory; name a directory on a disk with --scratch")


def install(*packages: str) -> None:
    """Installs Debian packages that are missing."""
    missing = [name for name in packages if not _is_installed(name)]
    if not missing:
        return
    say(f"installing {' '.join(missing)}")
    become = [] if os.geteuid() == 0 else ["sudo"]
    quiet = {"stdout": subprocess.DEVNULL, "env": {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}}
    subprocess.run([*become, "apt-get", "update", "-qq"], check=True, **quiet)
    subprocess.run([*become, "apt-get", "install", "-y", "-qq", *missing], check=True, **quiet)


def _is_installed(package: str) -> bool:
    if not shutil.which("dpkg-query"):
        sys.exit(f"this needs {package}, and a Debian system to install it from")
    answer = subprocess.run(
        ["dpkg-query", "-W", "-f=${Status}", package], capture_output=True, text=True
    )
    return "ok installed" in answer.stdout


@contextlib.contextmanager
def alone(lock: str | None):
    """Holds a lock file while something is measured, for machines that several people use."""
    if lock is None:
        yield
        return
    with open(lock, "a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def memory(pid: int) -> dict:
    """Resident megabytes of a process: now, at most, and of what kind."""
    fields = {"VmRSS": "resident", "VmHWM": "peak", "RssAnon": "anonymous", "RssFile": "file"}
    found = {}
    with open(f"/proc/{pid}/status") as lines:
        for line in lines:
            name, _, value = line.partition(":")
            if name in fields:
                found[fields[name]] = round(int(value.split()[0]) / 1024, 1)
    return found
