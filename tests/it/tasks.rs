//! Tasks of leads that do not end or end in an unknown way, files without a usable row, and
//! questions named like a column of TikTok's: each costs as little as possible, and is named.

use crate::harness::{ids, serve, world};
use crate::leads::{LEADS, delivered, file, leads_of, of_leads, text, value, wanted};
use fake_tiktok::{Fault, FaultKind, Server};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// The forms of the requests that create or check tasks, with those for the file.
fn asked(server: &Server, form: Option<&str>, is_check: bool) -> usize {
    let requests = server.requests().into_iter().filter(|r| r.path == LEADS);
    let of_form = requests.filter(|r| form.is_none_or(|form| r.param("page_id") == Some(form)));
    of_form.filter(|request| request.param("task_id").is_some() == is_check).count()
}

/// A form whose leads the first account can read.
fn form(server: &Server) -> String {
    of_leads(server).set("accounts", [ids(server)[0].clone()]).run().ended(0);
    let asked = server.requests().into_iter().filter(|r| r.path == LEADS);
    let mut forms = asked.filter_map(|request| request.param("page_id").map(str::to_owned));
    let form = forms.next();
    server.clear_log();
    form.unwrap()
}

/// The tasks of a form have this status for ever, and no other one.
fn status(form: &str, status: &Value) -> Fault {
    let data = json!({"task_id": "5", "status": status});
    let kind = FaultKind::Body(json!({"code": 0, "message": "OK", "data": data}).to_string());
    let param = Some(("page_id".to_owned(), form.to_owned()));
    Fault { path: Some(LEADS.into()), param, times: usize::MAX, kind, ..Fault::default() }
}

#[test]
fn a_task_that_never_ends_is_given_up_and_the_others_are_read() {
    let server = serve(world());
    let form = form(&server);
    server.add_fault(status(&form, &json!("RUNNING")));
    let tap = of_leads(&server).set("concurrency", 1);
    let run = tap.set("accounts", [ids(&server)[0].clone()]).run().ended(5);
    assert!(run.cause().contains("has not ended after 30 minutes"), "{}", run.cause());
    assert!(run.cause().contains("leads") && run.cause().contains(&form), "{}", run.cause());
    let all = leads_of(&server, &ids(&server)[0]);
    let of_others: BTreeSet<String> = all
        .iter()
        .filter(|(_, row)| text(row, "page_id") != form)
        .map(|(id, _)| id.clone())
        .collect();
    let found: BTreeSet<String> = delivered(&run).into_iter().map(|(_, lead)| lead).collect();
    assert!(found == of_others && found.len() < all.len(), "{} of {}", found.len(), all.len());
    // Three regions: the first is waited for half an hour, the others for a minute, and no task is
    // created anew.
    assert_eq!((asked(&server, Some(&form), false), asked(&server, Some(&form), true)), (3, 76));
}

#[test]
fn tasks_that_never_end_are_not_all_waited_for() {
    let server = serve(world());
    server.set_options(|options| options.task_polls = usize::MAX);
    let tap = of_leads(&server).set("concurrency", 1);
    let run = tap.set("accounts", [ids(&server)[0].clone()]).run().ended(5);
    assert!(run.records("leads").is_empty() && !run.records("pages").is_empty());
    assert!(run.cause().contains("has not ended after 30 minutes"), "{}", run.cause());
    // The first one is waited for half an hour, and nine others for a minute. The other forms get
    // no tasks.
    assert_eq!((asked(&server, None, false), asked(&server, None, true)), (12, 64 + 9 * 6));
}

#[test]
fn a_status_that_is_not_known_costs_its_form() {
    for (word, says) in [
        (json!("MELTED"), "the status of the task is \"MELTED\", which is not known"),
        (Value::Null, "does not name the status of the task"),
    ] {
        let server = serve(world());
        let form = form(&server);
        server.add_fault(status(&form, &word));
        let run = of_leads(&server).run().ended(4);
        assert!(run.stderr.iter().any(|line| line.contains(says) && line.contains(&form)));
        let (found, all) = (delivered(&run), wanted(&server));
        assert!(found.len() * 10 > all.len() * 7 && found.len() < all.len(), "{}", found.len());
    }
}

#[test]
fn a_file_of_bad_lines_costs_its_form_and_region() {
    let server = serve(world());
    server.add_fault(file(1, "lead_id,Email\n,hidden@example.com\n"));
    let run = of_leads(&server).set("concurrency", 1).run().ended(4);
    assert!(run.cause().contains("no row of an answer with 1 can be used"), "{}", run.cause());
    assert!(run.cause().contains("page_id"), "{}", run.cause());
    assert!(!run.stderr.join("\n").contains("hidden@"));
    let (found, all) = (delivered(&run), wanted(&server));
    assert!(found.len() * 10 > all.len() * 8 && found.len() < all.len(), "{}", found.len());
}

#[test]
fn a_question_named_like_a_column_of_tiktok_is_kept() {
    let server = serve(world());
    let csv = "lead_id,created_time,page_name,Page name,page_name\n\
               1,1777630000,theirs,mine,again\n";
    server.add_fault(file(1, csv));
    let run = of_leads(&server).set("concurrency", 1).run().ended(0);
    let record = run.records("leads").into_iter().find(|r| r.raw("lead_id") == "\"1\"").unwrap();
    let pairs =
        json!([{"name": "Page name", "value": "mine"}, {"name": "page_name", "value": "again"}]);
    assert_eq!(value(record, "field_data"), pairs);
    assert_eq!(value(record, "page_name"), "theirs");
}
