//! Every file of facts, one after the other: its endpoint answers what the file says, all rows can
//! be had, and wrong requests are refused. All files that fail are named together.

use crate::client::{config, start};
use crate::requests::{
    Params, all_pages, ask, facts, filters, is_of_world, members, owner, passes, plain, set, truth,
    windows,
};
use fake_tiktok::{Options, Server, WorldConfig, listed_paths};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use time::Duration;

/// Runs a check for every file that lists rows, and names all that fail.
fn every(check: impl Fn(&Server, &str, &Value) -> Result<(), String>) {
    let server = start(WorldConfig { odd: false, ..config() }, Options::default());
    let failed: Vec<_> = listed_paths()
        .into_iter()
        .map(|path| (path, facts(path)))
        .filter(|(_, facts)| facts.get("task").is_none())
        .filter_map(|(path, facts)| check(&server, path, &facts).err().map(|why| (path, why)))
        .map(|(path, why)| format!("{path}: {why}"))
        .collect();
    assert!(failed.is_empty(), "{} files fail:\n{}", failed.len(), failed.join("\n"));
}

#[test]
fn every_endpoint_shows_every_row() {
    every(|server, path, facts| {
        if is_of_world(facts) || facts["rows"]["window"] == true {
            return Ok(());
        }
        let all = truth(server, path, &owner(server, facts));
        let distinct: BTreeSet<_> = all.iter().map(ToString::to_string).collect();
        if (distinct.len() < all.len()) != facts["rows"]["twins"].is_boolean() {
            return Err(format!("{} rows, {} of them distinct", all.len(), distinct.len()));
        }
        let mut seen = BTreeSet::new();
        for pass in passes(server, path, facts) {
            let rows = all_pages(server, path, facts, &pass)?;
            seen.extend(rows.iter().map(|row| plain(row, facts)));
        }
        let expected: BTreeSet<_> = all
            .iter()
            .filter(|row| in_window(row, facts))
            .map(|row| plain(&row["row"], facts))
            .collect();
        if expected.is_empty() {
            return Err("there are no rows".to_owned());
        }
        let lost = expected.difference(&seen).next();
        let foreign = seen.difference(&expected).next();
        match (lost, foreign) {
            (None, None) => Ok(()),
            (Some(row), _) => Err(format!("never sent: {row}")),
            (None, Some(row)) => Err(format!("not in the truth: {row}")),
        }
    });
}

/// Whether a row of the truth is in the window that the requests above ask for.
fn in_window(row: &Value, facts: &Value) -> bool {
    let mut params = Params::new();
    windows(facts, &mut params);
    filters(facts).iter().all(|(at, filter)| {
        let test = ["from", "until", "before"].into_iter().find(|test| filter.get(test).is_some());
        let Some(test) = test else { return true };
        let (name, key) = at.split_once('.').unwrap_or((at, ""));
        let Some(value) =
            params.get(name).map(|value| if key.is_empty() { value } else { &value[key] })
        else {
            return true;
        };
        let member = filter[test].as_str().unwrap();
        let own = row["row"].get(member).or_else(|| row["hidden"].get(member)).unwrap();
        let (own, value) = (own.as_str().unwrap(), value.as_str().unwrap());
        match test {
            "from" => own >= value,
            "until" => own <= value || own.starts_with(value),
            _ => own < value,
        }
    })
}

#[test]
fn every_endpoint_answers_for_one_row_a_page() {
    every(|server, path, facts| {
        let Some(pass) = passes(server, path, facts).into_iter().next() else {
            return Err("no request is known for it".to_owned());
        };
        let answer = ask(server, path, &pass);
        let refused = facts["data"]["empty"] == "refused" && answer["code"] == 40002;
        if answer["code"] == 0 || refused { Ok(()) } else { Err(answer.to_string()) }
    });
}

#[test]
fn every_endpoint_refuses_what_it_does_not_know() {
    every(|server, path, facts| {
        let pass = passes(server, path, facts).remove(0);
        let refused = |change: &dyn Fn(&mut Params), code: i64, part: &str| {
            server.clear_log();
            let mut params = pass.clone();
            change(&mut params);
            let answer = ask(server, path, &params);
            let message = answer["message"].as_str().unwrap_or_default();
            if answer["code"] != code || !message.contains(part) || server.violations().len() != 1 {
                return Err(format!("{params:?} is answered with {code} {part:?}: {answer}"));
            }
            Ok(())
        };
        refused(&|params| set(params, "pagesize", json!("1")), 40002, "unknown parameter")?;
        if let Some(most) = facts["page"]["most"].as_u64() {
            let size = json!(most + 1);
            refused(&|params| set(params, "page_size", size.clone()), 40002, "page_size")?;
            refused(&|params| set(params, "page", json!("0")), 40002, "at least 1")?;
        }
        for (name, param) in members(&facts["params"]) {
            if param["required"] == true {
                let gone = |params: &mut Params| drop(params.remove(name));
                refused(&gone, 40002, name)?;
            }
            if param["type"] == "ids" {
                let many = vec!["1"; usize::try_from(param["most"].as_u64().unwrap()).unwrap() + 1];
                let many = json!(many);
                refused(&|params| set(params, name, many.clone()), 40011, "Too many ids")?;
            }
            if param.get("one_of").is_some() {
                let wrong = if param["type"] == "texts" { json!(["NONE"]) } else { json!("NONE") };
                refused(&|params| set(params, name, wrong.clone()), 40002, "one of")?;
            }
            if param["type"] == "object" {
                refused(
                    &|params| set(params, &format!("{name}.none"), json!(1)),
                    40002,
                    "unknown key",
                )?;
            }
            if param["exists"] == true {
                refused(&|params| set(params, name, json!("77")), 40007, "does not exist")?;
            }
            let kind = param["type"].as_str().unwrap();
            if ["account", "business_center"].contains(&kind) {
                refused(&|params| set(params, name, json!("77")), 40001, "No permission")?;
            }
        }
        for window in facts["windows"].as_array().into_iter().flatten() {
            let Some(most) = window["most_days"].as_u64() else { continue };
            let now = config().now.unwrap().date();
            let from = now - Duration::days(i64::try_from(most).unwrap());
            let long = |params: &mut Params| {
                set(params, window["from"].as_str().unwrap(), json!(from.to_string()));
                set(params, window["until"].as_str().unwrap(), json!(now.to_string()));
            };
            refused(&long, 40002, "max time span is")?;
        }
        Ok(())
    });
}
