//! Reads what the rows of a report are about, without their metrics.

use crate::json::Rows;
use crate::json::scan::{Malformed, Scan};

/// The dimensions of each row, as they came; empty for a row without them.
#[derive(Debug, Default)]
pub(crate) struct Dimensions(pub Vec<String>);

impl<'t> Rows<'t> for Dimensions {
    fn row(&mut self, scan: &mut Scan<'t>) -> Result<(), Malformed> {
        let (mut first, mut dimensions) = (true, "");
        scan.enter(b'{')?;
        while scan.next(first, b'}')? {
            first = false;
            let is_dimensions = scan.name()? == "\"dimensions\"";
            let value = scan.value()?;
            if is_dimensions {
                dimensions = value;
            }
        }
        self.0.push(dimensions.to_owned());
        Ok(())
    }
}

/// A dimension that is text.
pub(crate) fn text(dimensions: &str, name: &str) -> Option<String> {
    let parsed: serde_json::Value = serde_json::from_str(dimensions).ok()?;
    parsed[name].as_str().map(str::to_owned)
}
