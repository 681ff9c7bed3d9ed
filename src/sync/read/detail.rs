//! The details of rows: members that only a call for a single row returns. They are joined to the
//! text of the row, which is rendered like any other.

use super::list::{Lines, List};
use super::rendered::Rendered;
use crate::api::cause::Cause;
use crate::api::client::Client;
use crate::api::error::ApiError;
use crate::api::page::{self, Page};
use crate::api::request::Request;
use crate::json::scan::{Malformed, Scan};
use crate::json::{Last, Reader, Rows, RowsAt};
use crate::streams::Detail;
use crate::sync::context::Context;

/// The calls for the details of the rows of one page.
#[derive(Debug)]
pub(crate) struct Details {
    /// The stream, by its place among the plans.
    pub plan: usize,
    pub detail: Detail,
    /// The parameters of each call except the id.
    pub owner: Vec<(&'static str, String)>,
    pub ids: Vec<String>,
}

impl Details {
    /// The detail of the row of that number, from 1, as an object of JSON; empty if there is none.
    pub(crate) fn read(
        &self,
        client: &Client,
        number: u64,
        body: &mut Vec<u8>,
    ) -> Result<String, ApiError> {
        let place = usize::try_from(number - 1).unwrap_or(usize::MAX);
        let mut params = self.owner.clone();
        params.extend(self.ids.get(place).map(|id| (self.detail.id, id.clone())));
        let mut texts = Last(Texts::default());
        client.call(&Request::list(self.detail.path, RowsAt::Data, params), body, &mut texts)?;
        Ok(texts.0.0.into_iter().next().unwrap_or_default())
    }
}

/// The texts of rows.
#[derive(Debug, Default)]
pub(super) struct Texts(pub Vec<String>);

impl<'t> Rows<'t> for Texts {
    fn row(&mut self, scan: &mut Scan<'t>) -> Result<(), Malformed> {
        self.0.push(scan.value()?.to_owned());
        Ok(())
    }
}

impl List {
    /// Renders rows that were read before. `page` is the envelope that they came in.
    pub(super) fn render_texts(
        &self,
        context: &Context,
        page: Page,
        rows: &[String],
        lines: Vec<u8>,
    ) -> Result<Rendered, ApiError> {
        let text = format!("{{\"code\":0,\"data\":[{}]}}", rows.join(","));
        let mut reader = Lines::new(self, context, lines);
        page::read(&text, RowsAt::Data, &mut reader.begin()).map_err(|why| {
            let message = format!("the rows cannot be read with their details: {why}");
            let remedy = "TikTok's answers have changed: report it";
            ApiError::new(Cause::UnknownForm, self.path, message, remedy)
        })?;
        self.rendered(context, page, reader)
    }
}

/// A row with the members of its detail. If both have a member, that of the row comes first, and
/// counts.
pub(super) fn joined(row: &str, detail: &str) -> String {
    let inside = |object: &str| {
        let object = object.trim().strip_prefix('{')?.strip_suffix('}')?.trim();
        Some(object.to_owned()).filter(|members| !members.is_empty())
    };
    let members: Vec<_> = [inside(row), inside(detail)].into_iter().flatten().collect();
    format!("{{{}}}", members.join(","))
}

#[cfg(test)]
mod tests {
    use super::joined;

    #[test]
    fn a_row_gets_the_members_of_its_detail() {
        for (row, detail, want) in [
            (r#"{"a":1}"#, r#"{"b":{"c":"}"}}"#, r#"{"a":1,"b":{"c":"}"}}"#),
            (r#"{ "a":1 }"#, "{ }", r#"{"a":1}"#),
            (r#"{"a":1}"#, "", r#"{"a":1}"#),
            ("{}", r#"{"b":2}"#, r#"{"b":2}"#),
        ] {
            assert_eq!(joined(row, detail), want);
        }
    }
}
