"""Merges the states of runs that read different accounts, and writes files in one step."""

import json
import os
from functools import reduce


def merge(states):
    """One state with the bookmarks of all. Of two bookmarks of an account, the later one stays."""
    merged = reduce(_merge, states, {})
    merged.pop("currently_syncing", None)  # where one run stopped means nothing to another
    return merged


def _merge(one, other):
    if isinstance(one, dict) and isinstance(other, dict):
        both = {name: _merge(one[name], other[name]) for name in one.keys() & other.keys()}
        return one | other | both
    if one is None or other is None:
        return other if one is None else one
    return max(one, other)


def read(path):
    """The JSON of a file; None if there is no such file."""
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None


def write(path, text):
    """Replaces a file, so that a reader never sees half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_suffix(".new")
    new.write_text(text, encoding="utf-8")
    os.replace(new, path)
