//! Files of attendance and leave as offices have them: every layout, what is wrong in them, files twice, files that
//! mean harm. Nothing but the clock and the entropy is replaced by a double; the people are invented.

#![cfg(test)]

mod again;
mod bombs;
mod commands;
mod devices;
mod dingtalk;
mod layouts;
mod office;
mod pushed;
mod sheets;
mod wecom;
