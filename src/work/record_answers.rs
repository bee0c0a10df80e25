//! The desk enters answers to questions, in the words of a reply: who said it, who typed it.

use super::back::{self, Back, Content};
use super::sent::{file, known};
use super::signed::signed;
use super::{Context, Done, answered, back_checks, lexicons};
use crate::model::{AssignmentId, Said, Sha256, Trouble};
use crate::reply::{Earlier, Sent, typed};
use crate::said;

#[derive(Debug, Clone, Copy)]
pub struct Answers<'a> {
    pub assignment: &'a AssignmentId,
    /// `V1.Q1-Q9 是，Q4 否`.
    pub text: &'a str,
    pub said_by: &'a str,
    pub typed_by: &'a str,
}

/// Journals the answers, opens the findings that follow, sends the inspector the receipt, and returns the codes of the
/// questions.
///
/// # Errors
/// No such assignment; or something of the text is not understood, or is no answer: then nothing of it is recorded.
pub async fn record_answers(ctx: &Context, entry: &Answers<'_>) -> Done<Vec<String>> {
    let (said_by, typed_by) = (signed(entry.said_by, "--said-by")?, signed(entry.typed_by, "--typed-by")?);
    let mut tx = ctx.store.begin().await?;
    let id = entry.assignment;
    let Some(known) = known(ctx, &mut tx, id).await? else {
        return Err(Trouble::new(said!("there is no assignment {id}", "没有任务{id}")).into());
    };
    let earlier = Earlier {
        recorded: tx.outcomes_of(id).await?.into_iter().map(|one| (one.person, one.outcome)).collect(),
        answers: tx.answers_of(id).await?,
        ..Earlier::default()
    };
    let sent = Sent::try_from(file(ctx, &known)?)?;
    let words = lexicons::of_office(ctx.office(&known.row.office)?)?;
    let now = ctx.now();
    let reading = typed(entry.text, &sent, &earlier, now, words.lexicon());
    if let Some(problem) = reading.problems.first() {
        return Err(Trouble::new(problem.said()).into());
    }
    if reading.answers.is_empty() || !reading.results.is_empty() {
        return Err(Trouble::new(said!(
            "expected answers to questions alone, such as V1.Q1-Q9 yes, Q4 no; enter results by themselves first: of a check that was not made no answers are recorded",
            "此处只登记问题答案，如V1.Q1-Q9 是，Q4 否；检查结果请先单独登记：未进行的检查不登记答案"
        ))
        .into());
    }
    let told = answered::told(&known, &reading, &earlier.answers);
    let by = format!("desk: {said_by} / {typed_by}");
    let rows: Vec<_> = reading.answers.iter().map(|answer| answered::said(&known, answer, &by, now)).collect();
    tx.add_answers(&rows).await?;
    answered::open_findings(ctx, &mut tx, &known, &reading).await?;
    back_checks::compare(ctx, &mut tx, id).await?;
    let name = Sha256::of(format!("desk\n{id}\n{}\n{}", entry.text, now.0).as_bytes()).hex();
    let open = reading.open.clone();
    let said = Content::Receipt { recorded: Vec::new(), answers: told, open, problems: Vec::new(), files: 0 };
    let language = reading.language;
    back::send(ctx, &mut tx, vec![Back { known: &known, mail_id: &name, in_reply_to: None, language, said }]).await?;
    tx.commit().await?;
    Ok(reading.answers.iter().map(crate::reply::Answered::code).collect())
}

/// Whether a code of the desk names a question, so that what follows is read as answers.
pub fn names_question(code: &str) -> bool {
    let code = code.to_ascii_uppercase();
    code.split_once('.').is_some_and(|(_, of_line)| of_line.starts_with('Q'))
}

/// What the desk typed behind the assignment: the code and its words.
pub fn joined(code: &str, words: &str) -> Result<String, Said> {
    if words.contains('\n') {
        Err(said!("write it on one line", "请写成一行"))
    } else {
        Ok(format!("{code} {words}"))
    }
}
