//! What a run logs: metrics for Singer tools, JSON where Meltano asks for it, and the levels.

use crate::catalogs::only;
use crate::harness::{CORE, Run, Tap, serve, world};
use fake_tiktok::Fault;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The metrics of a run without JSON, in order.
fn metrics(run: &Run) -> Vec<Value> {
    let points = run.stderr.iter().filter_map(|line| line.strip_prefix("INFO METRIC: "));
    points.map(|point| serde_json::from_str(point).unwrap()).collect()
}

fn named<'m>(metrics: &'m [Value], name: &str) -> Vec<&'m Value> {
    metrics.iter().filter(|point| point["metric"] == name).collect()
}

/// Sums of a counter by a tag.
fn sums(metrics: &[Value], name: &str, tag: &str) -> BTreeMap<String, u64> {
    let mut sums = BTreeMap::new();
    for point in named(metrics, name) {
        assert_eq!(point["type"], "counter");
        *sums.entry(point["tags"][tag].as_str().unwrap().to_owned()).or_default() +=
            point["value"].as_u64().unwrap();
    }
    sums
}

/// Settings of Meltano for its logs.
fn meltano(formatter: &Value, level: &str) -> String {
    json!({"formatters": {"singer_formatter": formatter}, "root": {"level": level}}).to_string()
}

fn structured() -> Value {
    json!({"()": "singer_sdk.logging.StructuredFormatter"})
}

#[test]
fn metrics_count_what_was_delivered_and_requested() {
    let server = serve(world());
    let run = Tap::on(&server).run().ended(0);
    let metrics = metrics(&run);
    let records = sums(&metrics, "record_count", "stream");
    for stream in CORE.iter() {
        assert_eq!(records[stream.name], run.records(stream.name).len() as u64, "{}", stream.name);
    }
    let mut by_endpoint: BTreeMap<String, u64> = BTreeMap::new();
    for request in server.requests() {
        *by_endpoint.entry(request.path).or_default() += 1;
    }
    // The accounts are asked about before the first stream.
    by_endpoint.remove("advertiser/info/");
    assert_eq!(sums(&metrics, "http_request_count", "endpoint"), by_endpoint);
    let reports = sums(&metrics, "http_request_count", "stream");
    assert_eq!(reports.len(), CORE.len() - 1, "{reports:?}");
    let durations = named(&metrics, "sync_duration");
    assert_eq!(durations.len(), CORE.len());
    assert!(durations.iter().all(|point| point["type"] == "timer"
        && point["value"].is_number()
        && point["tags"]["status"] == "succeeded"));
}

#[test]
fn a_stream_that_fails_is_a_failed_sync_and_slow_ones_are_counted_on_the_way() {
    let server = serve(world());
    server.add_fault(Fault {
        path: Some("adgroup/get/".into()),
        times: usize::MAX,
        kind: crate::failures::code(40002, "Wrong."),
        ..Fault::default()
    });
    let run = Tap::on(&server).catalog(&only(&["campaigns", "adgroups"])).run().ended(4);
    let metrics = metrics(&run);
    let status = |name: &str| {
        let all = named(&metrics, "sync_duration");
        let point = all.iter().find(|point| point["tags"]["stream"] == name).unwrap();
        point["tags"]["status"].clone()
    };
    assert_eq!((status("campaigns"), status("adgroups")), (json!("succeeded"), json!("failed")));
    // Where all intervals are short, so is the one between two counts of records.
    server.clear_faults();
    server.set_options(|options| options.latency = std::time::Duration::from_millis(100));
    let tap = Tap::on(&server).set("concurrency", 1).set("page_size", 20);
    let run = tap.catalog(&only(&["ad_insights"])).run().ended(0);
    let metrics = self::metrics(&run);
    assert!(named(&metrics, "record_count").len() > 2, "{}", run.stderr.join("\n"));
    let counted = sums(&metrics, "record_count", "stream")["ad_insights"];
    assert_eq!(counted, run.records("ad_insights").len() as u64);
}

#[test]
fn meltano_gets_json_that_names_the_stream() {
    let server = serve(world());
    server.add_fault(Fault {
        path: Some("ad/get/".into()),
        times: 1,
        kind: crate::failures::code(50000, "Busy."),
        ..Fault::default()
    });
    let tap = Tap::on(&server);
    let path = tap.file("logging.json", &meltano(&structured(), "INFO"));
    let tap = tap.env("SINGER_SDK_LOG_CONFIG", &path);
    let run = tap.catalog(&only(&["campaigns", "ads"])).run().ended(0);
    let lines: Vec<Value> =
        run.stderr.iter().map(|line| serde_json::from_str(line).unwrap()).collect();
    let needed =
        ["level", "pid", "logger_name", "ts", "thread_name", "app_name", "stream_name", "message"];
    for line in &lines {
        assert!(needed.iter().all(|name| line.get(name).is_some()), "{line}");
    }
    let with = |text: &str| -> Vec<&Value> {
        lines.iter().filter(|line| line["message"].as_str().unwrap().contains(text)).collect()
    };
    // Meltano shows the message, and of `metric_info` only the name and the value.
    let counts: Vec<_> = with("METRIC ads")
        .into_iter()
        .filter(|line| line["metric_info"]["metric"] == "record_count")
        .collect();
    assert_eq!(counts.len(), 1, "{lines:?}");
    assert_eq!(counts[0]["metric_info"]["value"], run.records("ads").len());
    assert_eq!(counts[0]["stream_name"], "ads");
    // A line of a worker names its stream, too.
    let [retry] = with("Busy.")[..] else { panic!("{lines:?}") };
    assert_eq!((&retry["stream_name"], &retry["level"]), (&json!("ads"), &json!("info")));
    let last = lines.last().unwrap();
    assert!(last["stream_name"].is_null() && with(" records, ") == [last], "{last}");
}

#[test]
fn levels_come_from_the_command_line_the_environment_or_meltano() {
    let server = serve(world());
    let run = |change: &dyn Fn(Tap) -> Tap| {
        change(Tap::on(&server).catalog(&only(&["campaigns"]))).run().ended(0)
    };
    let levels = |run: &Run| {
        let has = |level: &str| run.stderr.iter().any(|line| line.starts_with(level));
        (has("DEBUG "), has("INFO "))
    };
    let own = "TAP_TIKTOK_ADS_LOGLEVEL";
    assert_eq!(levels(&run(&|tap| tap)), (false, true));
    assert_eq!(levels(&run(&|tap| tap.arg("-v"))), (true, true));
    assert_eq!(levels(&run(&|tap| tap.arg("-q"))), (false, false));
    assert_eq!(levels(&run(&|tap| tap.env("LOGLEVEL", "WARNING"))), (false, false));
    assert_eq!(levels(&run(&|tap| tap.env("LOGLEVEL", "error").env(own, "debug"))), (true, true));
    assert_eq!(levels(&run(&|tap| tap.env(own, "debug").arg("-q"))), (false, false));
    let run_with = |level: &str| {
        run(&|tap| {
            let path = tap.file("logging.json", &meltano(&json!({"format": "%(message)s"}), level));
            tap.env("SINGER_SDK_LOG_CONFIG", &path)
        })
    };
    assert_eq!(levels(&run_with("DEBUG")), (true, true));
    assert_eq!(levels(&run_with("ERROR")), (false, false));
    let wrong = run(&|tap| tap.env(own, "loud"));
    assert_eq!(wrong.said("WARNING", &format!("{own}: `loud` is no level")), 1);
    assert_eq!(levels(&wrong), (false, true));
    // Every request has its duration, for debugging.
    let before = server.requests().len();
    let debug = run(&|tap| tap.arg("-v"));
    let timed: Vec<_> =
        debug.stderr.iter().filter(|line| line.contains("http_request_duration")).collect();
    assert_eq!(timed.len(), server.requests().len() - before);
    for part in [r#""http_status_code":200"#, r#""status":"succeeded""#, r#""stream":"campaigns""#]
    {
        assert!(timed.last().unwrap().contains(part), "{part}: {timed:?}");
    }
}
