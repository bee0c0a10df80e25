//! Beacons: their spelling, the rules that check them, the network they are fetched from, and the desk and
//! the second office that handle them.

#![cfg(test)]

mod desk;
mod fetch;
mod rules;
mod second;
