//! Converts the values of settings to the types that `schemas/config.json` gives them, because
//! orchestrators pass numbers and booleans as text, and lists of ids as text or as a number.

use serde_json::Value;

/// Converts a value to the type of its setting. A value that cannot be converted stays as it is,
/// for the schema to refuse.
pub(super) fn convert(value: Value, setting: &Value) -> Value {
    let takes = |name: &str| match &setting["type"] {
        Value::String(one) => one == name,
        Value::Array(many) => many.iter().any(|t| t == name),
        _ => false,
    };
    match value {
        Value::String(text) if takes("object") && text.trim_start().starts_with('{') => {
            serde_json::from_str(&text).unwrap_or(Value::String(text))
        }
        Value::String(text) if takes("array") => list(&text),
        Value::Number(number) if takes("array") => Value::from(vec![number.to_string()]),
        Value::Array(items) if setting["items"]["type"] == "string" => {
            items.into_iter().map(as_text).collect()
        }
        Value::String(text) if takes("boolean") => {
            boolean(&text).map_or(Value::String(text), Value::from)
        }
        Value::Number(number) if takes("boolean") => {
            boolean(&number.to_string()).map_or(Value::Number(number), Value::from)
        }
        Value::String(text) if takes("number") || takes("integer") => {
            number(text.trim(), takes("integer"))
                .unwrap_or_else(|| Value::from(text.trim().to_lowercase()))
        }
        Value::Number(given) if takes("integer") => {
            number(&given.to_string(), true).unwrap_or(Value::Number(given))
        }
        Value::Number(given) if takes("string") && !takes("number") => {
            Value::from(given.to_string())
        }
        Value::String(text) => Value::from(text.trim()),
        other => other,
    }
}

/// Reads a list, which may be written as `["1","2"]`, `1,2` or `1, 2`.
fn list(text: &str) -> Value {
    if let Ok(Value::Array(items)) = serde_json::from_str(text) {
        return items.into_iter().map(as_text).collect();
    }
    text.split(',').map(str::trim).filter(|part| !part.is_empty()).collect()
}

fn as_text(item: Value) -> Value {
    match item {
        Value::Number(number) => Value::from(number.to_string()),
        Value::String(text) => Value::from(text.trim()),
        other => other,
    }
}

fn boolean(text: &str) -> Option<bool> {
    match text.trim().to_lowercase().as_str() {
        "true" | "1" | "yes" => Some(true),
        "false" | "0" | "no" => Some(false),
        _ => None,
    }
}

fn number(text: &str, is_whole: bool) -> Option<Value> {
    if is_whole {
        whole(text).map(Value::from)
    } else {
        serde_json::from_str(text).ok().filter(Value::is_number)
    }
}

/// Reads a whole number in any notation, such as `7.00` or `70e-1`. It works on the digits, so
/// nothing is rounded.
fn whole(text: &str) -> Option<i64> {
    let (number, exponent) = text
        .split_once(['e', 'E'])
        .map_or(Some((text, 0)), |(n, e)| Some((n, e.parse::<i32>().ok()?)))?;
    let (sign, digits) = number
        .strip_prefix('-')
        .map_or((1, number.strip_prefix('+').unwrap_or(number)), |digits| (-1, digits));
    let (before, after) = digits.split_once('.').unwrap_or((digits, ""));
    let mut digits = [before, after].concat();
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    if digits.bytes().all(|b| b == b'0') {
        return Some(0);
    }
    let point = i32::try_from(before.len()).ok()?.checked_add(exponent)?;
    // Longer numbers are beyond the bounds of every setting.
    let point = usize::try_from(point).ok().filter(|point| *point < 19)?;
    while digits.len() < point {
        digits.push('0');
    }
    let (whole, rest) = digits.split_at(point);
    rest.bytes().all(|b| b == b'0').then(|| whole.parse::<i64>().ok().map(|whole| sign * whole))?
}
