//! `auth` with the real binary: the consent page of the fake API in place of TikTok's, and HTTP
//! requests in place of a browser.

mod check;
mod files;
mod kept;
mod preflight;
mod refusals;
mod typed;

use crate::harness::{binary, serve, world};
use fake_tiktok::{APP_ID, SECRET, Server, TOKEN};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpListener};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;
use tempfile::TempDir;

/// What a test waits for at most.
const PATIENCE: Duration = Duration::from_secs(30);

/// A run of `auth` that has printed the address of the consent page.
pub(crate) struct Auth {
    child: Child,
    /// Closed when the test drops it.
    pub stdin: Option<ChildStdin>,
    lines: Receiver<String>,
    /// Lines of stderr so far.
    pub stderr: Vec<String>,
    /// The consent page.
    pub url: String,
}

/// The end of a run of `auth`.
pub(crate) struct Ended {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: Vec<String>,
}

/// A free port of this machine.
pub(crate) fn free_port() -> u16 {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port()
}

/// The arguments with which a run listens at a port.
pub(crate) fn listening(port: u16) -> [String; 2] {
    ["--redirect-url".to_owned(), format!("http://localhost:{port}/back")]
}

/// `auth` for the app of a server.
pub(crate) fn command(dir: &TempDir, server: &Server, settings: &Value) -> Command {
    let mut config =
        json!({"base_url": server.url(), "app_id": APP_ID, "secret": SECRET, "rate_limit": 10000});
    config.as_object_mut().unwrap().extend(settings.as_object().unwrap().clone());
    let path = dir.path().join("settings.json");
    std::fs::write(&path, config.to_string()).unwrap();
    std::fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    let mut command = binary();
    command.env("TAP_TIKTOK_ADS_PAUSE_SCALE", "0.001").arg("auth").arg("--config").arg(path);
    command
}

impl Auth {
    /// Starts a command and waits for the address of the consent page.
    pub(crate) fn start(command: Command) -> Self {
        let mut auth = Auth::spawn(command);
        auth.read_url();
        auth
    }

    /// Starts a command.
    pub(crate) fn spawn(mut command: Command) -> Self {
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the binary starts");
        let (stdin, stderr) = (child.stdin.take(), child.stderr.take().unwrap());
        let (send, lines) = mpsc::channel();
        thread::spawn(move || {
            for line in BufReader::new(stderr).lines() {
                if send.send(line.unwrap()).is_err() {
                    break;
                }
            }
        });
        Auth { child, stdin, lines, stderr: Vec::new(), url: String::new() }
    }

    /// Waits for the address of the consent page.
    pub(crate) fn read_url(&mut self) {
        let line = self.wait_for("/portal/auth?");
        line.split_whitespace().last().unwrap().clone_into(&mut self.url);
    }

    /// Waits for a line of stderr.
    #[track_caller]
    pub(crate) fn wait_for(&mut self, part: &str) -> String {
        loop {
            let Ok(line) = self.lines.recv_timeout(PATIENCE) else {
                panic!("no {part} in stderr:\n{}", self.stderr.join("\n"))
            };
            self.stderr.push(line.clone());
            if line.contains(part) {
                return line;
            }
        }
    }

    /// Pastes a line.
    pub(crate) fn paste(&mut self, line: &str) {
        writeln!(self.stdin.as_mut().unwrap(), "{line}").unwrap();
    }

    /// Waits for the end.
    pub(crate) fn end(mut self) -> Ended {
        let mut stdout = String::new();
        self.child.stdout.take().unwrap().read_to_string(&mut stdout).unwrap();
        let code = self.child.wait().unwrap().code();
        self.stderr.extend(self.lines.iter());
        for secret in [TOKEN, SECRET] {
            assert!(!self.stderr.concat().contains(secret), "a secret is shown");
        }
        Ended { code, stdout, stderr: self.stderr }
    }
}

impl Ended {
    /// Fails unless the run ended with this exit code and its last line has these parts.
    #[track_caller]
    pub(crate) fn refused(&self, code: i32, parts: &[&str]) {
        assert!(self.stdout.is_empty(), "{}", self.stdout);
        self.failed(code, parts);
    }

    /// Fails unless the run failed in this way, but the config with the token is on stdout.
    #[track_caller]
    pub(crate) fn kept(&self, code: i32, parts: &[&str]) {
        let config: Value = serde_json::from_str(&self.stdout).expect("a config");
        assert_eq!(config["access_token"], TOKEN);
        self.failed(code, parts);
        self.failed(code, &["The config is on stdout"]);
    }

    #[track_caller]
    fn failed(&self, code: i32, parts: &[&str]) {
        assert_eq!(self.code, Some(code), "{}", self.stderr.join("\n"));
        let cause = self.stderr.last().unwrap();
        assert!(cause.starts_with("CRITICAL "), "{cause}");
        for part in parts {
            assert!(cause.contains(part), "no {part} in: {cause}");
        }
    }

    /// Fails unless the run ended well.
    #[track_caller]
    pub(crate) fn done(self) -> Self {
        assert_eq!(self.code, Some(0), "{}", self.stderr.join("\n"));
        self
    }
}

/// The status, the header `Location` and the body of an answer.
pub(crate) fn get(url: &str) -> (u16, Option<String>, String) {
    let agent = ureq::Agent::config_builder()
        .proxy(None)
        .max_redirects(0)
        .http_status_as_error(false)
        .timeout_global(Some(PATIENCE))
        .build()
        .new_agent();
    let mut answer = agent.get(url).call().expect(url);
    let location = answer.headers().get("location").map(|to| to.to_str().unwrap().to_owned());
    let body = answer.body_mut().read_to_string().unwrap();
    (answer.status().as_u16(), location, body)
}

/// Presses a button of the consent page. Returns the address to which the browser is sent.
#[track_caller]
pub(crate) fn press(url: &str, button: &str) -> String {
    let (status, _, page) = get(url);
    assert!(status == 200 && page.contains(&format!("<button id=\"{button}\"")), "{page}");
    let (status, location, page) = get(&url.replace("/auth?", &format!("/auth/{button}?")));
    assert_eq!(status, 302, "{page}");
    location.expect("a redirect")
}

#[test]
fn consent_leads_to_a_config_that_works() {
    let server = serve(fake_tiktok::WorldConfig { accounts: 4, ..world() });
    let (dir, port) = (TempDir::new().unwrap(), free_port());
    let redirect_url = format!("http://localhost:{port}/back");
    server.set_options(|options| options.redirect_urls = vec![redirect_url.clone()]);
    let mut command = command(&dir, &server, &json!({}));
    let path = dir.path().join("config.json");
    command.args(listening(port)).arg("--output").arg(&path);
    let auth = Auth::start(command);
    assert!(auth.url.starts_with(&format!("{}/portal/auth?app_id={APP_ID}&state=", server.url())));
    let to = press(&auth.url, "confirm");
    assert!(to.starts_with(&format!("{redirect_url}?auth_code=")), "{to}");
    let code = to.split(['=', '&']).nth(1).unwrap().to_owned();
    let (status, _, page) = get(&to.replace("localhost", "127.0.0.1"));
    let ended = auth.end().done();

    let accounts = server.world().accounts();
    assert!(status == 200 && page.contains("<h1>Verified</h1>") && page.contains("Fake User"));
    assert!(page.contains("&quot;Quoted&quot; &amp; Sons 3"), "{page}");
    for part in ["<script", "http://", "https://", "src=", "href=", TOKEN, SECRET, &code] {
        assert!(!page.contains(part), "the page has {part}:\n{page}");
    }
    let stderr = ended.stderr.join("\n");
    assert!(stderr.contains("INFO Verified: Fake User, with 4 ad accounts"), "{stderr}");
    for account in accounts {
        assert!(stderr.contains(&format!("INFO {} {}", account.advertiser_id, account.name)));
    }
    assert!(ended.stdout.is_empty() && !stderr.contains(&code), "{stderr}");
    assert_eq!(server.violations(), [""; 0]);

    let text = std::fs::read_to_string(&path).unwrap();
    let config: Value = serde_json::from_str(&text).unwrap();
    let ids: Vec<&str> = accounts.iter().map(|account| account.advertiser_id.as_str()).collect();
    assert_eq!(config["accounts"], json!(ids));
    assert_eq!((&config["access_token"], &config["app_id"]), (&json!(TOKEN), &json!(APP_ID)));
    let catalog = dir.path().join("catalog.json");
    std::fs::write(&catalog, crate::catalogs::only(&["campaigns"]).to_string()).unwrap();
    let run = binary().arg("--config").arg(&path).arg("--catalog").arg(&catalog).output().unwrap();
    let run = crate::harness::Run::of(run).ended(0);
    assert_eq!(run.said("WARNING", ""), 0, "{}", run.stderr.join("\n"));
    assert_eq!(run.state()["bookmarks"]["campaigns"].as_object().unwrap().len(), 4);
}

#[test]
fn a_code_may_be_pasted_alone_or_with_its_address() {
    let server = serve(world());
    for whole in [false, true] {
        let dir = TempDir::new().unwrap();
        let mut command = command(&dir, &server, &json!({"start_date": "2026-05-01"}));
        command.args(["--paste", "--redirect-url", "https://example.com/back"]);
        let mut auth = Auth::start(command);
        let to = press(&auth.url, "confirm");
        assert!(to.starts_with("https://example.com/back?"), "{to}");
        auth.paste(if whole { &to } else { to.split(['=', '&']).nth(1).unwrap() });
        let ended = auth.end().done();
        let config: Value = serde_json::from_str(&ended.stdout).unwrap();
        assert_eq!(
            (&config["secret"], &config["start_date"]),
            (&json!(SECRET), &json!("2026-05-01"))
        );
        assert!(ended.stderr.last().unwrap().contains("The config is on stdout"));
    }
    assert_eq!(server.violations(), [""; 0]);
}

#[test]
fn a_redirect_of_somebody_else_is_ignored() {
    let server = serve(world());
    let (dir, port) = (TempDir::new().unwrap(), free_port());
    let mut command = command(&dir, &server, &json!({}));
    command.args(listening(port));
    let mut auth = Auth::start(command);
    auth.stdin = None;
    let back = format!("http://127.0.0.1:{port}/back");
    for query in ["auth_code=abc&state=0123", "auth_code=abc"] {
        let (_, _, page) = get(&format!("{back}?{query}"));
        assert!(page.contains("Not connected") && page.contains("another one"), "{page}");
        auth.wait_for("WARNING auth: ignored: the redirect does not belong to this run");
    }
    assert!(server.requests().is_empty(), "a code of somebody else is not exchanged");
    assert_eq!(get(&format!("http://127.0.0.1:{port}/favicon.ico")).0, 404);
    assert_eq!(get(&back).0, 404, "without a query it is no redirect");
    // Browsers open connections that they do not use.
    let _idle = std::net::TcpStream::connect((Ipv4Addr::LOCALHOST, port)).unwrap();
    get(&press(&auth.url, "confirm").replace("localhost", "127.0.0.1"));
    auth.end().done();
}
