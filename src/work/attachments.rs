//! Photos and files that came with replies: kept as blobs, never sent on.

use super::Done;
use crate::reply::Mail;
use crate::store::Tx;

/// Kept of one mail.
const MOST: usize = 50;

/// Keeps what came with a mail and returns how many there were.
pub async fn keep(tx: &mut Tx, mail_id: &str, mail: &Mail<'_>) -> Done<usize> {
    let mut kept = 0;
    for attachment in mail.attachments().filter(|a| !a.is_dressing()).take(MOST) {
        let bytes = attachment.bytes();
        if bytes.is_empty() {
            continue;
        }
        let sha = tx.put_blob(&bytes).await?;
        kept += 1;
        tx.add_attachment(mail_id, kept, attachment.kind, &sha, bytes.len()).await?;
    }
    Ok(kept)
}
