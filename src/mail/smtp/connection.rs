//! One SMTP connection and the letters that it carries one after another.
//!
//! Each recipient has an own answer. Where the server takes PIPELINING (RFC 2920), MAIL, RCPT and DATA
//! go out together, and those of the next letter right behind a letter's content; a content never goes out
//! with its own envelope, because `data_sent` is stored between the 354 and it.

use super::failure::{Failure, failure, lost, timed_out};
use super::socket::Socket;
use super::{SmtpSettings, library_address};
use crate::clock::Stopwatch;
use crate::fault::{self, Step};
use crate::mail::transport::{Envelope, Refusal, Stage};
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::AsyncSmtpConnection;
use lettre::transport::smtp::commands::{Data, Ehlo, Mail, Rcpt, Rset};
use lettre::transport::smtp::extension::ClientId;
use lettre::transport::smtp::response::Response;
use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::time::timeout;

/// How long a server may take to say goodbye. The letters are acked by then.
const GOODBYE: Duration = Duration::from_secs(2);

pub struct Connection {
    smtp: AsyncSmtpConnection,
    patience: Duration,
    final_patience: Duration,
    pipelining: bool,
    /// Bytes that the system has taken over for sending.
    taken: Arc<AtomicU64>,
    /// It waits for a content that will not come.
    spoiled: bool,
    /// Letters offered so far.
    pub letters: u32,
    /// Since it was put aside.
    pub idle: Stopwatch,
}

/// The server's word on an envelope.
pub enum Offered {
    /// It waits for the content, for all recipients but these.
    Wanted(Vec<Refusal>),
    /// It wants it for nobody.
    Unwanted(Vec<Refusal>),
}

type Answer = Result<Response, Failure>;

/// How the content ended.
pub enum Ended {
    Taken,
    Failed(Failure),
    /// The dot may have left this machine, and no answer came.
    Unknown(Failure),
}

impl Connection {
    /// Connected, encrypted, logged in.
    pub async fn open(settings: &SmtpSettings) -> Result<Box<Connection>, Failure> {
        let hello = ClientId::Domain(settings.hello.as_str().to_owned());
        let opening = async {
            let socket = Socket::open(settings).await?;
            let taken = socket.taken();
            let smtp = AsyncSmtpConnection::connect_with_transport(Box::new(socket), &hello).await;
            Ok((smtp.map_err(|e| waits(Stage::Connect, &e))?, taken))
        };
        let (smtp, taken) = timeout(settings.patience, opening).await.unwrap_or(Err(timed_out(Stage::Connect)))?;
        let mut connection = Box::new(Connection {
            smtp,
            patience: settings.patience,
            final_patience: settings.final_patience,
            pipelining: false,
            taken,
            spoiled: false,
            letters: 0,
            idle: Stopwatch::start(),
        });
        if let Some(login) = &settings.login {
            let credentials = Credentials::new(login.user.clone(), login.password.clone());
            let answer = connection.smtp.auth(&[Mechanism::Plain, Mechanism::Login], &credentials);
            match timeout(settings.patience, answer).await {
                Ok(Ok(_)) => {}
                Ok(Err(error)) if error.is_client() => return Err(lost(Stage::Login, "no PLAIN or LOGIN offered")),
                // A wrong password is no fault of the letter: it waits.
                Ok(Err(error)) => return Err(waits(Stage::Login, &error)),
                Err(_) => return Err(timed_out(Stage::Login)),
            }
        }
        // The library keeps of the first EHLO what it knows itself, and it knows no PIPELINING. Asked
        // again after the login, as servers may offer more then.
        let offered = connection.command(Stage::Connect, Ehlo::new(hello)).await?;
        connection.pipelining = offered.message().any(|line| line.trim().eq_ignore_ascii_case("PIPELINING"));
        Ok(connection)
    }

    /// MAIL, RCPT and DATA up to the 354. A recipient that is put off puts off the letter.
    pub async fn offer(&mut self, envelope: &Envelope) -> Result<Offered, Failure> {
        self.letters += 1;
        let commands = commands(envelope)?;
        let answers = if self.pipelining {
            let stages: Vec<Stage> = commands.iter().map(|(stage, _)| *stage).collect();
            let together: String = commands.into_iter().map(|(_, text)| text).collect();
            let first = self.command(Stage::Sender, together).await;
            self.hear_rest(&stages, first).await
        } else {
            self.ask(&commands).await
        };
        self.judged(envelope, answers)
    }

    /// The answers to an envelope that went ahead.
    pub async fn hear(&mut self, envelope: &Envelope, stages: &[Stage]) -> Result<Offered, Failure> {
        let first = heard(Stage::Sender, self.patience, self.smtp.read_response()).await;
        let answers = self.hear_rest(stages, first).await;
        self.judged(envelope, answers)
    }

    fn judged(&mut self, envelope: &Envelope, answers: Vec<Answer>) -> Result<Offered, Failure> {
        // MAIL, a RCPT for each, DATA.
        let invited = matches!(answers.get(envelope.to.len() + 1), Some(Ok(_)));
        let offered = judge(envelope, answers);
        // An invitation that we do not follow: only hanging up takes it back.
        self.spoiled = invited && !matches!(offered, Ok(Offered::Wanted(_)));
        offered
    }

    /// One by one, up to the first failure; a recipient that is refused holds up no other.
    async fn ask(&mut self, commands: &[(Stage, String)]) -> Vec<Answer> {
        let mut answers = Vec::with_capacity(commands.len());
        for (stage, text) in commands {
            if *stage == Stage::Data && answers.iter().skip(1).all(Result::is_err) {
                break;
            }
            let answer = self.command(*stage, text).await;
            let goes_on = answer.as_ref().map_or_else(|f| f.permanent && *stage == Stage::Recipient, |_| true);
            answers.push(answer);
            if !goes_on {
                break;
            }
        }
        answers
    }

    /// Every answer is waited for, up to the loss of the connection.
    async fn hear_rest(&mut self, stages: &[Stage], first: Answer) -> Vec<Answer> {
        let mut answers = vec![first];
        for stage in stages.iter().skip(1) {
            if matches!(answers.last(), Some(Err(failure)) if failure.broken) {
                break;
            }
            answers.push(heard(*stage, self.patience, self.smtp.read_response()).await);
        }
        answers
    }

    /// The content with its final dot, and the server's answer to it. Where the server takes commands
    /// together, those of the `next` envelope go out behind the dot; their stages come back, and their
    /// answers are to be read.
    pub async fn content(&mut self, mut flight: String, next: Option<&Envelope>) -> (Ended, Vec<Stage>) {
        let dot = flight.len() as u64;
        let mut ahead = Vec::new();
        if let Some(commands) = next.filter(|_| self.pipelining).and_then(|next| commands(next).ok()) {
            self.letters += 1;
            for (stage, text) in commands {
                flight.push_str(&text);
                ahead.push(stage);
            }
        }
        let before = self.taken.load(Ordering::SeqCst);
        let failure = match timeout(self.final_patience, self.smtp.command(flight)).await {
            Ok(Ok(_)) => {
                fault::passed(Step::Taken);
                return (Ended::Taken, ahead);
            }
            Ok(Err(error)) if error.status().is_some() => {
                return (Ended::Failed(failure(Stage::FinalDot, &error)), ahead);
            }
            Ok(Err(error)) => failure(Stage::FinalDot, &error),
            Err(_) => timed_out(Stage::FinalDot),
        };
        let ended = match self.taken.load(Ordering::SeqCst) - before >= dot {
            true => Ended::Unknown(failure),
            // The dot never left this machine.
            false => Ended::Failed(lost(Stage::Data, &failure.reason.detail)),
        };
        (ended, Vec::new())
    }

    /// Forgets a half-given envelope, so that the connection can carry the next letter; whether it can.
    pub async fn reset(&mut self) -> bool {
        !self.spoiled && self.command(Stage::Sender, Rset).await.is_ok()
    }

    pub async fn quit(mut self: Box<Self>) {
        // A server that does not say goodbye changes nothing.
        let _ = timeout(GOODBYE, self.smtp.quit()).await;
    }

    async fn command(&mut self, stage: Stage, command: impl fmt::Display) -> Result<Response, Failure> {
        heard(stage, self.patience, self.smtp.command(command)).await
    }
}

/// MAIL, a RCPT for each recipient, DATA.
fn commands(envelope: &Envelope) -> Result<Vec<(Stage, String)>, Failure> {
    let sender = envelope.from.as_ref().map(library_address).transpose()?;
    let mut commands = vec![(Stage::Sender, Mail::new(sender, Vec::new()).to_string())];
    for recipient in &envelope.to {
        commands.push((Stage::Recipient, Rcpt::new(library_address(recipient)?, Vec::new()).to_string()));
    }
    commands.push((Stage::Data, Data.to_string()));
    Ok(commands)
}

/// Answers to MAIL, to each RCPT and to DATA; what was not asked any more is missing.
fn judge(envelope: &Envelope, answers: Vec<Answer>) -> Result<Offered, Failure> {
    let mut answers = answers.into_iter();
    if let Some(Err(failure)) = answers.next() {
        return Err(failure);
    }
    let (mut refused, mut put_off) = (Vec::new(), None);
    for (recipient, answer) in envelope.to.iter().zip(answers.by_ref()) {
        match answer {
            Ok(_) => {}
            Err(failure) if failure.permanent => {
                refused.push(Refusal { recipient: recipient.clone(), reason: failure.reason });
            }
            Err(failure) => put_off = put_off.or(Some(failure)),
        }
    }
    match (put_off, answers.next()) {
        (Some(failure), _) => Err(failure),
        (None, _) if refused.len() == envelope.to.len() => Ok(Offered::Unwanted(refused)),
        (None, Some(Ok(response))) if response.has_code(354) => Ok(Offered::Wanted(refused)),
        (None, Some(Err(failure))) => Err(failure),
        (None, _) => Err(lost(Stage::Data, "no 354")),
    }
}

async fn heard(
    stage: Stage,
    patience: Duration,
    answer: impl Future<Output = Result<Response, Error>>,
) -> Result<Response, Failure> {
    match timeout(patience, answer).await {
        Ok(answer) => answer.map_err(|error| failure(stage, &error)),
        Err(_) => Err(timed_out(stage)),
    }
}

/// Before any letter is named nothing is for good.
fn waits(stage: Stage, error: &Error) -> Failure {
    Failure { permanent: false, broken: true, ..failure(stage, error) }
}
