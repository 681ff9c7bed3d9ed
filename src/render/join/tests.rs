//! Compares joined records with those of one request for all metrics.

use super::super::{FieldSpec, Kind, Origin, StoredPage, StoredRows};
use super::*;
use crate::json::Rows;
use crate::json::scan::Scan;
use proptest::prelude::*;
use serde_json::value::RawValue;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

const TIME: &str = "2026-01-01T00:00:00Z";
const METRICS: [&str; 6] = ["spend", "clicks", "ad_name", "is_live", "day", "tags"];

/// A row: its id, and the values of its metrics as TikTok sends them, if it does.
type Sent = (u16, Vec<Option<String>>);

fn specs(has_account: bool, has_dimensions: bool, of: Option<&[String]>) -> Vec<FieldSpec> {
    let field = |name: &str, origin, schema: Value| FieldSpec {
        name: name.to_owned(),
        kind: Kind::of(&schema),
        origin,
        key: match origin {
            Origin::Constant => has_dimensions && of.is_none(),
            Origin::Row => has_dimensions,
            _ => false,
        },
        selected: match origin {
            Origin::Constant => of.is_none(),
            Origin::Row => has_dimensions,
            _ => of.is_none_or(|metrics| metrics.iter().any(|metric| metric == name)),
        },
    };
    let metric = |name, schema| field(name, Origin::Metric, schema);
    let mut specs = vec![
        field("ad_id", Origin::Row, json!({"type": "string"})),
        metric("spend", json!({"type": ["null", "number"]})),
        metric("clicks", json!({"type": ["null", "integer"]})),
        metric("ad_name", json!({"type": ["null", "string"]})),
        metric("is_live", json!({"type": ["null", "boolean"]})),
        metric("day", json!({"type": ["null", "string"], "format": "date-time"})),
        metric("tags", json!({"type": ["null", "array"], "items": {"type": ["null", "string"]}})),
        field("age", Origin::Row, json!({"type": ["string"]})),
    ];
    if has_account {
        specs.push(field("advertiser_id", Origin::Constant, json!({"type": "string"})));
    }
    specs
}

fn account() -> [(&'static str, String); 1] {
    [("advertiser_id", "7".to_owned())]
}

fn recipe(specs: Vec<FieldSpec>) -> Recipe {
    Recipe::new("ads", true, None, specs).identified_by(&["ad_id", "age"])
}

/// The text of a row with some of its metrics.
fn text((id, metrics): &Sent, of: &[String]) -> String {
    let sent = METRICS.iter().zip(metrics).filter(|(name, _)| of.iter().any(|m| m == *name));
    let members = sent.filter_map(|(name, raw)| Some(format!("\"{name}\":{}", raw.as_ref()?)));
    let members = members.collect::<Vec<_>>().join(",");
    format!(r#"{{"metrics":{{{members}}},"dimensions":{{"ad_id":"{id}","age":"AGE_25_34"}}}}"#)
}

/// The fields of every line, values as they are written.
fn records(lines: &[u8]) -> Vec<BTreeMap<String, String>> {
    let lines = std::str::from_utf8(lines).expect("text").lines();
    let record = |line: &str| {
        let line: BTreeMap<String, Box<RawValue>> = serde_json::from_str(line).expect(line);
        assert_eq!(line["time_extracted"].get(), format!("\"{TIME}\""));
        let record: BTreeMap<String, Box<RawValue>> =
            serde_json::from_str(line["record"].get()).expect("an object");
        let count = line["record"].get().matches("\"clicks\":").count();
        assert_eq!(count, 1, "a field comes twice: {}", line["record"].get());
        record.into_iter().map(|(name, raw)| (name, raw.get().to_owned())).collect()
    };
    lines.map(record).collect()
}

/// Renders rows as one request for all metrics does.
fn rendered(recipe: &Recipe, rows: &[String]) -> (Vec<BTreeMap<String, String>>, Tally) {
    let (mut renderer, mut out) = (Renderer::new(recipe, &account(), None), Vec::new());
    let mut page = renderer.page(TIME, &mut out);
    for row in rows {
        page.row(&mut Scan::new(row)).expect("a row");
    }
    (records(&out), renderer.finish())
}

/// Stores rows in pages of that size. The tally has the counts of all pages.
fn stored(recipe: &Recipe, rows: &[String], page_size: usize) -> (Store, Tally) {
    let (mut store, mut tally) = (Store::default(), Tally::default());
    for page in rows.chunks(page_size) {
        let mut renderer = Renderer::new(recipe, &account(), None);
        let (mut out, mut ends) = (Vec::new(), Vec::new());
        let mut rows = StoredRows::new(renderer.page(TIME, &mut out), &mut ends);
        for row in page {
            rows.row(&mut Scan::new(row)).expect("a row");
        }
        store.push(StoredPage::new(&out, ends));
        tally.add(renderer.finish());
    }
    (store, tally)
}

fn raw_values() -> impl Strategy<Value = Vec<Option<String>>> {
    let raw = prop_oneof![
        4 => "-?[1-9][0-9]{0,12}(\\.[0-9]{1,9})?".prop_map(|number| format!("\"{number}\"")),
        2 => prop::sample::select(vec!["null", "\"-\"", "\"\"", "0", "1.50", "9.18E+09", "true",
            r#""a\u0000{b\"\\\n""#, r#""\u007f\u00e9é€""#, "[]", r#"["x{", 7 , null]"#,
            "{ \"a\" : 1 }", "NaN", "\"2026-05-01 00:00:00\""]).prop_map(str::to_owned),
    ];
    prop::collection::vec(prop::option::weighted(0.9, raw), METRICS.len())
}

/// Rows, and for each request its metrics, its rows in their order, and the size of its pages.
type Case = (Vec<Sent>, Vec<(Vec<String>, Vec<usize>, usize)>);

fn cases() -> impl Strategy<Value = Case> {
    let rows = prop::collection::btree_map(any::<u16>(), raw_values(), 1..25);
    (rows, 2_usize..5).prop_flat_map(|(rows, requests)| {
        let rows: Vec<Sent> = rows.into_iter().collect();
        let side = |number: usize| {
            let place = |number: usize| number * METRICS.len() / requests;
            let metrics: Vec<String> =
                METRICS[place(number)..place(number + 1)].iter().map(|m| (*m).to_owned()).collect();
            let all: Vec<usize> = (0..rows.len()).collect();
            let some = prop::sample::subsequence(all.clone(), 0..=rows.len());
            let order = prop_oneof![3 => Just(all), 2 => some].prop_shuffle();
            (Just(metrics), order, 1_usize..9)
        };
        let sides: Vec<_> = (0..requests).map(side).collect();
        (Just(rows), sides)
    })
}

proptest! {
    #[test]
    fn joined_records_are_those_of_one_request(
        (rows, sides) in cases(), has_account in any::<bool>(), has_dimensions in any::<bool>(),
    ) {
        let recipes: Vec<Recipe> = sides
            .iter()
            .map(|(metrics, ..)| {
                recipe(specs(has_account, has_dimensions, Some(metrics))).storing(metrics)
            })
            .collect();
        let whole = recipe(specs(has_account, has_dimensions, None));
        let (mut stores, mut misfits) = (Vec::new(), 0);
        for ((metrics, order, page_size), recipe) in sides.iter().zip(&recipes) {
            let rows: Vec<String> = order.iter().map(|row| text(&rows[*row], metrics)).collect();
            let (store, tally) = stored(recipe, &rows, *page_size);
            misfits += tally.misfits.iter().sum::<u64>();
            stores.push(store);
        }
        let requests = recipes.iter().zip(stores.iter().map(Some));
        let join = Join::new(Renderer::new(&whole, &account(), None), requests, TIME);
        let (mut tally, mut out) = (Tally::default(), Vec::new());
        join.rows().for_each(|row| join.push(&row, &mut tally, &mut out));

        let has =
            |row: usize| move |side: &&(Vec<String>, Vec<usize>, usize)| side.1.contains(&row);
        let met: BTreeSet<usize> = sides.iter().flat_map(|side| side.1.clone()).collect();
        let wanted: Vec<String> = met
            .iter()
            .map(|row| {
                let known = sides.iter().filter(has(*row)).flat_map(|side| side.0.clone());
                text(&rows[*row], &known.collect::<Vec<_>>())
            })
            .collect();
        let (mut wanted, counts) = rendered(&whole, &wanted);
        let mut joined = records(&out);
        let first: Vec<_> = sides[0].1.iter().map(|row| rows[*row].0.to_string()).collect();
        if has_dimensions {
            let ids = joined.iter().map(|record| record["ad_id"].trim_matches('"').to_owned());
            prop_assert_eq!(ids.take(first.len()).collect::<Vec<_>>(), first, "the first's order");
        }
        wanted.sort();
        joined.sort();
        prop_assert_eq!(joined, wanted);
        prop_assert_eq!(tally.records, met.len() as u64);
        prop_assert_eq!(misfits, counts.misfits.iter().sum::<u64>());
        let alone = met.iter().filter(|row| sides.iter().filter(has(**row)).count() < sides.len());
        prop_assert_eq!(tally.partly_answered, alone.count() as u64);
        prop_assert_eq!(tally.first_partly_answered.is_some(), tally.partly_answered > 0);
    }
}

/// Two requests for two rows; the second one has another row than the first.
fn two(key: Option<&str>) -> (Recipe, [Recipe; 2], [Store; 2]) {
    let with_key = |mut specs: Vec<FieldSpec>| {
        for spec in specs.iter_mut().filter(|spec| spec.selected) {
            spec.key |= Some(spec.name.as_str()) == key;
        }
        specs
    };
    let metrics = [vec!["spend".to_owned()], vec!["clicks".to_owned()]];
    let of =
        |metrics: &Vec<String>| recipe(with_key(specs(true, true, Some(metrics)))).storing(metrics);
    let recipes = [of(&metrics[0]), of(&metrics[1])];
    let row = |id: u16| (id, vec![Some("\"1.50\"".to_owned()), Some("\"2\"".to_owned())]);
    let rows = |side: usize, ids: [u16; 2]| {
        let rows = ids.map(|id| text(&row(id), &metrics[side]));
        stored(&recipes[side], &rows, 10).0
    };
    let stores = [rows(0, [1, 2]), rows(1, [3, 1])];
    (recipe(with_key(specs(true, true, None))), recipes, stores)
}

#[test]
fn a_row_of_one_answer_only_is_counted_and_named() {
    let (whole, recipes, stores) = two(None);
    let requests = recipes.iter().zip(stores.iter().map(Some));
    let join = Join::new(Renderer::new(&whole, &account(), None), requests, TIME);
    let (mut tally, mut out) = (Tally::default(), Vec::new());
    join.rows().for_each(|row| join.push(&row, &mut tally, &mut out));
    assert_eq!(tally.partly_answered, 2);
    let words = r#"ad_id "2", age "AGE_25_34""#;
    assert_eq!(tally.first_partly_answered.as_deref(), Some(words));
    let values = |record: &BTreeMap<String, String>| {
        ["ad_id", "spend", "clicks"].map(|name| record[name].clone()).join(" ")
    };
    let records: Vec<_> = records(&out).iter().map(values).collect();
    assert_eq!(records, [r#""1" 1.50 2"#, r#""2" 1.50 null"#, r#""3" null 2"#]);
}

#[test]
fn a_row_without_the_request_of_its_key_is_left_out() {
    let (whole, recipes, stores) = two(Some("clicks"));
    let requests = recipes.iter().zip(stores.iter().map(Some));
    let join = Join::new(Renderer::new(&whole, &account(), None), requests, TIME);
    let (mut tally, mut out) = (Tally::default(), Vec::new());
    join.rows().for_each(|row| join.push(&row, &mut tally, &mut out));
    assert_eq!((tally.null_keys, tally.records, records(&out).len()), (1, 2, 2));
}

#[test]
fn metrics_that_are_not_requested_are_null() {
    let (whole, recipes, stores) = two(None);
    let requests = recipes.iter().zip([Some(&stores[0]), None]);
    let join = Join::new(Renderer::new(&whole, &account(), None), requests, TIME);
    let (mut tally, mut out) = (Tally::default(), Vec::new());
    join.rows().for_each(|row| join.push(&row, &mut tally, &mut out));
    assert_eq!((tally.partly_answered, tally.records), (0, 2));
    assert!(records(&out).iter().all(|record| record["clicks"] == "null"));
}

#[test]
fn no_record_lacks_a_key_that_is_not_requested() {
    let (whole, recipes, stores) = two(Some("clicks"));
    let requests = recipes.iter().zip([Some(&stores[0]), None]);
    let join = Join::new(Renderer::new(&whole, &account(), None), requests, TIME);
    let (mut tally, mut out) = (Tally::default(), Vec::new());
    join.rows().for_each(|row| join.push(&row, &mut tally, &mut out));
    assert_eq!((tally.null_keys, tally.records, out.len()), (2, 0, 0));
}
