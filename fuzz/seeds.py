#!/usr/bin/env python3
"""Writes corpus-seed/ from answers of the fake API and from files as tools write them.

Needs the binaries in target/debug. Run it after a stream or a setting was added.
"""

import json
import pathlib
import subprocess
import urllib.parse
import urllib.request

HERE = pathlib.Path(__file__).parent
BIN = HERE.parent / "target" / "debug"
SEEDS = HERE / "corpus-seed"
DAY = {"start_date": "2026-06-01", "end_date": "2026-06-01"}


def write(target, name, text):
    folder = SEEDS / target
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())


def ask(config, path, **params):
    url = f"{config['base_url']}/open_api/v1.3/{path}?{urllib.parse.urlencode(params)}"
    request = urllib.request.Request(url, headers={"Access-Token": config["access_token"]})
    with urllib.request.urlopen(request, timeout=60) as answer:
        return answer.read()


def pages(config, catalog):
    account = config["accounts"][0]
    streams = [stream["tap_stream_id"] for stream in catalog["streams"]]
    # The first byte chooses the plan: see targets/page.rs.
    plan = lambda name, more=0: bytes([48 + streams.index(name) + more])
    write(
        "page",
        "advertisers",
        plan("advertisers") + ask(config, "advertiser/info/", advertiser_ids=json.dumps([account])),
    )
    for name, path, page in [
        ("campaigns", "campaign", 1),
        ("adgroups", "adgroup", 1),
        ("ads", "ad", 3),
        ("ads", "ad", 5),
    ]:
        answer = ask(
            config,
            f"{path}/get/",
            advertiser_id=account,
            page_size=1 if name == "adgroups" else 2,
            page=page,
        )
        write("page", f"{name}-{page}", plan(name) + answer)
    write(
        "page",
        "ads-foreign",
        plan("ads", len(streams))
        + ask(config, "ad/get/", advertiser_id=account, page_size=1, page=2),
    )
    basic = {
        "report_type": "BASIC",
        "data_level": "AUCTION_AD",
        "dimensions": '["ad_id","stat_time_day"]',
        **DAY,
    }
    metrics = '["spend","impressions","conversion","secondary_goal_result","ad_name"]'
    report = ask(
        config,
        "report/integrated/get/",
        advertiser_id=account,
        page_size=3,
        metrics=metrics,
        **basic,
    )
    write("page", "ad_insights", plan("ad_insights") + report)
    write("page", "ad_insights-bookmark", plan("ad_insights", 2 * len(streams)) + report)
    audience = {
        "report_type": "AUDIENCE",
        "data_level": "AUCTION_AD",
        "dimensions": '["ad_id","age","gender","stat_time_day"]',
        **DAY,
    }
    report = ask(config, "report/integrated/get/", advertiser_id=account, page_size=3, **audience)
    write("page", "age-and-gender", plan("ad_insights_by_age_and_gender") + report)
    write("page", "refused", plan("campaigns") + ask(config, "campaign/get/", advertiser_id="7"))
    for name, text in {
        "null-list": (
            '{"code":0,"message":"OK","request_id":"x","data":{"list":null,'
            '"page_info":{"page":1,"page_size":1,"total_number":0,"total_page":0}}}'
        ),
        "escapes": (
            '{"code":0,"data":{"list":[{"ad_id":"1","ad_\\u0069d":2,"ad_name":"\\ud83d '
            '\\u0000\\n\\u2028","is_aco":"true","budget":-0.0e-5,"utm_params":[ {"a" : '
            '[1,\n{}]} ]}]}}'
        ),
        "times": (
            '{"code":0,"data":{"list":[{"ad_id":"1","modify_time":"0000-00-00 00:00:00",'
            '"create_time":"2026-02-30T04:05:06.123+08:00"}]}}'
        ),
    }.items():
        write("page", name, plan("ads") + text.encode())


def states():
    bookmarks = {
        "ads": {"1": "2026-02-01T03:04:05.000000Z", "2": None},
        "ad_insights": "2026-02-01 03:04:05",
        "x": [1],
    }
    partitions = {
        "ads": {
            "partitions": [
                {
                    "context": {"advertiser_id": "1"},
                    "replication_key_value": "2026-02-01T04:04:05+01:00",
                },
                {
                    "context": {"advertiser_id": 2},
                    "replication_key": "modify_time",
                    "progress_markers": {},
                },
            ]
        }
    }
    write("state", "own", json.dumps({"currently_syncing": None, "bookmarks": bookmarks}))
    write(
        "state", "meltano", json.dumps({"singer_state": {"bookmarks": partitions}, "completed": {}})
    )
    write(
        "state",
        "message",
        json.dumps({"type": "STATE", "value": {"bookmarks": {"ad_insights": {"1": "2026-02-01"}}}}),
    )
    write(
        "state",
        "odd",
        json.dumps(
            {
                "bookmarks": {
                    "ads": {"partitions": {}},
                    "ad_insights": {"1": "9999-12-31T23:59:59-01:00", "2": 5},
                }
            }
        ),
    )


def catalogs(catalog):
    by_name = {stream["tap_stream_id"]: stream for stream in catalog["streams"]}
    for name, kept in [("ads", 9), ("campaigns", 12), ("ad_insights", 14)]:
        stream = json.loads(json.dumps(by_name[name]))
        fields = [key for key in stream["schema"]["properties"] if key in stream["key_properties"]]
        fields += [key for key in stream["schema"]["properties"] if key not in fields][:kept]
        stream["schema"]["properties"] = {
            key: stream["schema"]["properties"][key] for key in fields
        }
        stream["metadata"] = [
            entry
            for entry in stream["metadata"]
            if len(entry["breadcrumb"]) < 2 or entry["breadcrumb"][1] in fields
        ]
        write("catalog", name, json.dumps({"streams": [stream]}))
    write(
        "catalog",
        "small",
        json.dumps(
            {
                "streams": [
                    {
                        "stream": "My ads",
                        "tap_stream_id": "ads",
                        "key_properties": ["ad_id", "modify_time"],
                        "replication_method": "FULL_TABLE",
                        "schema": {
                            "type": "object",
                            "selected": True,
                            "properties": {
                                "ad_id": {"type": "string"},
                                "modify_time": {},
                                "image_ids": {
                                    "type": ["null", "array"],
                                    "items": {"type": "string"},
                                },
                                "budget": {"anyOf": [{"type": "number"}, {"type": "null"}]},
                                "is_aco": {"type": ["boolean", "null"], "inclusion": "automatic"},
                            },
                        },
                        "metadata": [{"breadcrumb": [], "metadata": {"selected": "true"}}],
                    },
                    {
                        "stream": "nothing",
                        "schema": {"properties": {}},
                        "metadata": [{"breadcrumb": [], "metadata": {"selected": False}}],
                    },
                ]
            }
        ),
    )


def configs(config):
    write("config", "fake", json.dumps(config))
    write(
        "config",
        "texts",
        json.dumps(
            {
                "access_token": "x",
                "advertiser_ids": "1, 2,2",
                "start_date": "2026-01-01T00:00:00Z",
                "end_date": "",
                "sandbox": "true",
                "lookback": "28",
                "report_window": "7",
                "page_size": 100,
                "concurrency": "4",
                "rate_limit": "premium",
                "request_timeout": "0",
                "user_agent": "me",
                "include_deleted": "False",
                "ca_file": None,
            }
        ),
    )
    write(
        "config",
        "numbers",
        json.dumps(
            {
                "access_token": "x",
                "secret": "s",
                "app_id": 7,
                "accounts": [1, "2"],
                "start_date": "2026-01-01",
                "attribution_window": 1.0,
                "rate_limit": 0.5,
                "request_timeout": 1e9,
                "base_url": "https://example.com:444/",
                "metrics": [],
                "stream_groups": ["core"],
                "acess_token": 1,
            }
        ),
    )


def main():
    fake = subprocess.Popen(
        [
            BIN / "fake-tiktok",
            "--port",
            "0",
            "--accounts",
            "1",
            "--campaigns",
            "2",
            "--now",
            "2026-07-15T12:00:00Z",
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        fake.stderr.readline()  # comes after the config
        lines = iter(fake.stdout.readline, "")
        config = json.loads("".join(line for line in until(lines, "}\n")))
        catalog = json.loads(subprocess.check_output([BIN / "tap-tiktok-ads", "--discover"]))
        pages(config, catalog)
        states()
        catalogs(catalog)
        config["base_url"] = "http://127.0.0.1:8380"
        configs(config)
    finally:
        fake.kill()
        fake.wait()


def until(lines, last):
    for line in lines:
        yield line
        if line == last:
            return


main()
