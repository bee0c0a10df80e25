//! The pages of the console, from a simulated county: what an office reads, in both languages, and what it must not.

#![cfg(test)]

mod look;
mod rules;
mod scope;
mod world;
