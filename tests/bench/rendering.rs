//! Rendering against the floor: the same text checked as UTF-8 and skipped as JSON by `serde_json`, which writes nothing.
//! `cargo bench --bench rendering` prints one row a shape of page; the ratio is what counts, not the seconds.
use serde::de::IgnoredAny;
use serde_json::json;
use std::time::{Duration, Instant};
use tap_tiktok_ads::api::page;
use tap_tiktok_ads::sync::render::*;

fn best(rounds: usize, mut f: impl FnMut()) -> Duration {
    (0..rounds)
        .map(|_| {
            let t = Instant::now();
            f();
            t.elapsed()
        })
        .min()
        .unwrap()
}

fn main() {
    let dict: serde_json::Value = serde_json::from_str(include_str!("../../schemas/metrics.json")).unwrap();
    let names: Vec<String> =
        dict["defaults"]["BASIC"].as_array().unwrap().iter().take(70).map(|v| v.as_str().unwrap().to_owned()).collect();
    let mut text = String::from(r#"{"code":0,"message":"OK","request_id":"x","data":{"list":["#);
    for row in 0..1000 {
        if row > 0 {
            text.push(',');
        }
        text.push_str(&format!(
            r#"{{"dimensions":{{"ad_id":"17200000000000{row:05}","stat_time_day":"2026-07-12 00:00:00"}},"metrics":{{"#
        ));
        for (i, n) in names.iter().enumerate() {
            if i > 0 {
                text.push(',');
            }
            let ty = dict["metrics"][n]["type"].as_str().unwrap();
            match ty {
                "string" => text.push_str(&format!(r#""{n}":"Spring tents | Web {row}""#)),
                "integer" => text.push_str(&format!(r#""{n}":"{}""#, row * 37 + i)),
                _ => text.push_str(&format!(r#""{n}":"{}.{:03}""#, row * 7 + i, i)),
            }
        }
        text.push_str("}}");
    }
    text.push_str(r#"],"page_info":{"page":1,"page_size":1000,"total_number":1000,"total_page":1}}}"#);
    let bytes = text.clone().into_bytes();
    let mut specs = vec![
        FieldSpec { name: "advertiser_id".into(), kind: Kind::Text, origin: Origin::Account, key: true, selected: true },
        FieldSpec { name: "ad_id".into(), kind: Kind::Text, origin: Origin::Row, key: true, selected: true },
        FieldSpec { name: "stat_time_day".into(), kind: Kind::DateTime, origin: Origin::Row, key: true, selected: true },
    ];
    for n in &names {
        specs.push(FieldSpec {
            name: n.clone(),
            kind: Kind::of(&json!({"type": ["null", dict["metrics"][n]["type"]]})),
            origin: Origin::Metric,
            key: false,
            selected: true,
        });
    }
    let recipe = Recipe::new("ad_insights", true, None, specs);
    let mut out = Vec::with_capacity(4 << 20);
    let n = 80;
    let pages: Vec<Vec<u8>> = (0..n).map(|_| bytes.clone()).collect();
    let scan = best(8, || {
        for b in &pages {
            let s = std::str::from_utf8(b).unwrap();
            std::hint::black_box(serde_json::from_str::<IgnoredAny>(s).unwrap());
        }
    });
    let render = best(8, || {
        for b in &pages {
            out.clear();
            let s = std::str::from_utf8(b).unwrap();
            let mut r = Renderer::new(&recipe, "7000000000000000000", None);
            let p = page::read(s, "list", &mut r.page("2026-01-01T00:00:00Z", &mut out)).unwrap();
            assert_eq!(p.rows, 1000);
        }
    });
    println!(
        "{} bytes a page, out {}; scan {:?} render {:?} ratio {:.2}, {:.0} MB/s",
        bytes.len(),
        out.len(),
        scan,
        render,
        render.as_secs_f64() / scan.as_secs_f64(),
        bytes.len() as f64 * n as f64 / 1e6 / render.as_secs_f64()
    );
    println!("{}", String::from_utf8_lossy(&out[..300]));
}
