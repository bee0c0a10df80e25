//! Mail to the heads about what they have to see to: a cause at most once a day, and once more when it is over.

use super::{Cause, concerns, look, read};
use crate::config::Office;
use crate::letter::{AlertInput, Auto, Languages, LetterKind, MessageId, alert};
use crate::model::time::{DAY, MINUTE};
use crate::model::{Said, Sha256, Timestamp};
use crate::said;
use crate::store::NewLetter;
use crate::work::post::Direction;
use crate::work::{Context, Done};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::atomic::Ordering;

const PREFIX: &str = "alert/";
/// Nothing that a head can do about it is more urgent.
const BETWEEN: i64 = 10 * MINUTE;

/// What was told of a cause.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Told {
    at: Timestamp,
    /// It was told to be over.
    over: bool,
    office: Option<String>,
    about: Said,
}

impl Told {
    fn read(value: &Value) -> Option<Told> {
        let text = |key: &str| value[key].as_str().map(str::to_owned);
        Some(Told {
            at: Timestamp(value["at"].as_i64()?),
            over: value["over"].as_bool()?,
            office: text("office"),
            about: Said::new(text("en")?, text("zh")?),
        })
    }

    fn stored(&self) -> String {
        let Told { at, over, office, about: Said { en, zh } } = self;
        json!({"at": at.0, "over": over, "office": office, "en": en, "zh": zh}).to_string()
    }
}

/// What one head is told.
#[derive(Default)]
struct News<'a> {
    causes: Vec<&'a Cause>,
    over: Vec<(String, Told)>,
}

/// Tells every head what is new to them; returns the number of letters.
///
/// # Errors
/// An address that is none; the database.
pub async fn tell_due(ctx: &Context) -> Done<usize> {
    let now = ctx.now();
    let looked = ctx.looked_at.load(Ordering::SeqCst);
    if looked <= now.0 && now.0 < looked.saturating_add(BETWEEN) {
        return Ok(0);
    }
    ctx.looked_at.store(now.0, Ordering::SeqCst);
    let causes = look(ctx).await?;
    let mut tx = ctx.store.read().await?;
    let known: BTreeMap<String, Told> = tx
        .settings_below(PREFIX)
        .await?
        .into_iter()
        .filter_map(|(key, value)| Some((key.strip_prefix(PREFIX)?.to_owned(), Told::read(&read(Some(value))?)?)))
        .collect();
    drop(tx);
    let fresh = |cause: &&Cause| known.get(&cause.code).is_none_or(|told| told.at.plus(DAY) <= now || told.at > now);
    let due: Vec<&Cause> = causes.iter().filter(fresh).collect();
    let gone = |(code, told): &(&String, &Told)| !told.over && !causes.iter().any(|cause| cause.code == **code);
    let over: Vec<(String, Told)> =
        known.iter().filter(gone).map(|(code, told)| (code.clone(), told.clone())).collect();
    // Mostly there is nothing to tell: then nothing is to be locked either.
    if due.is_empty() && over.is_empty() {
        return Ok(0);
    }
    let mut letters = Vec::new();
    for office in &ctx.config.offices {
        let news = News {
            causes: due.iter().copied().filter(|cause| cause.concerns(office)).collect(),
            over: over.iter().filter(|(_, told)| concerns(office, told.office.as_deref())).cloned().collect(),
        };
        if !(news.causes.is_empty() && news.over.is_empty()) {
            letters.push(written(ctx, office, &news)?);
        }
    }
    let mut tx = ctx.store.begin().await?;
    tx.queue_letters(&letters).await?;
    for Cause { code, office, about, .. } in due {
        let told =
            Told { at: now, over: false, office: office.as_ref().map(ToString::to_string), about: about.clone() };
        tx.put_setting(&format!("{PREFIX}{code}"), &told.stored()).await?;
    }
    for (code, told) in over {
        tx.put_setting(&format!("{PREFIX}{code}"), &Told { over: true, ..told }.stored()).await?;
    }
    tx.commit().await?;
    Ok(letters.len())
}

fn written(ctx: &Context, office: &Office, news: &News<'_>) -> Done<NewLetter> {
    let now = ctx.now();
    let n = news.causes.len();
    let subject = match (news.causes.as_slice(), news.over.as_slice()) {
        ([one], _) => one.about.clone(),
        ([], [(_, one)]) => Said::new(format!("over: {}", one.about.en), format!("已恢复：{}", one.about.zh)),
        ([], _) => said!("all clear", "均已恢复"),
        _ => said!("{n} matters to see to", "{n}项需要处理"),
    };
    let mut body: Vec<Said> = news.causes.iter().map(|cause| cause.said.clone()).collect();
    body.extend(news.over.iter().map(|(_, told)| {
        Said::new(format!("This is over: {}.", told.about.en), format!("已恢复正常：{}。", told.about.zh))
    }));
    if n > 0 {
        body.push(said!(
            "As long as something lasts you are told once a day; `spotcheck status` shows it at any time.",
            "未解决前每天提醒一次；随时可用“spotcheck status”查看。"
        ));
    }
    // A cause is told once a day at most, and over once: named after that, a letter is never written twice.
    let over = news.over.iter().map(|(code, _)| format!("over {code}"));
    let codes: Vec<String> = news.causes.iter().map(|cause| cause.code.clone()).chain(over).collect();
    let name = codes.join("\n");
    let [a, b, c, d, ..] = Sha256::of(name.as_bytes()).0;
    let number = u32::from_be_bytes([a, b, c, d]);
    let input = AlertInput { at: now, zone: office.zone, subject, body, languages: Languages::One(office.language) };
    let direction = Direction {
        office,
        to: &office.head,
        message_id: MessageId::office(LetterKind::Alert, &office.id, now.day(office.zone), number, &ctx.mail_host()?),
        auto: Auto::Generated,
        in_reply_to: None,
        references: Vec::new(),
        about: None,
        null_sender: false,
    };
    ctx.write(&alert(&input), direction)
}
