//! The binary: prints a config that works.

use serde_json::Value;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Command, Stdio};

#[test]
fn the_printed_config_leads_to_the_server() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_fake-tiktok"))
        .args([
            "--port",
            "0",
            "--accounts",
            "3",
            "--zones",
            "Asia/Tokyo,UTC",
            "--first-day",
            "2024-01-01",
        ])
        .args(["--now", "2026-07-15T20:00:00Z", "--restate-days", "3", "--jitter-ms", "1"])
        .args([
            "--fault",
            r#"{"path":"user/info/","code":50002}"#,
            "--fault",
            r#"{"path":"user/info/","code":51010}"#,
        ])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // The line on stderr comes after the config.
    let mut line = String::new();
    BufReader::new(child.stderr.take().unwrap()).read_line(&mut line).unwrap();
    let mut lines = Vec::new();
    for text in BufReader::new(child.stdout.take().unwrap()).lines() {
        lines.push(text.unwrap());
        if lines.last().unwrap() == "}" {
            break;
        }
    }
    let config: Value = serde_json::from_str(&lines.concat()).unwrap();
    let url = config["base_url"].as_str().unwrap();
    assert!(line.contains(url));
    assert_eq!(config["accounts"].as_array().unwrap().len(), 3);
    assert_eq!(config["start_date"], "2026-06-16", "30 days before today in Tokyo");
    let token = config["access_token"].as_str().unwrap();
    let answers = [(); 3].map(|()| {
        let mut stream = TcpStream::connect(url.trim_start_matches("http://")).unwrap();
        write!(
            stream,
            "GET /open_api/v1.3/user/info/ HTTP/1.1\r\nAccess-Token: {token}\r\n\
             Connection: close\r\n\r\n"
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    });
    child.kill().unwrap();
    child.wait().unwrap();
    for (answer, code) in answers.iter().zip([50002, 51010, 0]) {
        assert!(answer.contains(&format!("\"code\":{code},")), "{answer}");
    }
}

#[test]
fn wrong_faults_and_times_are_refused() {
    for args in [["--fault", r#"{"kind":"nothing"}"#], ["--now", "yesterday"]] {
        let output = Command::new(env!("CARGO_BIN_EXE_fake-tiktok")).args(args).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{args:?}");
    }
}
