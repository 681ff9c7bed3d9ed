//! The page of consent, the exchange of its codes, and the end of the token.

use crate::client::{code, get, send, server, target};
use fake_tiktok::{APP_ID, SECRET, Server, TOKEN};
use serde_json::{Value, json};
use std::time::Duration;

const JSON: &str = "Content-Type: application/json\r\n";
const BACK: &str = "http://localhost:8765/?x=1";

fn post(server: &Server, path: &str, body: &Value) -> Value {
    let target = format!("/open_api/v1.3/{path}");
    send(server, "POST", &target, JSON, &body.to_string()).unwrap().json()
}

fn exchange(server: &Server, code: &str) -> Value {
    let body = json!({"app_id": APP_ID, "secret": SECRET, "auth_code": code});
    post(server, "oauth2/access_token/", &body)
}

/// The address of the page of consent, or of one of its buttons.
fn page(button: &str, app: &str, back: &str) -> String {
    let params = [("app_id", app), ("state", "a b&c"), ("redirect_uri", back)];
    target("", &params).replace("/open_api/v1.3/", &format!("/portal/auth{button}"))
}

/// The code of a new consent.
fn consent(server: &Server) -> String {
    let answer = send(server, "GET", &page("/confirm", APP_ID, BACK), "", "").unwrap();
    assert_eq!(answer.status, 302);
    let line = answer.headers.lines().find(|line| line.starts_with("Location: ")).unwrap();
    let (code, state) = line.split_once("auth_code=").unwrap().1.split_once("&state=").unwrap();
    assert!(line.starts_with(&format!("Location: {BACK}&")) && state == "a%20b%26c", "{line}");
    code.to_owned()
}

#[test]
fn consent_names_the_accounts_and_sends_a_code() {
    let server = server();
    let answer = send(&server, "GET", &page("", APP_ID, BACK), "", "").unwrap();
    assert!(answer.status == 200 && answer.text().contains("Northwind Outdoor 0"));
    assert!(answer.text().contains("value=\"a b&amp;c\""), "{}", answer.text());
    let other = consent(&server);
    assert_ne!(consent(&server), other, "each code is new");
    let declined = send(&server, "GET", &page("/decline", APP_ID, BACK), "", "").unwrap();
    assert!(declined.has_header(&format!("Location: {BACK}&state=a%20b%26c")));
    assert!(server.requests().is_empty(), "browsers are in no log of the API");
}

#[test]
fn consent_is_for_the_app_and_its_redirect_urls_only() {
    let server = server();
    let says = |target: &str, part: &str| {
        let answer = send(&server, "GET", target, "", "").unwrap();
        assert!(answer.status == 200 && answer.text().contains(part), "{}", answer.text());
    };
    says(&page("", "1", BACK), "The app does not exist");
    says("/portal/auth?state=x", "The app_id is missing");
    says(&page("", APP_ID, ""), "The redirect_uri is missing");
    server.set_options(|options| options.redirect_urls = vec!["https://example.com/".into()]);
    says(&page("/confirm", APP_ID, BACK), "not one of those of the app");
    assert_eq!(send(&server, "GET", "/portal/auth/else?app_id=x", "", "").unwrap().status, 200);
}

#[test]
fn a_code_is_exchanged_once_and_in_time() {
    let server = server();
    let first = consent(&server);
    let data = exchange(&server, &first)["data"].clone();
    assert_eq!(
        (&data["access_token"], data["advertiser_ids"].as_array().unwrap().len()),
        (&json!(TOKEN), 2)
    );
    assert_eq!(data["scope"][3], 7_043_626_160_646_815_746_u64);
    let again = exchange(&server, &first);
    assert_eq!((&again["code"], &again["data"]), (&json!(40110), &json!({})));
    assert_eq!(exchange(&server, "0000")["code"], 40101);
    let late = consent(&server);
    server.set_options(|options| options.code_life = Duration::ZERO);
    assert_eq!(exchange(&server, &late)["code"], 40110);
    assert_eq!(server.violations(), [""; 0], "users type these, not clients");
}

#[test]
fn an_exchange_needs_the_right_app_and_form() {
    let server = server();
    let code = consent(&server);
    let asked = |change: Value| {
        let mut body = json!({"app_id": APP_ID, "secret": SECRET, "auth_code": code});
        body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        post(&server, "oauth2/access_token/", &body)["code"].clone()
    };
    assert_eq!(asked(json!({"app_id": "1"})), 40113);
    assert_eq!(asked(json!({"secret": "x"})), 40101);
    assert_eq!(server.violations(), [""; 0]);
    assert_eq!(asked(json!({"secret": null})), 40002);
    assert_eq!(asked(json!({"grant_type": "x"})), 40002);
    assert_eq!(server.violations().len(), 2);
    let path = "/open_api/v1.3/oauth2/access_token/";
    assert_eq!(send(&server, "GET", path, JSON, "").unwrap().status, 405);
    let form = send(&server, "POST", path, "", "app_id=1").unwrap();
    assert_eq!(form.json()["code"], 40000);
    server.set_options(|options| options.no_accounts = true);
    assert_eq!(asked(json!({"return_advertiser_ids": false})), 0, "the code is still good");
    let app = [("app_id", APP_ID), ("secret", SECRET)];
    assert_eq!(get(&server, "oauth2/advertiser/get/", &app).json()["data"]["list"], json!([]));
}

#[test]
fn a_token_that_was_given_back_is_refused_until_the_next_consent() {
    let server = server();
    let body = |token: &str| json!({"app_id": APP_ID, "secret": SECRET, "access_token": token});
    assert_eq!(post(&server, "oauth2/revoke_token/", &body("other"))["code"], 40105);
    assert_eq!(code(&server, "user/info/", &[]).0, 0);
    let data = post(&server, "oauth2/revoke_token/", &body(TOKEN))["data"].clone();
    assert_eq!(data["app_id"], APP_ID);
    assert_eq!(code(&server, "user/info/", &[]).0, 40105);
    assert_eq!(post(&server, "oauth2/revoke_token/", &body(TOKEN))["code"], 40105);
    exchange(&server, &consent(&server));
    assert_eq!(code(&server, "user/info/", &[]).0, 0);
    assert_eq!(server.violations(), [""; 0]);
}
