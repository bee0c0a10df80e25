//! Between the house and its people: letters that reached somebody, and the mails that come back.

use super::county::{OFFICE, ZONE};
use super::people::{Delivery, People, Posted};
use super::place::{AUTHSERV_ID, Place};
use crate::letter::MessageId;
use crate::mail::{FolderTransport, Maildir};
use crate::model::{OfficeId, Sha256, Timestamp, Trouble};
use crate::store::AssignmentRow;
use crate::work::release::load_assignment;
use crate::work::{Context, Done, Failure};
use std::collections::{BTreeMap, BTreeSet};
use std::io::ErrorKind;

#[derive(Default)]
pub struct Mails {
    /// Assignments whose letters nobody has seen yet.
    unseen: Vec<AssignmentRow>,
    /// Due instant and file name in the mailbox.
    on_the_way: BTreeMap<(Timestamp, String), Delivery>,
    /// Names of mails that the mailbox has had.
    delivered: BTreeSet<String>,
}

impl Mails {
    /// Everything that earlier moments brought about, as far as it is not in the mailbox yet.
    pub async fn since_the_start(ctx: &Context, place: &Place, people: &People<'_>, now: Timestamp) -> Done<Mails> {
        let mut mails = Mails { delivered: delivered(place), ..Mails::default() };
        mails.read_letters(ctx, place, people, (Timestamp(0), now)).await?;
        Ok(mails)
    }

    /// People read the letters of assignments released in `[from, to)`, and older ones that came only now.
    pub async fn read_letters(
        &mut self,
        ctx: &Context,
        place: &Place,
        people: &People<'_>,
        (from, to): (Timestamp, Timestamp),
    ) -> Done<()> {
        let office: OfficeId = OFFICE.parse().map_err(Trouble::new)?;
        let mut tx = ctx.store.read().await?;
        let folder = FolderTransport::new(place.letters());
        self.unseen.extend(tx.assignments_between(&office, from, to).await?);
        for row in std::mem::take(&mut self.unseen) {
            let Some(message_id) = MessageId::parse(&row.message_id) else { continue };
            let letter = match std::fs::read(folder.path_of(&message_id, row.released.day(ZONE))) {
                Ok(letter) => letter,
                // It waits for a mail server, and may do so until nobody needs it any more.
                Err(e) if matches!(e.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
                    if ctx.now() < row.closes {
                        self.unseen.push(row);
                    }
                    continue;
                }
                Err(e) => return Err(Failure::File("a letter that was sent", e)),
            };
            let Some(assignment) = load_assignment(&mut tx, &row).await? else { continue };
            let posted = Posted { letter: &letter, assignment: &assignment, authserv_id: AUTHSERV_ID };
            for delivery in people.mails(posted) {
                let name = format!("{}.{}", delivery.at.0, &Sha256::of(&delivery.raw).hex()[..16]);
                if !self.delivered.contains(&name) {
                    self.on_the_way.insert((delivery.at, name), delivery);
                }
            }
        }
        Ok(())
    }

    /// What is due reaches the mailbox.
    pub async fn deliver(&mut self, maildir: &Maildir, now: Timestamp) -> Done<()> {
        while let Some(first) = self.on_the_way.first_entry().filter(|first| first.key().0 <= now) {
            let ((_, name), delivery) = first.remove_entry();
            maildir.deliver(&name, &delivery.raw).await.map_err(|e| Failure::File("the mailbox", e))?;
            self.delivered.insert(name);
        }
        Ok(())
    }
}

/// Names of the mails that are in the mailbox, read or not.
fn delivered(place: &Place) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let aside = place.mailbox().with_extension("away");
    let mailbox = if aside.exists() { aside } else { place.mailbox() };
    for folder in ["new", "cur"] {
        // Before the first moment there is none.
        let Ok(listing) = std::fs::read_dir(mailbox.join(folder)) else { continue };
        for entry in listing.filter_map(Result::ok) {
            let name = entry.file_name().to_string_lossy().into_owned();
            names.insert(name.split(':').next().unwrap_or_default().to_owned());
        }
    }
    names
}
