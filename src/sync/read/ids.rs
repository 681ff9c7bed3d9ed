//! Ids of parents, kept for all streams of a run that need them.

use crate::json::scan::{Malformed, Scan};
use crate::json::{Reader, Rows};
use crate::streams::Parent;

/// Ids of one parent and owner, each once.
#[derive(Debug)]
pub(crate) enum Ids {
    /// Numbers, which nearly all ids of TikTok are.
    Numbers(Vec<u64>),
    /// Texts, each with the values that go with it.
    Texts(Vec<(Box<str>, Vec<Box<str>>)>),
}

impl Ids {
    /// Stores ids in as little memory as possible.
    pub(crate) fn new(mut found: Vec<(Box<str>, Vec<Box<str>>)>) -> Self {
        found.sort_unstable();
        found.dedup_by(|one, other| one.0 == other.0);
        let number = |(id, also): &(Box<str>, Vec<Box<str>>)| {
            let number = id.parse::<u64>().ok()?;
            (also.is_empty() && number.to_string() == **id).then_some(number)
        };
        match found.iter().map(number).collect() {
            Some(numbers) => Ids::Numbers(numbers),
            None => Ids::Texts(found),
        }
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        match self {
            Ids::Numbers(numbers) => numbers.len(),
            Ids::Texts(texts) => texts.len(),
        }
    }

    /// The id at a place.
    pub(crate) fn get(&self, place: usize) -> String {
        match self {
            Ids::Numbers(numbers) => numbers.get(place).map_or(String::new(), u64::to_string),
            Ids::Texts(texts) => texts.get(place).map_or(String::new(), |(id, _)| id.to_string()),
        }
    }

    /// The values that go with the id at a place.
    pub(crate) fn also(&self, place: usize) -> &[Box<str>] {
        match self {
            Ids::Numbers(_) => &[],
            Ids::Texts(texts) => texts.get(place).map_or(&[], |(_, also)| also),
        }
    }
}

/// Reads ids from rows and appends them to those that were found before.
pub(crate) struct IdReader<'a> {
    pub parent: &'a Parent,
    pub before: usize,
    pub found: &'a mut Vec<(Box<str>, Vec<Box<str>>)>,
}

impl Reader for IdReader<'_> {
    type Rows<'t>
        = &'t mut Self
    where
        Self: 't;

    fn begin(&mut self) -> &mut Self {
        self.found.truncate(self.before);
        self
    }
}

impl<'t> Rows<'t> for IdReader<'_> {
    fn row(&mut self, scan: &mut Scan<'t>) -> Result<(), Malformed> {
        let mut id = None;
        let mut also = vec![Box::from(""); self.parent.also.len()];
        let mut counts = self.parent.only.is_none();
        self.members(scan, "", &mut |path, text| {
            if path == self.parent.id && !text.is_empty() {
                id = Some(Box::from(text));
            }
            if let Some((member, values)) = self.parent.only.filter(|(member, _)| path == *member) {
                counts = !member.is_empty() && values.iter().any(|v| v.eq_ignore_ascii_case(text));
            }
            for (place, (_, member)) in self.parent.also.iter().enumerate() {
                if path == *member {
                    also[place] = Box::from(text);
                }
            }
        })?;
        if let Some(id) = id.filter(|_| counts) {
            self.found.push((id, also));
        }
        Ok(())
    }
}

impl IdReader<'_> {
    /// Goes through the members of a row, and of objects inside it whose members are asked for.
    fn members<'t>(
        &self,
        scan: &mut Scan<'t>,
        path: &str,
        take: &mut dyn FnMut(&str, &'t str),
    ) -> Result<(), Malformed> {
        let asked = [self.parent.id]
            .into_iter()
            .chain(self.parent.only.map(|(member, _)| member))
            .chain(self.parent.also.iter().map(|(_, member)| *member));
        let asked: Vec<&str> = asked.collect();
        let mut first = true;
        scan.enter(b'{')?;
        while scan.next(first, b'}')? {
            first = false;
            let name = scan.name()?.trim_matches('"');
            let path = if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
            let inside = format!("{path}.");
            if scan.peek() == b'{' && asked.iter().any(|member| member.starts_with(&inside)) {
                self.members(scan, &path, take)?;
                continue;
            }
            let raw = scan.value()?;
            if raw != "null" && asked.contains(&path.as_str()) {
                take(&path, raw.trim_matches('"'));
            }
        }
        Ok(())
    }
}
