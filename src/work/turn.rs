//! One turn: everything that is due now, in the order in which one thing leads to the next.
//!
//! A step that fails is told and does not stop the others; the next turn tries again.

use super::{
    Context, Done, Failure, answer, ask, away, backup, blackout, calls, close, digest, dispatch, draw, gaps, health,
    intake, judge, mailbox, overtaken, remind, retention, reveal, seal, setback, sheet, void,
};
use crate::model::Said;
use crate::store::looking;
use std::pin::Pin;
use std::sync::atomic::Ordering;

/// What a turn did.
#[derive(Debug, Default)]
pub struct Turn {
    pub mails: usize,
    pub answers: usize,
    pub verdicts: usize,
    pub flags: usize,
    /// Explanations that the machine asked for.
    pub asked: usize,
    /// Opened, rectified or open again because of what records have or lack.
    pub findings: usize,
    pub closed: usize,
    pub reminders: usize,
    pub sealed: usize,
    pub digests: usize,
    pub drawn: usize,
    pub void: usize,
    /// Lines of inspectors who fell out.
    pub redealt: usize,
    /// Visits of regions that are not visited.
    pub withdrawn: usize,
    /// Calls that were given out again.
    pub calls: usize,
    pub revealed: usize,
    pub sheets: usize,
    /// Letters to heads about what they have to see to.
    pub alerts: usize,
    pub sent: usize,
    pub backups: usize,
    /// Steps that did not go through.
    pub failures: Vec<(&'static str, Failure)>,
}

impl Turn {
    /// What was done, one entry a kind; `None` where there was nothing to do.
    pub fn said(&self) -> Option<Said> {
        let done = [
            (self.mails, "mails taken in", "收到邮件"),
            (self.answers, "mails read", "读取邮件"),
            (self.verdicts, "verdicts", "判定"),
            (self.flags, "flags opened", "新增疑点"),
            (self.asked, "explanations asked for", "要求说明"),
            (self.findings, "findings moved", "整改台账变动"),
            (self.closed, "assignments closed", "截止任务"),
            (self.reminders, "reminders", "提醒"),
            (self.sealed, "windows sealed", "封存时段"),
            (self.digests, "digests", "日报"),
            (self.drawn, "windows drawn", "抽取时段"),
            (self.void, "windows void", "作废时段"),
            (self.redealt, "lines handed over", "改派任务"),
            (self.withdrawn, "visits withdrawn", "撤回走访"),
            (self.calls, "calls tried again", "再次拨打"),
            (self.revealed, "windows revealed", "公开时段"),
            (self.sheets, "sheets", "安排表"),
            (self.alerts, "alerts", "告警"),
            (self.sent, "letters sent", "发出信件"),
            (self.backups, "backups", "备份"),
        ];
        let done: Vec<_> = done.into_iter().filter(|(count, ..)| *count > 0).collect();
        let english = |(count, en, _): &(usize, &str, &str)| format!("{en}: {count}");
        let chinese = |(count, _, zh): &(usize, &str, &str)| format!("{zh}：{count}");
        (!done.is_empty()).then(|| {
            let en: Vec<String> = done.iter().map(english).collect();
            let zh: Vec<String> = done.iter().map(chinese).collect();
            Said::new(en.join(", "), zh.join("，"))
        })
    }

    /// Every count by its name, and the steps that did not go through.
    pub fn json(&self) -> serde_json::Value {
        let failed: Vec<&str> = self.failures.iter().map(|(step, _)| *step).collect();
        serde_json::json!({
            "leads": true, "mails": self.mails, "answers": self.answers, "verdicts": self.verdicts, "flags": self.flags,
            "asked": self.asked, "findings": self.findings, "closed": self.closed, "reminders": self.reminders,
            "sealed": self.sealed, "digests": self.digests, "drawn": self.drawn, "void": self.void,
            "redealt": self.redealt, "withdrawn": self.withdrawn, "calls": self.calls, "revealed": self.revealed, "sheets": self.sheets, "alerts": self.alerts,
            "sent": self.sent, "backups": self.backups, "failed": failed,
        })
    }

    fn take<T>(&mut self, step: &'static str, done: Done<T>) -> Option<T> {
        match done {
            Ok(value) => Some(value),
            Err(failure) => {
                let Said { en, .. } = failure.said();
                tracing::error!(step, failure = %failure, said = en, "a step did not go through; the next turn tries again");
                self.failures.push((step, failure));
                None
            }
        }
    }
}

/// Does everything that is due. Where the clock is in doubt, nothing is sealed, drawn or revealed, no day is
/// summed up, and no deadline is taken for past: what was closed or reminded a year too early stays so.
pub async fn turn(ctx: &Context, sure: bool) -> Turn {
    let mut turn = Turn::default();
    let known = looking(aside(ctx, sure, &mut turn)).await;
    // Until that is known, a letter may be on its way that would be sent a second time.
    if known && let Some(sent) = turn.take("dispatch", dispatch::dispatch(ctx).await) {
        turn.sent = sent.acked;
    }
    if !ctx.serving.load(Ordering::SeqCst)
        && let Some(made) = turn.take("backup", backup::due(ctx).await)
    {
        turn.backups = usize::from(made);
    }
    turn
}

/// Kept on the heap: all the steps together are too large for a thread's stack.
fn aside<'a>(ctx: &'a Context, sure: bool, turn: &'a mut Turn) -> Pin<Box<dyn Future<Output = bool> + 'a>> {
    Box::pin(written(ctx, sure, turn))
}

/// All that comes before letters leave. Whether it is known if the database was set back.
async fn written(ctx: &Context, sure: bool, turn: &mut Turn) -> bool {
    let noticed = turn.take("setback", setback::notice(ctx).await);
    let known = noticed.is_some();
    if let Some(unasked) = noticed.and_then(|noticed| noticed.unasked) {
        turn.take::<()>("marks", Err(unasked));
    }
    if let Some(taken) = turn.take("intake", intake::collect(ctx).await) {
        turn.mails = taken.new;
    }
    for (_, done) in mailbox::collect(ctx).await {
        if let Some(taken) = turn.take("mailbox", done) {
            turn.mails += taken.new;
        }
    }
    if let Some(read) = turn.take("answers", answer::answer_new(ctx).await) {
        turn.answers = read;
    }
    if sure {
        deadlines(ctx, turn).await;
    }
    if sure && let Some(sealed) = turn.take("seal", seal::seal_due(ctx).await) {
        turn.sealed = sealed.sealed.len();
        turn.void = sealed.void.len();
    }
    if sure && let Some(digests) = turn.take("digest", digest::digest_due(ctx).await) {
        turn.digests = digests;
    }
    if sure && let Some(void) = turn.take("calendar", overtaken::overtaken_due(ctx).await) {
        turn.void += void.len();
    }
    if sure && let Some(drawn) = turn.take("draw", draw::draw_due(ctx).await) {
        turn.drawn = drawn.drawn.len();
        turn.void += drawn.void.len();
    }
    if let Some(withdrawn) = turn.take("blackouts", blackout::withdraw_due(ctx).await) {
        turn.withdrawn = withdrawn;
    }
    if sure && let Some(moved) = turn.take("absences", away::redeal_due(ctx).await) {
        turn.redealt = moved.given + moved.left;
    }
    if sure && let Some(calls) = turn.take("calls that come back", calls::calls_due(ctx).await) {
        turn.calls = calls;
    }
    if sure && let Some(revealed) = turn.take("reveal", reveal::reveal_due(ctx).await) {
        turn.revealed = revealed;
    }
    turn.take("void notices", void::tell_voids(ctx).await);
    if let Some(sheets) = turn.take("sheet", sheet::sheet_due(ctx).await) {
        turn.sheets = sheets;
    }
    if let Some(alerts) = turn.take("alerts", health::tell::tell_due(ctx).await) {
        turn.alerts = alerts;
    }
    known
}

/// What follows from a time that has passed.
async fn deadlines(ctx: &Context, turn: &mut Turn) {
    if let Some(closed) = turn.take("closing", close::close_due(ctx).await) {
        turn.closed = closed;
    }
    turn.take("calls", calls::plan_due(ctx).await);
    if let Some(judged) = turn.take("verdicts", judge::judge_due(ctx).await) {
        turn.verdicts = judged.changed;
        turn.flags = judged.flags;
    }
    if let Some(asked) = turn.take("asking", ask::ask_due(ctx).await) {
        turn.asked = asked;
    }
    if let Some(findings) = turn.take("gaps", gaps::gaps_due(ctx).await) {
        turn.findings = findings;
    }
    turn.take("retention", retention::look_due(ctx).await);
    if let Some(reminders) = turn.take("reminders", remind::remind_due(ctx).await) {
        turn.reminders = reminders;
    }
}
