//! Failures that end a part of the run, or all of it: what is still delivered, the exit code, and
//! the last line. Temporary failures and retries are in `retries`.

use crate::catalogs::only;
use crate::harness::{CORE, Tap, ids, serve, world};
use crate::truth::{self, Scope};
use fake_tiktok::{Fault, FaultKind, Options, WorldConfig};

pub(crate) fn code(code: i64, message: &str) -> FaultKind {
    FaultKind::Code { code, message: message.to_owned() }
}

fn always(kind: FaultKind) -> Fault {
    Fault { times: usize::MAX, kind, ..Fault::default() }
}

#[test]
fn a_wrong_token_ends_everything() {
    let server = serve(world());
    let run = Tap::on(&server).set("access_token", "not-the-right-one").run().ended(3);
    assert!(
        run.cause().contains("40105") && run.cause().contains("`access_token`"),
        "{}",
        run.cause()
    );
    assert!(!run.stderr.concat().contains("not-the-right-one"));
    assert_eq!(server.requests().len(), 1, "a wrong token is never tried again");
    assert_eq!(run.records("advertisers").len(), 0);
}

#[test]
fn an_account_that_is_refused_from_the_start_does_not_stop_the_others() {
    for index in [0, 1] {
        let server = serve(world());
        let refused = ids(&server)[index].clone();
        server.set_options(|options| options.refused_accounts = vec![refused.clone()]);
        let run = Tap::on(&server).run().ended(4);
        assert_eq!(server.violations(), [""; 0]);
        assert!(run.cause().contains(&refused) && run.cause().contains("40001"), "{}", run.cause());
        let scope = Scope::of(server.world()).only(&ids(&server)[1 - index]);
        for stream in CORE.iter() {
            truth::check(server.world(), &run, stream.name, &scope);
        }
        assert!(!run.state().to_string().contains(&refused), "{}", run.state());
        let asked =
            server.requests().iter().filter(|r| r.param("advertiser_id") == Some(&refused)).count();
        assert_eq!(asked, 0, "a refused account is not asked again");
    }
}

#[test]
fn rows_of_an_account_that_is_refused_later_are_kept() {
    let server = serve(world());
    let (gone, stays) = (ids(&server)[0].clone(), ids(&server)[1].clone());
    let message = format!("No permission to operate advertiser {gone}");
    server.add_fault(Fault {
        path: Some("adgroup/get/".into()),
        advertiser_id: Some(gone.clone()),
        ..always(code(40001, &message))
    });
    let run = Tap::on(&server).set("concurrency", 1).run().ended(4);
    for part in ["adgroups", &gone, "40001"] {
        assert!(run.cause().contains(part), "{}", run.cause());
    }
    let place = CORE.iter().position(|stream| stream.name == "adgroups").unwrap();
    for (index, stream) in CORE.iter().enumerate() {
        let all = Scope::of(server.world());
        let scope = if index < place { all } else { all.only(&stays) };
        truth::check(server.world(), &run, stream.name, &scope);
    }
    assert!(run.state()["bookmarks"]["campaigns"][&gone].is_string(), "{}", run.state());
    assert!(
        run.state()["bookmarks"]["adgroups"][&gone].is_null()
            && run.state()["bookmarks"]["ads"][&gone].is_null(),
        "{}",
        run.state()
    );
}

#[test]
fn other_advertisers_are_delivered_after_an_account_was_refused() {
    let server = serve(world());
    let (gone, stays) = (ids(&server)[0].clone(), ids(&server)[1].clone());
    let kind = code(40001, &format!("No permission to operate advertiser {gone}"));
    server.add_fault(Fault {
        path: Some("adgroup/get/".into()),
        advertiser_id: Some(gone),
        ..always(kind)
    });
    let mut catalog = only(&["advertisers", "adgroups"]);
    catalog["streams"].as_array_mut().unwrap().reverse();
    let run = Tap::on(&server).set("concurrency", 1).catalog(&catalog).run().ended(4);
    let delivered = run
        .records("advertisers")
        .into_iter()
        .any(|record| record.raw("advertiser_id").contains(&stays));
    assert!(delivered, "the account {stays} was not refused: {}", run.stderr.join("\n"));
}

#[test]
fn without_any_account_the_run_is_denied() {
    let server = serve(world());
    server.set_options(|options| options.refused_accounts = ids(&server));
    let run = Tap::on(&server).run().ended(3);
    assert!(run.cause().contains("every account was refused"), "{}", run.cause());
    server.set_options(|options| options.refused_accounts = Vec::new());
    server.add_fault(Fault {
        path: Some("campaign/get/".into()),
        ..always(code(40002, "The advertiser does not exist"))
    });
    let run = Tap::on(&server).run().ended(3);
    assert!(
        run.cause().contains("every account was refused") && run.cause().contains("40002"),
        "{}",
        run.cause()
    );
}

#[test]
fn without_a_permission_only_its_stream_is_missing() {
    for stream in CORE.iter().filter(|stream| stream.call.is_deletable) {
        let server = serve(world());
        let message = format!("The advertiser does not grant you /{} permission", stream.call.path);
        server.add_fault(Fault {
            path: Some(stream.call.path.into()),
            ..always(code(40001, &message))
        });
        let run = Tap::on(&server).run().ended(4);
        for part in [stream.name, "40001", "permission"] {
            assert!(run.cause().contains(part), "{}", run.cause());
        }
        for other in CORE.iter().filter(|other| other.name != stream.name) {
            truth::check(server.world(), &run, other.name, &Scope::of(server.world()));
        }
        assert_eq!(run.records(stream.name).len(), 0);
        let asked = server.requests().iter().filter(|r| r.path == stream.call.path).count();
        assert!(asked <= 2, "{asked} requests for a stream that is closed");
    }
}

#[test]
fn a_stream_that_the_app_may_not_read_is_requested_once() {
    for (number, words) in [
        (40001, "The developer app does not grant you the permission of scope 4"),
        (40125, ""),
        (41001, ""),
    ] {
        let server = serve(WorldConfig { accounts: 5, campaigns: 1, ..world() });
        server
            .add_fault(Fault { path: Some("adgroup/get/".into()), ..always(code(number, words)) });
        let run = Tap::on(&server)
            .set("concurrency", 1)
            .catalog(&only(&["campaigns", "adgroups", "ads"]))
            .run()
            .ended(4);
        assert_eq!(
            server.requests().iter().filter(|r| r.path == "adgroup/get/").count(),
            1,
            "{number}"
        );
        let said =
            run.said("ERROR", "adgroups, account ") + run.said("CRITICAL", "adgroups, account ");
        assert_eq!(said, 1, "{number}: {}", run.stderr.join("\n"));
        for stream in ["campaigns", "ads"] {
            truth::check(server.world(), &run, stream, &Scope::of(server.world()));
        }
        assert!(run.state()["bookmarks"]["adgroups"].is_null(), "{}", run.state());
    }
}

#[test]
fn a_refused_account_that_no_message_names_is_found() {
    let server = serve(fake_tiktok::WorldConfig { accounts: 7, campaigns: 1, ..world() });
    let gone = ids(&server)[4].clone();
    let quiet = code(40001, "No permission to operate advertiser");
    server.add_fault(Fault {
        path: Some("advertiser/info/".into()),
        advertiser_id: Some(gone.clone()),
        ..always(quiet)
    });
    let run = Tap::on(&server).catalog(&only(&["advertisers", "campaigns"])).run().ended(4);
    assert!(run.cause().contains(&gone), "{}", run.cause());
    let mut scope = Scope::of(server.world());
    scope.accounts.retain(|id| *id != gone);
    for stream in ["advertisers", "campaigns"] {
        truth::check(server.world(), &run, stream, &scope);
    }
}

#[test]
fn refused_top_view_is_left_out_with_a_note() {
    let server = serve(world());
    server.set_options(|options: &mut Options| options.refuse_top_view = true);
    let entities: Vec<_> = CORE.iter().filter(|s| s.call.is_deletable).map(|s| s.name).collect();
    let run = Tap::on(&server).catalog(&only(&entities)).run().ended(0);
    for name in entities {
        truth::check(
            server.world(),
            &run,
            name,
            &Scope { top_view: false, ..Scope::of(server.world()) },
        );
        let notes = run
            .stderr
            .iter()
            .filter(|line| line.starts_with(&format!("INFO {name}")) && line.contains("refused"))
            .count();
        assert_eq!(
            notes,
            ids(&server).len(),
            "{name}: one note for each account\n{}",
            run.stderr.join("\n")
        );
    }
    assert_eq!(run.said("WARNING", "") + run.said("ERROR", ""), 0);
}

#[test]
fn a_used_up_daily_limit_ends_the_run_with_its_state() {
    let server = serve(world());
    server.add_fault(Fault {
        after: 6,
        ..always(code(40100, "App reaches the QPD limit of today."))
    });
    let run = Tap::on(&server).set("concurrency", 1).run().ended(5);
    assert!(run.cause().contains("used up"), "{}", run.cause());
    assert_eq!(run.states().last(), Some(&run.state()));
    assert_eq!(
        server.requests().iter().filter(|r| r.code == Some(40100)).count(),
        1,
        "the app is not bothered any more"
    );
}

#[test]
fn failures_before_the_first_stream_are_reported() {
    for (kind, exit, words) in [
        (code(50000, "System error."), 5, "50000"),
        (code(40104, "Access token is empty."), 3, "40104"),
        (code(60001, "Maintenance."), 5, "maintenance"),
        (
            FaultKind::Http {
                status: 404,
                content_type: "text/plain".into(),
                body: "404 page not found".into(),
            },
            0,
            "",
        ),
    ] {
        let server = serve(world());
        server.add_fault(Fault { path: Some("advertiser/info/".into()), ..always(kind) });
        let run = Tap::on(&server).catalog(&only(&["campaigns", "advertiser_insights"])).run();
        if exit == 0 {
            // A missing endpoint does not affect the accounts, except that their days are UTC.
            let run = run.ended(0);
            assert_eq!(run.said("WARNING", "UTC"), 1, "{}", run.stderr.join("\n"));
            let scope = Scope { describes_accounts: false, ..Scope::of(server.world()) };
            truth::check(server.world(), &run, "advertiser_insights", &scope);
        } else {
            let run = run.ended(exit);
            assert!(
                run.cause().contains(words) && run.cause().contains("advertiser/info/"),
                "{}",
                run.cause()
            );
        }
    }
}

#[test]
fn the_sandbox_is_read_without_the_streams_that_it_lacks() {
    let server = serve(world());
    server.set_options(|options| options.sandbox = true);
    let tap = Tap::on(&server)
        .set("sandbox", true)
        .set("start_date", "2020-12-10")
        .set("end_date", "2020-12-12");
    let run = tap.run().ended(0);
    assert_eq!(server.violations(), [""; 0]);
    let wanted: Vec<_> =
        CORE.iter().filter(|stream| stream.in_sandbox).map(|stream| stream.name).collect();
    assert_eq!(run.streams(), wanted);
    for stream in CORE.iter().filter(|stream| !stream.in_sandbox) {
        assert_eq!(run.said("INFO", stream.name), 1, "{} is skipped without a word", stream.name);
    }
    assert_eq!(
        run.said("WARNING", ""),
        1,
        "one warning, that days are UTC: {}",
        run.stderr.join("\n")
    );
    truth::check(
        server.world(),
        &run,
        "ad_insights",
        &Scope { describes_accounts: false, ..Scope::of(server.world()) }
            .days("2020-12-10", "2020-12-12"),
    );
}
