//! What comes back to a letter of a case: filed as it is, with what is attached (EVIDENCE 5).

use super::cases::Held;
use super::decide::row;
use super::signed::{self, signed};
use super::{Context, Done};
use crate::evidence::flag::{Actor, Move, Step, after};
use crate::model::{CaseId, CaseLetter, FlagState, Said, Trouble, same_person};
use crate::reply::clean_file_name;
use crate::said;
use crate::store::{CaseAnswerRow, CaseFileRow, Tx};
use crate::words::letters::cases::Taken;

/// Files of one answer that are kept.
const MOST_FILES: usize = 50;
/// Characters of a text that are kept beside the mail, which is kept whole.
const LONGEST_TEXT: usize = 100_000;

/// Something that came back.
pub struct Incoming<'a> {
    pub letter: CaseLetter,
    /// SHA-256 of the mail.
    pub mail: Option<&'a str>,
    pub sender: &'a str,
    pub entered_by: Option<&'a str>,
    pub said: &'a str,
    pub proven: bool,
    /// Name, kind, bytes.
    pub files: Vec<(Option<String>, String, Vec<u8>)>,
    /// Whose step it is.
    pub actor: &'a str,
    pub how: Said,
}

/// Files an answer, moves the case on where it is the first in time, and says how it was taken and how many files
/// were kept.
///
/// # Errors
/// On paper: the step is not allowed to who enters it. A mail always finds its place.
pub async fn file(ctx: &Context, tx: &mut Tx, held: &Held, incoming: Incoming<'_>) -> Done<(Taken, usize)> {
    let office = ctx.office(held.office())?;
    let flag = held.flag(ctx, tx, office).await?;
    let now = ctx.now();
    let actor = incoming.actor.to_owned();
    let how = format!("{} / {}", incoming.how.en, incoming.how.zh);
    let step = match (incoming.letter, held.state()) {
        (CaseLetter::Explain, FlagState::Asked) => Some(Step::Explain),
        (CaseLetter::Decision, FlagState::Confirmed) => Some(Step::Appeal),
        // Nothing is held against anybody then; on paper somebody else may appeal.
        (CaseLetter::Decision, FlagState::Dismissed) if incoming.mail.is_none() => Some(Step::Appeal),
        _ => None,
    };
    let taken = match (step, incoming.letter, held.state()) {
        (Some(step), ..) => {
            let step_made =
                Move { step, actor: Actor::Person(actor.clone()), day: now.day(office.zone), reason: how.clone() };
            match after(&flag, &step_made) {
                Ok(state) => {
                    held.take_step(tx, &row(step, &actor, now.0, &how, state)).await?;
                    if step == Step::Explain { Taken::Explained } else { Taken::Appealed }
                }
                Err(_) if incoming.mail.is_some() => Taken::TooLate,
                Err(said) => return Err(Trouble::new(said).into()),
            }
        }
        (None, CaseLetter::Explain, FlagState::Explained) | (None, CaseLetter::Decision, FlagState::Appealed) => {
            Taken::Added
        }
        _ => Taken::Late,
    };
    let answer = CaseAnswerRow {
        seq: 0,
        letter: incoming.letter,
        mail: incoming.mail.map(str::to_owned),
        sender: incoming.sender.to_owned(),
        entered_by: incoming.entered_by.map(str::to_owned),
        said: storable(incoming.said),
        proven: incoming.proven,
        late: matches!(taken, Taken::Late | Taken::TooLate),
        at: now,
    };
    let seq = tx.add_case_answer(&held.id, &answer).await?;
    let mut kept = 0;
    let files = incoming.files.into_iter().filter(|(_, _, bytes)| !bytes.is_empty());
    for (number, (name, kind, bytes)) in (1usize..).zip(files.take(MOST_FILES)) {
        let file = CaseFileRow {
            answer: seq,
            number: i64::try_from(number).unwrap_or(i64::MAX),
            name: clean_file_name(name.as_deref(), number),
            kind: storable(&kind),
            sha: tx.put_blob(&bytes).await?.hex(),
            bytes: i64::try_from(bytes.len()).unwrap_or(i64::MAX),
        };
        tx.add_case_file(&held.id, &file).await?;
        kept = number;
    }
    Ok((taken, kept))
}

/// What either database can hold.
fn storable(text: &str) -> String {
    text.chars().filter(|c| *c != '\0').take(LONGEST_TEXT).collect()
}

/// An answer that came on paper.
pub struct OnPaper<'a> {
    pub case: &'a CaseId,
    /// An appeal against the decision; else an explanation.
    pub appeal: bool,
    pub by: &'a str,
    pub from: &'a str,
    pub text: &'a str,
    /// Name and bytes.
    pub files: Vec<(String, Vec<u8>)>,
}

/// The case's state afterwards; `Ok(None)`: no such case.
///
/// # Errors
/// It says nothing and brings nothing, nobody is named, or it cannot come now.
pub async fn on_paper(ctx: &Context, paper: OnPaper<'_>) -> Done<Option<(FlagState, bool)>> {
    let refused = |said: Said, field: &str| Err(Trouble::new(said).in_field(field).into());
    let (from, text) = (&*signed::who(paper.from, "--from")?, &*signed::words(paper.text, "--text")?);
    if from.is_empty() {
        return refused(said!("say who wrote it", "请写明由谁提交"), "--from");
    }
    if paper.by.trim().is_empty() {
        return refused(said!("say who enters it", "请写明登记人"), "--by");
    }
    if text.is_empty() && paper.files.iter().all(|(_, bytes)| bytes.is_empty()) {
        return refused(
            said!(
                "nothing to file: give --text, or --file with what was handed in",
                "没有可登记的内容：请用--text写明，或用--file附上所交材料"
            ),
            "--text",
        );
    }
    let by = signed(paper.by, "--by")?;
    let mut tx = ctx.store.begin().await?;
    let Some(held) = Held::lock(&mut tx, paper.case).await? else { return Ok(None) };
    let letter = if paper.appeal { CaseLetter::Decision } else { CaseLetter::Explain };
    if held.letter(letter).is_none() {
        let said = match letter {
            CaseLetter::Explain => said!(
                "nobody was asked yet: ask first (`decide ID ask`)",
                "尚未要求说明：请先办理ask（decide 编号 ask）"
            ),
            _ => said!("there is no decision yet to appeal against", "尚未作出认定，无从申诉"),
        };
        return Err(Trouble::new(said).into());
    }
    // Who is recused enters nothing, whatever the state.
    let office = ctx.office(held.office())?;
    let flag = held.flag(ctx, &mut tx, office).await?;
    if flag.recused.iter().any(|one| same_person(one, &by)) {
        let said = said!(
            "{by} is recused from this case: somebody else has to take this step",
            "{by}须回避此事：请由他人办理"
        );
        return Err(Trouble::new(said).into());
    }
    let incoming = Incoming {
        letter,
        mail: None,
        sender: from,
        entered_by: Some(&by),
        said: text,
        proven: true,
        files: paper
            .files
            .into_iter()
            .map(|(name, bytes)| (Some(name), "application/octet-stream".to_owned(), bytes))
            .collect(),
        actor: &by,
        how: said!("on paper, from {from}", "书面，{from}提交"),
    };
    let (taken, _) = file(ctx, &mut tx, &held, incoming).await?;
    tx.commit().await?;
    let state = Held::load(&mut ctx.store.read().await?, paper.case).await?.map(|held| held.state());
    Ok(state.map(|state| (state, taken == Taken::Late)))
}
