"""The rows that a target must have after a run, made from the data of the fake API.

Also which rows a second run reads again, and the bookmarks after each run.
"""

import json
from collections import Counter
from datetime import date, timedelta

from streams import OF_ACCOUNT
from values import expected

WINDOW = 7  # days of reports that a second run reads again


class Truth:
    """All rows of one fake API, as records. `flags` counts the difficult entities."""

    FLAGS = {"deleted", "top_view", "promote", "odd"}

    def __init__(self, fake, streams, scenario):
        self.scenario = scenario
        self.flags = Counter()
        self.rows = {}
        for stream in streams:
            rows = self._report(fake, stream) if stream.report else self._entities(fake, stream)
            self.rows[stream.name] = {stream.key(row): row for row in rows}
            if len(self.rows[stream.name]) != len(rows):
                raise RuntimeError(f"the fake API has keys of {stream.name} twice")

    def _entities(self, fake, stream):
        rows = []
        for entity in fake.ask(f"truth/{stream.name}"):
            self.flags.update(name for name in ("deleted", "top_view", "promote") if entity[name])
            if entity["deleted"] and not self.scenario.include_deleted:
                continue
            raw = dict(entity["row"])
            if "current_status" in stream.fields:
                gone = raw.get("operation_status") == "DELETE" or str(
                    raw.get("secondary_status")
                ).endswith("_DELETE")
                raw["current_status"] = "DELETE" if gone else "ACTIVE"
            row = {
                name: expected(schema, raw.get(name)) for name, schema in stream.properties.items()
            }
            self.flags.update(
                ["odd"]
                if any("\ufffd" in value for value in row.values() if isinstance(value, str))
                else []
            )
            rows.append(row)
        return rows

    def _report(self, fake, stream):
        report_type, level, dimensions = stream.report
        parameters = {
            "report_type": report_type,
            "data_level": level,
            "dimensions": json.dumps(dimensions),
        }
        parameters |= {
            "metrics": json.dumps(stream.metrics),
            "start_date": self.scenario.start,
            "end_date": self.scenario.end,
        }
        accounts = {
            entity["row"]["advertiser_id"]: {name: entity["row"].get(name) for name in OF_ACCOUNT}
            for entity in fake.ask("truth/advertisers")
        }
        rows = []
        for filtering in passes(level, self.scenario.include_deleted):
            asked = parameters | ({"filtering": json.dumps(filtering)} if filtering else {})
            for account in fake.accounts:
                for row in fake.ask("truth/report", advertiser_id=account, **asked):
                    raw = {**row["metrics"], **row["dimensions"], "advertiser_id": account}
                    raw |= accounts[account]
                    rows.append(
                        {
                            name: expected(schema, raw.get(name))
                            for name, schema in stream.properties.items()
                        }
                    )
        return rows

    def reads(self, stream, run):
        """How often a run writes each key: once, if the run reads it."""
        rows = self.rows[stream.name]
        if stream.report:
            first, last = self.scenario.days(run)
            return Counter(
                key for key, row in rows.items() if first <= row["stat_time_day"][:10] <= last
            )
        if run == 1 or stream.name == "advertisers":
            return Counter(rows.keys())
        newest = self.bookmarks(stream, 1)
        return Counter(
            key
            for key, row in rows.items()
            if (row["modify_time"] or "9") >= newest[row["advertiser_id"]]
        )

    def bookmarks(self, stream, run):
        """The expected bookmark of each account after a run."""
        if stream.report:
            _, last = self.scenario.days(run)
            return {
                row["advertiser_id"]: f"{last}T00:00:00Z" for row in self.rows[stream.name].values()
            }
        newest = {}
        for row in self.rows[stream.name].values() if stream.name != "advertisers" else ():
            if row["modify_time"]:
                account = row["advertiser_id"]
                newest[account] = max(newest.get(account, ""), row["modify_time"])
        return newest


def passes(level, include_deleted=False):
    """The filters that together return all rows of a level.

    Below the account, TikTok leaves out Promote by default, and returns TopView only alone.
    """
    if level == "AUCTION_ADVERTISER":
        return [[]]
    status = level.removeprefix("AUCTION_").lower() + "_status"
    deleted = [(status, ["STATUS_ALL"])] if include_deleted else []
    kinds = [
        ("campaign_system_origins", ["TT_ADS_PLATFORM", "PROMOTE"]),
        ("buying_type", ["RESERVATION_TOP_VIEW"]),
    ]
    return [
        [
            {"field_name": name, "filter_type": "IN", "filter_value": json.dumps(values)}
            for name, values in [*deleted, kind]
        ]
        for kind in kinds
    ]


class Scenario:
    """The data of a fake API, and the days of both runs: `start` to `middle`, then up to `end`."""

    def __init__(self, name, fake, days, include_deleted):
        self.name, self.fake = name, fake
        self.start, self.middle, self.end = days
        self.include_deleted = include_deleted

    def days(self, run):
        """The first and last day of reports that a run reads."""
        if run == 1:
            return self.start, self.middle
        again = date.fromisoformat(self.middle) - timedelta(days=WINDOW)
        return max(self.start, again.isoformat()), self.end
