//! Endpoints with limits of their own: the tap keeps within them, so the fake refuses no request.

use crate::catalogs::of;
use crate::harness::{Tap, serve, world};
use tap_tiktok_ads::streams;

/// A stream, its endpoint, and TikTok's requests a second and a minute for apps of the first level.
const LIMITED: [(&str, &str, u32, u32); 3] = [
    ("gmv_max_advertiser_insights", "gmv_max/report/get/", 8, 240),
    ("changelog", "changelog/task/create/", 1, 60),
    ("leads", "page/lead/task/", 1, 60),
];

#[test]
fn endpoints_with_limits_of_their_own_refuse_no_request() {
    let mut failed = Vec::new();
    for (stream, path, second, minute) in LIMITED {
        let server = serve(world());
        server.set_options(|options| {
            options.rate_limit = Some(10);
            options.path_limits = vec![(path.to_owned(), second, minute)];
        });
        let account = server.world().accounts()[0].advertiser_id.clone();
        let tap = Tap::on(&server).set("rate_limit", "basic").set("accounts", [account]);
        // The run ends after some requests, without a limit of the test itself.
        let tap = tap.set("report_window", 1).set("max_runtime", 6).set("concurrency", 8);
        let tap = tap.env("TAP_TIKTOK_ADS_PAUSE_SCALE", "1");
        let run = tap.catalog(&of([streams::find(stream).unwrap()])).run();
        let requests = server.requests();
        let asked = requests.iter().filter(|request| request.path == path).count();
        let refused = requests.iter().filter(|request| request.code == Some(40100)).count();
        if run.code != Some(0) || refused > 0 || asked < 2 {
            failed.push(format!("{path}: exit {:?}, {refused} of {asked} refused", run.code));
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}
