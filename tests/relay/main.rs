//! Letters on their way through mail servers: servers that fail in every way, servers of other makers,
//! processes that are killed between any two steps.

#![cfg(test)]

mod certificates;
mod dialogues;
mod encryption;
mod kills;
mod office;
mod outage;
mod peer;
mod postfix;
mod quota;
