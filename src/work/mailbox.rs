//! A mailbox on a mail server, looked through: what is new is fetched, stored, and only then marked or moved.
//!
//! UIDs save work and decide nothing: a mail that is fetched again is known by its hash. Where one mail
//! breaks the conversation, mails are fetched one by one until it is found; the others come in, and a
//! note in quarantine stands for it.

use super::intake::{self, BATCH_MAILS, Piece, TakenIn, Way};
use super::mailbox_lots::{Lot, lots};
use super::{Context, Done, Failure, health};
use crate::config::{After, Imap};
use crate::mail::imap::{Fetched, ImapFailure, Kind, Patience, Selected, Session, Step};
use crate::model::time::DAY;
use crate::model::{Sha256, Trouble};
use crate::reply;
use crate::store::{Ids, Look};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::sync::Notify;

/// Of a folder never looked through before, mails that are unread or younger than this are taken.
const RECENT: i64 = 45 * DAY;
/// UIDs in one question about sizes: more may not fit into a line that every server takes.
const QUESTION: usize = 500;
/// Mails whose sizes are asked before the first of them is fetched.
const SIZED: usize = 2 * BATCH_MAILS;
/// What a mail weighs each time that it is answered with garbage; one after which the connection was lost, which may be
/// the network's doing, weighs 1.
const GARBLED: u32 = 3;
/// How often a look begins anew because of single mails.
const PASSES: usize = 50;

const WAY: Way = Way { source: "imap", authenticated: false };

/// How mail servers are attended to.
#[derive(Debug, Default)]
pub struct Mailboxes {
    /// The daemon watches them on connections of its own: a turn need not look.
    pub watched: AtomicBool,
    pub patience: Patience,
}

/// Looks once through every mailbox that nobody watches. One that fails does not stop the others.
pub async fn collect(ctx: &Context) -> Vec<(&str, Done<TakenIn>)> {
    let mut done = Vec::new();
    if !ctx.mailboxes.watched.load(Ordering::SeqCst) {
        for settings in &ctx.config.intake.imap {
            let mut mailbox = Mailbox::new(ctx, settings, None);
            let looked = match (mailbox.look().await, mailbox.refused.take()) {
                (Ok(_), Some(refused)) => Err(mailbox.trouble(&refused)),
                (looked, _) => looked,
            };
            mailbox.leave().await;
            let noted = remember(ctx, &settings.id, looked).await;
            done.push((settings.id.as_str(), noted));
        }
    }
    done
}

/// What a look came to is kept, so that a head hears of a mailbox that stays away.
async fn remember(ctx: &Context, id: &str, looked: Done<TakenIn>) -> Done<TakenIn> {
    match looked {
        Ok(taken) => health::note_mailbox(ctx, id, None).await.map(|()| taken),
        Err(failure) => {
            let trouble = failure.trouble();
            health::note_mailbox(ctx, id, Some(&trouble.said)).await?;
            Err(trouble.into())
        }
    }
}

pub struct Mailbox<'a> {
    pub(super) ctx: &'a Context,
    pub(super) settings: &'a Imap,
    /// Its name in the database: a hash, so that no address stands there.
    key: String,
    pub(super) session: Option<Session>,
    /// Whether mails are fetched one by one, as one of them breaks the conversation.
    careful: bool,
    /// What mails weigh that did not come, by folder, validity and UID.
    failing: BTreeMap<(String, u32, u32), u32>,
    /// What the daemon itself sent to this mailbox, by folder, validity and UID: people read it here.
    own: BTreeSet<(String, u32, u32)>,
    /// How far folders were looked through whose UIDs hold for this connection only.
    looked: BTreeMap<String, u32>,
    /// The folder to move to is there.
    ready: bool,
    /// The server does not mark mails: what is unread may be known.
    unmarked: bool,
    /// What the server would not do with mails that are stored: a person may want to know, and they come in all the same.
    pub(super) refused: Option<ImapFailure>,
    /// Told whenever something new is stored.
    wake: Option<&'a Notify>,
}

/// How a pass through a folder ended.
enum Pass {
    Through,
    /// One mail broke it: the others are still to come.
    Again(ImapFailure),
}

/// What was stored in one look into a folder: it need not be fetched again to be marked.
#[derive(Default)]
struct Stored {
    validity: u32,
    uids: BTreeSet<u32>,
}

impl Stored {
    /// UIDs of another validity, and those of another connection where there is none, mean nothing.
    fn hold_for(&mut self, validity: u32) {
        if validity == 0 || validity != self.validity {
            *self = Stored { validity, uids: BTreeSet::new() };
        }
    }
}

impl<'a> Mailbox<'a> {
    pub fn new(ctx: &'a Context, settings: &'a Imap, wake: Option<&'a Notify>) -> Mailbox<'a> {
        let Imap { host, port, login, .. } = settings;
        let key = Sha256::of(format!("{}\n{host}\n{port}", login.user).as_bytes()).hex();
        Mailbox {
            ctx,
            settings,
            key,
            session: None,
            careful: false,
            failing: BTreeMap::new(),
            own: BTreeSet::new(),
            looked: BTreeMap::new(),
            ready: false,
            unmarked: false,
            refused: None,
            wake,
        }
    }

    /// Takes in everything that waits in the folders.
    pub async fn look(&mut self) -> Done<TakenIn> {
        let mut taken = TakenIn::default();
        let settings = self.settings;
        // Servers end what was silent for long; that is no failure.
        if let Some(mut session) = self.session.take()
            && session.answers().await
        {
            self.session = Some(session);
        }
        for folder in &settings.folders {
            self.look_into(folder, &mut taken).await?;
        }
        self.careful = false;
        Ok(taken)
    }

    async fn look_into(&mut self, folder: &str, taken: &mut TakenIn) -> Done<()> {
        let (mut last, mut stored) = (None, Stored::default());
        for _ in 0..PASSES {
            // Whoever fails midway leaves a connection in an unknown state: it is not put back.
            let mut session = self.connected().await?;
            match self.pass(&mut session, folder, &mut stored, taken).await? {
                Pass::Through => {
                    self.session = Some(session);
                    return Ok(());
                }
                Pass::Again(failure) => {
                    if !failure.ends_connection() {
                        self.session = Some(session);
                    }
                    last = Some(failure);
                }
            }
        }
        last.map_or(Ok(()), |failure| Err(self.trouble(&failure)))
    }

    async fn connected(&mut self) -> Done<Session> {
        if let Some(session) = self.session.take() {
            return Ok(session);
        }
        self.looked.clear();
        let password = self.settings.login.password.read()?;
        let opened = Session::open(self.settings, password.reveal(), self.ctx.mailboxes.patience).await;
        opened.map_err(|failure| self.trouble(&failure))
    }

    pub(super) fn trouble(&self, failure: &ImapFailure) -> Failure {
        trouble(self.settings, failure).into()
    }

    /// One pass through a folder; what is stored is added to `taken`, however it ends.
    async fn pass(
        &mut self,
        session: &mut Session,
        folder: &str,
        stored: &mut Stored,
        taken: &mut TakenIn,
    ) -> Done<Pass> {
        let selected = session.select(folder).await.map_err(|f| self.trouble(&f))?;
        let from = self.looked(folder, selected).await?;
        let found = session.search(&self.criteria(from, selected)).await.map_err(|f| self.trouble(&f))?;
        stored.hold_for(selected.validity);
        let is_own = |uid: &u32| self.own.contains(&(folder.to_owned(), selected.validity, *uid));
        let found: Vec<u32> = found.into_iter().filter(|uid| !is_own(uid)).collect();
        let (again, found): (Vec<u32>, Vec<u32>) = found.into_iter().partition(|uid| stored.uids.contains(uid));
        self.settle(session, selected, &again).await?;
        let weight = |uid: &u32| self.weight(folder, selected, *uid);
        let (fresh, mut dubious): (Vec<u32>, Vec<u32>) = found.into_iter().partition(|uid| weight(uid) == 0);
        dubious.sort_by_key(weight);
        for part in fresh.chunks(SIZED).chain(dubious.chunks(SIZED)) {
            let mut sizes = BTreeMap::new();
            for question in part.chunks(QUESTION) {
                sizes.extend(session.sizes(question).await.map_err(|f| self.trouble(&f))?);
            }
            let most = if self.careful { 1 } else { BATCH_MAILS };
            let weighed = part.iter().map(|uid| (*uid, self.weight(folder, selected, *uid)));
            let at = |uid: u32| format!("folder {folder}, UID {uid} of {}", selected.validity);
            let mut lots = lots(weighed, &sizes, most, at).into_iter().peekable();
            let mut fetched = None;
            while let Some(lot) = lots.next() {
                let now = match fetched.take() {
                    Some(fetched) => fetched,
                    None => fetch(session, Some(&lot)).await,
                };
                // While these are stored the next ones come in, unless the conversation is broken.
                let next = lots.peek().filter(|_| now.broken.is_none());
                let (kept, next) = tokio::join!(self.keep(folder, lot, now, stored, taken), fetch(session, next));
                let (done, broken) = kept?;
                match broken {
                    None => {}
                    Some(failure) if matches!(failure.kind, Kind::Garbled | Kind::Refused) => {
                        return Ok(Pass::Again(failure));
                    }
                    Some(failure) => return Err(self.trouble(&failure)),
                }
                // Where that broke it, they are marked in the next pass.
                if next.broken.is_none() {
                    self.settle(session, selected, &done).await?;
                }
                fetched = Some(next);
            }
        }
        Ok(Pass::Through)
    }

    /// Up to where this folder was looked through.
    async fn looked(&self, folder: &str, selected: Selected) -> Done<Option<u32>> {
        match selected.validity {
            0 => Ok(self.looked.get(folder).copied()),
            validity => Ok(self.ctx.store.read().await?.looked(&self.key, folder, validity).await?),
        }
    }

    fn criteria(&self, from: Option<u32>, selected: Selected) -> String {
        match from {
            // With `*` at its end a range always holds the newest mail, known or not.
            Some(uid) => {
                let above = format!("UID {}:{}", uid.saturating_add(1), u32::MAX);
                // In a folder that cannot be marked everything unread stays so.
                if selected.read_only || self.unmarked { above } else { format!("OR UNSEEN {above}") }
            }
            None => {
                let day = self.ctx.now().plus(-RECENT).day(chrono_tz::UTC);
                format!("OR UNSEEN SINCE {}", day.format("%-d-%b-%Y"))
            }
        }
    }

    fn weight(&self, folder: &str, selected: Selected, uid: u32) -> u32 {
        self.failing.get(&(folder.to_owned(), selected.validity, uid)).copied().unwrap_or(0)
    }

    /// Stores what came of a lot, and returns which UIDs are done with and what broke.
    async fn keep(
        &mut self,
        folder: &str,
        lot: Lot,
        fetched: Fetched,
        stored: &mut Stored,
        taken: &mut TakenIn,
    ) -> Done<(Vec<u32>, Option<ImapFailure>)> {
        let Fetched { mails, bare, broken } = fetched;
        let mut missing: Vec<(u32, u32)> = bare.into_iter().map(|uid| (uid, GARBLED)).collect();
        if let Some(failure) = &broken {
            self.careful = true;
            if let [uid] = lot.uids.as_slice() {
                let weight = if matches!(failure.kind, Kind::Garbled | Kind::Refused) { GARBLED } else { 1 };
                missing = vec![(*uid, weight)];
            }
        }
        let validity = stored.validity;
        let key = |uid: u32| (folder.to_owned(), validity, uid);
        for (uid, weight) in missing {
            *self.failing.entry(key(uid)).or_default() += weight;
        }
        let (own, mails) = self.apart(mails).await?;
        let came = mails.into_iter().map(|(uid, bytes)| (uid, Piece::Mail(bytes)));
        let (mut done, pieces): (Vec<u32>, Vec<Piece>) = came.chain(lot.left).unzip();
        done.sort_unstable();
        self.own.extend(own.iter().map(|uid| key(*uid)));
        if pieces.is_empty() {
            return Ok((done, broken));
        }
        // All up to here is done with: nothing below is still to come.
        let owed = lot.uids.iter().filter(|uid| broken.is_some() && !done.contains(uid)).copied();
        let failing = self.failing.keys().filter(|(f, v, uid)| f == folder && *v == validity && !done.contains(uid));
        let lowest = owed.chain(failing.map(|(_, _, uid)| *uid)).min().unwrap_or(u32::MAX);
        let up_to = stored.uids.iter().chain(&done).copied().filter(|uid| *uid < lowest).max();
        let look = up_to.filter(|_| validity != 0).map(|uid| Look { mailbox: &self.key, folder, validity, uid });
        let one = intake::store(self.ctx, WAY, &pieces, look).await?;
        taken.add(one);
        if let Some(wake) = self.wake.filter(|_| one.new > 0) {
            wake.notify_one();
        }
        for uid in &done {
            self.failing.remove(&key(*uid));
        }
        stored.uids.extend(&done);
        if let Some(uid) = up_to {
            let looked = self.looked.entry(folder.to_owned()).or_default();
            *looked = uid.max(*looked);
        }
        Ok((done, broken))
    }

    /// What the daemon itself sent to its own address: a sheet in a desk's mailbox stays unread for the desk.
    async fn apart(&self, mails: BTreeMap<u32, Vec<u8>>) -> Done<(Vec<u32>, BTreeMap<u32, Vec<u8>>)> {
        let ids: BTreeMap<u32, String> =
            mails.iter().filter_map(|(uid, bytes)| Some((*uid, reply::message_id_of(bytes)?))).collect();
        let sent = self.ctx.store.read().await?.sent_among(&Ids::new(ids.values().map(String::as_str))).await?;
        let is_own = |uid: &u32| ids.get(uid).is_some_and(|id| sent.contains(id));
        let (own, others): (BTreeMap<_, _>, _) = mails.into_iter().partition(|(uid, _)| is_own(uid));
        Ok((own.into_keys().collect(), others))
    }

    /// Marks or moves what is stored. What the server refuses stops nothing.
    async fn settle(&mut self, session: &mut Session, selected: Selected, uids: &[u32]) -> Done<()> {
        if uids.is_empty() || selected.read_only {
            return Ok(());
        }
        let settings = self.settings;
        let settled = match &settings.after {
            After::Seen => session.mark_seen(uids).await.map(|done| (done, Step::Flag)),
            After::MoveTo(target) => self.move_to(session, uids, target).await.map(|done| (done, Step::Move)),
        };
        let (done, step) = settled.map_err(|failure| self.trouble(&failure))?;
        if !done {
            self.unmarked |= step == Step::Flag;
            self.refused = Some(ImapFailure::new(step, Kind::Refused));
        }
        Ok(())
    }

    async fn move_to(&mut self, session: &mut Session, uids: &[u32], target: &str) -> Result<bool, ImapFailure> {
        if !self.ready {
            match session.ensure_folder(target).await {
                Ok(()) => self.ready = true,
                Err(failure) if failure.ends_connection() => return Err(failure),
                Err(_) => {}
            }
        }
        let moved = self.ready && session.move_to(uids, target).await?;
        if !moved {
            // Marked at least: else they would be fetched again at every look.
            session.mark_seen(uids).await?;
        }
        Ok(moved)
    }

    pub async fn leave(&mut self) {
        if let Some(session) = self.session.take() {
            session.leave().await;
        }
    }
}

async fn fetch(session: &mut Session, lot: Option<&Lot>) -> Fetched {
    match lot {
        Some(lot) if !lot.uids.is_empty() => session.fetch(&lot.uids, lot.bytes).await,
        _ => Fetched::default(),
    }
}

/// A failure as a person is told of it: by the id of the mailbox, which is no address.
pub fn trouble(settings: &Imap, failure: &ImapFailure) -> Trouble {
    Trouble::new(failure.said()).in_field(format!("intake.imap {}", settings.id))
}
