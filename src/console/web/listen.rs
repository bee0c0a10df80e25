//! Connections: how many, how long their heads may be and take, and how they end.

use super::gate::{Peer, Server};
use crate::config::Console;
use crate::work::Context;
use axum::body::Body;
use axum::http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;

/// Connections at once; the next ones wait in the system's queue.
const AT_ONCE: usize = 256;
/// How long the head of a request may take, and how long a connection waits for the next one.
const HEAD: Duration = Duration::from_secs(15);
/// Most bytes of a head, and most lines.
const HEAD_BYTES: usize = 16 * 1024;
const HEAD_LINES: usize = 60;
/// How long answers in hand may take once the console is told to stop.
const GRACE: Duration = Duration::from_secs(3);
/// Between tries to listen on an address that somebody else has.
const AGAIN: Duration = Duration::from_secs(10);

/// Serves until `stop` ends. The daemon goes on without the console where its address is taken: draws and letters
/// do not wait for pages.
pub async fn serve(ctx: Arc<Context>, console: Console, stop: impl Future<Output = ()>) {
    let mut stop = std::pin::pin!(stop);
    let mut told = false;
    let listener = loop {
        match TcpListener::bind(console.listen).await {
            Ok(listener) => break listener,
            Err(error) if !told => {
                told = true;
                tracing::error!(%error, listen = %console.listen, "no console: its address cannot be listened on; trying again (console.listen)");
            }
            Err(_) => {}
        }
        tokio::select! {
            () = &mut stop => return,
            () = tokio::time::sleep(AGAIN) => {}
        }
    };
    tracing::info!(listen = %console.listen, "console");
    listen(ctx, console, listener, stop).await;
}

/// Serves on what is listened on already.
pub async fn listen(ctx: Arc<Context>, console: Console, listener: TcpListener, stop: impl Future<Output = ()>) {
    let service = TowerToHyperService::new(Server::new(ctx, console).router());
    let (graceful, turns) = (GracefulShutdown::new(), Arc::new(Semaphore::new(AT_ONCE)));
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(HEAD).max_buf_size(HEAD_BYTES).max_headers(HEAD_LINES);
    let mut stop = std::pin::pin!(stop);
    loop {
        let next = async {
            let turn = Arc::clone(&turns).acquire_owned().await;
            (turn, listener.accept().await)
        };
        let (turn, accepted): (_, io::Result<(TcpStream, SocketAddr)>) = tokio::select! {
            () = &mut stop => break,
            next = next => next,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                // No more files, most likely: connections that end give some back.
                tracing::warn!(%error, "a connection could not be taken");
                tokio::time::sleep(Duration::from_millis(100)).await;
                continue;
            }
        };
        let service = service.clone();
        let answer = service_fn(move |request: Request<Incoming>| {
            let mut request = request.map(Body::new);
            request.extensions_mut().insert(Peer(peer));
            hyper::service::Service::call(&service, request)
        });
        let connection = graceful.watch(http.serve_connection(TokioIo::new(stream), answer));
        tokio::spawn(async move {
            // Browsers go away in the middle of things: nothing to tell anybody.
            let _ = connection.await;
            drop(turn);
        });
    }
    drop(listener);
    if tokio::time::timeout(GRACE, graceful.shutdown()).await.is_err() {
        tracing::warn!("answers in hand took too long and were broken off");
    }
}
