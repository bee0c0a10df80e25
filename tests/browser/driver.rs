//! A real Chromium, asked by the WebDriver protocol: a window of its own, a new profile, gone with the test.

use serde_json::{Value, json};
use spotcheck::clock::Stopwatch;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tempfile::TempDir;

/// How the protocol calls a reference to an element.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";
/// A page that is not there by then will not come.
const PATIENCE: Duration = Duration::from_secs(30);

pub struct Browser {
    driver: Child,
    port: u16,
    session: String,
    _profile: TempDir,
}

/// What a browser may do.
#[derive(Debug, Clone, Copy)]
pub struct With {
    pub width: u32,
    pub height: u32,
    pub scripts: bool,
}

pub const DESK: With = With { width: 1280, height: 900, scripts: true };
pub const PHONE: With = With { width: 360, height: 800, scripts: true };

impl Browser {
    /// Panics where Chromium or its driver is missing: `tests/run` installs both.
    pub fn start(with: With) -> Browser {
        let mut driver = Command::new("chromedriver")
            .arg("--port=0")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|e| panic!("chromedriver: {e}; `tests/run` installs chromium and chromium-driver"));
        let mut lines = BufReader::new(driver.stdout.take().unwrap()).lines();
        let port = loop {
            let line = lines.next().expect("chromedriver ended").unwrap();
            if let Some((_, port)) = line.split_once("successfully on port ") {
                break port.trim_end_matches('.').parse().unwrap();
            }
        };
        // It goes on writing; nobody may stop listening.
        std::thread::spawn(move || lines.for_each(drop));
        let profile = tempfile::tempdir().unwrap();
        let mut browser = Browser { driver, port, session: String::new(), _profile: profile };
        let mut args: Vec<String> = [
            "--headless=new",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--disable-dev-shm-usage",
            "--hide-scrollbars",
            "--lang=en",
        ]
        .map(str::to_owned)
        .to_vec();
        args.push(format!("--user-data-dir={}", browser._profile.path().display()));
        args.push(format!("--window-size={},{}", with.width.max(500), with.height));
        if is_root() {
            // Its sandbox refuses root; what it opens is ours alone.
            args.push("--no-sandbox".to_owned());
        }
        let scripts = if with.scripts { 1 } else { 2 };
        let mut options = json!({
            "args": args,
            "prefs": {
                "profile.managed_default_content_settings.javascript": scripts,
                "download.default_directory": browser._profile.path().display().to_string(),
            },
        });
        if with.width < 500 {
            // A window is never so narrow; a phone is.
            options["mobileEmulation"] = json!({"deviceMetrics": {"width": with.width, "height": with.height, "pixelRatio": 2.0, "touch": true}});
        }
        let wanted = json!({"capabilities": {"alwaysMatch": {
            "browserName": "chrome",
            "goog:chromeOptions": options,
            "timeouts": {"implicit": 0, "pageLoad": 30_000, "script": 60_000},
        }}});
        let answer = browser.ask("POST", "/session", &wanted);
        browser.session = answer["sessionId"].as_str().expect("a session").to_owned();
        browser
    }

    pub fn open(&self, url: &str) {
        self.post("/url", &json!({ "url": url }));
    }

    pub fn address(&self) -> String {
        self.get("/url").as_str().unwrap().to_owned()
    }

    /// What a person sees of the page.
    pub fn text(&self) -> String {
        self.text_of("body")
    }

    pub fn text_of(&self, css: &str) -> String {
        self.of(css, "GET", "text", &Value::Null).as_str().unwrap().to_owned()
    }

    pub fn attribute(&self, css: &str, name: &str) -> Option<String> {
        self.of(css, "GET", &format!("attribute/{name}"), &Value::Null).as_str().map(str::to_owned)
    }

    /// Of the last element that fits.
    pub fn attribute_of_last(&self, css: &str, name: &str) -> String {
        let last = self.all(css).pop().unwrap_or_else(|| panic!("no {css} at {}", self.address()));
        self.get(&format!("/element/{last}/attribute/{name}")).as_str().unwrap_or_default().to_owned()
    }

    pub fn has(&self, css: &str) -> bool {
        !self.all(css).is_empty()
    }

    pub fn count(&self, css: &str) -> usize {
        self.all(css).len()
    }

    pub fn click(&self, css: &str) {
        self.of(css, "POST", "click", &json!({}));
    }

    /// Clicks what leads to another page, and waits until this one is gone.
    pub fn follow(&self, css: &str) {
        self.leave(|| self.click(css));
    }

    fn leave(&self, click: impl FnOnce()) {
        let page = self.one("html");
        click();
        let began = Stopwatch::start();
        let path = format!("/session/{}/element/{page}/name", self.session);
        while exchange(self.port, "GET", &path, &Value::Null).0 == 200 {
            assert!(waits(began), "the page stayed: {}\n{}", self.address(), self.text());
        }
    }

    /// The link or button that reads so leads to another page.
    pub fn follow_text(&self, text: &str) {
        let quoted = text.replace('"', "");
        let xpath = format!("//a[normalize-space(.)=\"{quoted}\"] | //button[normalize-space(.)=\"{quoted}\"]");
        let found = self.find("xpath", &xpath);
        let element = found.first().unwrap_or_else(|| panic!("nothing to click reads {text:?} on:\n{}", self.text()));
        self.leave(|| {
            self.post(&format!("/element/{element}/click"), &json!({}));
        });
    }

    /// Types into a field, or names the file of an upload.
    pub fn fill(&self, css: &str, text: &str) {
        if self.attribute(css, "type").as_deref() != Some("file") {
            self.of(css, "POST", "clear", &json!({}));
        }
        self.of(css, "POST", "value", &json!({ "text": text }));
    }

    pub fn choose(&self, css: &str, value: &str) {
        self.click(&format!("{css} option[value=\"{value}\"]"));
    }

    /// Runs a script of the test's own in the page.
    pub fn run(&self, script: &str) -> Value {
        self.post("/execute/sync", &json!({"script": script, "args": []}))
    }

    /// Runs one that ends by calling its last argument.
    pub fn run_to_end(&self, script: &str) -> Value {
        self.post("/execute/async", &json!({"script": script, "args": []}))
    }

    /// The page as PNG, in full.
    pub fn picture(&self) -> Vec<u8> {
        let whole = json!({"cmd": "Page.captureScreenshot", "params": {"captureBeyondViewport": true}});
        let answer = self.post("/goog/cdp/execute", &whole);
        decoded(answer["data"].as_str().unwrap())
    }

    /// Asks something of an element. One that went away with its page, just as it was found, is looked for again.
    fn of(&self, css: &str, method: &str, what: &str, body: &Value) -> Value {
        let began = Stopwatch::start();
        loop {
            let path = format!("/session/{}/element/{}/{what}", self.session, self.one(css));
            let (status, answer) = exchange(self.port, method, &path, body);
            let stale = answer["value"]["error"] == "stale element reference" && waits(began);
            if !stale {
                assert!(status == 200, "{css} {what}: {}", answer["value"]["message"].as_str().unwrap_or_default());
                return answer["value"].clone();
            }
        }
    }

    fn one(&self, css: &str) -> String {
        let found = self.all(css);
        found.into_iter().next().unwrap_or_else(|| panic!("no {css} at {} on:\n{}", self.address(), self.source()))
    }

    fn source(&self) -> String {
        self.get("/source").as_str().unwrap_or_default().to_owned()
    }

    fn all(&self, css: &str) -> Vec<String> {
        self.find("css selector", css)
    }

    fn find(&self, using: &str, value: &str) -> Vec<String> {
        let found = self.post("/elements", &json!({"using": using, "value": value}));
        found.as_array().unwrap().iter().map(|one| one[ELEMENT].as_str().unwrap().to_owned()).collect()
    }

    fn get(&self, path: &str) -> Value {
        self.ask("GET", &format!("/session/{}{path}", self.session), &Value::Null)
    }

    fn post(&self, path: &str, body: &Value) -> Value {
        self.ask("POST", &format!("/session/{}{path}", self.session), body)
    }

    fn ask(&self, method: &str, path: &str, body: &Value) -> Value {
        let (status, value) = exchange(self.port, method, path, body);
        assert!(status == 200, "{method} {path}: {}", value["value"]["message"].as_str().unwrap_or_default());
        value["value"].clone()
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        if !self.session.is_empty() {
            exchange(self.port, "DELETE", &format!("/session/{}", self.session), &Value::Null);
        }
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}

/// One request on a connection of its own: the driver speaks plain HTTP/1.1 on this machine.
fn exchange(port: u16, method: &str, path: &str, body: &Value) -> (u16, Value) {
    let body = if body.is_null() { String::new() } else { body.to_string() };
    let mut connection = TcpStream::connect(("127.0.0.1", port)).unwrap();
    connection.set_read_timeout(Some(2 * PATIENCE)).unwrap();
    let head = format!(
        "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    connection.write_all(head.as_bytes()).and_then(|()| connection.write_all(body.as_bytes())).unwrap();
    let mut reader = BufReader::new(connection);
    let mut line = String::new();
    reader.read_line(&mut line).unwrap();
    let status =
        line.split(' ').nth(1).and_then(|code| code.parse().ok()).unwrap_or_else(|| panic!("no status: {line}"));
    let mut length = None;
    loop {
        line.clear();
        reader.read_line(&mut line).unwrap();
        if line.trim().is_empty() {
            break;
        }
        if let Some((name, value)) = line.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            length = value.trim().parse().ok();
        }
    }
    let mut bytes = vec![0; length.expect("a length")];
    reader.read_exact(&mut bytes).unwrap();
    (status, serde_json::from_slice(&bytes).unwrap())
}

/// Base64, as pictures come.
fn decoded(text: &str) -> Vec<u8> {
    let value = |c: u8| match c {
        b'A'..=b'Z' => Some(c - b'A'),
        b'a'..=b'z' => Some(c - b'a' + 26),
        b'0'..=b'9' => Some(c - b'0' + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    };
    let mut bytes = Vec::new();
    let (mut held, mut bits) = (0_u32, 0);
    for six in text.bytes().filter_map(value) {
        held = held << 6 | u32::from(six);
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push((held >> bits) as u8);
            held &= (1 << bits) - 1;
        }
    }
    bytes
}

fn waits(since: Stopwatch) -> bool {
    u128::from(since.milliseconds().unsigned_abs()) < PATIENCE.as_millis()
}

fn is_root() -> bool {
    let output = Command::new("id").arg("-u").output().unwrap();
    output.stdout.starts_with(b"0")
}
