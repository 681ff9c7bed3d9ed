//! Tasks: creating them with a JSON body, asking until they are done, and the files they leave.

use crate::client::{Answer, config, send, start, target};
use fake_tiktok::{Options, Row, Server, TOKEN, WorldConfig};
use flate2::read::DeflateDecoder;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::io::Read;
use std::time::Duration;

fn with(options: Options) -> Server {
    start(WorldConfig { odd: false, ..config() }, options)
}

fn post(server: &Server, path: &str, region: Option<&str>, body: &Value) -> Value {
    let region = region.map_or_else(String::new, |region| format!("X-Lead-Region: {region}\r\n"));
    let headers = format!("Access-Token: {TOKEN}\r\nContent-Type: application/json\r\n{region}");
    send(server, "POST", &target(path, &[]), &headers, &body.to_string()).unwrap().json()
}

fn get(server: &Server, path: &str, region: Option<&str>, params: &[(&str, &str)]) -> Answer {
    let region = region.map_or_else(String::new, |region| format!("X-Lead-Region: {region}\r\n"));
    let headers = format!("Access-Token: {TOKEN}\r\n{region}");
    send(server, "GET", &target(path, params), &headers, "").unwrap()
}

fn account(server: &Server) -> String {
    server.world().accounts()[0].advertiser_id.clone()
}

fn text(row: &Row, name: &str) -> String {
    serde_json::from_str(row.get(name).unwrap()).unwrap()
}

/// The leads of the account's forms, as the truth has them.
fn leads(server: &Server) -> Vec<Row> {
    server.world().listed("page/lead/task/", &account(server))
}

/// The file of a task, unpacked if it is an archive of one file.
fn file(answer: &Answer) -> String {
    if answer.has_header("Content-Type: text/csv") {
        return answer.text().to_owned();
    }
    assert!(answer.has_header("Content-Type: application/zip"), "{}", answer.headers);
    let bytes = &answer.bytes;
    assert!(bytes.starts_with(b"PK\x03\x04"));
    let short = |at: usize| usize::from(u16::from_le_bytes([bytes[at], bytes[at + 1]]));
    let start = 30 + short(26) + short(28);
    let mut out = String::new();
    DeflateDecoder::new(&bytes[start..start + short(18)]).read_to_string(&mut out).unwrap();
    out
}

/// Runs a task of leads to its end.
fn download(server: &Server, form: &str, region: Option<&str>) -> (String, String) {
    let id = account(server);
    let body = json!({"advertiser_id": id, "page_id": form});
    let created = post(server, "page/lead/task/", region, &body);
    assert_eq!(created["data"]["status"], "CREATED", "{created}");
    let task = created["data"]["task_id"].as_str().unwrap().to_owned();
    let poll = json!({"advertiser_id": id, "page_id": form, "task_id": task});
    let download = || {
        let params = [("advertiser_id", id.as_str()), ("task_id", task.as_str())];
        get(server, "page/lead/task/download/", region, &params)
    };
    assert_eq!(download().json()["code"], 40201, "it is not done yet");
    assert_eq!(post(server, "page/lead/task/", region, &poll)["data"]["status"], "RUNNING");
    let done = post(server, "page/lead/task/", region, &poll);
    assert_eq!(done["data"]["status"], "SUCCEED");
    (file(&download()), done["data"]["file_type"].as_str().unwrap().to_owned())
}

#[test]
fn the_leads_of_a_form_come_region_by_region() {
    let server = with(Options::default());
    let leads = leads(&server);
    let mut kinds = BTreeSet::new();
    let mut seen = 0;
    let forms: BTreeSet<_> = leads.iter().map(|row| text(row, "page_id")).collect();
    for form in forms.iter().take(2) {
        for (region, name) in [(Some("us"), "us"), (Some("eu"), "eu"), (None, "other")] {
            let (csv, kind) = download(&server, form, region);
            kinds.insert(kind);
            let expected = leads
                .iter()
                .filter(|row| text(row, "page_id") == *form && text(row, "_region") == name);
            assert!(csv.starts_with("lead_id,create_time,"), "{csv}");
            for row in expected {
                seen += 1;
                assert!(csv.contains(&format!("{},", text(row, "lead_id"))), "{csv}");
            }
        }
    }
    assert!(seen > 5);
    assert_eq!(kinds, ["csv", "zip"].map(str::to_owned).into());
}

#[test]
fn tasks_belong_to_an_owner_and_a_region_and_end() {
    let life = Duration::from_millis(50);
    let server =
        with(Options { task_polls: 0, task_life: life, failing_tasks: 1, ..Options::default() });
    let id = account(&server);
    let form = text(&leads(&server)[0], "page_id");
    let body = json!({"advertiser_id": id, "page_id": form});
    let create = || {
        let answer = post(&server, "page/lead/task/", Some("eu"), &body);
        answer["data"]["task_id"].as_str().unwrap().to_owned()
    };
    let poll = |task: &str, region: Option<&str>, id: &str| {
        let body = json!({"advertiser_id": id, "page_id": form, "task_id": task});
        post(&server, "page/lead/task/", region, &body)
    };
    let failing = create();
    assert_eq!(poll(&failing, Some("eu"), &id)["data"]["status"], "FAILED");
    let task = create();
    assert_eq!(poll(&task, Some("eu"), &id)["data"]["status"], "SUCCEED");
    let other = &server.world().accounts()[1].advertiser_id;
    assert_eq!(poll(&task, Some("us"), &id)["code"], 40007);
    assert_eq!(poll(&task, Some("eu"), other)["code"], 40007);
    std::thread::sleep(life * 2);
    let params = [("advertiser_id", id.as_str()), ("task_id", task.as_str())];
    let late = get(&server, "page/lead/task/download/", Some("eu"), &params).json();
    assert_eq!(late["code"], 40910, "{late}");
}

#[test]
fn bodies_and_headers_are_checked() {
    let server = with(Options::default());
    let id = account(&server);
    let form = text(&leads(&server)[0], "page_id");
    for (body, region, code, part) in [
        (json!({"page_id": form}), None, 40002, "exactly one of advertiser_id, library_id"),
        (json!({"advertiser_id": id}), None, 40002, "exactly one of ad_id, page_id"),
        (json!({"advertiser_id": id, "page_id": "77"}), None, 40007, "does not exist"),
        (json!({"advertiser_id": id, "page_id": form}), Some("de"), 40002, "one of"),
        (json!({"advertiser_id": id, "page_id": form, "size": 1}), None, 40002, "unknown"),
        (json!([1]), None, 40000, "JSON object"),
    ] {
        server.clear_log();
        let answer = post(&server, "page/lead/task/", region, &body);
        assert_eq!(answer["code"], code, "{answer}");
        assert!(answer["message"].as_str().unwrap().contains(part), "{answer}");
        assert_eq!(server.violations().len(), 1);
    }
    let create = json!({"advertiser_id": id, "start_time": "2026-07-01 00:00:00",
        "end_time": "2026-07-15 00:00:00", "object_ids": "[\"1\"]"});
    let twice = post(&server, "changelog/task/create/", None, &create);
    assert!(twice["message"].as_str().unwrap().contains("encoded twice"), "{twice}");
    let header = format!("Access-Token: {TOKEN}\r\n");
    let body = json!({"advertiser_id": id, "page_id": form}).to_string();
    let path = target("page/lead/task/", &[]);
    let no_type = send(&server, "POST", &path, &header, &body).unwrap();
    assert_eq!(no_type.json()["code"], 40000, "the content type is missing");
    assert_eq!(send(&server, "GET", &path, &header, "").unwrap().status, 405);
}

#[test]
fn the_change_log_is_a_csv_in_odd_wrappings() {
    let server = with(Options::default());
    let mut wrappings = BTreeSet::new();
    for account in server.world().accounts() {
        let id = account.advertiser_id.as_str();
        let window = json!({"advertiser_id": id, "start_time": "2026-06-20 00:00:00",
            "end_time": "2026-07-14 00:00:00"});
        let created = post(&server, "changelog/task/create/", None, &window);
        let task = created["data"]["task_id"].as_str().unwrap();
        let params = [("advertiser_id", id), ("task_id", task)];
        let check = || get(&server, "changelog/task/check/", None, &params).json();
        assert_eq!(check()["data"]["status"], "PROCESSING");
        assert_eq!(check()["data"]["status"], "SUCCESS");
        let answer = get(&server, "changelog/task/download/", None, &params).json();
        let text = answer["data"]["changelog"].as_str().unwrap();
        wrappings.insert(text[..2].to_owned());
        assert!(text.contains("b'Total,") && text.contains("\\nTime,log_object_type,Object ID,"));
        let rows = server.world().listed("changelog/task/create/", id);
        let inside = |row: &&Row| {
            let time = row.get("Time").unwrap().trim_matches('"');
            ("2026-06-20 00:00:00"..="2026-07-14 00:00:00").contains(&time)
        };
        assert!(rows.iter().filter(inside).count() > 5);
        for row in &rows {
            let time = row.get("Time").unwrap().trim_matches('"');
            assert_eq!(text.contains(time), inside(&row), "{time}");
        }
    }
    assert_eq!(wrappings, ["{'", "{\""].map(str::to_owned).into());
    let long = json!({"advertiser_id": account(&server), "start_time": "2026-06-01 00:00:00",
        "end_time": "2026-07-15 00:00:00"});
    let refused = post(&server, "changelog/task/create/", None, &long);
    assert!(refused["message"].as_str().unwrap().contains("max time span is"), "{refused}");
}
