//! What follows from the register alone, reckoned once for each of its versions: everybody whom a file may name, how
//! many there are in a region, and what inspectors sign by.
//!
//! Whatever changes the register counts its version on in the same transaction. The version is read in the transaction
//! that reads the register, so that what is kept is that version's, whoever else writes meanwhile.

use super::cases::signatures;
use super::{Context, Done, Failure};
use crate::evidence::who::Register;
use crate::model::forms;
use crate::model::register::Inspector;
use crate::store::{RegisterCounts, Tx};
use chrono::NaiveDate;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io;
use std::sync::Arc;
use tokio::sync::Mutex;

/// What is kept between two changes of the register.
#[derive(Debug, Default)]
pub struct Registers {
    everybody: Mutex<Option<Everybody>>,
    counts: Mutex<Counts>,
    signers: Mutex<Option<(i64, Arc<Signers>)>>,
}

#[derive(Debug)]
struct Everybody {
    version: i64,
    /// Who has left by then comes after those who are there.
    day: NaiveDate,
    register: Arc<Register>,
}

#[derive(Debug, Default)]
struct Counts {
    version: i64,
    by_region: BTreeMap<String, RegisterCounts>,
}

/// Inspectors by what is compared of the names that they sign by.
#[derive(Debug, Default)]
pub struct Signers {
    signatures: Vec<Vec<String>>,
    by_form: HashMap<String, Vec<usize>>,
}

impl Signers {
    fn new(inspectors: &[Inspector]) -> Signers {
        let mut signers = Signers::default();
        for (at, all) in inspectors.iter().map(signatures).enumerate() {
            for form in all.iter().flat_map(|one| forms(one)).collect::<BTreeSet<_>>() {
                signers.by_form.entry(form).or_default().push(at);
            }
            signers.signatures.push(all);
        }
        signers
    }

    /// All that those inspectors sign by whom a name may mean ([`crate::model::same_person`]).
    pub fn spellings_of(&self, name: &str) -> Vec<String> {
        let meant: BTreeSet<usize> =
            forms(name).iter().filter_map(|form| self.by_form.get(form)).flatten().copied().collect();
        meant.into_iter().filter_map(|at| self.signatures.get(at)).flatten().cloned().collect()
    }
}

impl Registers {
    /// A database that was set back counts versions a second time.
    pub(super) async fn forget(&self) {
        *self.everybody.lock().await = None;
        *self.counts.lock().await = Counts::default();
        *self.signers.lock().await = None;
    }

    /// Everybody whom a file may name on a day.
    pub async fn everybody(&self, ctx: &Context, day: NaiveDate) -> Done<Arc<Register>> {
        let mut kept = self.everybody.lock().await;
        let mut tx = ctx.store.read().await?;
        let version = tx.register_version().await?;
        if let Some(kept) = kept.as_ref().filter(|kept| kept.version == version && kept.day == day) {
            return Ok(Arc::clone(&kept.register));
        }
        let listed = tx.listed_officials().await?;
        drop(tx);
        let register = tokio::task::spawn_blocking(move || Arc::new(Register::new(listed, day)))
            .await
            .map_err(|e| Failure::File("the register was not read", io::Error::other(e)))?;
        *kept = Some(Everybody { version, day, register: Arc::clone(&register) });
        Ok(register)
    }

    /// What inspectors sign by.
    pub async fn signers(&self, tx: &mut Tx) -> Done<Arc<Signers>> {
        let version = tx.register_version().await?;
        let mut kept = self.signers.lock().await;
        if let Some((_, signers)) = kept.as_ref().filter(|(of, _)| *of == version) {
            return Ok(Arc::clone(signers));
        }
        let inspectors = tx.inspectors().await?;
        let reckoned = tokio::task::spawn_blocking(move || Arc::new(Signers::new(&inspectors))).await;
        let signers = reckoned.map_err(|e| Failure::File("the inspectors were not read", io::Error::other(e)))?;
        *kept = Some((version, Arc::clone(&signers)));
        Ok(signers)
    }

    /// Numbers of villages, teams and officials of regions whose code begins with `region`. `tx`: one for reading.
    pub async fn counts(&self, tx: &mut Tx, region: &str) -> Done<RegisterCounts> {
        let version = tx.register_version().await?;
        {
            let kept = self.counts.lock().await;
            if let Some(counts) = kept.by_region.get(region).filter(|_| kept.version == version) {
                return Ok(*counts);
            }
        }
        let counts = tx.count_in(region).await?;
        let mut kept = self.counts.lock().await;
        // An older transaction does not put back what a newer one has counted.
        if kept.version < version {
            *kept = Counts { version, by_region: BTreeMap::new() };
        }
        if kept.version == version {
            kept.by_region.insert(region.to_owned(), counts);
        }
        Ok(counts)
    }
}
