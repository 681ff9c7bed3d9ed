"""Loads rows of the tap into DuckDB and checks the views of docs/fivetran-views.sql.

The views must have every column that Fivetran's dbt package reads, and their rows and sums must be
those of the tap, also after the joins of the package. Needs the Python package `duckdb`.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from decimal import Decimal
from pathlib import Path

import duckdb
from fake import Fake

VIEWS = Path(__file__).resolve().parents[2] / "docs" / "fivetran-views.sql"

# Three accounts with TopView, Promote and deleted entities.
FAKE = ["--seed", "11", "--first-day", "2024-02-28", "--accounts", "3"]
SETTINGS = {
    "stream_groups": ["core", "hourly", "breakdowns"],
    "metrics": ["total_sales_lead_value"],
    "include_deleted": True,
    "start_date": "2024-02-26",
    "end_date": "2024-03-04",
    "rate_limit": 1000,
}

SUMS = ("spend", "impressions", "clicks")

_METRICS = """
average_video_play average_video_play_per_user clicks comments conversion conversion_rate
cost_per_conversion cpc cpm ctr follows impressions likes profile_visits reach
real_time_conversion shares spend total_purchase_value total_sales_lead_value video_play_actions
video_views_p_25 video_views_p_50 video_views_p_75 video_watched_2_s video_watched_6_s
"""
_COUNTRY = """
campaign_id stat_time_day country_code clicks conversion conversion_rate cost_per_conversion cpc
cpm ctr impressions real_time_conversion spend
"""

# View: stream, and the columns that fivetran/dbt_tiktok_ads 1.2.0 (commit ed7df30) reads, without
# those that Fivetran itself no longer fills (phone_number, telephone).
WANTED = {
    "advertiser": (
        "advertisers",
        "address balance cellphone_number company contacter country currency description email id"
        " industry language name telephone_number timezone",
    ),
    "campaign_history": (
        "campaigns",
        "advertiser_id campaign_id campaign_name campaign_type split_test_variable updated_at"
        " objective_type status budget budget_mode create_time is_new_structure",
    ),
    "adgroup_history": (
        "adgroups",
        "action_days adgroup_id adgroup_name advertiser_id audience_type budget campaign_id"
        " category display_name frequency frequency_schedule gender landing_page_url updated_at"
        " interest_category_v_2 action_categories age_groups languages",
    ),
    "ad_history": (
        "ads",
        "ad_id ad_name adgroup_id advertiser_id call_to_action campaign_id click_tracking_url"
        " impression_tracking_url landing_page_url updated_at",
    ),
    "campaign_country_report": ("campaign_insights_by_country", _COUNTRY),
}
for _level in ("campaign", "adgroup", "ad"):
    for _grain, _ending, _time in (("daily", "", "day"), ("hourly", "_hourly", "hour")):
        WANTED[f"{_level}_report_{_grain}"] = (
            f"{_level}_insights{_ending}",
            f"{_level}_id stat_time_{_time} {_METRICS}",
        )


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tap", required=True, help="binary of the tap")
    parser.add_argument("--fake", required=True, help="binary of the fake API")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="tap-views-") as folder:
        folder = Path(folder)
        with Fake(arguments.fake, FAKE, folder / "fake.log") as fake:
            rows, schemas = read(arguments.tap, {**fake.config, **SETTINGS}, folder)
        wrong = check(load(rows, schemas, folder), rows)
    for complaint in wrong:
        print(complaint, file=sys.stderr)
    return 1 if wrong else 0


def read(tap, config, folder):
    """The records and the schema of each stream that a view needs."""
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    (folder / "config.json").chmod(0o600)
    command = [tap, "--config", folder / "config.json"]
    catalog = json.loads(_output([*command, "--discover"]))
    needed = {stream for stream, _ in WANTED.values()}
    for entry in catalog["streams"]:
        root = next(item for item in entry["metadata"] if not item["breadcrumb"])
        root["metadata"]["selected"] = entry["tap_stream_id"] in needed
    (folder / "catalog.json").write_text(json.dumps(catalog), encoding="utf-8")
    lines = _output([*command, "--catalog", folder / "catalog.json"])
    rows, schemas = {stream: [] for stream in needed}, {}
    for line in lines.split("\n")[:-1]:
        message = json.loads(line, parse_float=Decimal)
        if message["type"] == "SCHEMA":
            schemas[message["stream"]] = message["schema"]["properties"]
        elif message["type"] == "RECORD":
            rows[message["stream"]].append(message["record"])
    return rows, schemas


def _output(command):
    done = subprocess.run(command, capture_output=True, encoding="utf-8")
    if done.returncode:
        sys.exit(f"the tap exited with {done.returncode}: {done.stderr[-2000:]}")
    return done.stdout


def load(rows, schemas, folder):
    """A database with one table per stream, with the types of its schema, and with the views."""
    database = duckdb.connect()
    database.execute("create schema tiktok")
    for stream, properties in schemas.items():
        path = folder / f"{stream}.jsonl"
        with path.open("w", encoding="utf-8") as file:
            for row in rows[stream]:
                file.write(json.dumps(row, default=str) + "\n")
        columns = {name: _type(schema) for name, schema in properties.items()}
        database.execute(
            f"create table tiktok.{stream} as select * from read_json($path,"
            " format = 'newline_delimited', columns = $columns)",
            {"path": str(path), "columns": columns},
        )
    database.execute(VIEWS.read_text(encoding="utf-8"))
    return database


def _type(schema):
    """The column type that targets choose for a schema."""
    if schema.get("format") == "date-time":
        return "TIMESTAMP"
    types = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    kinds = [kind for kind in types if kind != "null"]
    plain = {"integer": "BIGINT", "number": "DECIMAL(38, 12)", "boolean": "BOOLEAN"}
    if kinds[0] in ("array", "object"):
        return "JSON"
    return plain.get(kinds[0], "VARCHAR") if len(kinds) == 1 else "VARCHAR"


def check(database, rows):
    """What is wrong with the views."""
    wrong = []
    for view, (stream, columns) in WANTED.items():
        found = {row[0] for row in database.execute(f"describe tiktok_ads.{view}").fetchall()}
        wrong += [f"{view} has no column {name}" for name in set(columns.split()) - found]
        if not rows[stream]:
            wrong.append(f"the fake API has no rows of {stream}")
        names = [name for name in SUMS if name in columns.split()]
        want = (len(rows[stream]), *(_total(rows[stream], name) for name in names))
        got = _totals(database, f"tiktok_ads.{view}", names)
        if want != got:
            wrong.append(f"{view}: rows and sums are {got}, not {want}")
        print(f"{view:24} {got[0]:6} rows of {stream}")
    return wrong + [
        complaint
        for level in ("campaign", "adgroup", "ad")
        for complaint in _joins(database, level, rows[f"{level}_insights_hourly"])
    ]


def _joins(database, level, rows):
    """Joins a report with its history and the account, as the package does: no row gets lost."""
    joined = (
        f"tiktok_ads.{level}_report_hourly as report"
        f" join tiktok_ads.{level}_history as entity using ({level}_id)"
        " join tiktok_ads.advertiser on advertiser.id = entity.advertiser_id"
    )
    want = (len(rows), *(_total(rows, name) for name in SUMS))
    got = _totals(database, joined, [f"report.{name}" for name in SUMS])
    return [] if want == got else [f"{level} after the joins: {got}, not {want}"]


def _totals(database, source, names):
    sums = "".join(f", sum({name})" for name in names)
    return database.execute(f"select count(*){sums} from {source}").fetchone()


def _total(rows, name):
    return sum(Decimal(row[name]) for row in rows if row[name] is not None)


if __name__ == "__main__":
    sys.exit(main())
