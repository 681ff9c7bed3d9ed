//! Tests of `shape`: a plain schema stays as it is, and every other form is reduced to the plain
//! one that means the same.

use super::*;
use crate::discovery::discover;

/// The plain form of a property that is not a key property.
fn property(schema: &Value) -> Value {
    let keys = ["id".to_owned()];
    let definitions = json!({
        "day": {"type": "string", "format": "date-time", "minLength": 10},
        "tree": {"type": "object", "properties": {
            "name": {"type": "string"},
            "children": {"type": "array", "items": {"$ref": "#/definitions/tree"}},
        }},
        "loop": {"$ref": "#/definitions/loop"},
    });
    let stream = json!({
        "type": "object",
        "properties": {"id": {"type": "string"}, "x": schema},
        "definitions": definitions,
    });
    let plain = plain(&stream, &keys);
    assert_eq!(plain["properties"]["id"], json!({"type": "string"}), "a key is never null");
    assert!(plain.get("definitions").is_none());
    plain["properties"]["x"].clone()
}

#[test]
fn a_plain_schema_stays_byte_for_byte() {
    for stream in discover()["streams"].as_array().expect("streams") {
        let keys: Vec<String> =
            serde_json::from_value(stream["key_properties"].clone()).expect("names");
        assert_eq!(plain(&stream["schema"], &keys).to_string(), stream["schema"].to_string());
    }
    for schema in [
        json!({}),
        json!({"format_of_ours": 1, "type": ["null", "string"], "description": "x"}),
        json!({"type": ["string", "null"], "format": "date"}),
        json!({"properties": {"enum": {"type": ["null", "string"]}, "required": {}}}),
    ] {
        assert_eq!(property(&schema).to_string(), schema.to_string());
    }
}

#[test]
fn every_form_of_a_type_is_read_the_same_way() {
    for (schema, want) in [
        (json!({"type": "number"}), json!({"type": ["number", "null"]})),
        (json!({"type": ["number"]}), json!({"type": ["number", "null"]})),
        (json!({"type": "null"}), json!({"type": "null"})),
        (json!({"type": ["null", "null", "string"]}), json!({"type": ["null", "string"]})),
        (json!({"type": "any"}), json!({})),
        (json!({"type": ["string", "any"]}), json!({})),
        (json!({"type": "float"}), json!({})),
        (json!({"type": []}), json!({})),
        (json!(true), json!({})),
        (json!(false), json!({"type": "null"})),
        (json!({"type": "string", "enum": ["A"]}), json!({"type": ["string", "null"]})),
        (json!({"enum": ["A", null]}), json!({"type": ["null", "string"]})),
        (json!({"const": 1}), json!({"type": ["integer", "null"]})),
        (
            json!({"type": "integer", "minimum": 0, "exclusiveMinimum": true, "multipleOf": 2}),
            json!({"type": ["integer", "null"]}),
        ),
        (
            json!({"type": "string", "format": "uuid", "pattern": "^a", "maxLength": 3}),
            json!({"type": ["string", "null"]}),
        ),
        (json!({"type": "integer", "format": "date-time"}), json!({"type": ["integer", "null"]})),
        (
            json!({"format": "date-time"}),
            json!({"type": ["null", "string"], "format": "date-time"}),
        ),
        (json!({"type": [{"type": "string"}, "null"]}), json!({"type": ["string", "null"]})),
        (
            json!({"anyOf": [{"type": "null"}, {"type": "string", "format": "date-time"}]}),
            json!({"type": ["null", "string"], "format": "date-time"}),
        ),
        (
            json!({"oneOf": [{"type": "number"}, {"type": "null"}], "title": "t"}),
            json!({"title": "t", "type": ["number", "null"]}),
        ),
        (
            json!({"anyOf": [
                {"type": "string", "format": "date-time"},
                {"type": "string", "format": "date"},
            ]}),
            json!({"type": ["string", "null"], "format": "date-time"}),
        ),
        (
            json!({"anyOf": [
                {"type": "string", "format": "date-time"},
                {"type": ["string", "null"]},
            ]}),
            json!({"type": ["string", "null"]}),
        ),
        (json!({"anyOf": [{"type": "string"}, {}]}), json!({})),
        (
            json!({"type": ["null", "string"], "anyOf": [{"minLength": 1}, {"pattern": "x"}]}),
            json!({"type": ["null", "string"]}),
        ),
        (
            json!({"allOf": [
                {"type": ["null", "string", "integer"]},
                {"type": ["string", "null"], "format": "date"},
            ]}),
            json!({"type": ["null", "string"], "format": "date"}),
        ),
        (
            json!({"allOf": [{"type": "number"}, {"type": "integer"}]}),
            json!({"type": ["integer", "null"]}),
        ),
        (json!({"allOf": [{"type": "string"}, {"type": "integer"}]}), json!({"type": "null"})),
        (
            json!({"$ref": "#/definitions/day"}),
            json!({"type": ["string", "null"], "format": "date-time"}),
        ),
        (json!({"$ref": "#/definitions/none"}), json!({})),
        (json!({"$ref": "https://example.com/schema"}), json!({})),
        (json!({"$ref": "#/definitions/loop"}), json!({})),
    ] {
        assert_eq!(property(&schema), want, "{schema}");
    }
}

#[test]
fn schemas_inside_objects_and_lists_are_reduced_too() {
    for (schema, want) in [
        (
            json!({
                "type": "object", "required": ["a"], "additionalProperties": false,
                "properties": {"a": {"type": "integer"}},
            }),
            json!({"type": ["object", "null"], "properties": {"a": {"type": ["integer", "null"]}}}),
        ),
        (
            json!({"type": "array", "minItems": 1, "items": {"type": "string", "enum": ["A"]}}),
            json!({"type": ["array", "null"], "items": {"type": ["string", "null"]}}),
        ),
        (
            json!({"type": "array", "items": [{"type": "string"}], "additionalItems": false}),
            json!({"type": ["array", "null"]}),
        ),
        (
            json!({"anyOf": [
                {"type": "object", "properties": {"a": {"type": "integer"}, "b": {}}},
                {"type": "object", "properties": {"a": {"type": "string"}}},
            ]}),
            json!({"type": ["object", "null"], "properties": {
                "a": {"type": ["integer", "string", "null"]}, "b": {},
            }}),
        ),
        (
            json!({
                "type": "object", "properties": {"a": {"type": "string"}},
                "allOf": [{"properties": {"a": {"format": "date"}}}],
            }),
            json!({"type": ["object", "null"], "properties": {
                "a": {"type": ["string", "null"], "format": "date"},
            }}),
        ),
        (
            json!({"$ref": "#/definitions/tree"}),
            json!({"type": ["object", "null"], "properties": {
                "name": {"type": ["string", "null"]},
                "children": {"type": ["array", "null"], "items": {}},
            }}),
        ),
    ] {
        assert_eq!(property(&schema), want, "{schema}");
    }
}

#[test]
fn references_that_multiply_are_followed_only_so_often() {
    let mut definitions = Map::new();
    for n in 0..60 {
        let next = json!({"$ref": format!("#/definitions/{}", n + 1)});
        definitions.insert(
            n.to_string(),
            json!({"type": "object", "properties": {"a": next, "b": next}, "anyOf": [next, next]}),
        );
    }
    let schema =
        json!({"properties": {"x": {"$ref": "#/definitions/0"}}, "definitions": definitions});
    assert!(plain(&schema, &[])["properties"]["x"].is_object());
}
