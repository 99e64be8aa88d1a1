"""How long each step of a program took."""

import time

steps = {}
_started = time.perf_counter()


def step(name):
    """Books the time since the last step under a name."""
    global _started
    now = time.perf_counter()
    steps[name] = steps.get(name, 0) + (now - _started) * 1000
    _started = now
