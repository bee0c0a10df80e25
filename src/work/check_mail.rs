//! Tries the mail servers: connects, logs in, and sends a letter to the desk by each of them; and sends what
//! cannot wait for an outbox.

use super::check::Finding;
use super::context::signer;
use super::ways::{Way, ways};
use super::{Done, Failure};
use crate::clock::Clock;
use crate::config::{Config, Office};
use crate::letter::{Address, AlertInput, Auto, HeaderText, Host, Languages, LetterKind, MessageId, alert};
use crate::mail::{Envelope, Headers, Parcel, Reason, Sent, Signer, compose};
use crate::model::{Said, Trouble};
use crate::said;
use crate::words::sending;

/// One finding for each way; the letters are no part of the outbox.
pub async fn try_ways(config: &Config, clock: &Clock) -> Vec<Finding> {
    match try_all(config, clock).await {
        Ok(found) => found,
        Err(failure) => vec![Finding::broken(failure.trouble())],
    }
}

async fn try_all(config: &Config, clock: &Clock) -> Done<Vec<Finding>> {
    let (ways, signer) = (ways(config)?, signer(config)?);
    let Some(office) = config.offices.first() else { return Ok(Vec::new()) };
    let mut found = Vec::new();
    for (number, way) in (1..).zip(&ways) {
        let name = way.name;
        let input = AlertInput {
            at: clock.now(),
            zone: office.zone,
            subject: said!("test", "测试"),
            body: vec![said!(
                "Nothing is to be done. This letter was sent by “spotcheck check --online” by way of {name}.",
                "无须处理。本信由“spotcheck check --online”经{name}发出。"
            )],
            languages: Languages::Both,
        };
        let sent = send_aside(config, signer.as_ref(), way, (office, &office.desk), &input, number).await?;
        found.push(tell(name, sent));
    }
    Ok(found)
}

/// Sends a letter that is no part of the outbox.
///
/// # Errors
/// It could not be written.
pub async fn send_aside(
    config: &Config,
    signer: Option<&Signer>,
    way: &Way,
    (office, to): (&Office, &str),
    input: &AlertInput,
    number: u32,
) -> Done<Sent> {
    let host = Host::parse(&config.mail.host)
        .ok_or_else(|| Trouble::new(said!("mail.host is no host name", "mail.host不是主机名")))?;
    let now = input.at;
    let day = now.day(office.zone);
    let seconds = u32::try_from(now.unix_seconds().rem_euclid(86_400)).unwrap_or(0);
    let id = MessageId::office(LetterKind::Alert, &office.id, day, seconds * 10 + number, &host);
    let from = Address::parse(&config.mail.from).map_err(Trouble::new)?;
    let to = Address::parse(to).map_err(Trouble::new)?;
    let headers = Headers {
        from_name: HeaderText::of(&config.mail.send_as),
        from: from.clone(),
        to: to.clone(),
        reply_to: None,
        message_id: id.clone(),
        date: now,
        zone: office.zone,
        in_reply_to: None,
        references: Vec::new(),
        auto: Auto::Generated,
        x_loop: from.clone(),
    };
    let mut bytes = compose(&alert(input), &headers).map_err(|e| unwritten(&e))?;
    if let Some(signer) = signer {
        bytes = signer.sign(&bytes, now).map_err(|e| unwritten(&e))?;
    }
    let envelope = Envelope { from: Some(from), to: vec![to] };
    let parcel = Parcel { message_id: &id, day, envelope: &envelope, bytes: &bytes };
    let sent = match way.transport.reach().await {
        Ok(()) => way.transport.send(parcel, None, || None, async || Ok::<_, Failure>(())).await?.0,
        Err(reason) => Sent::Unreached(reason),
    };
    way.transport.finish().await;
    Ok(sent)
}

fn unwritten(e: &dyn std::fmt::Display) -> Trouble {
    Trouble::new(said!("a letter could not be written: {e}; tell the makers", "信件未能生成：{e}；请联系开发者"))
}

fn tell(way: &str, sent: Sent) -> Finding {
    let why = |reason: &Reason| sending::trouble(&reason.to_string());
    let broken = |said: Said| Finding::broken(Trouble::new(said).in_field(way));
    match sent {
        Sent::Acked { refused } if refused.is_empty() => Finding::well(said!(
            "{way}: a test letter to the desk was taken over; look whether it arrives",
            "{way}：发给调度员的测试信已被接收，请查看是否收到"
        )),
        Sent::Acked { refused } | Sent::Refused(refused) => {
            let why = refused.first().map_or_else(|| said!("no reason given", "未说明原因"), |one| why(&one.reason));
            broken(Said::new(
                format!("the test letter to the desk was refused ({})", why.en),
                format!("发给调度员的测试信被拒收（{}）", why.zh),
            ))
        }
        Sent::Retry(reason) | Sent::Unreached(reason) => {
            let why = why(&reason);
            broken(Said::new(format!("no letter can leave now ({})", why.en), format!("目前无法发信（{}）", why.zh)))
        }
        Sent::Ambiguous(reason) => {
            let why = why(&reason);
            broken(Said::new(
                format!("the test letter may have been taken over or not ({})", why.en),
                format!("测试信是否已被接收不明（{}）", why.zh),
            ))
        }
    }
}
