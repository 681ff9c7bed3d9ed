//! The Business Centers of a run: those of the setting, or all that the token reaches.

use crate::api::client::Client;
use crate::api::error::ApiError;
use crate::api::request::{PageOf, Request};
use crate::json::scan::{Malformed, Scan};
use crate::json::{Last, Rows, RowsAt};

/// Rows a page that TikTok gives at most.
const MOST: u64 = 50;

/// Asks TikTok for the ids of all Business Centers.
pub(crate) fn look_up(client: &Client) -> Result<Vec<String>, ApiError> {
    let (mut ids, mut body, mut number) = (Vec::new(), Vec::new(), 1);
    loop {
        let request = Request {
            path: "bc/get/",
            rows: RowsAt::Member("list"),
            params: Vec::new(),
            page: Some(PageOf { number, size: MOST, may_be_whole: false }),
            is_report: false,
        };
        let mut found = Last(BcIds::default());
        let page = client.call(&request, &mut body, &mut found)?;
        ids.append(&mut found.0.0);
        if number >= page.last {
            ids.sort_unstable();
            ids.dedup();
            return Ok(ids);
        }
        number += 1;
    }
}

/// Ids in `bc_info.bc_id` of each row.
#[derive(Debug, Default)]
struct BcIds(Vec<String>);

impl<'t> Rows<'t> for BcIds {
    fn row(&mut self, scan: &mut Scan<'t>) -> Result<(), Malformed> {
        let mut first = true;
        scan.enter(b'{')?;
        while scan.next(first, b'}')? {
            first = false;
            match scan.name()? {
                "\"bc_info\"" if scan.peek() == b'{' => self.row(scan)?,
                "\"bc_id\"" => self.0.push(scan.value()?.trim_matches('"').to_owned()),
                _ => scan.skip()?,
            }
        }
        Ok(())
    }
}
