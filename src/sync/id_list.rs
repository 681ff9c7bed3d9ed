//! Reads the ids of a list: those of campaigns by which a report is split, of parents that a call
//! has to name, and of Business Centers. An id that is missing would cost all rows that belong to
//! it, so what is read is compared with TikTok's count.

use crate::api::cause::Cause;
use crate::api::client::Client;
use crate::api::codes::PARTIAL;
use crate::api::error::ApiError;
use crate::api::request::{PageOf, Request, other_size};
use crate::json::scan::{Malformed, Scan};
use crate::json::{Reader, Rows};
use foldhash::quality::FixedState;
use std::hash::BuildHasher;

const REMEDY: &str = "run again later; the state is kept";

/// What is read of each row. A name with a dot is a member of an object inside the row, or of the
/// objects in an array. A row may name several ids in an array.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wanted {
    /// The member that is the id.
    pub id: &'static str,
    /// Whether no two rows have the same id.
    pub is_unique: bool,
    /// A member that decides which rows count, with the values for which they do.
    pub only: Option<(&'static str, &'static [&'static str])>,
    /// Parameters and the members that go with an id.
    pub also: &'static [(&'static str, &'static str)],
    /// Whether the ids of the first page are enough.
    pub is_sample: bool,
}

impl Wanted {
    /// The ids that tell the rows of a list apart.
    pub(crate) fn key(id: &'static str) -> Self {
        Wanted { id, is_unique: true, only: None, also: &[], is_sample: false }
    }

    /// All members that are read, and which of them each is.
    fn members(&self) -> Vec<(Member, &'static str)> {
        let only = self.only.map(|(member, _)| (Member::Only, member));
        let also = self.also.iter().enumerate();
        [(Member::Id, self.id)]
            .into_iter()
            .chain(only)
            .chain(also.map(|(place, (_, member))| (Member::Also(place), *member)))
            .collect()
    }
}

#[derive(Clone, Copy, Debug)]
enum Member {
    Id,
    Only,
    Also(usize),
}

/// An id, and the values that go with it.
pub(crate) type Found = (Box<str>, Vec<Box<str>>);

/// The ids of all pages of a list, each once and in order. A list with fewer rows than TikTok
/// counts is read a second time, in pages of another size.
pub(crate) fn read(
    client: &Client,
    body: &mut Vec<u8>,
    mut request: Request,
    wanted: &Wanted,
) -> Result<Vec<Found>, ApiError> {
    let mut seen = Seen::default();
    let (mut rows, mut counted) = (0, 0);
    for _ in 0..2 {
        (rows, counted) = read_pages(client, body, &mut request, wanted, &mut seen)?;
        if wanted.is_unique {
            rows = seen.rows();
        }
        if rows >= counted || wanted.is_sample {
            seen.found.sort_unstable();
            seen.found.dedup_by(|one, other| one.0 == other.0);
            return Ok(seen.found);
        }
        request.page = request.page.map(|page| PageOf { size: other_size(page.size), ..page });
    }
    let message = format!("TikTok reports {counted} rows of a list of ids but returned {rows}");
    Err(ApiError::new(Cause::Incomplete, request.path, message, REMEDY))
}

/// Reads all pages once. Returns how many rows they have, and TikTok's greatest count of them.
fn read_pages(
    client: &Client,
    body: &mut Vec<u8>,
    request: &mut Request,
    wanted: &Wanted,
    seen: &mut Seen,
) -> Result<(u64, u64), ApiError> {
    let (mut number, mut rows, mut counted) = (1, 0, 0);
    let members = wanted.members();
    seen.without_id = 0;
    loop {
        request.page = request.page.map(|page| PageOf { number, ..page });
        let before = (seen.found.len(), seen.hashes.len(), seen.without_id);
        let mut reader = IdReader { wanted, members: &members, before, seen: &mut *seen };
        let page = client.call(request, body, &mut reader)?;
        if page.code == PARTIAL {
            let error = ApiError::new(Cause::PartMissing, request.path, page.message, REMEDY);
            return Err(ApiError { code: Some(PARTIAL), request_id: page.request_id, ..error });
        }
        rows += page.rows;
        counted = counted.max(page.page_info.map_or(0, |info| info.total_number));
        if number >= page.last || wanted.is_sample {
            return Ok((rows, counted));
        }
        number += 1;
    }
}

/// What was read so far.
#[derive(Debug, Default)]
struct Seen {
    /// The ids of the rows that count.
    found: Vec<Found>,
    /// Hashes of the ids of all rows, also of those that do not count.
    hashes: Vec<u64>,
    /// The number of rows without an id in this reading.
    without_id: u64,
}

impl Seen {
    /// The number of different rows.
    fn rows(&mut self) -> u64 {
        self.hashes.sort_unstable();
        self.hashes.dedup();
        self.hashes.len() as u64 + self.without_id
    }
}

/// Reads ids from rows and appends them to those that were found before.
struct IdReader<'a> {
    wanted: &'a Wanted,
    members: &'a [(Member, &'static str)],
    /// The numbers in `seen` before this page.
    before: (usize, usize, u64),
    seen: &'a mut Seen,
}

impl Reader for IdReader<'_> {
    type Rows<'t>
        = &'t mut Self
    where
        Self: 't;

    fn begin(&mut self) -> &mut Self {
        self.seen.found.truncate(self.before.0);
        self.seen.hashes.truncate(self.before.1);
        self.seen.without_id = self.before.2;
        self
    }
}

impl<'t> Rows<'t> for IdReader<'_> {
    fn row(&mut self, scan: &mut Scan<'t>) -> Result<(), Malformed> {
        let mut ids = Vec::new();
        let mut also = vec![Box::from(""); self.wanted.also.len()];
        let mut counts = self.wanted.only.is_none();
        take(scan, self.members, &mut |member, text| match member {
            Member::Id => ids.push(text),
            Member::Only => {
                let values = self.wanted.only.map_or(&[][..], |(_, values)| values);
                counts = values.iter().any(|value| value.eq_ignore_ascii_case(text));
            }
            Member::Also(place) => also[place] = Box::from(text),
        })?;
        ids.retain(|id| !id.is_empty());
        if ids.is_empty() {
            self.seen.without_id += 1;
        }
        for id in ids {
            if self.wanted.is_unique {
                self.seen.hashes.push(FixedState::default().hash_one(id));
            }
            if counts {
                self.seen.found.push((plain(id), also.clone()));
            }
        }
        Ok(())
    }
}

/// The text of a string without its quotes, which may have escapes such as `\\/`.
fn plain(raw: &str) -> Box<str> {
    let text = raw.contains('\\').then(|| serde_json::from_str(&format!("\"{raw}\"")).ok());
    text.flatten().unwrap_or_else(|| raw.into())
}

/// Takes the wanted members of an object that have a value, without their quotes.
fn take<'t>(
    scan: &mut Scan<'t>,
    members: &[(Member, &'static str)],
    taken: &mut dyn FnMut(Member, &'t str),
) -> Result<(), Malformed> {
    let mut first = true;
    scan.enter(b'{')?;
    while scan.next(first, b'}')? {
        first = false;
        let name = scan.name()?.trim_matches('"');
        let inside = |(member, path): &(Member, &'static str)| {
            let rest = path.strip_prefix(name)?;
            Some((*member, if rest.is_empty() { rest } else { rest.strip_prefix('.')? }))
        };
        let members: Vec<_> = members.iter().filter_map(inside).collect();
        take_value(scan, &members, taken)?;
    }
    Ok(())
}

/// Takes what is wanted of a value, whose own path is the empty one.
fn take_value<'t>(
    scan: &mut Scan<'t>,
    members: &[(Member, &'static str)],
    taken: &mut dyn FnMut(Member, &'t str),
) -> Result<(), Malformed> {
    match scan.peek() {
        b'{' if !members.is_empty() => return take(scan, members, taken),
        b'[' if !members.is_empty() => {
            let mut first = true;
            scan.enter(b'[')?;
            while scan.next(first, b']')? {
                first = false;
                take_value(scan, members, taken)?;
            }
            return Ok(());
        }
        _ => {}
    }
    let raw = scan.value()?;
    for (member, _) in members.iter().filter(|(_, path)| path.is_empty() && raw != "null") {
        taken(*member, raw.trim_matches('"'));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(wanted: &Wanted, rows: &[&str]) -> Vec<Found> {
        let (members, mut seen) = (wanted.members(), Seen::default());
        let before = (0, 0, 0);
        let mut reader = IdReader { wanted, members: &members, before, seen: &mut seen };
        for row in rows {
            reader.row(&mut Scan::new(row)).expect("a row");
        }
        seen.found
    }

    #[test]
    fn a_row_may_name_several_ids() {
        let texts = |id, row: &str| -> Vec<String> {
            ids(&Wanted::key(id), &[row]).into_iter().map(|(id, _)| id.into()).collect()
        };
        let row = r#"{"ids":["a\/b",null,"7"],"list":[{"info":{"id":1}},{},{"info":{"id":"2"}}]}"#;
        assert_eq!(texts("ids", row), ["a/b", "7"]);
        assert_eq!(texts("list.info.id", row), ["1", "2"]);
        assert_eq!(texts("list.info", row), [""; 0]);
    }

    #[test]
    fn ids_are_read_from_the_row_or_from_inside_it() {
        let inside = Wanted::key("info.id");
        assert_eq!(ids(&inside, &[r#"{"id":"1","info":{"x":[],"id":"7"}}"#])[0].0, "7".into());
        let rows = [
            r#"{"id":7,"open":true,"bc":"3"}"#,
            r#"{"id":"8","open":false,"bc":"3"}"#,
            r#"{"id":null,"open":true}"#,
            r#"{"id":"9","open":"TRUE"}"#,
        ];
        let only = Some(("open", &["true"][..]));
        let wanted = Wanted { only, also: &[("bc_id", "bc")], ..Wanted::key("id") };
        let want: [Found; 2] = [("7".into(), vec!["3".into()]), ("9".into(), vec!["".into()])];
        assert_eq!(ids(&wanted, &rows), want);
    }
}
