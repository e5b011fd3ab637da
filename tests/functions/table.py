"""A table of cases: what was expected, what was seen, and whether they are the same."""

import time
import traceback


class Table:
    """Runs cases in turn, prints a line for each, and sums up."""

    def __init__(self, title):
        self.passed = self.failed = 0
        self.slowest = (0.0, "")
        self.began = time.monotonic()
        print(f"{title}\n")

    def check(self, name, expected, seen):
        same = expected == seen
        self.passed += same
        self.failed += not same
        mark = "ok  " if same else "FAIL"
        print(f"{mark} {name:<66} {shown(seen) if same else ''}")
        if not same:
            print(f"       expected {expected!r}\n       seen     {seen!r}")

    def run(self, case):
        """A case is a function with a docstring that returns `expected, seen` or yields `part, expected, seen`."""
        began = time.monotonic()
        try:
            for part, expected, seen in case():
                name = (case.__doc__ or case.__name__).strip()
                self.check(f"{name}: {part}" if part else name, expected, seen)
        except Exception:
            self.failed += 1
            print(f"FAIL {case.__doc__}: the case itself broke")
            traceback.print_exc()
        self.slowest = max(self.slowest, (time.monotonic() - began, case.__name__))

    def end(self):
        print(f"\n{time.monotonic() - self.began:.1f} s, slowest {self.slowest[1]} {self.slowest[0]:.1f} s")
        print(f"{self.passed} passed, {self.failed} failed")
        return 1 if self.failed else 0


def shown(value):
    text = value if isinstance(value, str) else repr(value)
    return text if len(text) <= 90 else text[:87] + "..."
