//! Requests made from the files of facts: what a legal request needs, which requests together show
//! every row, and where the rows are in the answers.

use crate::client::{config, send, target};
use fake_tiktok::{APP_ID, SECRET, Server, TOKEN};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use time::Duration;

pub(crate) type Params = BTreeMap<String, Value>;

pub(crate) fn facts(path: &str) -> Value {
    let name = path.trim_end_matches('/').replace('/', ".");
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("endpoints/{name}.json"));
    serde_json::from_slice(&fs::read(file).unwrap()).unwrap()
}

/// Sends a request; lists and objects as JSON.
pub(crate) fn ask(server: &Server, path: &str, params: &Params) -> Value {
    let pairs: Vec<_> = params
        .iter()
        .map(|(name, value)| {
            (name.as_str(), value.as_str().map_or_else(|| value.to_string(), str::to_owned))
        })
        .collect();
    let pairs: Vec<_> = pairs.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let header = format!("Access-Token: {TOKEN}\r\n");
    send(server, "GET", &target(path, &pairs), &header, "").unwrap().json()
}

/// Every row, also those hidden by default, as the admin side tells them.
pub(crate) fn truth(server: &Server, path: &str, owner: &str) -> Vec<Value> {
    let target = format!("/_fake/truth/{path}?owner={owner}");
    let answer = send(server, "GET", &target, "", "").unwrap();
    answer.json().as_array().unwrap().clone()
}

pub(crate) fn first_account(server: &Server) -> String {
    server.world().accounts()[0].advertiser_id.clone()
}

/// Whose rows the requests below ask for.
pub(crate) fn owner(server: &Server, facts: &Value) -> String {
    let params = facts["params"].as_object().unwrap();
    let has = |kind: &str| params.values().any(|param| param["type"] == kind);
    if facts["rows"]["global"] == true {
        String::new()
    } else if has("account") {
        first_account(server)
    } else if has("business_center") {
        server.world().business_centers().remove(0)
    } else {
        String::new()
    }
}

/// The rows of the world's own entities come with other truths.
pub(crate) fn is_of_world(facts: &Value) -> bool {
    facts["rows"].get("world").is_some()
}

pub(crate) fn members(json: &Value) -> impl Iterator<Item = (&String, &Value)> {
    json.as_object().into_iter().flat_map(Map::iter)
}

/// The parameters that identify the owner or stand for the app.
pub(crate) fn base(server: &Server, facts: &Value) -> Params {
    let mut params = Params::new();
    for (name, param) in members(&facts["params"]) {
        let value = match param["type"].as_str().unwrap() {
            "account" => json!(first_account(server)),
            "accounts" => json!([first_account(server)]),
            "business_center" if param["required"] == true || param.get("is").is_none() => {
                json!(server.world().business_centers()[0])
            }
            "app_id" => json!(APP_ID),
            "secret" => json!(SECRET),
            kind if param["required"] == true && param.get("is").is_none() => {
                match (kind, param.get("one_of")) {
                    ("text", Some(all)) => all[0].clone(),
                    ("texts", Some(all)) => all.clone(),
                    _ => continue,
                }
            }
            _ => continue,
        };
        params.insert(name.clone(), value);
    }
    params
}

/// The last days up to yesterday, as the window of the file wants them.
pub(crate) fn windows(facts: &Value, params: &mut Params) {
    for window in facts["windows"].as_array().into_iter().flatten() {
        let most = window["most_days"].as_u64().unwrap_or(59).min(29);
        let days = [("from", most), ("until", 0)];
        for (end, ago) in days {
            let day = config().now.unwrap().date() - Duration::days(i64::try_from(ago).unwrap());
            set(params, window[end].as_str().unwrap(), json!(day.to_string()));
        }
    }
}

pub(crate) fn set(params: &mut Params, at: &str, value: Value) {
    match at.split_once('.') {
        None => {
            params.insert(at.to_owned(), value);
        }
        Some((name, key)) => {
            let object = params.entry(name.to_owned()).or_insert_with(|| json!({}));
            object[key] = value;
        }
    }
}

/// Every filter of a file: where it stands, and its facts.
pub(crate) fn filters(facts: &Value) -> Vec<(String, Value)> {
    let mut all = Vec::new();
    for (name, param) in members(&facts["params"]) {
        all.push((name.clone(), param.clone()));
        all.extend(
            members(&param["keys"]).map(|(key, param)| (format!("{name}.{key}"), param.clone())),
        );
    }
    all
}

/// The requests that together show every row: one for each value of what must be chosen or hides
/// rows, and one for each batch of parents.
pub(crate) fn passes(server: &Server, path: &str, facts: &Value) -> Vec<Params> {
    let mut base = base(server, facts);
    windows(facts, &mut base);
    let truth = truth(server, path, &owner(server, facts));
    let mut passes = vec![base];
    for (at, filter) in filters(facts) {
        let Some(member) = filter["is"].as_str() else { continue };
        let needed = filter["required"] == true
            || filter.get("default").is_some()
            || facts["page"]["info_with"] == at.as_str()
            || facts["exactly_one"].to_string().contains(&format!("\"{at}\""));
        if !needed || filter["type"] == "library" || filter["type"] == "header" {
            continue;
        }
        let of_rows: BTreeSet<String> = truth
            .iter()
            .filter_map(|row| row["row"].get(member).or_else(|| row["hidden"].get(member)))
            .map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned))
            .collect();
        let most = usize::try_from(filter["most"].as_u64().unwrap_or(100)).unwrap();
        let values: Vec<Value> = match (filter["type"].as_str().unwrap(), filter.get("one_of")) {
            ("texts", Some(all)) => {
                let all = all.as_array().unwrap().iter();
                vec![all.filter(|one| **one != filter["alone"]).cloned().collect()]
            }
            ("text", Some(all)) => all.as_array().unwrap().clone(),
            ("ids" | "texts", None) => {
                let ids: Vec<_> = of_rows.into_iter().collect();
                ids.chunks(most).map(|chunk| json!(chunk)).collect()
            }
            _ => of_rows.into_iter().map(Value::from).collect(),
        };
        passes = passes
            .iter()
            .flat_map(|pass| {
                values.iter().map(|value| {
                    let mut pass = pass.clone();
                    set(&mut pass, &at, value.clone());
                    pass
                })
            })
            .collect();
    }
    for needs in members(&facts["needs"]) {
        let (at, needs) = needs;
        let (value, needed) = members(needs).next().unwrap();
        let bcs = server.world().business_centers();
        passes = passes
            .into_iter()
            .flat_map(|pass| {
                if pass.get(at).is_none_or(|given| given != value) {
                    return vec![pass];
                }
                let with = |id: &String| {
                    let mut pass = pass.clone();
                    pass.insert(needed.as_str().unwrap().to_owned(), json!(id));
                    pass
                };
                bcs.iter().map(with).collect()
            })
            .collect();
    }
    passes
}

/// The rows of an answer.
pub(crate) fn rows(facts: &Value, answer: &Value) -> Vec<Value> {
    let data = &answer["data"];
    let at = &facts["data"];
    if let Some(member) = at["object"].as_str() {
        let row = if member.is_empty() { data } else { &data[member] };
        return vec![row.clone()];
    }
    if let Some(member) = at["map"].as_str() {
        return data[member].as_object().unwrap().values().cloned().collect();
    }
    let names = match &at["list"] {
        Value::String(name) => vec![name.clone()],
        all => all.as_array().unwrap().iter().map(|name| name.as_str().unwrap().into()).collect(),
    };
    let list = names.iter().find_map(|name| data.get(name)).unwrap();
    list.as_array().cloned().unwrap_or_default()
}

/// All pages of a request.
pub(crate) fn all_pages(
    server: &Server,
    path: &str,
    facts: &Value,
    params: &Params,
) -> Result<Vec<Value>, String> {
    let page = &facts["page"];
    let mut params = params.clone();
    let size = page["most"].as_u64().map(|most| most.min(7));
    if let Some(size) = size {
        params.insert("page_size".to_owned(), json!(size));
    }
    let mut all = Vec::new();
    for number in 1..200 {
        if size.is_some() {
            params.insert("page".to_owned(), json!(number));
        }
        let answer = ask(server, path, &params);
        if answer["code"] == 40002 && facts["data"]["empty"] == "refused" {
            return Ok(all);
        }
        if answer["code"] != 0 {
            return Err(format!("{params:?} is answered with {answer}"));
        }
        let of_page = rows(facts, &answer);
        let full = size.is_some_and(|size| of_page.len() as u64 == size);
        let short = of_page.len();
        all.extend(of_page);
        let info = &answer["data"]["page_info"];
        match (size.is_some(), page["info"] == false) {
            (true, false) => {
                if info["page"] != number || info["page_size"] != json!(size) {
                    return Err(format!("page_info of page {number} is {info}"));
                }
                if number >= info["total_page"].as_u64().unwrap_or(0) {
                    let total = info["total_number"].as_u64().unwrap();
                    if total != all.len() as u64 {
                        return Err(format!("{total} rows are promised, {} sent", all.len()));
                    }
                    return Ok(all);
                }
                if !full {
                    return Err(format!("page {number} has {short} rows"));
                }
            }
            _ if !info.is_null() => return Err("there is a page_info".to_owned()),
            (true, true) if full => {}
            _ => return Ok(all),
        }
    }
    Err("the pages do not end".to_owned())
}

/// A row without the members that are left out of it.
pub(crate) fn plain(row: &Value, facts: &Value) -> String {
    let mut row = row.clone();
    if facts["drops_nulls"] == true {
        row.as_object_mut().unwrap().retain(|_, value| !value.is_null());
    }
    for name in facts["only_with_fields"].as_array().into_iter().flatten() {
        row.as_object_mut().unwrap().shift_remove(name.as_str().unwrap());
    }
    row.to_string()
}
