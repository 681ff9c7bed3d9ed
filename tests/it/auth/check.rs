//! `auth --check`: what it finds out, prints, and ends with.

use crate::harness::{Run, Tap, ids, serve, world};
use fake_tiktok::{Fault, Options, SECRET, Server, World};
use serde_json::{Value, json};

/// A check with all of a server's accounts.
fn check(server: &Server) -> Tap {
    Tap::on(server).set("secret", SECRET).arg("auth").arg("--check")
}

fn json_of(run: &Run) -> Value {
    serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("{error}: {}", run.stdout))
}

/// The permissions of a group, with whether each is granted.
fn permissions<'j>(json: &'j Value, group: &str) -> Vec<(&'j str, &'j Value)> {
    let all = json["permissions"].as_array().unwrap().iter();
    all.filter(|one| one["group"] == group)
        .map(|one| (one["permission"].as_str().unwrap(), &one["is_granted"]))
        .collect()
}

#[test]
fn everything_that_a_token_reaches_is_listed() {
    let server = serve(world());
    let all = json!(["all", "leads", "comments"]);
    let run = check(&server).set("stream_groups", all).arg("--format").arg("json").run().ended(0);
    let json = json_of(&run);
    assert_eq!((&json["environment"], &json["user"]), (&json!("production"), &json!("Fake User")));
    for (account, found) in
        server.world().accounts().iter().zip(json["accounts"].as_array().unwrap())
    {
        assert_eq!(found["id"], account.advertiser_id.as_str());
        assert_eq!(found["name"], account.name.as_str());
        assert_eq!(found["timezone"], account.zone.as_str());
        assert_eq!(found["currency"], account.currency.as_str());
        assert_eq!(found["is_reachable"], true);
    }
    let centers: Vec<&str> = json["business_centers"]
        .as_array()
        .unwrap()
        .iter()
        .map(|center| center["id"].as_str().unwrap())
        .collect();
    assert_eq!(centers, server.world().business_centers());
    // Every permission of the stream table is there, for every group that needs it.
    let mut listed = 0;
    for stream in tap_tiktok_ads::streams::all() {
        let of_group = permissions(&json, stream.group.name());
        assert!(
            of_group.contains(&(stream.permission, &json!(true))),
            "{}: {of_group:?}",
            stream.name
        );
        listed = listed.max(of_group.len());
    }
    assert!(listed > 5);
    assert_eq!(server.violations(), [""; 0], "TikTok would refuse no question");
}

#[test]
fn one_row_is_asked_for_and_each_permission_once() {
    let server = serve(world());
    let run = check(&server).run().ended(0);
    let requests = server.requests();
    let of =
        |path: &str| requests.iter().filter(|request| request.path == path).collect::<Vec<_>>();
    for path in ["campaign/get/", "adgroup/get/", "ad/get/", "report/integrated/get/"] {
        let asked = of(path);
        // Parents with a condition, which come later, are looked for in a whole page.
        let first = asked.first().and_then(|request| request.param("page_size"));
        assert_eq!(first, Some("1"), "{path}");
    }
    for owner in ["advertiser_id", "bc_id"] {
        let reports = of("report/integrated/get/");
        let asked = reports.iter().filter(|request| request.param(owner).is_some()).count();
        assert_eq!(asked, 1, "many groups need it: {owner}");
    }
    assert!(requests.len() < 90, "{} requests", requests.len());
    assert!(of("comment/list/").is_empty() && of("page/field/get/").is_empty(), "personal data");
    let lines: Vec<&str> = run.stdout.lines().collect();
    for (start, part) in [
        ("Environment", "production (http://127.0.0.1"),
        ("Token", "valid, of Fake User"),
        ("core", "Read Campaigns"),
        ("comments", "personal data"),
        (&ids(&server)[0], "Northwind Outdoor 0"),
        (&server.world().business_centers()[1], ""),
    ] {
        let is_it = |line: &&&str| line.starts_with(start) && line.contains(part);
        assert!(lines.iter().any(|line| is_it(&line)), "{start} {part}:\n{}", run.stdout);
    }
}

#[test]
fn a_missing_permission_counts_if_the_run_needs_it() {
    let server = serve(world());
    let refuse = |scope: &str| {
        server.set_options(|options| options.refused_scopes = vec![scope.to_owned()]);
    };
    refuse("Read Pixels");
    let run = check(&server).arg("--format").arg("json").run().ended(0);
    assert!(permissions(&json_of(&run), "pixels").contains(&("Read Pixels", &json!(false))));
    let run = check(&server).set("stream_groups", "pixels").run().ended(4);
    assert!(run.cause().contains("group pixels, permission Read Pixels"), "{}", run.cause());
    let is_it = |line: &str| line.contains("Read Pixels") && line.contains("no: pixels: ");
    assert!(run.stdout.lines().any(is_it), "{}", run.stdout);
    refuse("Read Ad Groups");
    let run = check(&server).run().ended(4);
    assert!(run.cause().contains("group core, permission Read Ad Groups"), "{}", run.cause());
    server.set_options(|options| {
        options.refused_scopes.clear();
        options.refused_paths = vec!["report/integrated/get/".to_owned()];
    });
    let run = check(&server).run().ended(4);
    assert!(run.cause().contains("permission Consolidated Report"), "{}", run.cause());
}

#[test]
fn accounts_that_are_refused_have_the_exit_code_of_a_run() {
    let server = serve(world());
    let ids = ids(&server);
    server.set_options(|options| options.refused_accounts = vec![ids[0].clone()]);
    let run = check(&server).arg("--format").arg("json").run().ended(4);
    assert!(run.cause().contains(&format!("account {}", ids[0])), "{}", run.cause());
    let accounts = &json_of(&run)["accounts"];
    assert_eq!(
        (&accounts[0]["is_reachable"], &accounts[1]["is_reachable"]),
        (&json!(false), &json!(true))
    );
    server.set_options(|options| options.refused_accounts.clone_from(&ids));
    let run = check(&server).run().ended(3);
    assert!(run.cause().contains("every account was refused"), "{}", run.cause());
    assert!(run.stdout.contains("no account can be read"), "{}", run.stdout);
}

#[test]
fn a_token_that_is_refused_and_a_host_that_is_away_end_the_check() {
    let server = serve(world());
    let run = check(&server).set("access_token", "another-token").run().ended(3);
    assert!(run.cause().contains("user/info/") && run.cause().contains("40105"), "{}", run.cause());
    assert_eq!((server.requests().len(), run.stdout.as_str()), (1, ""));
    let run = check(&server).set("base_url", "http://127.0.0.1:9").run().ended(5);
    assert!(run.cause().contains("no answer from 127.0.0.1:9"), "{}", run.cause());
    server.add_fault(Fault {
        path: Some("ad/get/".into()),
        kind: crate::failures::code(50000, "System error"),
        times: usize::MAX,
        ..Fault::default()
    });
    let run = check(&server).run().ended(5);
    assert!(run.cause().contains("permission Read Ads") && run.stdout.contains("not known: ads"));
}

#[test]
fn accounts_by_name_and_all_accounts_are_checked_too() {
    let server = serve(world());
    let name = server.world().accounts()[1].name.clone();
    let run = check(&server).set("accounts", json!([name])).arg("--format").arg("json");
    assert_eq!(json_of(&run.run().ended(0))["accounts"][0]["id"], ids(&server)[1].as_str());
    let run =
        check(&server).set("accounts", Value::Null).arg("--format").arg("json").run().ended(0);
    assert_eq!(json_of(&run)["accounts"].as_array().unwrap().len(), 2);
}

#[test]
fn the_sandbox_is_asked_for_what_it_has() {
    let options = Options { sandbox: true, ..Options::default() };
    let server = Server::start(World::new(world()), options).unwrap();
    let run = check(&server).set("sandbox", true).arg("--format").arg("json").run().ended(0);
    let json = json_of(&run);
    assert_eq!(json["environment"], "sandbox");
    assert_eq!(
        (&json["accounts"][0]["is_reachable"], &json["accounts"][0]["name"]),
        (&json!(true), &json!(null))
    );
    let core = permissions(&json, "core");
    for name in ["Read Campaigns", "Read Ad Groups", "Read Ads", "Consolidated Report"] {
        assert!(core.contains(&(name, &json!(true))), "{core:?}");
    }
    assert!(permissions(&json, "pixels").iter().all(|(_, granted)| granted.is_null()));
    assert!(!server.requests().iter().any(|request| request.path == "pixel/list/"));
    assert_eq!(server.violations(), [""; 0]);
}
