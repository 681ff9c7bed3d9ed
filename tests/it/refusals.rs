//! Parts of requests that TikTok refuses: Promote, TopView and single metrics. The tap leaves out
//! the refused part, logs it, and delivers the rest.

use crate::catalogs::only;
use crate::failures::code;
use crate::harness::{START, Tap, ids, serve, world};
use crate::reports::windows;
use crate::truth::{self, Scope};
use fake_tiktok::Fault;

const REPORT: &str = "report/integrated/get/";

#[test]
fn refused_promote_is_left_out_with_a_note() {
    for text in [None, Some("Something about the filter.".to_owned())] {
        let server = serve(world());
        server.set_options(|options| {
            (options.refuse_promote, options.refusal_text) = (true, text.clone());
        });
        let run = Tap::on(&server)
            .catalog(&only(&["ad_insights", "campaign_insights_by_province"]))
            .run()
            .ended(0);
        for name in ["ad_insights", "campaign_insights_by_province"] {
            truth::check(
                server.world(),
                &run,
                name,
                &Scope { promote: false, ..Scope::of(server.world()) },
            );
            assert_eq!(
                run.said("INFO", &format!("{name}, account ")),
                ids(&server).len(),
                "{}",
                run.stderr.join("\n")
            );
        }
        assert_eq!(run.said("WARNING", ""), 0, "{}", run.stderr.join("\n"));
    }
}

#[test]
fn refused_top_view_of_reports_is_left_out_with_a_note() {
    let server = serve(world());
    server.set_options(|options| options.refuse_top_view = true);
    let run = Tap::on(&server).catalog(&only(&["ad_insights", "adgroup_insights"])).run().ended(0);
    for name in ["ad_insights", "adgroup_insights"] {
        truth::check(
            server.world(),
            &run,
            name,
            &Scope { top_view: false, ..Scope::of(server.world()) },
        );
    }
    assert_eq!(
        run.said("INFO", "reports of TopView"),
        ids(&server).len(),
        "{}",
        run.stderr.join("\n")
    );
    assert_eq!(
        server.requests().iter().filter(|r| r.code == Some(40002)).count(),
        ids(&server).len(),
        "asked once an account"
    );
}

#[test]
fn a_metric_refused_without_its_name_is_found() {
    for text in [
        "metrics: Unsupported metric for this data level.",
        "Invalid value.",
        "metrics.7: Invalid value.",
    ] {
        let server = serve(world());
        server.set_options(|options| {
            (options.refused_metrics, options.refusal_text) =
                (vec!["likes".into()], Some(text.to_owned()));
        });
        let run =
            Tap::on(&server).set("concurrency", 1).catalog(&only(&["ad_insights"])).run().ended(0);
        truth::check(
            server.world(),
            &run,
            "ad_insights",
            &Scope { without: vec!["likes"], ..Scope::of(server.world()) },
        );
        assert_eq!(
            run.said("WARNING", "`likes`"),
            ids(&server).len(),
            "{text}: {}",
            run.stderr.join("\n")
        );
        let refused = server.requests().iter().filter(|r| r.code == Some(40002)).count();
        // The metrics are halved for the first account. The second one is requested without the
        // metric that the first refused.
        assert!(refused <= 14, "{text}: {refused} refusals");
    }
}

#[test]
fn a_metric_that_one_account_refuses_is_requested_for_others() {
    let server = serve(world());
    let (one, two) = (ids(&server)[0].clone(), ids(&server)[1].clone());
    server.add_fault(Fault {
        path: Some(REPORT.into()),
        advertiser_id: Some(one.clone()),
        start_date: Some(START.into()),
        kind: code(40002, "Invalid metric fields: [likes]"),
        ..Fault::default()
    });
    let run = Tap::on(&server)
        .set("concurrency", 1)
        .catalog(&only(&["advertiser_insights"]))
        .run()
        .ended(0);
    let likes = |id: &str| {
        let of = run
            .records("advertiser_insights")
            .into_iter()
            .filter(|record| record.raw("advertiser_id").contains(id));
        of.filter(|record| record.raw("likes") != "null").count()
    };
    assert!(likes(&one) == 0 && likes(&two) > 0, "{}", run.stderr.join("\n"));
}

#[test]
fn no_metric_is_left_out_after_a_refusal_about_something_else() {
    let server = serve(world());
    server.add_fault(Fault {
        path: Some(REPORT.into()),
        start_date: Some(START.into()),
        times: usize::MAX,
        kind: code(40002, "The dimensions [advertiser_id, stat_time_day] have no relation"),
        ..Fault::default()
    });
    let run = Tap::on(&server).catalog(&only(&["campaigns", "advertiser_insights"])).run().ended(4);
    truth::check(server.world(), &run, "campaigns", &Scope::of(server.world()));
    assert_eq!(run.said("WARNING", "refuses the metric"), 0, "{}", run.stderr.join("\n"));
    assert!(windows(&server).len() <= 2 * 12, "{} requests", windows(&server).len());
}

#[test]
fn a_refused_pass_is_read_later_from_its_separate_bookmark() {
    let server = serve(world());
    server.set_options(|options| options.refuse_top_view = true);
    let tap = || Tap::on(&server).catalog(&only(&["campaigns", "ads"]));
    let first = tap().run().ended(0);
    server.set_options(|options| options.refuse_top_view = false);
    let second = tap().state(first.state()).run().ended(0);
    for name in ["campaigns", "ads"] {
        let records: Vec<_> = first.records(name).into_iter().chain(second.records(name)).collect();
        truth::compare(
            server.world(),
            name,
            second.schema(name),
            &records,
            &Scope::of(server.world()),
            true,
        );
        assert!(
            first.state()["bookmarks"][name].as_object().unwrap().len() > 2,
            "{}",
            first.state()
        );
        assert_eq!(
            second.state()["bookmarks"][name].as_object().unwrap().len(),
            2,
            "{}",
            second.state()
        );
    }
}
