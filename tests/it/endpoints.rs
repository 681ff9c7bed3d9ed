//! Two readings of what TikTok's lists take and return: the tap's entries of resources and the
//! fake's files of facts. Each was written by itself, so that a slip in one of them shows here.
//! What differs on purpose is listed with its reason.

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use tap_tiktok_ads::json::RowsAt;
use tap_tiktok_ads::streams::{self, Days, Paging, Per, Rest, Stream};

/// What is said about one stream, as texts that can be compared.
type Facts = BTreeMap<String, String>;

/// A difference that is meant: the stream, what differs, how the tap and the fake spell it, and
/// why.
struct Difference(&'static str, &'static str, &'static str, &'static str, &'static str);

const MEANT: &[Difference] = &[
    Difference("identities", "page", "100", "100, or no page_info", "every pass names the type"),
    Difference("custom_audience_apply_log", "page", "20", "50", SMALL),
    Difference("optimizer_rules", "page", "20, or no page_info", "50, or no page_info", SMALL),
    Difference("optimizer_rule_results", "page", "20, or no page_info", "50", SMALL),
    Difference("store_products", "owner", "advertiser_id", "bc_id", "the store names its bc_id"),
];

const SMALL: &str = "the largest page is not published, so the tap asks for what every list takes";

/// Parameters with values that no pass asks for, and why.
const NOT_ASKED: &[(&str, &str, &str)] = &[
    ("locations", "placements", "places of TikTok itself, which has the most"),
    ("locations", "objective_type", "the places are the same for most objectives"),
    ("gmv_max_campaigns", "filtering.primary_status", "the default is all but deleted ones"),
    ("interest_categories", "version", "the newest version of the categories"),
];

#[test]
fn the_tap_and_the_fake_agree_on_what_lists_take() {
    let resources: Vec<_> = streams::all().iter().filter(|s| s.report().is_none()).collect();
    assert!(resources.len() >= 80, "{} resources", resources.len());
    let (mut wrong, mut met) = (Vec::new(), vec![false; MEANT.len()]);
    for stream in resources {
        let Some(file) = file_of(stream) else {
            wrong.push(format!("{}: the fake has no file of {}", stream.name, stream.call.path));
            continue;
        };
        let (tap, fake) = (of_tap(stream), of_fake(stream, &file));
        for what in tap.keys().chain(fake.keys()).collect::<BTreeSet<_>>() {
            let of = |facts: &Facts| facts.get(what).cloned().unwrap_or_default();
            let (tap, fake) = (of(&tap), of(&fake));
            let is_meant = |d: &Difference| {
                (d.0, d.1, d.2, d.3) == (stream.name, what.as_str(), tap.as_str(), fake.as_str())
            };
            match MEANT.iter().position(is_meant) {
                Some(place) => met[place] = true,
                None if tap != fake => {
                    wrong.push(format!("{}: {what}: tap {tap:?}, fake {fake:?}", stream.name));
                }
                None => {}
            }
        }
        wrong.extend(requests(stream, &file));
    }
    assert_eq!(wrong, Vec::<String>::new(), "differences without a reason");
    for (Difference(stream, what, _, _, why), met) in MEANT.iter().zip(met) {
        assert!(met, "{stream} {what}: this difference is gone, which was there for: {why}");
    }
}

/// The fake's facts about the endpoint of a stream.
pub(crate) fn file_of(stream: &Stream) -> Option<Value> {
    let name = stream.call.path.trim_end_matches('/').replace('/', ".");
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fake-api/endpoints");
    let text = std::fs::read_to_string(folder.join(format!("{name}.json"))).ok()?;
    Some(serde_json::from_str(&text).unwrap())
}

fn names(list: &Value) -> Vec<&str> {
    match list {
        Value::String(name) => vec![name],
        list => list.as_array().into_iter().flatten().filter_map(Value::as_str).collect(),
    }
}

/// The facts of a parameter: `filtering.status` is a key of the parameter `filtering`.
fn param<'a>(file: &'a Value, name: &str) -> &'a Value {
    name.split('.')
        .enumerate()
        .fold(file, |at, (depth, name)| &at[if depth == 0 { "params" } else { "keys" }][name])
}

fn of_tap(stream: &Stream) -> Facts {
    let call = &stream.call;
    let rows = match call.rows {
        RowsAt::Either(one, other) => format!("{one} {other}"),
        RowsAt::Data => "data".to_owned(),
        RowsAt::Keyed(name) => format!("{name} by key"),
        // The fake's file has the lists inside it in its sample row.
        RowsAt::Member(name) | RowsAt::Inside(name, ..) => name.to_owned(),
    };
    let page = match call.paging {
        Paging::Whole => "none".to_owned(),
        Paging::Pages(most) => format!("{most}"),
        Paging::PagesOrWhole(most) => format!("{most}, or no page_info"),
    };
    let owner = match stream.per {
        Per::BusinessCenter if call.names_owner => "bc_id",
        Per::Account | Per::Once if call.names_owner => "advertiser_id",
        _ => "none",
    };
    let permission = match stream.permission {
        "none" => "not published".to_owned(),
        permission => permission.replace(" or ", ", "),
    };
    let days = call.days.map(|Days { start, end, history, .. }| {
        format!("{start} {end}, history {}", history.map_or(String::new(), |h| h.to_string()))
    });
    Facts::from([
        ("rows".into(), rows),
        ("page".into(), page),
        ("owner".into(), owner.to_owned()),
        ("permission".into(), permission),
        ("sandbox".into(), stream.in_sandbox.to_string()),
        ("days".into(), days.unwrap_or_default()),
        ("cap".into(), call.cap.map_or(String::new(), |cap| cap.rows.to_string())),
    ])
}

fn of_fake(stream: &Stream, file: &Value) -> Facts {
    let data = &file["data"];
    let rows = if let Some(map) = data["map"].as_str() {
        format!("{map} by key")
    } else {
        match data["object"].as_str() {
            Some("") => "data".to_owned(),
            Some(name) => name.to_owned(),
            None => names(&data["list"]).join(" "),
        }
    };
    let page = &file["page"];
    let most = page["most"].as_u64();
    let is_counted = page["info"] != false && page["info_with"].is_null();
    let page = match most {
        None => "none".to_owned(),
        Some(most) if is_counted => format!("{most}"),
        Some(most) => format!("{most}, or no page_info"),
    };
    let is_owner = |name: &str| {
        let required = param(file, name)["required"] == true;
        let one_of = file["exactly_one"].as_array().into_iter().flatten();
        required || one_of.into_iter().any(|one_of| names(one_of).contains(&name))
    };
    let owner = ["bc_id", "advertiser_id"].into_iter().find(|name| is_owner(name));
    let scope = names(&file["scope"]).join(", ");
    let cap = file["cap"]["rows"].as_u64().or(file["cap"]["page_times_size"].as_u64());
    let days = file["windows"].as_array().into_iter().flatten().next().map(|window| {
        let number = |name: &str| window[name].as_u64().map_or(String::new(), |n| n.to_string());
        let (start, end) = (&window["from"], &window["until"]);
        let names = format!("{} {}", start.as_str().unwrap(), end.as_str().unwrap());
        format!("{names}, history {}", number("history_days"))
    });
    Facts::from([
        ("rows".into(), rows),
        ("page".into(), page),
        ("owner".into(), owner.unwrap_or("none").to_owned()),
        ("permission".into(), if scope.is_empty() { "not published".into() } else { scope }),
        ("sandbox".into(), (file["sandbox"] == true).to_string()),
        ("days".into(), days.filter(|_| stream.has_windows()).unwrap_or_default()),
        ("cap".into(), cap.map_or(String::new(), |rows| rows.to_string())),
    ])
}

/// What is wrong with the parameters of passes and parents: names and values that the fake does not
/// know, batches of ids that are not the largest possible, and values that no pass asks for.
fn requests(stream: &Stream, file: &Value) -> Vec<String> {
    let mut wrong = Vec::new();
    let name = stream.name;
    let most = file["windows"][0]["most_days"].as_u64().unwrap_or(u64::MAX);
    if stream.has_windows() && u64::from(stream.window_days()) > most {
        wrong.push(format!("{name}: windows of {} days, fake {most}", stream.window_days()));
    }
    let mut asked: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for pass in stream.call.passes {
        for (param_name, json) in pass.params {
            let facts = param(file, param_name);
            if facts.is_null() {
                wrong.push(format!("{name}: the fake has no parameter {param_name}"));
            }
            let value = serde_json::from_str(json).unwrap_or_else(|_| Value::from(*json));
            let values = names(&value).into_iter().map(str::to_owned);
            asked.entry(param_name).or_default().extend(values);
        }
        let ways = if pass.parents.is_empty() { stream.call.parents } else { pass.parents };
        for parent in ways.iter().copied().flatten() {
            let facts = param(file, parent.param);
            if facts.is_null() {
                wrong.push(format!("{name}: the fake has no parameter {}", parent.param));
            }
            let is_list = parent.param.ends_with('s');
            let most = facts["most"].as_u64().unwrap_or(if is_list { u64::MAX } else { 1 });
            if is_list && parent.most as u64 != most {
                wrong.push(format!("{name}: {} of {}, fake {most}", parent.param, parent.most));
            }
        }
    }
    let rest = match stream.call.cap.map(|cap| cap.rest) {
        Some(Rest::ById(parents)) => parents,
        Some(Rest::ByPart(part)) => std::slice::from_ref(part),
        Some(Rest::Unreachable) | None => &[],
    };
    for parent in rest {
        let most = param(file, parent.param)["most"].as_u64();
        let is_part = matches!(stream.call.cap.map(|cap| cap.rest), Some(Rest::ByPart(_)));
        if most.is_none_or(|most| parent.most as u64 != if is_part { 1 } else { most }) {
            wrong.push(format!("{name}: {} of {}, fake {most:?}", parent.param, parent.most));
        }
    }
    for (param_name, values) in asked {
        let facts = param(file, param_name);
        let known: BTreeSet<&str> = names(&facts["one_of"]).into_iter().collect();
        let means = |value: &str| names(&facts["means"][value]).len();
        for value in values.iter().filter(|v| !known.is_empty() && !known.contains(v.as_str())) {
            wrong.push(format!("{name}: {param_name} cannot be {value}"));
        }
        // One value may stand for all others.
        let is_all = values.iter().any(|v| v.ends_with("ALL") || means(v) + 1 >= known.len());
        let missing = known.iter().filter(|known| !values.contains(**known));
        let is_meant = NOT_ASKED.iter().any(|(of, param, _)| (*of, *param) == (name, param_name));
        if !is_all && !is_meant && known.len() > 1 && known.len() > values.len() {
            wrong.push(format!(
                "{name}: no pass has {param_name} {:?}",
                missing.collect::<Vec<_>>()
            ));
        }
    }
    wrong
}
