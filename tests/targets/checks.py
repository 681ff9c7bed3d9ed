"""Counts the checks of a run. A check passes if there are no complaints."""

from compare import MOST_SHOWN


class Checks:
    """Counts the checks that passed, and prints those that failed."""

    def __init__(self):
        self.passed = self.failed = 0

    def add(self, name, complaints):
        """Adds one check, which passes if there are no complaints."""
        if not complaints:
            self.passed += 1
            return
        self.failed += 1
        print(f"FAILED {name}", flush=True)
        for complaint in complaints[:MOST_SHOWN]:
            print(f"    {complaint}")
        if len(complaints) > MOST_SHOWN:
            print(f"    … {len(complaints)} in total")

    def end(self):
        """Prints how many checks passed, and returns the exit code."""
        print(f"{self.passed} passed, {self.failed} failed")
        return 1 if self.failed else 0
