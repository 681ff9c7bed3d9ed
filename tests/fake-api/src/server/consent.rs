//! The page on which an advertiser consents to the app, below `/portal/auth`, and the redirect to
//! the app afterwards.

use super::connection::Reply;
use super::http::{Head, split_target};
use super::{APP_ID, Shared, lock};
use std::fmt::Write;

/// Where the page and everything that belongs to it is.
pub(crate) const BASE: &str = "/portal/auth";

/// What the address of the page says.
struct Asked {
    state: String,
    redirect_url: String,
}

/// Answers a browser.
pub(crate) fn answer(shared: &Shared, head: &Head) -> Reply {
    let Some((path, params)) = split_target(&head.target) else {
        return page(400, "The address is not UTF-8.");
    };
    let asked = match asked(shared, &params) {
        Ok(asked) => asked,
        Err(why) => return page(200, &format!("<p id=\"error\">{why}</p>")),
    };
    match (head.method.as_str(), path.strip_prefix(BASE)) {
        ("GET", Some("" | "/")) => page(200, &form(shared, &asked)),
        ("GET", Some("/confirm")) => {
            let code = lock(&shared.oauth).issue();
            redirect(&asked, &[("auth_code", &code), ("state", &asked.state)])
        }
        ("GET", Some("/decline")) => redirect(&asked, &[("state", &asked.state)]),
        _ => page(404, "There is no such page."),
    }
}

/// Checks the address of the page. An error says what is wrong with it.
fn asked(shared: &Shared, params: &[(String, String)]) -> Result<Asked, String> {
    let value = |name: &str| {
        let found = params.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.clone()).filter(|value| !value.is_empty())
    };
    let app = value("app_id").ok_or("The app_id is missing.")?;
    if app != APP_ID {
        return Err("The app does not exist.".to_owned());
    }
    let redirect_url = value("redirect_uri").ok_or("The redirect_uri is missing.")?;
    let registered = shared.options().redirect_urls;
    if !registered.is_empty() && !registered.contains(&redirect_url) {
        return Err("The redirect_uri is not one of those of the app.".to_owned());
    }
    Ok(Asked { state: value("state").unwrap_or_default(), redirect_url })
}

fn form(shared: &Shared, asked: &Asked) -> String {
    let mut html = "<p>The app asks for access to these ad accounts:</p><ul>".to_owned();
    for account in shared.world.accounts() {
        // Writing to a `String` cannot fail.
        let _ = write!(html, "<li>{}</li>", escape(&account.name));
    }
    html.push_str("</ul>");
    for (action, id, words) in [("confirm", "confirm", "Confirm"), ("decline", "decline", "Cancel")]
    {
        let _ = write!(
            html,
            "<form action=\"{BASE}/{action}\"><input type=\"hidden\" name=\"app_id\" \
             value=\"{APP_ID}\"><input type=\"hidden\" name=\"state\" value=\"{}\">\
             <input type=\"hidden\" name=\"redirect_uri\" value=\"{}\">\
             <button id=\"{id}\">{words}</button></form>",
            escape(&asked.state),
            escape(&asked.redirect_url)
        );
    }
    html
}

fn redirect(asked: &Asked, params: &[(&str, &str)]) -> Reply {
    let mut url = asked.redirect_url.clone();
    for (name, value) in params {
        url.push(if url.contains('?') { '&' } else { '?' });
        let _ = write!(url, "{name}={}", encode(value));
    }
    Reply { location: Some(url), ..page(302, "") }
}

fn page(status: u16, body: &str) -> Reply {
    let html = format!("<!doctype html><meta charset=\"utf-8\"><title>Consent</title>{body}");
    Reply::plain(status, "text/html; charset=utf-8", html)
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}

fn encode(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}
