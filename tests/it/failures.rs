//! Trouble that ends a part of the work, or all of it: what is delivered all the same, the exit
//! code, and the last line.
//!
//! Trouble that passes, and how often it is met before it is final, is in `retries`.

use crate::catalogs::only;
use crate::harness::CORE;
use crate::harness::{START, Tap, ids, serve, world};
use crate::truth::{self, Scope};
use fake_tiktok::{Fault, FaultKind, Options, WorldConfig};

const REPORT: &str = "report/integrated/get/";

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
fn an_account_refused_from_the_start_costs_only_itself() {
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
fn an_account_refused_on_the_way_keeps_what_it_gave() {
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
fn an_account_refused_before_the_advertisers_are_delivered_hides_no_other() {
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
fn a_missing_permission_costs_the_stream() {
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
fn a_permission_that_the_app_lacks_is_asked_for_once() {
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
fn a_report_too_large_is_read_in_halves() {
    let server = serve(world());
    let rows = |days| {
        let scope = Scope::of(server.world()).days("2026-05-01", days).only(&ids(&server)[0]);
        truth::rows(
            server.world(),
            "ad_insights",
            &tap_tiktok_ads::streams::schema(tap_tiktok_ads::streams::find("ad_insights").unwrap()),
            &scope,
        )
        .len()
    };
    let (two_days, five_days) = (rows("2026-05-02"), rows("2026-05-05"));
    assert!(two_days < five_days);
    server.set_options(|options| options.too_large_rows = Some(two_days + 2));
    let run =
        Tap::on(&server).set("report_window", 30).catalog(&only(&["ad_insights"])).run().ended(0);
    truth::check(server.world(), &run, "ad_insights", &Scope::of(server.world()));
    assert!(
        server.requests().iter().any(|r| r.code == Some(40067)),
        "nothing was too large, so this shows nothing"
    );
}

#[test]
fn a_day_too_large_is_read_by_campaign_ad_group_and_ad() {
    let server = serve(world());
    for (stream, most) in
        [("ad_insights", 1), ("ad_insights", 5), ("adgroup_insights", 1), ("campaign_insights", 1)]
    {
        server.set_options(|options| options.too_large_rows = Some(most));
        server.clear_log();
        let tap = Tap::on(&server)
            .set("report_window", 30)
            .set("include_deleted", true)
            .set("end_date", "2026-05-02");
        let run = tap.catalog(&only(&[stream])).run().ended(0);
        let scope = Scope { include_deleted: true, ..Scope::of(server.world()) };
        truth::check(server.world(), &run, stream, &scope.days(START, "2026-05-02"));
        assert_eq!(server.violations(), [""; 0]);
        let asked: Vec<_> = server.requests().into_iter().filter(|r| r.path == REPORT).collect();
        let mut twice: Vec<_> = asked.iter().map(|r| format!("{:?}", r.params)).collect();
        twice.sort();
        twice.dedup();
        assert_eq!(twice.len(), asked.len(), "a report was asked for twice in the same words");
    }
}

#[test]
fn ads_that_tiktok_leaves_out_are_asked_for_by_id() {
    let server = serve(WorldConfig { campaigns: 3, ads: 9, ..world() });
    for most in [4, 20] {
        server.set_options(|options| options.ads_cut = Some(most));
        let run = Tap::on(&server).catalog(&only(&["ad_insights"])).run().ended(0);
        truth::check(server.world(), &run, "ad_insights", &Scope::of(server.world()));
        assert!(
            run.said("INFO ad_insights", "newest ads") > 0,
            "nothing was cut, so this shows nothing"
        );
    }
}

#[test]
fn a_day_too_large_for_anything_costs_its_stream_and_is_told() {
    let server = serve(world());
    server.set_options(|options| options.too_large_rows = Some(0));
    let run = Tap::on(&server)
        .set("end_date", "2026-05-01")
        .catalog(&only(&["ad_insights", "campaigns"]))
        .run()
        .ended(4);
    assert!(
        run.cause().contains("40067") && run.cause().contains("ad_insights"),
        "{}",
        run.cause()
    );
    truth::check(server.world(), &run, "campaigns", &Scope::of(server.world()));
}

#[test]
fn a_report_that_times_out_is_never_asked_for_again_as_it_is() {
    let server = serve(world());
    let hang = FaultKind::Hang(std::time::Duration::from_secs(30));
    server.add_fault(Fault {
        path: Some(REPORT.into()),
        advertiser_id: Some(ids(&server)[0].clone()),
        times: 2,
        kind: hang,
        ..Fault::default()
    });
    let tap =
        Tap::on(&server).set("request_timeout", 0.5).set("report_window", 30).set("concurrency", 1);
    let run = tap.catalog(&only(&["advertiser_insights"])).run().ended(0);
    truth::check(server.world(), &run, "advertiser_insights", &Scope::of(server.world()));
    let asked: Vec<_> = server
        .requests()
        .into_iter()
        .filter(|r| r.path == REPORT)
        .map(|r| r.param("end_date").unwrap().to_owned())
        .collect();
    // Five days, the older two of these, the older one of those.
    assert_eq!(asked[..3], ["2026-05-05", "2026-05-02", "2026-05-01"]);
}

#[test]
fn the_smallest_report_that_times_out_is_asked_for_in_other_words_once() {
    for (times, exit) in [(1, 0), (2, 5)] {
        let server = serve(WorldConfig { accounts: 1, ..world() });
        let hang = FaultKind::Hang(std::time::Duration::from_secs(30));
        server.add_fault(Fault {
            path: Some(REPORT.into()),
            times,
            kind: hang,
            ..Fault::default()
        });
        let tap = Tap::on(&server).set("request_timeout", 0.5).set("end_date", START);
        tap.catalog(&only(&["advertiser_insights"])).run().ended(exit);
        let asked: Vec<_> = server
            .requests()
            .into_iter()
            .filter(|r| r.path == REPORT)
            .map(|r| format!("{:?}", r.params))
            .collect();
        assert!(asked.len() == 2 && asked[0] != asked[1], "{asked:?}");
    }
}

#[test]
fn top_view_refused_costs_a_note() {
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
fn the_budget_of_the_day_used_up_ends_the_run_in_good_order() {
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
fn trouble_before_the_start_is_told() {
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
            // An endpoint that is not there says nothing about the accounts: their days are UTC.
            let run = run.ended(0);
            assert_eq!(run.said("WARNING", "UTC"), 1, "{}", run.stderr.join("\n"));
            truth::check(server.world(), &run, "advertiser_insights", &Scope::of(server.world()));
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
fn the_sandbox_is_read_as_far_as_it_goes() {
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
        &Scope::of(server.world()).days("2020-12-10", "2020-12-12"),
    );
}
