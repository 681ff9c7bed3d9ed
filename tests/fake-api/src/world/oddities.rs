//! Values that break careless parsers, on a deterministic few ads of an odd world.
//! Owns which ad gets which; the first eight ads of an account show all of them.

use super::row::Row;
use super::tree::Node;
use super::{Kind, WorldConfig};

/// Which odd value an entity has: of every 64 ads the first eight have one each.
pub(super) fn slot(config: &WorldConfig, kind: Kind, ordinal: usize) -> Option<usize> {
    let slot = ordinal % 64;
    (config.odd && kind == Kind::Ad && slot < 8).then_some(slot)
}

/// Gives the row of an ad its odd value. Never touches the ad's own id or its times.
pub(super) fn apply(config: &WorldConfig, row: &mut Row, campaign: &Node, node: &Node) {
    if node.promote {
        return; // short rows: they have none of these fields
    }
    match slot(config, Kind::Ad, node.ordinal) {
        // The NUL in the text is there already; here the campaign's id comes as a number.
        Some(0) => row.set("campaign_id", campaign.id.clone()),
        Some(2) => {
            let text = "{\n  \"text\": \"printed  over\",\n\t\"lines\": [\n    1,\n    \
                        { \"deep\" : null }\n  ]\r\n}";
            row.set("disclaimer_text", text);
            row.set("image_ids", "[\n  \"img1\" ,\n  \"img 2\"\n]");
        }
        Some(3) => {
            row.0.push(("display_name".to_owned(), "\"second value of a duplicate\"".to_owned()));
        }
        Some(4) => {
            row.set("disclaimer_text", "{\"text\":\"first\",\"text\":\"second\",\"n\":1.10}");
        }
        Some(5) => {
            for (key, _) in &mut row.0 {
                if key == "ad_format" {
                    "ad\\u005fformat".clone_into(key);
                }
            }
        }
        Some(6) => {
            let lines = "[{\"key\":\"utm_source\",\"value\":\"line\\nline\\r\\n\"},\
                         {\"key\":\"n\\u000a\",\"value\":\"\\\\n\"}]";
            row.set("utm_params", lines);
        }
        // 1 and 7 are in the name, which reports show too: see `tree`.
        _ => {}
    }
}
