"""Measures the time of each step of a program, in milliseconds."""

import time

steps = {}
_started = time.perf_counter()


def step(name):
    """Adds the time since the last step to the step `name`."""
    global _started
    now = time.perf_counter()
    steps[name] = steps.get(name, 0) + (now - _started) * 1000
    _started = now
