"""The streams of the catalog: their fields, types and keys, and the matching data of the fake API.

Fields come from the catalog. Only keys and the shape of each report are stated here.
"""

import json

from values import is_time

ENTITIES = {
    "advertisers": "advertiser_id",
    "campaigns": "campaign_id",
    "adgroups": "adgroup_id",
    "ads": "ad_id",
}

# Report type, data level, dimensions.
REPORTS = {
    "advertiser_insights": ("BASIC", "AUCTION_ADVERTISER", ["advertiser_id", "stat_time_day"]),
    "campaign_insights": ("BASIC", "AUCTION_CAMPAIGN", ["campaign_id", "stat_time_day"]),
    "adgroup_insights": ("BASIC", "AUCTION_ADGROUP", ["adgroup_id", "stat_time_day"]),
    "ad_insights": ("BASIC", "AUCTION_AD", ["ad_id", "stat_time_day"]),
    "ad_insights_by_age_and_gender": (
        "AUDIENCE",
        "AUCTION_AD",
        ["ad_id", "stat_time_day", "age", "gender"],
    ),
    "ad_insights_by_country": (
        "AUDIENCE",
        "AUCTION_AD",
        ["ad_id", "stat_time_day", "country_code"],
    ),
    "ad_insights_by_platform": ("AUDIENCE", "AUCTION_AD", ["ad_id", "stat_time_day", "platform"]),
    "campaign_insights_by_province": (
        "AUDIENCE",
        "AUCTION_CAMPAIGN",
        ["campaign_id", "stat_time_day", "province_id"],
    ),
}

NAMES = [*ENTITIES, *REPORTS]

# Columns that the tap adds to every record of a report: they are those of the account.
OF_ACCOUNT = ["currency", "timezone"]


class Stream:
    """One stream of the catalog."""

    def __init__(self, entry):
        self.name = entry["tap_stream_id"]
        self.properties = entry["schema"]["properties"]
        self.fields = set(self.properties)
        self.report = REPORTS.get(self.name)
        if self.report:
            self.dimensions = self.report[2]
            self.keys = list(dict.fromkeys(["advertiser_id", *self.dimensions]))
        else:
            self.dimensions = []
            self.keys = [ENTITIES[self.name]]

    @property
    def metrics(self):
        """The fields of a report without its key, and without those of the account."""
        added = [*self.keys, *OF_ACCOUNT]
        return [name for name in self.properties if name not in added]

    @property
    def times(self):
        """Fields that hold a date-time."""
        return [name for name, schema in self.properties.items() if is_time(schema)]

    def key(self, row):
        return tuple(row.get(name) for name in self.keys)


def load(path):
    """The known streams of a catalog file, all selected, and what is wrong with the catalog."""
    catalog = json.loads(path.read_text(encoding="utf-8"))
    complaints, streams = [], []
    for entry in catalog["streams"]:
        root = next((item["metadata"] for item in entry["metadata"] if not item["breadcrumb"]), {})
        root["selected"] = True
        if entry["tap_stream_id"] not in NAMES:
            complaints.append(f"{entry['tap_stream_id']} is not known here and cannot be compared")
            continue
        stream = Stream(entry)
        streams.append(stream)
        keys = root.get("table-key-properties", entry.get("key_properties", []))
        if sorted(keys) != sorted(stream.keys):
            complaints.append(f"{stream.name}: the keys are {keys}, not {stream.keys}")
        complaints += [
            f"{stream.name}: no metadata of {name}" for name in stream.fields - _described(entry)
        ]
    missing = set(NAMES) - {stream.name for stream in streams}
    complaints += [f"{name} is not in the catalog" for name in sorted(missing)]
    path.write_text(json.dumps(catalog), encoding="utf-8")
    return streams, complaints


def _described(entry):
    return {item["breadcrumb"][1] for item in entry["metadata"] if len(item["breadcrumb"]) == 2}
