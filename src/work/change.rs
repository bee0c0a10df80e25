//! Letters to those whose assignment changed after it went out.

use super::post::{About, Direction, languages_for};
use super::windows::damaged;
use super::{Context, Done};
use crate::letter::{Auto, ChangeInput, MessageId, change};
use crate::model::key::KeyUse;
use crate::model::register::Name;
use crate::model::{AssignmentId, LineCode, Said, Sha256};
use crate::said;
use crate::store::{Ids, Share, Tx};
use std::collections::BTreeMap;

/// Why lines are withdrawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Change {
    /// The inspector cannot go.
    Away,
    /// The other inspector of a visit cannot go.
    Together,
    /// A call was settled by what was said of an earlier try.
    Settled,
    /// The region is not visited.
    Blackout,
    /// The day is no workday any more.
    Calendar,
}

impl Change {
    fn said(self) -> Said {
        match self {
            Change::Away => said!(
                "You are registered as away on that day. What you have reported already stays recorded.",
                "您已登记为当天不能到岗。此前回复的内容仍然有效。"
            ),
            Change::Together => said!("The inspector who was to go with you cannot go.", "原同行检查员不能前往。"),
            Change::Settled => {
                said!("The call is settled by what was reported meanwhile.", "此前的回报已使该电话办结。")
            }
            Change::Blackout => said!(
                "The region is not visited on that day, because of weather or season.",
                "所在地区当日因天气或季节停访。"
            ),
            Change::Calendar => said!(
                "The day is no longer a workday: its windows are void, and will not be drawn again.",
                "当日已不是工作日：相应时段作废，也不再重抽。"
            ),
        }
    }
}

#[derive(Debug, Default)]
struct OfAssignment {
    gone: Vec<LineCode>,
    together: Vec<(LineCode, Option<Name>)>,
}

/// What changed, by assignment and reason: one letter each.
#[derive(Debug, Default)]
pub struct Changes(BTreeMap<(AssignmentId, Change), OfAssignment>);

impl Changes {
    pub fn gone(&mut self, share: &Share, why: Change) {
        self.withdrawn(share.assignment.clone(), share.code.clone(), why);
    }

    pub fn withdrawn(&mut self, assignment: AssignmentId, code: LineCode, why: Change) {
        self.0.entry((assignment, why)).or_default().gone.push(code);
    }

    /// Who comes along from now on; `None`: nobody.
    pub fn together(&mut self, share: &Share, name: Option<Name>) {
        let of = self.0.entry((share.assignment.clone(), Change::Together)).or_default();
        of.together.push((share.code.clone(), name));
    }

    /// Queues a letter to each inspector concerned.
    pub async fn post(self, ctx: &Context, tx: &mut Tx) -> Done<()> {
        let host = ctx.mail_host()?;
        let mut letters = Vec::new();
        for ((id, why), mut changed) in self.0 {
            let Some(row) = tx.assignment(&id).await? else { continue };
            let Some(office) = ctx.config.office(&row.office) else { continue };
            let inspectors = tx.inspectors_among(&Ids::new([row.inspector.as_str()])).await?;
            let Some((inspector, to)) = inspectors.first().and_then(|one| Some((one, one.addresses.first()?))) else {
                continue;
            };
            let (Some(reply), Some(bounce)) = (ctx.key_of(&row, KeyUse::Reply), ctx.key_of(&row, KeyUse::Bounce))
            else {
                return Err(damaged("reply secret"));
            };
            let number = |code: &LineCode| (code.as_str().chars().next(), code.as_str().len(), code.to_string());
            changed.gone.sort_by_key(number);
            let input = ChangeInput {
                assignment: &id,
                day: row.released.day(office.zone),
                gone: changed.gone,
                why: why.said(),
                together: changed.together,
                languages: languages_for(office, inspector),
            };
            let letter = change(&input);
            let first = MessageId::parse(&row.message_id);
            let direction = Direction {
                office,
                to,
                // Named after what it says: the same change is told once.
                message_id: MessageId::receipt(&id, &Sha256::of(letter.text.as_bytes()), &reply, &host),
                auto: Auto::Generated,
                in_reply_to: first.clone(),
                references: first.into_iter().collect(),
                about: Some(About { assignment: &id, inspector: &inspector.id, reply: &reply, bounce: &bounce }),
                null_sender: false,
            };
            letters.push(ctx.write(&letter, direction)?);
        }
        tx.queue_letters(&letters).await?;
        Ok(())
    }
}
