//! Ids of parents, kept in little memory for all streams of a run that need them.

use crate::sync::id_list::Found;

/// Ids of one parent and owner, each once.
#[derive(Debug)]
pub(crate) enum Ids {
    /// Numbers, which nearly all ids of TikTok are.
    Numbers(Vec<u64>),
    /// Texts, each with the values that go with it.
    Texts(Vec<Found>),
}

impl Ids {
    /// Stores ids, of which no two are equal, in as little memory as possible.
    pub(crate) fn new(found: Vec<Found>) -> Self {
        let number = |(id, also): &Found| {
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
