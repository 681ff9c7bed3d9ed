"""Targets that keep rows in a file of their own kind: DuckDB, SQLite, CSV and Parquet.

Each class has the settings of its target, and reads its rows.
"""

import csv
import json
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import forms
import losses
import programs
from target import Target
from values import parse

READER = Path(__file__).with_name("reader.py")


class Table(Target):
    """What these targets have in common: the last row of a key counts."""

    def __init__(self, folder):
        self.folder = folder
        folder.mkdir()

    def rows(self, stream):
        """The rows by key."""
        records = (forms.record(stream, row) for row in self.read(stream))
        return {stream.key(row): row for row in records}

    def read_with(self, *arguments):
        """The rows that `reader.py` prints in the environment of the target."""
        python = Path(programs.target(self)).with_name("python")
        command = [python, READER, *arguments]
        done = subprocess.run(command, capture_output=True, encoding="utf-8")
        if done.returncode:
            raise RuntimeError(f"{self.name} cannot be read: {done.stderr[-500:]}")
        return map(parse, done.stdout.splitlines())


class DuckDb(Table):
    name = "duckdb"
    package = "target-duckdb==0.8.0"
    pins = ("duckdb==1.1.3",)  # with duckdb 2.0, the first row of every table is missing
    losses = frozenset({losses.FLOATS, losses.EMPTY})

    def __init__(self, folder):
        super().__init__(folder)
        self.file = folder / "rows.duckdb"
        # Without columns of its own, it takes the first row of a table of text for a header.
        self.config = {
            "filepath": str(self.file),
            "default_target_schema": "main",
            "add_metadata_columns": True,
        }

    def read(self, stream):
        return self.read_with("duckdb", self.file, stream.name)


class Sqlite(Table):
    name = "sqlite"
    package = "target-sqlite==0.2.0"
    python = "3.9"  # it pins SQLAlchemy 1.2, which does not start on Python 3.10
    losses = frozenset({losses.FLOATS, losses.PYTHON, losses.FLAT, losses.UNDECLARED})

    def __init__(self, folder):
        super().__init__(folder)
        self.config = {"database": str(folder / "rows")}

    def read(self, stream):
        with closing(sqlite3.connect(self.folder / "rows.db")) as connection:
            connection.row_factory = sqlite3.Row
            rows = connection.execute(f'SELECT * FROM "{stream.name}"').fetchall()
        return map(dict, rows)


class Csv(Table):
    name = "csv"
    package = "meltanolabs-target-csv==0.5.0"
    per_stream = True  # a second run replaces the files
    losses = frozenset({losses.EMPTY, losses.PYTHON})

    def __init__(self, folder):
        super().__init__(folder)
        self.config = {"output_path": str(folder), "file_naming_scheme": "{stream_name}.csv"}

    def read(self, stream):
        path = self.folder / f"{stream.name}.csv"
        if not path.exists():
            return
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                yield {name: value or None for name, value in row.items()}


class Parquet(Table):
    name = "parquet"
    package = "target-parquet==0.0.1"
    python = "3.7"  # it pins pandas 0.24
    pins = ("numpy==1.16.6",)  # with a newer one, pyarrow 0.13 refuses every table
    per_stream = True  # it writes all streams into one file
    losses = frozenset({losses.FLOATS, losses.PYTHON, losses.FLAT})

    def __init__(self, folder):
        super().__init__(folder)
        self.config = {"destination_path": str(folder), "disable_collection": True}

    def read(self, stream):
        for path in sorted(self.folder.glob(f"{stream.name}-2*.parquet")):
            yield from self.read_with("parquet", path)


class Stitch(Table):
    """The dry run, which validates everything and writes what it would send."""

    name = "stitch"
    package = "target-stitch==4.0.3"
    keeps_digits = True
    losses = frozenset({losses.FLOATS})

    def __init__(self, folder):
        super().__init__(folder)
        nowhere = "http://127.0.0.1:9"
        self.config = {
            "client_id": 1,
            "token": "none",
            "small_batch_url": nowhere,
            "big_batch_url": nowhere,
            "batch_size_preferences": {},
            "disable_collection": True,
        }

    def arguments(self, run):
        return ["--dry-run", "--output-file", str(self.folder / f"sent-{run}.jsonl")]

    def read(self, stream):
        for path in sorted(self.folder.glob("sent-*.jsonl")):
            for line in path.read_text(encoding="utf-8").splitlines():
                batch = parse(line)
                if batch["table_name"] == stream.name:
                    yield from (message["data"] for message in batch["messages"])
