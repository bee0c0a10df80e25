//! Mail on its way in: many in one transaction, and how far a mailbox was looked through.

use super::bulk::{self, Cell};
use super::packed::Packed;
use super::{Result, Tx};
use crate::model::Timestamp;

statements! {
    LAST_ARRIVAL = "SELECT COALESCE(MAX(arrival), 0) FROM inbox";
    LOOKED = "SELECT uid FROM mailbox_look WHERE mailbox = $1 AND folder = $2 AND validity = $3";
    // Another daemon may have come further, or the folder may have been made anew.
    NOTE_LOOK = "INSERT INTO mailbox_look (mailbox, folder, validity, uid) VALUES ($1, $2, $3, $4)
        ON CONFLICT (mailbox, folder) DO UPDATE SET validity = excluded.validity, uid = excluded.uid
        WHERE mailbox_look.validity <> excluded.validity OR mailbox_look.uid < excluded.uid";
}

/// A mail that has just arrived, ready to be stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrival {
    /// Its raw bytes; their SHA-256 is its id.
    bytes: Packed,
    source: &'static str,
    authenticated: bool,
    received: Timestamp,
    waits: Option<&'static str>,
}

impl Arrival {
    /// `source`: maildir, imap, pipe, file.
    ///
    /// # Errors
    /// Memory for packing it is not there.
    pub fn new(bytes: &[u8], source: &'static str, authenticated: bool, received: Timestamp) -> Result<Arrival> {
        Ok(Arrival { bytes: Packed::new(bytes)?, source, authenticated, received, waits: None })
    }

    /// It goes to quarantine at once, for this reason.
    #[must_use]
    pub fn waiting(self, reason: &'static str) -> Arrival {
        Arrival { waits: Some(reason), ..self }
    }
}

/// Where a look into a folder ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look<'a> {
    pub mailbox: &'a str,
    pub folder: &'a str,
    pub validity: u32,
    pub uid: u32,
}

impl Tx {
    /// Stores mails, in the order in which they came, and returns how many were new: the very bytes of the
    /// others are known.
    pub async fn take_in(&mut self, arrivals: &[Arrival]) -> Result<u64> {
        // In one order everywhere: two daemons with the same mails wait for each other, but never in a circle.
        let last = fetch_optional!(self, (i64,), LAST_ARRIVAL).map_or(0, |(last,)| last);
        let mut sorted: Vec<(i64, &Arrival)> = (last + 1..).zip(arrivals).collect();
        sorted.sort_by_key(|(number, a)| (a.bytes.sha(), *number));
        sorted.dedup_by_key(|(_, a)| a.bytes.sha());
        let blobs: Vec<[Cell; 2]> = sorted.iter().map(|(_, a)| a.bytes.cells()).collect();
        bulk::insert(self, "INSERT INTO blob (sha, bytes) ", &blobs, " ON CONFLICT (sha) DO NOTHING").await?;
        let rows: Vec<[Cell; 10]> = sorted
            .iter()
            .map(|(number, a)| {
                let waits = |word: &str| a.waits.map(|_| word.to_owned());
                [
                    a.bytes.sha().hex().into(),
                    a.source.into(),
                    a.authenticated.into(),
                    a.received.0.into(),
                    waits("quarantine").unwrap_or_else(|| "new".to_owned()).into(),
                    waits("rejected").into(),
                    a.waits.map(str::to_owned).into(),
                    0.into(),
                    a.waits.map(|_| a.received.0).into(),
                    (*number).into(),
                ]
            })
            .collect();
        let counted = bulk::insert(
            self,
            "INSERT INTO inbox (id, source, authenticated, received_at, state, disposition, reason, recorded, read_at, arrival) ",
            &rows,
            " ON CONFLICT (id) DO NOTHING",
        )
        .await?;
        Ok(counted.touched)
    }

    /// Up to which UID a folder was looked through, while its UIDs are the same.
    pub async fn looked(&mut self, mailbox: &str, folder: &str, validity: u32) -> Result<Option<u32>> {
        let uid = fetch_optional!(self, (i64,), LOOKED, mailbox, folder, i64::from(validity));
        Ok(uid.and_then(|(uid,)| u32::try_from(uid).ok()))
    }

    pub async fn note_look(&mut self, look: &Look<'_>) -> Result<()> {
        execute!(self, NOTE_LOOK, look.mailbox, look.folder, i64::from(look.validity), i64::from(look.uid));
        Ok(())
    }
}
