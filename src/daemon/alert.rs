//! Alerts to the heads of offices.

use crate::letter::{AlertInput, Auto, Languages, LetterKind, MessageId, alert};
use crate::model::time::MINUTE;
use crate::said;
use crate::work::post::Direction;
use crate::work::{Context, Done};

/// The wall clock jumped: every head is told, in one letter each.
pub async fn clock_jumped(ctx: &Context, jump: i64) -> Done<()> {
    let now = ctx.now();
    let minutes = jump / MINUTE;
    let mut tx = ctx.store.begin().await?;
    for office in &ctx.config.offices {
        let input = AlertInput {
            at: now,
            zone: office.zone,
            subject: said!("the clock jumped", "时钟跳变"),
            body: vec![said!(
                "Set the machine's clock right and start the daemon again: it jumped by {minutes} minutes, and until then nothing is drawn. Letters and replies go on.",
                "请校准本机时钟并重新启动守护进程：时钟跳变了{minutes}分钟，在此之前不再抽取；收发信件照常进行。"
            )],
            languages: Languages::One(office.language),
        };
        let number = u32::try_from(now.0.rem_euclid(crate::model::time::DAY) / 1000).unwrap_or(0);
        let direction = Direction {
            office,
            to: &office.head,
            message_id: MessageId::office(
                LetterKind::Alert,
                &office.id,
                now.day(office.zone),
                number,
                &ctx.mail_host()?,
            ),
            auto: Auto::Generated,
            in_reply_to: None,
            references: Vec::new(),
            about: None,
            null_sender: false,
        };
        ctx.post(&mut tx, &alert(&input), direction).await?;
    }
    Ok(tx.commit().await?)
}
