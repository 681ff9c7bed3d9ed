"""The settings of target-jsonl, and the rows in its files.

Every run appends to the files, so the last row of a key counts.
"""

from target import Target
from values import parse


class Jsonl(Target):
    """A folder that target-jsonl writes to."""

    name = "jsonl"
    package = "target-jsonl==0.1.4"
    keeps_digits = True  # also trailing zeros
    keeps_lines = True  # the rows of every run stay in the file

    def __init__(self, folder):
        self.folder = folder
        self.config = {"destination_path": str(folder), "do_timestamp_file": False}

    def lines(self, stream):
        """All rows of a stream in the order in which they were written."""
        path = self.folder / f"{stream.name}.jsonl"
        if not path.exists():
            return
        with path.open(encoding="utf-8", newline="\n") as file:
            for line in file:
                yield parse(line)

    def rows(self, stream):
        """The rows by key."""
        return {stream.key(row): row for row in self.lines(stream)}
