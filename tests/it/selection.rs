//! What is delivered and requested, depending on the catalog: streams, fields, and catalogs that
//! other tools wrote. Keys and types of other taps, and unknown metrics, are tested in `foreign`.

use crate::catalogs::{entry, fields, mark, only};
use crate::harness::{CORE, Run, Tap, bare, ids, serve, world};
use crate::truth::{self, Scope, is_metric};
use fake_tiktok::Server;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use tap_tiktok_ads::discovery::discover;
use tap_tiktok_ads::streams::{self, Stream};

/// The metrics of the report requests, which are the same for all of them.
fn asked(server: &Server) -> Vec<String> {
    let mut all: Vec<String> = server
        .requests()
        .iter()
        .filter(|r| r.path.starts_with("report/") && r.param("query_lifetime").is_none())
        .map(|r| r.param("metrics").unwrap_or("[]").to_owned())
        .collect();
    all.dedup();
    assert_eq!(all.len(), 1, "requests differ: {all:?}");
    serde_json::from_str(&all[0]).unwrap()
}

fn properties(run: &Run, stream: &str) -> BTreeSet<String> {
    run.schema(stream).0["properties"].as_object().unwrap().keys().cloned().collect()
}

/// Keys and the replication key.
fn automatic(stream: &Stream) -> BTreeSet<String> {
    stream.keys.iter().copied().chain(stream.replication_key()).map(str::to_owned).collect()
}

#[test]
fn only_selected_fields_are_declared_delivered_and_requested() {
    for stream in CORE.iter() {
        let schema = streams::schema(stream);
        let names = schema["properties"]
            .as_object()
            .unwrap()
            .keys()
            .filter(|name| !automatic(stream).contains(*name));
        let some: Vec<&str> = names
            .map(String::as_str)
            .enumerate()
            .filter(|(i, _)| i % 3 == 1)
            .map(|(_, name)| name)
            .collect();
        let server = serve(world());
        let run = Tap::on(&server).catalog(&fields(stream.name, &some)).run().ended(0);
        assert_eq!(server.violations(), [""; 0]);
        assert_eq!(run.streams(), [stream.name]);
        let wanted: BTreeSet<String> = automatic(stream)
            .into_iter()
            .chain(some.iter().map(|name| (*name).to_owned()))
            .collect();
        assert_eq!(properties(&run, stream.name), wanted, "{}", stream.name);
        // The comparison fails if a field is missing in the SCHEMA line.
        truth::check(server.world(), &run, stream.name, &Scope::of(server.world()));
        if let Some(report) = stream.report() {
            let metrics: Vec<&str> =
                some.into_iter().filter(|name| is_metric(report, name)).collect();
            assert_eq!(asked(&server), metrics, "{}", stream.name);
        }
    }
}

#[test]
fn with_nothing_but_keys_there_are_still_rows() {
    for stream in CORE.iter() {
        let server = serve(world());
        let run = Tap::on(&server).catalog(&fields(stream.name, &[])).run().ended(0);
        assert_eq!(properties(&run, stream.name), automatic(stream), "{}", stream.name);
        truth::check(server.world(), &run, stream.name, &Scope::of(server.world()));
        assert_eq!(server.violations(), [""; 0], "{}", stream.name);
    }
}

#[test]
fn only_selected_streams_are_read() {
    for stream in CORE.iter() {
        let server = serve(world());
        let run = Tap::on(&server).catalog(&only(&[stream.name])).run().ended(0);
        assert_eq!(run.streams(), [stream.name]);
        for request in server.requests().iter().filter(|request| request.path != "advertiser/info/")
        {
            assert_eq!(request.path, stream.call.path);
        }
    }
    let server = serve(world());
    let run = Tap::on(&server).catalog(&only(&[])).run().ended(0);
    assert!(
        run.streams().is_empty() && run.said("WARNING", "no stream is selected") == 1,
        "{}",
        run.stderr.join("\n")
    );
}

#[test]
fn streams_run_in_the_order_of_the_catalog() {
    let server = serve(world());
    let mut catalog = discover();
    catalog["streams"].as_array_mut().unwrap().reverse();
    let run = Tap::on(&server).set("end_date", "2026-05-01").catalog(&catalog).run().ended(0);
    assert_eq!(run.streams(), CORE.iter().rev().map(|stream| stream.name).collect::<Vec<_>>());
}

#[test]
fn meltano_rewrites_selection() {
    // Meltano sets `selected` on every stream and property, and keeps `inclusion`.
    let mut everything = discover();
    for stream in everything["streams"].as_array_mut().unwrap() {
        for one in stream["metadata"].as_array_mut().unwrap() {
            one["metadata"]["selected"] = true.into();
        }
    }
    let server = serve(world());
    let run = Tap::on(&server).set("end_date", "2026-05-01").catalog(&everything).run().ended(0);
    for stream in CORE.iter() {
        truth::check(
            server.world(),
            &run,
            stream.name,
            &Scope::of(server.world()).days("2026-05-01", "2026-05-01"),
        );
    }
    for stream in CORE.iter() {
        let mut nothing_but = discover();
        for entry in nothing_but["streams"].as_array_mut().unwrap() {
            let is_it = entry["tap_stream_id"] == stream.name;
            for one in entry["metadata"].as_array_mut().unwrap() {
                one["metadata"]["selected"] = (is_it && one["breadcrumb"] == json!([])).into();
            }
        }
        let run =
            Tap::on(&server).set("end_date", "2026-05-01").catalog(&nothing_but).run().ended(0);
        assert_eq!(run.streams(), [stream.name]);
        assert_eq!(
            properties(&run, stream.name),
            automatic(stream),
            "{}: automatic beats selected: false",
            stream.name
        );
    }
}

#[test]
fn a_catalog_without_any_selection_is_synced_completely() {
    let server = serve(world());
    let schema = json!({"properties": {
        "campaign_id": {"type": "string"}, "campaign_name": {"type": ["null", "string"]},
    }});
    for metadata in [json!([]), Value::Null] {
        let catalog = json!({"streams": [{
            "tap_stream_id": "campaigns", "stream": "campaigns", "schema": schema,
            "metadata": metadata,
        }]});
        let run = Tap::on(&server).catalog(&catalog).run().ended(0);
        truth::check(server.world(), &run, "campaigns", &Scope::of(server.world()));
        assert_eq!(
            properties(&run, "campaigns"),
            ["campaign_id".to_owned(), "campaign_name".to_owned()].into()
        );
    }
}

#[test]
fn a_renamed_stream_keeps_its_identity() {
    let server = serve(world());
    let mut catalog = only(&["ads"]);
    entry(&mut catalog, "ads")["stream"] = "tiktok_ads_v2".into();
    let run = Tap::on(&server).catalog(&catalog).run().ended(0);
    assert_eq!(run.streams(), ["tiktok_ads_v2"]);
    let records = run.records("tiktok_ads_v2");
    truth::compare(
        server.world(),
        "ads",
        run.schema("tiktok_ads_v2"),
        &records,
        &Scope::of(server.world()),
        false,
    );
    assert!(
        run.state()["bookmarks"]["ads"][&ids(&server)[0]].is_string(),
        "a bookmark goes by identity: {}",
        run.state()
    );
}

#[test]
fn unknown_streams_count_only_when_selected() {
    let server = serve(world());
    let mut catalog = only(&["campaigns"]);
    let mut other = entry(&mut catalog, "ads").clone();
    (other["tap_stream_id"], other["stream"]) = ("ad_insight".into(), "ad_insight".into());
    catalog["streams"].as_array_mut().unwrap().push(other);
    let run = Tap::on(&server).catalog(&catalog).run().ended(0);
    assert_eq!(run.streams(), ["campaigns"]);
    mark(entry(&mut catalog, "ad_insight"), &[], "selected", true);
    server.clear_log();
    let run = Tap::on(&server).catalog(&catalog).run().ended(2);
    assert!(
        run.cause().contains("`ad_insight`") && run.cause().contains("`ad_insights`"),
        "{}",
        run.cause()
    );
    assert!(server.requests().is_empty() && run.stdout.is_empty());
}

#[test]
fn a_nested_property_can_be_left_out() {
    let nested = CORE.iter().find_map(|stream| {
        let schema = streams::schema(stream);
        let inner = |p: &Value| Some(p["properties"].as_object()?.keys().next()?.clone());
        let found = schema["properties"]
            .as_object()?
            .iter()
            .find_map(|(name, p)| Some((name.clone(), inner(p)?)))?;
        Some((stream.name, found.0, found.1))
    });
    let Some((stream, outer, inner)) = nested else { return a_nested_property_of_a_user() };
    let mut catalog = only(&[stream]);
    mark(
        entry(&mut catalog, stream),
        &["properties", &outer, "properties", &inner],
        "selected",
        false,
    );
    let server = serve(world());
    let run = Tap::on(&server).catalog(&catalog).run().ended(0);
    assert!(run.schema(stream).0["properties"][&outer]["properties"].get(&inner).is_none());
    for record in run.records(stream).into_iter().filter(|record| record.raw(&outer) != "null") {
        assert!(
            !record.raw(&outer).contains(&format!("\"{inner}\"")),
            "{stream}.{outer}.{inner} is deselected"
        );
    }
    a_nested_property_of_a_user();
}

/// `campaign_future_object` is in no schema of the tap.
fn a_nested_property_of_a_user() {
    let server = serve(world());
    let mut catalog = only(&["campaigns"]);
    let campaigns = entry(&mut catalog, "campaigns");
    let object = |properties: Value| json!({"type": ["null", "object"], "properties": properties});
    campaigns["schema"]["properties"]["campaign_future_object"] =
        object(json!({"nested": {"type": "array"}, "other": {"type": "string"}}));
    mark(
        campaigns,
        &["properties", "campaign_future_object", "properties", "nested"],
        "selected",
        false,
    );
    let run = Tap::on(&server).catalog(&catalog).run().ended(0);
    assert_eq!(
        run.schema("campaigns").0["properties"]["campaign_future_object"],
        object(json!({"other": {"type": ["string", "null"]}}))
    );
    let values: BTreeSet<_> = run
        .records("campaigns")
        .iter()
        .map(|record| record.raw("campaign_future_object").to_owned())
        .collect();
    assert_eq!(values, ["{}".to_owned(), "null".to_owned()].into());
}

#[test]
fn old_forms_of_selected_still_work() {
    let server = serve(world());
    let mut catalog = discover();
    for stream in catalog["streams"].as_array_mut().unwrap() {
        let wanted = stream["tap_stream_id"] == "campaigns";
        stream["metadata"] = json!([]);
        stream["selected"] = wanted.into();
    }
    let path = Tap::on(&server);
    let file = path.file("properties.json", &catalog.to_string());
    let run = path.arg("--properties").arg(&file).run().ended(0);
    assert_eq!(run.streams(), ["campaigns"]);
    assert!(bare(&["--help"]).ended(0).stdout.contains("--catalog"));
}
