//! Elements of a list that are not rows, and rows that cannot be delivered: the records that are
//! still delivered, the bookmark, and the exit code.

use crate::catalogs::{entry, mark, only};
use crate::harness::Tap;
use crate::values::{CAMPAIGNS, answer, campaigns, report, row, says, server};
use serde_json::json;

#[test]
fn an_element_that_is_not_a_row_is_left_out_and_reported() {
    let good =
        |id: u8| format!(r#"{{"campaign_id":"{id}","modify_time":"2026-01-0{id} 00:00:00"}}"#);
    // TikTok may or may not count such an element.
    for (odd, total) in [("null", 3), ("null", 2), ("7", 3), ("\"x\"", 3), ("[{}]", 3), ("NaN", 3)]
    {
        let run =
            campaigns(&only(&["campaigns"]), &format!("{},{odd},{}", good(1), good(2)), total)
                .ended(4);
        assert_eq!(run.records("campaigns").len(), 2, "{odd}");
        let bookmarks = run.state()["bookmarks"]["campaigns"].as_object().unwrap();
        assert!(
            bookmarks.values().all(|time| time == "2026-01-02T00:00:00Z") && bookmarks.len() == 1,
            "{odd}: {bookmarks:?}"
        );
        for part in ["campaigns", "1 rows", "account ", "request r7"] {
            assert!(run.cause().contains(part), "{odd}: {}", run.cause());
        }
    }
    let dimensions = r#""dimensions":{"ad_id":"1","stat_time_day":"2026-05-01 00:00:00"}"#;
    for odd in [
        r#"{"metrics":{"spend":"3"}}"#,
        r#"{"dimensions":null,"metrics":{}}"#,
        r#"{"dimensions":[1]}"#,
        "null",
        "{}",
    ] {
        let run = report(&format!(r#"{{{dimensions},"metrics":{{}}}},{odd}"#), 2).ended(4);
        assert_eq!(run.records("ad_insights").len(), 1, "{odd}");
        assert!(
            run.state()["bookmarks"]["ad_insights"].is_object(),
            "{odd}: the bookmark moves on"
        );
        assert!(
            run.cause().contains("1 rows") && run.cause().contains("2026-05-01 to 2026-05-03"),
            "{odd}: {}",
            run.cause()
        );
    }
    let run = report(&format!(r#"{{{dimensions}}},{{"dimensions":{{"ad_id":null}}}}"#), 2).ended(0);
    assert_eq!(
        run.said("WARNING", "1 rows left out because a key"),
        1,
        "one null key is no change of shape"
    );
}

#[test]
fn after_a_page_without_usable_rows_the_bookmark_stays() {
    for rows in [
        r#"{"ad_id":"1","stat_time_day":"2026-05-01 00:00:00","spend":"3"}"#,
        r#"{"metrics":{"spend":"3"}}"#,
        r#"{"dimensions":null,"metrics":{"spend":"3"}}"#,
        r#"{"dimensions":{"stat_time_day":"2026-05-01 00:00:00"}}"#,
        "null",
        "1",
    ] {
        let run = report(rows, 1).ended(4);
        assert_eq!(run.state()["bookmarks"], json!({}), "{rows}");
        for part in ["ad_insights, account ", "2026-05-01 to 2026-05-03", "no row", "request r7"] {
            assert!(run.cause().contains(part), "{rows}: {}", run.cause());
        }
    }
    // Rows before the bookmark are left out too, without an error.
    let server = server();
    says(&server, CAMPAIGNS, answer(&row("1"), 1));
    let state = json!({"bookmarks": {"campaigns": "2026-02-01T00:00:00Z"}});
    let run = Tap::on(&server).catalog(&only(&["campaigns"])).state(&state).run().ended(0);
    assert_eq!(run.records("campaigns").len(), 0);
}

#[test]
fn a_catalog_with_a_key_that_no_row_has_fails() {
    for stream in ["advertisers", "campaigns", "ad_insights"] {
        let mut catalog = only(&[stream]);
        let of = entry(&mut catalog, stream);
        of["schema"]["properties"]["id"] = json!({"type": "string"});
        of["key_properties"] = json!(["id"]);
        mark(of, &[], "table-key-properties", json!(["id"]));
        let run = Tap::on(&server()).catalog(&catalog).run().ended(4);
        assert!(
            run.records(stream).is_empty() && run.state()["bookmarks"] == json!({}),
            "{stream}"
        );
        assert!(
            run.cause().contains(stream) && run.cause().contains("key property (id)"),
            "{}",
            run.cause()
        );
    }
}
