//! A proxy between the program and a mail server, which stops the conversation at a chosen point.

use std::sync::Arc;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Mutex, Notify};

/// Where the conversation stops.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Point {
    /// The program says this; the server does not hear it.
    Said(&'static str),
    /// The program said this and the server answered so many bytes of it that the program hears.
    Answered(&'static str, usize),
}

#[derive(Default)]
struct State {
    point: Mutex<Option<Point>>,
    reached: Notify,
    released: Notify,
    /// All that the program said.
    heard: Mutex<String>,
}

pub struct Proxy {
    pub port: u16,
    state: Arc<State>,
}

impl Proxy {
    pub async fn before(port: u16) -> Proxy {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let proxy = Proxy { port: listener.local_addr().unwrap().port(), state: Arc::default() };
        let state = proxy.state.clone();
        tokio::spawn(async move {
            loop {
                let (client, _) = listener.accept().await.unwrap();
                let server = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
                tokio::spawn(between(client, server, state.clone()));
            }
        });
        proxy
    }

    /// The next conversation that comes to this point hangs there.
    pub async fn hold_at(&self, point: Point) {
        *self.state.point.lock().await = Some(point);
    }

    /// The conversation that hangs goes on.
    pub fn release(&self) {
        self.state.released.notify_one();
    }

    /// Whether the program said this so often by now.
    pub async fn heard(&self, word: &str, times: usize) -> bool {
        self.state.heard.lock().await.matches(word).count() >= times
    }

    /// Waits until a conversation hangs.
    pub async fn reached(&self) {
        let wait = self.state.reached.notified();
        tokio::time::timeout(std::time::Duration::from_secs(60), wait).await.expect("never came to that point");
    }
}

/// Hands over both ways until somebody leaves; at the point it waits to be released.
async fn between(mut client: TcpStream, mut server: TcpStream, state: Arc<State>) {
    let (mut from_client, mut from_server) = (vec![0; 65536], vec![0; 65536]);
    // Of an answer that stops: how many bytes are let through.
    let mut left = None;
    loop {
        tokio::select! {
            read = client.read(&mut from_client) => {
                let Ok(n @ 1..) = read else { return };
                let text = String::from_utf8_lossy(&from_client[..n]).into_owned();
                state.heard.lock().await.push_str(&text);
                let mut point = state.point.lock().await;
                match *point {
                    Some(Point::Said(word)) if text.contains(word) => {
                        *point = None;
                        drop(point);
                        if !released(&mut client, &state).await { return }
                    }
                    Some(Point::Answered(word, bytes)) if text.contains(word) => {
                        *point = None;
                        left = Some(bytes);
                    }
                    _ => {}
                }
                if server.write_all(&from_client[..n]).await.is_err() { return }
            }
            read = server.read(&mut from_server) => {
                let Ok(n @ 1..) = read else { return };
                let through = left.map_or(n, |left: usize| left.min(n));
                if client.write_all(&from_server[..through]).await.is_err() { return }
                if let Some(more) = left.map(|left| left - through) {
                    left = (more > 0).then_some(more);
                    if more == 0 {
                        if !released(&mut client, &state).await { return }
                        if client.write_all(&from_server[through..n]).await.is_err() { return }
                    }
                }
            }
        }
    }
}

/// Tells that the point is reached and waits; `false` where the program went away or gave up.
async fn released(client: &mut TcpStream, state: &State) -> bool {
    state.reached.notify_one();
    tokio::select! {
        () = state.released.notified() => true,
        _ = client.readable() => false,
    }
}
