"""Reads run reports of the tap: what a failed run means, and what is missing in the target.

docs/run-report.md describes the file.
"""

# The exit codes of docs/guarantees.md that trying again at once cannot change.
MEANINGS = {
    2: "the config, catalog or state is wrong",
    3: "the token or a permission is wrong, or every account was refused",
    4: "TikTok refused part of the work, and the rest was delivered",
}


def failures(report):
    """One line for each failure, with the stream, the account and what to do."""
    found = [(None, failure["account"], failure) for failure in report["failures"]]
    for stream in report["streams"]:
        found += [(stream["stream"], failure["account"], failure) for failure in stream["failures"]]
        for owner in stream["owners"]:
            found += [(stream["stream"], owner["id"], failure) for failure in owner["failures"]]
    return [_line(stream, owner, failure) for stream, owner, failure in found]


def _line(stream, owner, failure):
    where = [part for part in (stream, owner) if part]
    code = f"code {failure['code']}: " if failure.get("code") else ""
    remedy = f" To do: {failure['remedy']}" if failure.get("remedy") else ""
    return f"{', '.join(where) or 'the run'}: {code}{failure['message']}{remedy}"


def missing(report):
    """The accounts that did not get all of their rows."""
    at_start = {failure["account"] for failure in report["failures"] if failure["account"]}
    in_streams = {
        owner["id"]
        for stream in report["streams"]
        for owner in stream["owners"]
        if owner["owner"] == "account" and owner["status"] != "delivered"
    }
    return sorted(at_start | in_streams)


def complaints(group, report):
    """What is wrong with the run of a group: nothing if it delivered everything."""
    if report is None:
        return [f"{group}: the tap did not run"]
    if report["status"] == "succeeded":
        return []
    if report["status"] in ("running", "stopped"):
        return [f"{group}: the run did not end: {report['stopped'] or 'it was killed'}"]
    accounts = ", ".join(missing(report)) or "none"
    return [
        f"{group}: exit code {report['exit_code']}; accounts that lack rows: {accounts}",
        *(f"{group}: {line}" for line in failures(report)),
    ]
