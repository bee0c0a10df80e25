//! What a case has beside its steps: letters, what came back to them, deadlines, and the rung of the ladder.

use super::cases::{Deadlines, Held, Of};
use super::windows::damaged;
use super::{Context, Done, ladder};
use crate::evidence::flag::{Step, state_said};
use crate::evidence::ladder::Rung;
use crate::letter::columns::flat;
use crate::model::typed;
use crate::model::{CaseId, CaseLetter, FlagState, Language, MACHINE, Said, Sha256, Timestamp, VerdictCode};
use crate::said;
use crate::store::{CaseAnswerRow, CaseFileRow, CaseLetterRow, FlagStepRow, Tx};
use crate::words::letters::cases::ordinal;
use crate::words::states::verdict as verdict_said;
use chrono_tz::Tz;

/// What a case waits for.
#[derive(Debug, Clone, Copy)]
pub struct Awaited {
    state: FlagState,
    to_hand_over: Option<CaseLetter>,
    deadlines: Deadlines,
    pub overdue: bool,
}

impl Awaited {
    pub fn of(ctx: &Context, held: &Held) -> Done<Awaited> {
        let office = ctx.office(held.office())?;
        let deadlines = held.deadlines(ctx, office);
        Ok(Awaited {
            state: held.state(),
            to_hand_over: held.to_hand_over(office).map(|letter| letter.letter),
            overdue: held.is_overdue(deadlines, ctx.now().day(office.zone)),
            deadlines,
        })
    }

    /// What, and until when, in few words.
    pub fn said(&self) -> Option<Said> {
        if let Some(letter) = self.to_hand_over {
            let letter = letter.said();
            return Some(Said::new(format!("{} to be handed over", letter.en), format!("{}待送达", letter.zh)));
        }
        match (self.state, self.deadlines.answer_by, self.deadlines.appeal_by) {
            (FlagState::Asked, Some(day), _) if self.overdue => {
                Some(said!("no explanation by {day}", "逾期未说明（期限{day}）"))
            }
            (FlagState::Asked, Some(day), _) => Some(said!("explanation until {day}", "说明期限{day}")),
            (FlagState::Confirmed, _, Some(day)) => Some(said!("appeal until {day}", "申诉期限{day}")),
            _ => None,
        }
    }
}

#[derive(Debug, Clone)]
pub struct Dossier {
    pub state: FlagState,
    pub letters: Vec<CaseLetterRow>,
    pub answers: Vec<CaseAnswerRow>,
    pub files: Vec<CaseFileRow>,
    pub deadlines: Deadlines,
    /// The letter that somebody has to print and hand over.
    pub to_hand_over: Option<CaseLetter>,
    pub overdue: bool,
    pub rung: Option<Rung>,
    zone: Tz,
}

impl Dossier {
    pub async fn load(ctx: &Context, tx: &mut Tx, held: Held) -> Done<Dossier> {
        let zone = ctx.office(held.office())?.zone;
        let Awaited { state, to_hand_over, deadlines, overdue } = Awaited::of(ctx, &held)?;
        let rung = match &held.of {
            Of::Flag(flag) => ladder::of_flag(ctx, tx, flag, flag.state).await?,
            Of::Complaint(_) => None,
        };
        Ok(Dossier {
            state,
            files: tx.case_files(&held.id).await?,
            deadlines,
            to_hand_over,
            overdue,
            rung,
            zone,
            letters: held.letters,
            answers: held.answers,
        })
    }

    /// What is awaited and until when, in few words.
    pub fn awaits(&self) -> Option<Said> {
        let Dossier { state, to_hand_over, deadlines, overdue, .. } = *self;
        Awaited { state, to_hand_over, deadlines, overdue }.said()
    }

    /// What the rules foresee, where it is an absence without excuse.
    pub fn rung_said(&self) -> Option<Said> {
        self.rung.as_ref().map(rung_said)
    }

    fn when(&self, at: Timestamp) -> String {
        at.in_zone(self.zone).format("%Y-%m-%d %H:%M").to_string()
    }

    /// For a terminal.
    pub fn lines(&self, language: Language) -> Vec<String> {
        let pick = |said: Said| said.in_language(language).to_owned();
        let mut lines = Vec::new();
        if !self.letters.is_empty() {
            lines.push(pick(said!("Letters", "通知")));
        }
        for letter in &self.letters {
            let how = match (&letter.address, letter.bounced) {
                (Some(_), false) => said!("by mail", "邮件"),
                (Some(_), true) => said!("came back: to be handed over", "退信，须当面送达"),
                (None, _) => said!("on paper", "纸面"),
            };
            let (at, what) = (self.when(letter.written), pick(letter.letter.said()));
            lines.push(format!("  {at}  {what}  {}  {}", letter.addressee, pick(how)));
        }
        if !self.answers.is_empty() {
            lines.push(pick(said!("Answers", "收到的说明和申诉")));
        }
        for answer in &self.answers {
            lines.extend(self.answer(answer, language));
        }
        lines.extend(self.rung_said().map(pick));
        lines.extend(self.awaits().map(pick));
        lines
    }

    fn answer(&self, answer: &CaseAnswerRow, language: Language) -> Vec<String> {
        let pick = |said: Said| said.in_language(language).to_owned();
        let mut marks = Vec::new();
        if let Some(by) = &answer.entered_by {
            marks.push(said!("entered by {by}", "{by}登记"));
        }
        if !answer.proven {
            marks.push(said!("sender not proven", "发件人未核实"));
        }
        if answer.late {
            marks.push(said!("too late to count", "逾期，仅留存"));
        }
        let marks: String = marks.into_iter().map(|mark| format!("  ({})", pick(mark))).collect();
        let letter = pick(match answer.letter {
            CaseLetter::Explain => said!("explanation", "说明"),
            CaseLetter::Decision => said!("appeal", "申诉"),
            CaseLetter::Appeal => said!("answer to the letter on the appeal", "对申诉决定的回复"),
        });
        let mut lines =
            vec![format!("  {}. {}  {letter}  {}{marks}", answer.seq, self.when(answer.at), flat(&answer.sender))];
        lines.extend(typed::lines(&answer.said).map(|line| format!("     | {line}")));
        for file in self.files.iter().filter(|file| file.answer == answer.seq) {
            let CaseFileRow { number, name, bytes, sha, .. } = file;
            let size = pick(said!("{bytes} bytes", "{bytes}字节"));
            lines.push(format!("     {number}) {name}  {size}  SHA-256 {sha}"));
        }
        lines
    }

    /// Adds its fields to a case's JSON.
    pub fn add_to(&self, json: &mut serde_json::Value) {
        let Some(fields) = json.as_object_mut() else { return };
        let answers = self.answers.iter().map(|a| {
            let files = self.files.iter().filter(|f| f.answer == a.seq).map(
                |f| serde_json::json!({"number": f.number, "name": f.name, "kind": f.kind, "sha256": f.sha, "bytes": f.bytes}),
            );
            serde_json::json!({
                "number": a.seq, "to": a.letter.code(), "by": a.sender, "entered_by": a.entered_by, "at": a.at.rfc3339(self.zone),
                "text": a.said, "mail": a.mail, "proven": a.proven, "late": a.late, "files": files.collect::<Vec<_>>(),
            })
        });
        let letters = self.letters.iter().map(|l| {
            serde_json::json!({
                "letter": l.letter.code(), "at": l.written.rfc3339(self.zone), "to": l.addressee,
                "by": if l.address.is_some() { "mail" } else { "paper" }, "came_back": l.bounced,
            })
        });
        let rung = self.rung.as_ref().map(|rung| {
            serde_json::json!({
                "number": rung.number, "period": rung.period.code(), "stands": rung.stands,
                "consequence": rung.consequence.as_ref().map(|c| serde_json::json!({"en": c.en, "zh-Hans": c.zh})),
            })
        });
        fields.insert("letters".into(), letters.collect());
        fields.insert("answers".into(), answers.collect());
        fields.insert("answer_by".into(), self.deadlines.answer_by.map(|day| day.to_string()).into());
        fields.insert("appeal_by".into(), self.deadlines.appeal_by.map(|day| day.to_string()).into());
        fields.insert("overdue".into(), self.overdue.into());
        fields.insert("to_hand_over".into(), self.to_hand_over.map(CaseLetter::code).into());
        fields.insert("ladder".into(), rung.into());
    }
}

fn rung_said(rung: &Rung) -> Said {
    let (period, nth, number) = (rung.period.said(), ordinal(rung.number), rung.number);
    let consequence = rung.consequence.clone().unwrap_or_else(|| said!("nothing", "无"));
    let (en, zh) = match rung.stands {
        true => ("", ""),
        false => ("If confirmed: ", "如认定属实："),
    };
    Said::new(
        format!("{en}{nth} absence without excuse of the {}: the rules foresee {}", period.en, consequence.en),
        format!("{zh}本{}内第{number}次无故不在岗，依规定：{}", period.zh, consequence.zh),
    )
}

/// What was done, by whom and why. The machine's own steps give a verdict for a reason.
pub(super) fn step_line(step: &FlagStepRow, language: Language) -> String {
    let done = match Step::parse(&step.step) {
        Some(done) => done.said(),
        None => step.step.parse().map_or_else(|()| said!("{}", "{}", step.step), state_said),
    };
    let actor = if step.actor == MACHINE { said!("machine", "系统") } else { said!("{0}", "{0}", flat(&step.actor)) };
    let reason =
        step.reason.parse::<VerdictCode>().map_or_else(|()| said!("{0}", "{0}", flat(&step.reason)), verdict_said);
    [done, actor, reason].map(|said| said.in_language(language).to_owned()).join("  ")
}

/// The last letter of a case as a page to print. `Ok(None)`: no such case, or no letter yet.
pub async fn page(ctx: &Context, case: &CaseId) -> Done<Option<Vec<u8>>> {
    let mut tx = ctx.store.read().await?;
    match tx.case_letters(case).await?.last() {
        Some(letter) => Ok(Some(tx.blob(&letter.page).await?.ok_or_else(|| damaged("page of a letter"))?)),
        None => Ok(None),
    }
}

/// Everything that came back, as files: each answer's text, its mail whole, what was attached. `Ok(None)`: no such
/// case.
pub async fn papers(ctx: &Context, case: &CaseId) -> Done<Option<Vec<(String, Vec<u8>)>>> {
    let mut tx = ctx.store.read().await?;
    let Some(held) = Held::load(&mut tx, case).await? else { return Ok(None) };
    let mut papers = Vec::new();
    for answer in &held.answers {
        let seq = answer.seq;
        if !answer.said.is_empty() {
            papers.push((format!("{case}-{seq}.txt"), answer.said.clone().into_bytes()));
        }
        if let Some(Ok(sha)) = answer.mail.as_ref().map(|mail| mail.parse::<Sha256>())
            && let Some(mail) = tx.blob(&sha).await?
        {
            papers.push((format!("{case}-{seq}.eml"), mail));
        }
    }
    for file in tx.case_files(case).await? {
        let sha = file.sha.parse::<Sha256>().map_err(|_| damaged("file of an answer"))?;
        let bytes = tx.blob(&sha).await?.ok_or_else(|| damaged("file of an answer"))?;
        papers.push((format!("{case}-{}-{}-{}", file.answer, file.number, file.name), bytes));
    }
    Ok(Some(papers))
}
