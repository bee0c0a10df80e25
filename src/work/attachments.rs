//! Photos and files that came with replies: kept as blobs, never sent on.

use super::Done;
use crate::model::Sha256;
use crate::model::photo::PhotoNote;
use crate::reply::{self, Mail};
use crate::store::Tx;

/// Kept of one mail.
const MOST: usize = 50;

/// A file that was kept.
#[derive(Debug, Clone)]
pub struct Kept {
    /// Counted from 1, in the order of the mail.
    pub number: usize,
    pub name: Option<String>,
    pub sha: Sha256,
    /// What it says of itself, where it is a photo.
    pub photo: Option<PhotoNote>,
}

/// Keeps what came with a mail.
pub async fn keep(tx: &mut Tx, mail_id: &str, mail: &Mail<'_>) -> Done<Vec<Kept>> {
    let mut kept = Vec::new();
    for attachment in mail.attachments().filter(|a| !a.is_dressing()).take(MOST) {
        let bytes = attachment.bytes();
        if bytes.is_empty() {
            continue;
        }
        let (sha, number) = (tx.put_blob(&bytes).await?, kept.len() + 1);
        tx.add_attachment(mail_id, number, attachment.kind, &sha, bytes.len()).await?;
        let name = attachment.file_name.map(str::to_owned);
        kept.push(Kept { number, name, sha, photo: reply::photo(&bytes) });
    }
    Ok(kept)
}
