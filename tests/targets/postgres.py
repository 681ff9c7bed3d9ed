"""A PostgreSQL server on loopback, and the rows that target-postgres wrote into it.

The server has a temporary folder and a free port, and is removed at the end.
"""

import glob
import os
import pwd
import shutil
import socket
import subprocess
import tempfile

import losses
from target import Target
from values import parse

USER = "loader"
DATABASE = "loaded"


def programs():
    """The folder with the programs of the newest installed server; None if there is none."""
    folders = [os.path.dirname(path) for path in glob.glob("/usr/lib/postgresql/*/bin/initdb")]
    return max(folders, key=lambda path: int(path.split("/")[4]), default=None)


class Server:
    """A running server, as a context manager."""

    def __init__(self):
        self.bin = programs()
        # initdb refuses to run as root.
        names = {entry.pw_name for entry in pwd.getpwall()}
        self.owner = (
            next(name for name in ("postgres", "nobody") if name in names)
            if os.geteuid() == 0
            else None
        )
        self.folder = tempfile.mkdtemp(prefix="tap-targets-")
        self.data = os.path.join(self.folder, "data")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]

    def __enter__(self):
        if self.owner:
            shutil.chown(self.folder, self.owner)
        try:
            self._run(
                "initdb",
                "-D",
                self.data,
                "-U",
                USER,
                "-A",
                "trust",
                "-E",
                "UTF8",
                "--locale=C",
                "--no-sync",
            )
            options = (
                f"-p {self.port} -h 127.0.0.1 -k {self.folder} -c fsync=off -c full_page_writes=off"
            )
            self._run(
                "pg_ctl",
                "-D",
                self.data,
                "-l",
                os.path.join(self.folder, "log"),
                "-o",
                options,
                "-w",
                "start",
            )
            self.query("postgres", f"CREATE DATABASE {DATABASE}")
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        try:
            if os.path.exists(os.path.join(self.data, "postmaster.pid")):
                self._run("pg_ctl", "-D", self.data, "-m", "immediate", "-w", "stop")
        finally:
            shutil.rmtree(self.folder, ignore_errors=True)

    def _run(self, program, *arguments):
        command = [os.path.join(self.bin, program), *arguments]
        if self.owner:
            command = ["runuser", "-u", self.owner, "--", *command]
        done = subprocess.run(
            command, cwd=self.folder, stdin=subprocess.DEVNULL, capture_output=True, text=True
        )
        if done.returncode:
            raise RuntimeError(f"{program} failed: {done.stdout}{done.stderr}")

    def query(self, database, sql):
        """The values of the only column that a query returns."""
        program = os.path.join(self.bin, "psql")
        where = ["-h", "127.0.0.1", "-p", str(self.port), "-U", USER, "-d", database]
        done = subprocess.run(
            [program, "-XqAt", *where, "-c", sql], capture_output=True, encoding="utf-8"
        )
        if done.returncode:
            raise RuntimeError(f"psql failed: {done.stderr}")
        return done.stdout.split("\n")[:-1]


class Postgres(Target):
    """A schema that target-postgres writes to, with its default settings.

    The setting `use_copy` is not used: it sends numbers as binary floats.
    """

    name = "postgres"
    package = "meltanolabs-target-postgres==0.8.1"

    def __init__(self, server, schema):
        self.server, self.schema = server, schema
        self.config = {
            "host": "127.0.0.1",
            "port": server.port,
            "user": USER,
            "password": "any, the server trusts",
            "database": DATABASE,
            "default_target_schema": schema,
        }
        self._read = {}

    def rows(self, stream):
        """The rows by key, without the columns that the target adds, and with times in RFC 3339."""
        sql = f'SELECT row_to_json(t)::text FROM "{self.schema}"."{stream.name}" t'
        rows = {}
        lines = self.server.query(DATABASE, sql) if self._exists(stream) else []
        for line in lines:
            row = {
                name: value for name, value in parse(line).items() if not name.startswith("_sdc_")
            }
            for name in stream.times:
                if row.get(name):
                    row[name] += "Z"
            rows[stream.key(row)] = row
        self._read[stream.name] = (len(lines), len(rows))
        return rows

    def complaints(self, stream):
        """What is wrong with the table as a whole. Call `rows` first."""
        found = []
        lines, rows = self._read[stream.name]
        if lines != rows:
            found.append(f"{lines - rows} rows have the key of another row")
        table = f'\'"{self.schema}"."{stream.name}"\'::regclass'
        sql = f"""SELECT attname FROM pg_index
            JOIN pg_attribute ON attrelid = indrelid AND attnum = ANY(indkey)
            WHERE indrelid = {table} AND indisprimary"""
        keys = self.server.query(DATABASE, sql) if self._exists(stream) else []
        if sorted(keys) != sorted(stream.keys):
            found.append(f"the primary key is {keys}, not {stream.keys}")
        return found

    def _exists(self, stream):
        where = f"schemaname = '{self.schema}' AND tablename = '{stream.name}'"
        sql = f"SELECT 1 FROM pg_tables WHERE {where}"
        return bool(self.server.query(DATABASE, sql))


class PipelineWise(Postgres):
    """The target of PipelineWise, which other settings describe."""

    name = "pipelinewise"
    package = "pipelinewise-target-postgres==2.1.2"
    losses = frozenset({losses.FLOATS, losses.TABS, losses.EMPTY})

    def __init__(self, server, schema):
        super().__init__(server, schema)
        self.config["dbname"] = self.config.pop("database")
