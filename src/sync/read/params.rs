//! The parameters of a call, put together from several places. A name with a dot is a member of an
//! object: `filtering.status` is the member `status` of the parameter `filtering`.

use serde_json::{Map, Value};

/// The parameters of a call: names with values.
#[derive(Clone, Debug, Default)]
pub(crate) struct Params(Vec<(&'static str, Value)>);

impl Params {
    /// Sets a parameter.
    pub(crate) fn set(&mut self, name: &'static str, value: impl Into<Value>) {
        match name.split_once('.') {
            None => *self.place(name) = value.into(),
            Some((object, member)) => {
                let object = self.place(object);
                if !object.is_object() {
                    *object = Value::Object(Map::new());
                }
                object[member] = value.into();
            }
        }
    }

    /// Sets a parameter to a value that is JSON text.
    pub(crate) fn set_json(&mut self, name: &'static str, json: &str) {
        self.set(name, serde_json::from_str::<Value>(json).unwrap_or_else(|_| json.into()));
    }

    /// Takes a parameter out.
    pub(crate) fn remove(&mut self, name: &str) {
        self.0.retain(|(known, _)| *known != name);
    }

    fn place(&mut self, name: &'static str) -> &mut Value {
        let place = self.0.iter().position(|(known, _)| *known == name).unwrap_or_else(|| {
            self.0.push((name, Value::Null));
            self.0.len() - 1
        });
        &mut self.0[place].1
    }

    /// As a request has them: text as it is, everything else as JSON.
    pub(crate) fn into_pairs(self) -> Vec<(&'static str, String)> {
        let text = |value| match value {
            Value::String(text) => text,
            other => other.to_string(),
        };
        self.0.into_iter().map(|(name, value)| (name, text(value))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_of_one_object_are_one_parameter() {
        let mut params = Params::default();
        params.set("advertiser_id", "7");
        params.set_json("filtering.types", r#"["A"]"#);
        params.set("filtering.status", "ON");
        params.set_json("version", "2");
        let want = [
            ("advertiser_id", "7"),
            ("filtering", r#"{"types":["A"],"status":"ON"}"#),
            ("version", "2"),
        ];
        assert_eq!(params.into_pairs(), want.map(|(name, value)| (name, value.to_owned())));
    }
}
