//! How the house is set up: the register in numbers, programmes with what they cost, the calendar.

use super::today::missing_year;
use crate::config::Office;
use crate::model::viewer::Scope;
use crate::store::{PersonFound, PlaceFound, RegisterCounts};
use crate::work::cost::{Cost, costs_of};
use crate::work::{Context, Done};
use chrono::Datelike;
use std::collections::BTreeSet;

/// What a search finds at most.
const FOUND: i64 = 30;

pub struct Setup {
    pub counts: RegisterCounts,
    /// Of the office itself.
    pub inspectors: usize,
    pub costs: Vec<Cost>,
    /// Year, and whether a calendar covers it.
    pub years: Vec<(i32, bool)>,
    /// A year that is awaited by now.
    pub missing: Option<i32>,
    /// None: nothing was looked for.
    pub found: Option<Found>,
}

#[derive(Default)]
pub struct Found {
    pub places: Vec<PlaceFound>,
    pub officials: Vec<PersonFound>,
    pub inspectors: Vec<PersonFound>,
}

/// `search`: in the register; `people`: with who people are.
pub async fn setup(ctx: &Context, scope: &Scope, office: &Office, search: Option<&str>, people: bool) -> Done<Setup> {
    let mut tx = ctx.store.read().await?;
    let seen = ctx.config.programmes.iter().filter(|programme| scope.sees(&programme.office));
    let costs = costs_of(ctx, &mut tx, seen).await?;
    let mut found = None;
    if let Some(text) = search.map(str::trim).filter(|text| !text.is_empty()) {
        let mut some = Found { places: tx.find_places(&office.region, text, FOUND).await?, ..Found::default() };
        if people {
            some.officials = tx.find_officials(&office.region, text, FOUND).await?;
            some.inspectors = tx.find_inspectors(text, FOUND).await?;
            some.inspectors.retain(|one| one.of.own.parse().is_ok_and(|office| scope.sees(&office)));
        }
        found = Some(some);
    }
    let today = ctx.now().day(office.zone);
    let covered: BTreeSet<i32> = ctx.calendar.years().collect();
    let last = covered.last().copied().unwrap_or(today.year()).max(today.year() + 1);
    Ok(Setup {
        counts: ctx.registers.counts(&mut tx, &office.region).await?,
        inspectors: tx.inspectors_of(&office.id).await?.len(),
        costs,
        years: (today.year()..=last).map(|year| (year, covered.contains(&year))).collect(),
        missing: missing_year(ctx, today),
        found,
    })
}
