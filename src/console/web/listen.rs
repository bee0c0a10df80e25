//! The console on its address.

use super::gate::Server;
use crate::config::Console;
use crate::console::connections;
use crate::work::Context;
use std::sync::Arc;
use tokio::net::TcpListener;

/// Serves until `stop` ends.
pub async fn serve(ctx: Arc<Context>, console: Console, stop: impl Future<Output = ()>) {
    let listen = console.listen;
    connections::open(Server::new(ctx, console).router(), listen, "console.listen", stop).await;
}

/// Serves on what is listened on already.
pub async fn listen(ctx: Arc<Context>, console: Console, listener: TcpListener, stop: impl Future<Output = ()>) {
    connections::answer(Server::new(ctx, console).router(), listener, stop).await;
}
