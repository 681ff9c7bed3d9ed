"""Prints the rows of a file of DuckDB or Parquet as lines of JSON.

It runs in the environment of the target, which has the library that reads the file.
Usage: `reader.py duckdb FILE TABLE` or `reader.py parquet FILE`
"""

import json
import sys


def main(kind, path, *table):
    for row in duckdb_rows(path, *table) if kind == "duckdb" else parquet_rows(path):
        print(json.dumps(row, default=str))


def duckdb_rows(path, table):
    import duckdb

    connection = duckdb.connect(path, read_only=True)
    tables = "SELECT table_name FROM information_schema.tables"
    if (table,) not in connection.execute(tables).fetchall():
        return
    result = connection.execute(f'SELECT * FROM "{table}"')
    names = [column[0] for column in result.description]
    for row in result.fetchall():
        yield dict(zip(names, row))


def parquet_rows(path):
    import pandas

    for row in pandas.read_parquet(path).to_dict("records"):
        yield {name: None if value != value else value for name, value in row.items()}


if __name__ == "__main__":
    main(*sys.argv[1:])
