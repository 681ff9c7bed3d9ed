//! Accounts by name, and all accounts if the config names none.

use crate::catalogs::only;
use crate::harness::{Tap, ids, serve, world};
use crate::truth::{self, Scope};
use fake_tiktok::{Fault, FaultKind, SECRET, Server, WorldConfig};
use serde_json::{Value, json};

fn tap(server: &Server, accounts: Value) -> Tap {
    let tap = Tap::on(server).set("secret", SECRET).set("accounts", accounts);
    tap.catalog(&only(&["campaigns", "ad_insights"]))
}

/// The accounts that a run has bookmarks of.
fn read(tap: &Tap) -> Vec<String> {
    let run = tap.run().ended(0);
    let state = run.state()["bookmarks"]["campaigns"].as_object().unwrap().clone();
    state.keys().cloned().collect()
}

#[test]
fn names_and_ids_can_be_mixed() {
    let server = serve(WorldConfig { accounts: 3, ..world() });
    let names: Vec<String> = server.world().accounts().iter().map(|a| a.name.clone()).collect();
    let ids = ids(&server);
    for (accounts, want) in [
        (json!([names[1]]), vec![&ids[1]]),
        (json!([names[1].to_uppercase(), ids[0]]), vec![&ids[0], &ids[1]]),
        (json!(format!("{}, {}", names[0], names[2])), vec![&ids[0], &ids[2]]),
        (json!([ids[1], names[1]]), vec![&ids[1]]),
    ] {
        let mut found = read(&tap(&server, accounts.clone()));
        found.sort_unstable();
        let mut want: Vec<String> = want.into_iter().cloned().collect();
        want.sort_unstable();
        assert_eq!(found, want, "{accounts}");
    }
    assert_eq!(server.violations(), [""; 0]);
}

#[test]
fn without_accounts_all_are_read() {
    let server = serve(WorldConfig { accounts: 3, ..world() });
    for none in [Value::Null, json!("")] {
        let run = tap(&server, none).run().ended(0);
        for stream in ["campaigns", "ad_insights"] {
            truth::check(server.world(), &run, stream, &Scope::of(server.world()));
        }
        assert_eq!(run.said("INFO", "3 of the 3 accounts that the token reaches are read"), 1);
    }
    let asked = server.requests();
    let lists = asked.iter().filter(|request| request.path == "oauth2/advertiser/get/");
    assert_eq!(lists.count(), 2, "once a run");
}

#[test]
fn ids_alone_are_not_asked_for() {
    let server = serve(world());
    tap(&server, json!(ids(&server))).run().ended(0);
    assert!(server.requests().iter().all(|request| request.path != "oauth2/advertiser/get/"));
}

#[test]
fn an_unknown_name_ends_with_those_that_exist_and_keeps_the_state() {
    let server = serve(WorldConfig { accounts: 3, ..world() });
    let state = json!({"bookmarks": {"campaigns": {"1": "2026-05-01T00:00:00Z"}}});
    let run = tap(&server, json!(["Cafe Zurich 1"])).state(&state).run().ended(2);
    let cause = run.cause();
    assert!(cause.contains("\"Cafe Zurich 1\", but the token reaches no account"), "{cause}");
    let place = |index: usize| {
        let account = &server.world().accounts()[index];
        cause.find(&format!("({})", account.advertiser_id)).expect("it is listed")
    };
    assert!(place(1) < place(0) && place(1) < place(2), "the nearest first: {cause}");
    assert_eq!((run.messages.len(), run.state()), (1, &state), "the reader keeps its state");
}

#[test]
fn a_name_of_two_accounts_ends_with_their_ids() {
    let server = serve(world());
    let list = json!([
        {"advertiser_id": "71", "advertiser_name": "Shop"},
        {"advertiser_id": "72", "advertiser_name": "Shop"},
        {"advertiser_id": "73", "advertiser_name": "Else"},
    ]);
    let body = json!({"code": 0, "message": "OK", "request_id": "r", "data": {"list": list}});
    server.add_fault(Fault {
        path: Some("oauth2/advertiser/get/".into()),
        kind: FaultKind::Body(body.to_string()),
        ..Fault::default()
    });
    let run = tap(&server, json!(["Shop"])).run().ended(2);
    let cause = run.cause();
    assert!(
        cause.contains("2 accounts") && cause.contains("\"Shop\" (71), \"Shop\" (72)"),
        "{cause}"
    );
    assert!(!cause.contains("73"), "{cause}");
}

#[test]
fn what_names_need_is_said() {
    let server = serve(world());
    for (accounts, part) in [(json!(["Shop"]), "the name \"Shop\""), (Value::Null, "is missing")] {
        let without = || tap(&server, accounts.clone()).set("secret", Value::Null);
        let run = without().run().ended(2);
        assert!(run.cause().contains(part) && run.cause().contains("`app_id` and `secret`"));
        let run = tap(&server, accounts.clone()).set("sandbox", true).run().ended(2);
        assert!(run.cause().contains(part) && run.cause().contains("sandbox does not list"));
    }
    assert!(server.requests().is_empty());
    let run = tap(&server, Value::Null).set("secret", "not-the-secret").run().ended(3);
    assert!(run.cause().contains("40101"), "{}", run.cause());
    server.set_options(|options| options.no_accounts = true);
    let run = tap(&server, Value::Null).run().ended(3);
    assert!(run.cause().contains("the token reaches no ad account"), "{}", run.cause());
}
