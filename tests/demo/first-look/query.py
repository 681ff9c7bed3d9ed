"""Prints the result of a query as a line of JSON for each row.

It runs in the environment of target-duckdb. Usage: `query.py DATABASE FILE_WITH_SQL`
"""

import json
import sys
from pathlib import Path

import duckdb

database, query = sys.argv[1:]
result = duckdb.connect(database, read_only=True).execute(Path(query).read_text("utf-8"))
names = [column[0] for column in result.description]
for row in result.fetchall():
    print(json.dumps(dict(zip(names, row)), default=str))
