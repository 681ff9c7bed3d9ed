//! A JSON object whose values stay text. Parts of a state that the tap does not use are written
//! back with every digit and in their order.

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;
use std::collections::HashMap;
use std::fmt::{self, Write};

/// The members of an object, with values that are not parsed. If a name occurs twice, the last
/// value counts, at the place of the first.
#[derive(Debug, Default)]
pub(super) struct Members {
    list: Vec<(String, Box<RawValue>)>,
    places: HashMap<String, usize>,
}

impl Members {
    /// Reads an object. `None` if the value is not one.
    pub(super) fn of(raw: &RawValue) -> Option<Self> {
        serde_json::from_str(raw.get()).ok()
    }

    pub(super) fn get(&self, name: &str) -> Option<&RawValue> {
        self.places.get(name).map(|place| &*self.list[*place].1)
    }

    pub(super) fn set(&mut self, name: &str, value: Box<RawValue>) {
        if let Some(place) = self.places.get(name) {
            self.list[*place].1 = value;
        } else {
            self.places.insert(name.to_owned(), self.list.len());
            self.list.push((name.to_owned(), value));
        }
    }

    pub(super) fn remove(&mut self, name: &str) {
        if self.places.remove(name).is_some() {
            self.list.retain(|(member, _)| member != name);
            self.places = self
                .list
                .iter()
                .enumerate()
                .map(|(place, (name, _))| (name.clone(), place))
                .collect();
        }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &RawValue)> {
        self.list.iter().map(|(name, value)| (name.as_str(), &**value))
    }

    /// The object as JSON text.
    pub(super) fn text(&self) -> String {
        object(self.iter().map(|(name, value)| (name, value.get())))
    }
}

/// Writes an object whose values are JSON texts.
pub(super) fn object<V: AsRef<str>>(members: impl Iterator<Item = (impl AsRef<str>, V)>) -> String {
    let mut text = String::from("{");
    for (place, (name, value)) in members.enumerate() {
        let comma = if place == 0 { "" } else { "," };
        // Writing to a String cannot fail.
        let _ =
            write!(text, "{comma}{}:{}", serde_json::Value::from(name.as_ref()), value.as_ref());
    }
    text.push('}');
    text
}

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Every;
        impl<'de> Visitor<'de> for Every {
            type Value = Members;
            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                let mut members = Members::default();
                while let Some((name, value)) = map.next_entry::<String, Box<RawValue>>()? {
                    members.set(&name, value);
                }
                Ok(members)
            }
        }
        deserializer.deserialize_map(Every)
    }
}

/// JSON text without insignificant white space, because a message has to be one line.
pub(super) fn compact(json: &str) -> String {
    let mut text = String::with_capacity(json.len());
    let (mut in_string, mut escaped) = (false, false);
    for character in json.chars() {
        if in_string {
            in_string = escaped || character != '"';
            escaped = !escaped && character == '\\';
        } else if character.is_ascii_whitespace() {
            continue;
        } else {
            in_string = character == '"';
        }
        text.push(character);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_keep_their_text_and_names_their_order() {
        let text = r#"{"b":1e400,"a":{"x":0.10},"b":12345678901234567890123,"\u0041\n":"\u0041"}"#;
        let members: Members = serde_json::from_str(text).expect("an object");
        assert_eq!(
            members.text(),
            r#"{"b":12345678901234567890123,"a":{"x":0.10},"A\n":"\u0041"}"#
        );
    }

    #[test]
    fn white_space_goes_but_for_that_inside_of_text() {
        let text = "{\n \"a b\" : [ 1 ,\t2 ],\r\n\"c\\\\\" : \" d\\\" e \" }";
        assert_eq!(compact(text), r#"{"a b":[1,2],"c\\":" d\" e "}"#);
    }
}
