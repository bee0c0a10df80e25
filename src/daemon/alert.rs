//! The one alert that cannot go through the outbox: the database itself is away.

use super::Outcome;
use crate::clock::Stopwatch;
use crate::letter::{AlertInput, Languages};
use crate::mail::Sent;
use crate::model::Said;
use crate::model::time::MINUTE;
use crate::said;
use crate::work::check_mail::send_aside;
use crate::work::{Context, Done, Failure};

/// A server that is started again takes a while.
const PATIENCE: i64 = 10 * MINUTE;

/// What a daemon remembers of a database that does not answer.
#[derive(Default)]
pub struct Away {
    /// It led before: of several daemons one tells.
    leads: bool,
    since: Option<Stopwatch>,
    told: bool,
}

impl Away {
    pub async fn heed(&mut self, ctx: &Context, done: &Done<Outcome>) {
        match done {
            Ok(outcome) => {
                self.leads = matches!(outcome, Outcome::Turn(_));
                self.since = None;
                if std::mem::take(&mut self.told) {
                    tell(ctx, said!("over: database away", "已恢复：数据库"), back()).await;
                }
            }
            Err(Failure::Store(_)) if self.leads => {
                let since = *self.since.get_or_insert_with(Stopwatch::start);
                if !self.told && since.milliseconds() >= PATIENCE {
                    self.told = true;
                    tell(ctx, said!("database away", "数据库不可用"), away()).await;
                }
            }
            Err(_) => {}
        }
    }
}

fn away() -> Said {
    said!(
        "Bring the database back: it has not answered for ten minutes. Until then nothing is drawn, no letter leaves and no reply is read; nothing is lost. A window that passes meanwhile is drawn late or published as void.",
        "请恢复数据库：已十分钟没有应答。在此之前不抽取、不发信、不读回复，但不会丢失；其间经过的时段将补抽或公布作废。"
    )
}

fn back() -> Said {
    said!("The database answers again; work goes on where it was.", "数据库已恢复，工作继续进行。")
}

async fn tell(ctx: &Context, subject: Said, body: Said) {
    for office in ctx.config.offices.iter().filter(|office| office.parent.is_none()) {
        let input = AlertInput {
            at: ctx.now(),
            zone: office.zone,
            subject: subject.clone(),
            body: vec![body.clone()],
            languages: Languages::One(office.language),
        };
        for (number, way) in (1..).zip(&ctx.ways) {
            match send_aside(&ctx.config, ctx.signer.as_ref(), way, (office, &office.head), &input, number).await {
                Ok(Sent::Acked { .. }) => break,
                Ok(_) => {}
                Err(failure) => tracing::error!(%failure, "an alert could not be written"),
            }
        }
    }
}
