"""Brings what a table holds into the form of the expected values, by the type of the field.

Targets write booleans, times, lists and objects in forms of their own, which are no losses.
"""

import json

from losses import Flat
from values import Number, is_time, parse, types


def read(schema, value):
    """A value of a table, which is text, a number, a boolean or None."""
    if value is None:
        return None
    allowed = types(schema)
    if allowed and allowed <= {"number", "integer"}:
        return Number(value)
    if allowed == {"boolean"}:
        return {"1": True, "true": True, "0": False, "false": False}.get(str(value).lower(), value)
    if is_time(schema) and isinstance(value, str):
        return value.replace(" ", "T").removesuffix("Z").removesuffix("+00:00") + "Z"
    if allowed and allowed <= {"object", "array"} and isinstance(value, str):
        return _json(value)
    return value


def _json(text):
    try:
        return parse(text)
    except json.JSONDecodeError:
        return text


def record(stream, row):
    """A row with the fields of the stream. What a target adds is left out."""
    fields = {}
    for name, schema in stream.properties.items():
        if row.get(name) is None and "object" in types(schema):
            # Some targets keep a column for the object itself, which is always null.
            fields[name] = _columns(row, f"{name}__")
        elif name in row:
            fields[name] = read(schema, row[name])
    return fields


def _columns(row, prefix):
    """The columns that a target made of an object; None if all of them are null."""
    found = Flat(
        (column[len(prefix) :], value) for column, value in row.items() if column.startswith(prefix)
    )
    return found if any(value is not None for value in found.values()) else None
