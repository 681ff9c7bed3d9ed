//! Property test: for any property schema of a catalog and any value of the API, the record fits
//! the SCHEMA line. It calls the library as a sync does, without a process.

use proptest::prelude::*;
use serde_json::{Map, Value, json};
use tap_tiktok_ads::api::page;
use tap_tiktok_ads::config::Config;
use tap_tiktok_ads::json::RowsAt;
use tap_tiktok_ads::render::Renderer;
use tap_tiktok_ads::singer::catalog;
use tap_tiktok_ads::sync::plan::{Plan, plan};

fn planned(schema: &Value) -> Plan {
    let definitions = json!({
        "day": {"type": "string", "format": "date-time"},
        "deep": {"type": "object", "properties": {"a": {"$ref": "#/definitions/deep"}}},
    });
    let id = json!({"type": "string", "pattern": "^[0-9]$"});
    let schema = json!({
        "type": "object",
        "required": ["campaign_id", "x"],
        "definitions": definitions,
        "properties": {"campaign_id": id, "x": schema, "y": schema},
    });
    let catalog = json!({"streams": [{
        "tap_stream_id": "campaigns", "key_properties": ["campaign_id"], "schema": schema,
    }]});
    let config = json!({"access_token": "t", "accounts": ["1"], "start_date": "2026-01-01"});
    let config = Config::from_settings(config.as_object().unwrap().clone()).unwrap();
    plan(&catalog::parse(catalog).unwrap(), &config).unwrap().remove(0)
}

/// The record that is rendered for a value.
fn rendered(plan: &Plan, value: &str) -> Value {
    let text = format!(r#"{{"code":0,"data":{{"list":[{{"campaign_id":"17","x":{value}}}]}}}}"#);
    let mut out = Vec::new();
    let mut renderer = Renderer::new(&plan.recipe, &[("advertiser_id", "1".to_owned())], None);
    page::read(&text, RowsAt::Member("list"), &mut renderer.page("2026-01-01T00:00:00Z", &mut out))
        .unwrap();
    let mut line: Value = serde_json::from_slice(&out).unwrap();
    line["record"].take()
}

fn types() -> impl Strategy<Value = Value> {
    let name = || {
        prop::sample::select(vec![
            "null", "string", "number", "integer", "boolean", "object", "array",
        ])
    };
    prop_oneof![
        3 => name().prop_map(Value::from),
        5 => prop::collection::vec(name(), 1..4).prop_map(|names| json!(names)),
        1 => prop::sample::select(vec!["any", "float", ""]).prop_map(Value::from),
    ]
}

/// A keyword that restricts values.
fn limit() -> impl Strategy<Value = (String, Value)> {
    prop::sample::select(vec![
        ("enum", json!(["A", 1, null])),
        ("enum", json!(["A"])),
        ("const", json!(1.5)),
        ("minimum", json!(3)),
        ("exclusiveMinimum", json!(true)),
        ("exclusiveMaximum", json!(5)),
        ("multipleOf", json!(0.01)),
        ("minLength", json!(4)),
        ("maxLength", json!(2)),
        ("pattern", json!("^a")),
        ("minItems", json!(2)),
        ("required", json!(["a"])),
        ("additionalProperties", json!(false)),
        ("patternProperties", json!({"": {"type": "string"}})),
        ("not", json!({"type": "string"})),
        ("dependencies", json!({"a": ["b"]})),
        ("if", json!(true)),
        ("description", json!("words")),
    ])
    .prop_map(|(name, value)| (name.to_owned(), value))
}

fn schema() -> impl Strategy<Value = Value> {
    let format = prop_oneof![
        3 => Just(None),
        2 => prop::sample::select(vec!["date-time", "date", "uuid", "email"])
            .prop_map(|name| Some(json!(name))),
    ];
    let leaf = (prop::option::weighted(0.9, types()), format, prop::collection::vec(limit(), 0..3))
        .prop_map(|(types, format, limits)| {
            let named = [("type".to_owned(), types), ("format".to_owned(), format)]
                .into_iter()
                .filter_map(|(name, value)| Some((name, value?)));
            Value::Object(named.chain(limits).collect::<Map<_, _>>())
        });
    let other = prop::sample::select(vec![
        json!({"$ref": "#/definitions/day"}),
        json!({"$ref": "#/definitions/deep"}),
        json!(true),
        json!(false),
    ]);
    let leaf = prop_oneof![8 => leaf, 1 => other];
    leaf.prop_recursive(3, 20, 3, |inner| {
        let keyword = prop::sample::select(vec!["anyOf", "oneOf", "allOf", "type"]);
        let combined = (keyword, prop::collection::vec(inner.clone(), 1..4), inner.clone());
        let nested = (inner.clone(), inner.clone(), inner.clone(), types());
        prop_oneof![
            combined.prop_map(|(how, branches, mut base)| {
                if let Some(base) = base.as_object_mut() {
                    base.insert(how.to_owned(), json!(branches));
                }
                base
            }),
            nested.prop_map(|(a, b, items, types)| {
                json!({"type": types, "properties": {"a": a, "b": b}, "items": items})
            }),
        ]
    })
}

/// A value as raw JSON.
fn value() -> impl Strategy<Value = String> {
    let odd = [
        "null",
        "NaN",
        "-Infinity",
        "true",
        "0",
        "1",
        "-0",
        "1.5",
        "2.0",
        "1e3",
        "9.18E+09",
        "1e400",
        "1671432089",
        "\"\"",
        "\"-\"",
        "\"0\"",
        "\"A\"",
        "\"12.50\"",
        "\"1e2\"",
        "\"true\"",
        "\"2026-01-01 00:00:00\"",
        "\"2026-01-01\"",
        "\"2026-01-01T00:00:00+08:00\"",
        "\"9999-12-31T23:59:59-08:00\"",
        "\"0000-00-00\"",
        "\"a\\u0000\\ud83d\"",
        "\"NaN\"",
        "[]",
        "{}",
    ];
    let leaf = prop_oneof![
        4 => prop::sample::select(odd.to_vec()).prop_map(str::to_owned),
        1 => "-?(0|[1-9][0-9]{0,20})(\\.[0-9]{1,9})?([eE][+-]?[0-9]{1,2})?",
        1 => "[a-z0-9 :-]{0,12}".prop_map(|text| json!(text).to_string()),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3)
                .prop_map(|list| format!("[{}]", list.join(","))),
            (inner.clone(), inner)
                .prop_map(|(a, more)| format!("{{\"\\u0061\":{a},\"c\":{more}}}")),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]
    #[test]
    fn records_fit_their_schema_line(
        schema in schema(), values in prop::collection::vec(value(), 1..6),
    ) {
        let plan = planned(&schema);
        let options = jsonschema::draft7::options().should_validate_formats(true);
        let validator = options
            .build(&plan.schema)
            .unwrap_or_else(|error| panic!("{error}: {schema} became {}", plan.schema));
        for value in values {
            let record = rendered(&plan, &value);
            let error = validator.iter_errors(&record).next().map(|error| error.to_string());
            prop_assert!(
                error.is_none(),
                "{value} as {schema} became {record}, which {} refuses: {error:?}",
                plan.schema
            );
            let names: Vec<_> = record.as_object().unwrap().keys().map(String::as_str).collect();
            prop_assert_eq!(names, ["campaign_id", "x", "y"], "every selected field is there");
        }
    }
}
