//! Streams that are read with several lists: a list, a parent or a pass that TikTok refuses costs
//! its own rows, is named, and keeps the bookmark. The other lists are read.

use crate::catalogs::of;
use crate::failures::code;
use crate::grid::each;
use crate::harness::{Run, Tap, ids, serve, world};
use fake_tiktok::{Fault, Server};
use serde_json::Value;
use std::collections::BTreeSet;
use tap_tiktok_ads::streams::{self, Call, Pass, Per, Stream};
use time::{Duration, OffsetDateTime};

fn ago(days: i64) -> String {
    (OffsetDateTime::now_utc() - Duration::days(days)).date().to_string()
}

fn tap(server: &Server, streams: &[&'static Stream]) -> Tap {
    let tap = Tap::on(server).set("start_date", ago(20)).set("end_date", ago(0));
    let tap = tap.set("report_window", 30).set("include_deleted", true);
    tap.catalog(&of(streams.iter().copied()))
}

/// Resources with passes of which none may be refused.
fn of_passes() -> Vec<&'static Stream> {
    let is_plain = |pass: &Pass| pass.optional.is_none() && !pass.is_empty_if_refused;
    let is_one = |stream: &&Stream| {
        let passes = stream.call.passes;
        stream.report().is_none() && passes.len() > 1 && passes.iter().all(is_plain)
    };
    let found: Vec<_> = streams::all().iter().filter(is_one).collect();
    assert!(found.len() >= 8, "{} streams", found.len());
    found
}

/// What a request has of a pass: a parameter as it is sent.
fn condition(server: &Server, call: &Call, pass: &Pass) -> (String, String) {
    let value = |json: &str| serde_json::from_str::<Value>(json).unwrap();
    let is_special = |param: &&(_, _)| call.passes.iter().any(|pass| !pass.params.contains(param));
    let (name, json) = pass.params.iter().find(is_special).expect("it differs from the others");
    let requests = server.requests().into_iter().filter(|r| r.path == call.path);
    let mut sent = requests.filter_map(|request| {
        let (name, member) = name.split_once('.').unwrap_or((name, ""));
        let sent = request.param(name)?;
        let is_it = match member {
            "" => value(json).as_str().map_or(*json == sent, |text| text == sent),
            member => value(sent)[member] == value(json),
        };
        is_it.then(|| (name.to_owned(), sent.to_owned()))
    });
    sent.next_back().unwrap_or_else(|| panic!("no request has {name} {json}"))
}

fn refuse(server: &Server, path: &str, param: Option<(String, String)>) {
    let path = Some(path.to_owned());
    let kind = code(40007, "This list cannot be read.");
    server.add_fault(Fault { path, param, times: usize::MAX, kind, ..Fault::default() });
}

fn owners(server: &Server, stream: &Stream) -> Vec<String> {
    match stream.per {
        Per::BusinessCenter => server.world().business_centers(),
        Per::Once => vec![String::new()],
        _ => ids(server),
    }
}

/// The records of a stream.
fn texts(run: &Run, stream: &str) -> BTreeSet<String> {
    run.records(stream).into_iter().map(|record| format!("{:?}", record.0)).collect()
}

/// No bookmark says that missing rows were delivered.
fn has_no_bookmark(server: &Server, run: &Run, stream: &Stream) -> bool {
    let bookmarks = &run.state()["bookmarks"][stream.name];
    owners(server, stream).iter().all(|owner| bookmarks.get(owner).is_none())
}

#[test]
fn a_refused_pass_costs_its_own_rows() {
    let server = serve(world());
    each(&of_passes(), |stream| {
        server.clear_faults();
        server.clear_log();
        let whole = tap(&server, &[stream]).run().ended(0).records(stream.name).len();
        // The first one is refused, so that all others come after it.
        let pass = &stream.call.passes[0];
        let (name, value) = condition(&server, &stream.call, pass);
        refuse(&server, stream.call.path, Some((name.clone(), value)));
        let run = tap(&server, &[stream]).run().ended(4);
        let some = run.records(stream.name).len();
        assert!(some > 0 && some < whole, "{some} of {whole} rows");
        let owner = &owners(&server, stream)[0];
        let says = |line: &&String| {
            let words = [stream.name, owner, &name, "cannot be read", "its rows are missing"];
            words.iter().all(|word| line.contains(word))
        };
        assert!(run.stderr.iter().any(|line| says(&line)), "{}", run.stderr.join("\n"));
        assert!(has_no_bookmark(&server, &run, stream), "{}", run.state());
    });
}

#[test]
fn a_stream_fails_if_all_of_its_passes_are_refused() {
    let server = serve(world());
    let of_passes = of_passes();
    let is_alone = |stream: &&&'static Stream| !stream.call.has_parents();
    let alone: Vec<_> = of_passes.iter().filter(is_alone).copied().collect();
    each(&alone, |stream| {
        server.clear_faults();
        refuse(&server, stream.call.path, None);
        let run = tap(&server, &[stream]).run().ended(4);
        assert!(run.records(stream.name).is_empty());
        assert!(run.cause().contains("is left out"), "{}", run.cause());
        let lines = run.stderr.iter().filter(|line| line.contains("cannot be read"));
        assert_eq!(lines.count(), owners(&server, stream).len(), "{}", run.stderr.join("\n"));
    });
}

#[test]
fn parents_that_cannot_be_listed_cost_their_own_rows() {
    let server = serve(world());
    for (name, parent) in [
        ("custom_conversions", "pixel/list/"),
        ("custom_conversions", "app/list/"),
        ("pages", "page/library/get/"),
        ("page_fields", "page/library/get/"),
        ("identities", "bc/get/"),
    ] {
        let stream = streams::find(name).unwrap();
        server.clear_faults();
        let whole = tap(&server, &[stream]).run().ended(0).records(name).len();
        refuse(&server, parent, None);
        let run = tap(&server, &[stream]).run().ended(4);
        let some = run.records(name).len();
        assert!(some > 0 && some < whole, "{name}: {some} of {whole} rows");
        let says = |line: &&String| line.contains(name) && line.contains(parent);
        assert!(run.stderr.iter().any(|line| says(&line)), "{}", run.stderr.join("\n"));
        assert!(has_no_bookmark(&server, &run, stream), "{name}: {}", run.state());
    }
}

#[test]
fn a_refused_part_of_the_parents_costs_what_belongs_to_it() {
    let server = serve(world());
    // Its calls name pages, which are edited or published.
    for name in ["page_fields", "leads"] {
        let (stream, pages) = (streams::find(name).unwrap(), streams::find("pages").unwrap());
        server.clear_faults();
        server.clear_log();
        let whole = tap(&server, &[stream]).run().ended(0).records(name).len();
        let (param, value) = condition(&server, &pages.call, &pages.call.passes[0]);
        refuse(&server, pages.call.path, Some((param.clone(), value)));
        let run = tap(&server, &[stream]).run().ended(4);
        let some = run.records(name).len();
        assert!(some > 0 && some < whole, "{name}: {some} of {whole} rows");
        let says = |line: &&String| [name, "pages", &param].iter().all(|w| line.contains(w));
        assert!(run.stderr.iter().any(|line| says(&line)), "{}", run.stderr.join("\n"));
    }
}

#[test]
fn a_token_that_is_revoked_ends_the_run_at_once() {
    let server = serve(world());
    let stream = streams::find("bc_assets").unwrap();
    tap(&server, &[stream]).run().ended(0);
    let condition = condition(&server, &stream.call, &stream.call.passes[0]);
    server.clear_log();
    server.add_fault(Fault {
        path: Some(stream.call.path.into()),
        param: Some(condition),
        times: usize::MAX,
        kind: code(40105, "Access token is incorrect."),
        ..Fault::default()
    });
    let run = tap(&server, &[stream]).set("concurrency", 1).run().ended(3);
    assert!(run.cause().contains("Access token is incorrect."), "{}", run.cause());
    let asked = server.requests().into_iter().filter(|r| r.path == stream.call.path).count();
    assert_eq!(asked, 1, "no other pass is asked for");
}

#[test]
fn a_parent_that_is_not_granted_costs_its_own_rows() {
    let server = serve(world());
    for name in ["catalog_products", "comments", "page_fields"] {
        let stream = streams::find(name).unwrap();
        let param = stream.call.parents[0].last().unwrap().param;
        server.set_options(|options| options.refused_parents.clear());
        server.clear_log();
        let whole = texts(&tap(&server, &[stream]).run().ended(0), name);
        let asked = server.requests().into_iter().filter(|r| r.path == stream.call.path);
        let ids: Vec<String> =
            asked.filter_map(|request| request.param(param).map(str::to_owned)).collect();
        let is_shown = ids.iter().any(|id| {
            server.set_options(|options| options.refused_parents = vec![id.clone()]);
            let run = tap(&server, &[stream]).run().ended(4);
            assert!(run.stderr.iter().any(|line| line.contains(id)), "no line names {id}");
            let missing: Vec<_> = whole.difference(&texts(&run, name)).cloned().collect();
            let other = missing.iter().find(|record| !record.contains(id));
            assert_eq!(other, None, "{name}: the refusal of {id} costs rows of others");
            !missing.is_empty()
        });
        assert!(is_shown, "{name}: {} rows whatever is refused", whole.len());
        // If it is about all of them, few are asked for.
        server.set_options(|options| options.refused_parents = ids.clone());
        server.clear_log();
        let run = tap(&server, &[stream]).set("concurrency", 1).run().ended(4);
        assert!(run.records(name).is_empty());
        assert!(run.cause().contains("No permission to operate"), "{}", run.cause());
        let asked = server.requests().into_iter().filter(|r| r.path == stream.call.path).count();
        let ways = stream.call.parents.len() * owners(&server, stream).len();
        assert!(asked <= ids.len().min(20 * ways), "{name}: {asked} of {}", ids.len());
    }
}
