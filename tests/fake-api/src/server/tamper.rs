//! Answers with something wrong about them. Owns what each fault does to rows, `page_info`, bytes
//! and delivery; whom it hits is decided in `fault`.

use super::cache::gzip;
use super::connection::{Delivery, Reply};
use super::envelope::{self, Data, envelope};
use super::fault_kind::{FaultKind, Shape};
use super::params::Params;
use serde_json::Value;
use std::sync::Arc;

/// The request whose rows are sent instead.
pub(crate) fn other_rows(kind: &FaultKind, params: &Params) -> Option<Params> {
    match kind {
        FaultKind::RepeatPage => Some(params.previous_page()),
        FaultKind::Shift(rows) => Some(params.shifted(*rows)),
        _ => None,
    }
}

/// Changes what the answer holds.
pub(crate) fn change(kind: &FaultKind, data: &mut Data) {
    let (Data::List { rows, page_info, .. } | Data::Shaped { rows, page_info, .. }) = data else {
        return;
    };
    match kind {
        FaultKind::MissingPageInfo => *page_info = None,
        FaultKind::PageInfo(raw) => *page_info = Some(raw.clone()),
        FaultKind::EmptyPage => rows.clear(),
        FaultKind::Grow(more) => recount(page_info, |total| total.saturating_add(*more)),
        FaultKind::Shrink(less) => recount(page_info, |total| total.saturating_sub(*less)),
        _ => {}
    }
}

fn recount(page_info: &mut Option<String>, change: impl FnOnce(u64) -> u64) {
    let Some(mut info) =
        page_info.as_deref().and_then(|raw| serde_json::from_str::<Value>(raw).ok())
    else {
        return;
    };
    let number = |name: &str| info[name].as_u64().unwrap_or_default();
    let (total, size) = (change(number("total_number")), number("page_size").max(1));
    info["total_number"] = total.into();
    info["total_page"] = total.div_ceil(size).into();
    *page_info = Some(info.to_string());
}

/// Writes the body.
pub(crate) fn write(kind: &FaultKind, data: &Data, id: &str) -> Vec<u8> {
    let whole = || envelope::success(data, id);
    let text = match kind {
        FaultKind::PartialRows(message) => envelope(20001, message, id, &data.json()),
        FaultKind::CodeLast => {
            format!(
                "{{\"data\":{},\"request_id\":\"{id}\",\"message\":\"OK\",\"code\":0}}",
                data.json()
            )
        }
        FaultKind::InvalidJson => {
            let mut text = whole();
            let half = text.len() / 2;
            let end = (0..=half).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
            text.truncate(end);
            text
        }
        FaultKind::WrongShape(shape) => misshape(*shape, data, id),
        FaultKind::InvalidUtf8 => {
            let mut bytes = whole().into_bytes();
            spoil(&mut bytes);
            return bytes;
        }
        _ => whole(),
    };
    text.into_bytes()
}

fn misshape(shape: Shape, data: &Data, id: &str) -> String {
    let rows = data.clone().rows_mut().cloned().unwrap_or_default();
    let with_list = |list: &str| {
        let json = match data {
            Data::Shaped { open, page_info, end, .. } if open.ends_with('[') => {
                let info = page_info.as_ref().map(|info| format!(",\"page_info\":{info}"));
                let open = open.trim_end_matches('[');
                format!("{open}{list}{}{end}", info.unwrap_or_default())
            }
            // Data that is no list stays as it is.
            _ => {
                data.json().replacen(&format!("\"list\":[{rows}]"), &format!("\"list\":{list}"), 1)
            }
        };
        envelope(0, "OK", id, &json)
    };
    let with_code = |code: &str| envelope::success(data, id).replacen("\"code\":0,", code, 1);
    match shape {
        Shape::DataIsArray => envelope(0, "OK", id, &format!("[{rows}]")),
        Shape::ListIsObject => with_list("{}"),
        Shape::ListOfNumbers => with_list("[1,2,3]"),
        Shape::CodeIsText => with_code("\"code\":\"0\","),
        Shape::CodeIsWord => with_code("\"code\":\"OK\","),
        Shape::CodeIsMissing => with_code(""),
        Shape::BodyIsNull => "null".to_owned(),
    }
}

/// Changes how the reply travels.
pub(crate) fn spoil_delivery(kind: &FaultKind, reply: &mut Reply, accepts_gzip: bool) {
    match kind {
        FaultKind::CutBody => reply.delivery = Delivery::Half,
        FaultKind::Reset => reply.delivery = Delivery::Reset,
        FaultKind::CloseEarly => reply.delivery = Delivery::Nothing,
        FaultKind::SlowBody(time) => reply.delivery = Delivery::Slow(*time),
        FaultKind::CutGzip => {
            reply.gzipped = accepts_gzip;
            let mut bytes = if reply.gzipped { gzip(&reply.body) } else { reply.body.to_vec() };
            bytes.truncate(bytes.len() / 2);
            reply.body = Arc::new(bytes);
        }
        _ => {}
    }
}

/// The code that a client can read in the answer, for the log.
pub(crate) fn code(kind: &FaultKind) -> Option<i64> {
    match kind {
        FaultKind::CutBody
        | FaultKind::CutGzip
        | FaultKind::InvalidJson
        | FaultKind::Reset
        | FaultKind::CloseEarly
        | FaultKind::WrongShape(Shape::CodeIsWord | Shape::CodeIsMissing | Shape::BodyIsNull) => {
            None
        }
        FaultKind::PartialRows(_) => Some(20001),
        _ => Some(0),
    }
}

/// Puts a byte that is no UTF-8 into the first text of the list, or of the envelope.
fn spoil(body: &mut Vec<u8>) {
    let find = |from: usize, wanted: &[u8]| {
        body[from..]
            .windows(wanted.len())
            .position(|bytes| bytes == wanted)
            .map(|at| from + at + wanted.len())
    };
    let list = find(0, b"\"data\":").unwrap_or(0);
    if let Some(text) =
        find(list, b"_name\":\"").or_else(|| find(list, b":\"")).or_else(|| find(0, b":\""))
    {
        body.insert(text, 0xff);
    }
}
