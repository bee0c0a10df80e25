//! The console as a web server, beside the daemon: pages for people who sign in, forms for what they do.
//!
//! [`ROUTES`] says who may do what. `Server::answer` is the one gate: it knows the session, holds the role against
//! the table, refuses forms that are not of this session's own pages, runs the handler and writes the audit log. Pages
//! read (`console/pages`), actions call the use case that the command of the same name calls (`actions/`). Nothing
//! here runs in the browser but HTML and one stylesheet.

mod account;
mod actions;
mod answer;
mod call;
mod form;
mod gate;
mod listen;
mod plain;
mod routes;

pub use gate::Server;
pub use listen::{listen, serve};
pub use routes::{Method, ROUTES, Route, Who};
