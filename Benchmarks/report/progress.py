"""Lines on standard error that say what is being measured."""

import sys
import time

_start = time.monotonic()


def say(text: str) -> None:
    elapsed = int(time.monotonic() - _start)
    print(f"{elapsed // 60:02}:{elapsed % 60:02}  {text}", file=sys.stderr, flush=True)
