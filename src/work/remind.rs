//! A reminder, once, when an answer is late.

use super::open::open_now;
use super::post::{About, Direction, letter_input};
use super::release::load_assignment;
use super::windows::damaged;
use super::{Context, Done};
use crate::letter::{Auto, MessageId, reminder};
use crate::model::key::KeyUse;
use crate::model::time::MINUTE;
use crate::store::Ids;

/// Sends every reminder that is due and returns how many letters went out.
pub async fn remind_due(ctx: &Context) -> Done<usize> {
    let now = ctx.now();
    let late = ctx.store.read().await?.assignments_to_remind(now).await?;
    let mut sent = 0;
    for row in late {
        let office = ctx.office(&row.office)?;
        if now < row.reply_by.plus(i64::from(office.remind_after_minutes) * MINUTE) {
            continue;
        }
        let mut tx = ctx.store.begin().await?;
        let Some(assignment) = load_assignment(&mut tx, &row).await? else { continue };
        let open = open_now(&mut tx, &assignment).await?;
        tx.mark_reminded(&row.id, now).await?;
        let (Some(reply), Some(bounce)) = (ctx.key_of(&row, KeyUse::Reply), ctx.key_of(&row, KeyUse::Bounce)) else {
            return Err(damaged("reply secret"));
        };
        if let Some(inspector) = tx.inspectors_among(&Ids::new([row.inspector.as_str()])).await?.first()
            && let Some(to) = inspector.addresses.first()
        {
            let input = letter_input(office, inspector, &assignment, &reply);
            if let Some(letter) = reminder(&input, &open) {
                let first = MessageId::parse(&row.message_id);
                let direction = Direction {
                    office,
                    to,
                    message_id: MessageId::assignment(&row.id, 2, &reply, &ctx.mail_host()?),
                    auto: Auto::Generated,
                    in_reply_to: first.clone(),
                    references: first.into_iter().collect(),
                    about: Some(About {
                        assignment: &row.id,
                        inspector: &row.inspector,
                        reply: &reply,
                        bounce: &bounce,
                    }),
                    null_sender: false,
                };
                sent += usize::from(ctx.post(&mut tx, &letter.letter, direction).await?);
            }
        }
        tx.commit().await?;
    }
    Ok(sent)
}
