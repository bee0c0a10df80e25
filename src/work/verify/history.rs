//! What a log says happened to each window, and whether that is a whole story.

use super::expected::windows;
use super::log_file::Log;
use super::verdict::{Told, Verdict};
use super::witness::Witness;
use super::{Seen, Source, Wanted};

use crate::draw::back_check::name_of;
use crate::draw::entry::{Entry, SealEntry};
use crate::draw::verify::OVERTAKEN;
use crate::draw::{ChainKey, Terms};
use crate::model::{DrawAt, Said, Sha256, Timestamp, Window, WindowId, time};
use crate::said;
use std::collections::{BTreeMap, HashMap};

#[derive(Debug, Default)]
struct Fate<'a> {
    seal: Option<&'a SealEntry>,
    drawn: bool,
    void: Option<&'a str>,
    /// The seal of its back-check, and whether that was drawn.
    back_check: Option<&'a SealEntry>,
    drawn_again: bool,
}

/// A log, window by window.
#[derive(Debug)]
pub(super) struct History<'a> {
    log: &'a Log,
    windows: BTreeMap<WindowId, Fate<'a>>,
    /// The highest link that was revealed, by programme and generation.
    revealed: BTreeMap<(&'a str, u32), u32>,
    exposed: BTreeMap<(&'a str, u32), u32>,
    numbers: HashMap<(Sha256, Sha256), usize>,
}

/// Reads one log through.
struct Reader<'a, 'v> {
    history: History<'a>,
    verdict: &'v mut Verdict,
    programmes: BTreeMap<(&'a str, u32), &'a Terms>,
    links: BTreeMap<(&'a str, u32, u32), &'a str>,
}

impl<'a> History<'a> {
    pub fn read(log: &'a Log, verdict: &mut Verdict) -> History<'a> {
        let history = History {
            log,
            windows: BTreeMap::new(),
            revealed: BTreeMap::new(),
            exposed: BTreeMap::new(),
            numbers: log.entries.iter().enumerate().map(|(i, (before, head, _))| ((*before, *head), i + 1)).collect(),
        };
        let mut reader = Reader { history, verdict, programmes: BTreeMap::new(), links: BTreeMap::new() };
        for (index, (_, _, entry)) in log.entries.iter().enumerate() {
            reader.take(index as u64 + 1, entry);
        }
        reader.history
    }

    pub fn number_of(&self, before: &Sha256, head: &Sha256) -> Option<usize> {
        self.numbers.get(&(*before, *head)).copied()
    }

    pub fn holds(&self, witness: &Witness) -> bool {
        self.log.holds(witness.number, &witness.head)
    }

    pub fn drawn(&self) -> impl Iterator<Item = &WindowId> {
        self.windows.iter().filter(|(_, told)| told.drawn).map(|(window, _)| window)
    }

    pub fn void(&self) -> impl Iterator<Item = &WindowId> {
        self.windows.iter().filter(|(_, told)| told.void.is_some()).map(|(window, _)| window)
    }

    /// Whether every window of the sealed rules is there, and every revealed one has its bundle.
    pub fn judge(&self, wanted: &Wanted, seen: &BTreeMap<WindowId, Seen>, verdict: &mut Verdict) {
        let expected = match windows(self.log) {
            Ok(windows) => windows,
            Err(said) => return verdict.failures.push(self.told(None, said)),
        };
        let by_id: BTreeMap<&WindowId, &Window> = expected.iter().map(|window| (&window.id, window)).collect();
        for id in by_id.keys().filter(|id| wanted.covers(id.day) && !self.windows.contains_key(**id)) {
            let said = said!(
                "MISSING: the log has neither a seal nor a void for this window of the sealed rules",
                "缺少（MISSING）：按封存的规则应有此时段，但日志中既无封存也无作废"
            );
            verdict.failures.push(self.told(Some(id), said));
        }
        let last = self.windows.keys().map(|id| id.day).max();
        if let Some(asked) = wanted.to.or(wanted.from).filter(|asked| last.is_none_or(|last| last < *asked)) {
            let said = match last {
                Some(last) => said!(
                    "the log tells of no window after {last}: whether any is missing up to {asked} was not checked",
                    "日志只记到{last}的时段：其后至{asked}是否缺少时段未能检查"
                ),
                None => said!("the log tells of no window", "日志中没有任何时段"),
            };
            verdict.warnings.push(self.told(None, said));
        }
        let last_drawn =
            self.windows.values().filter(|told| told.drawn).filter_map(|told| told.seal).map(|s| &s.start).max();
        for (id, told) in self.windows.iter().filter(|(id, _)| wanted.covers(id.day)) {
            if let Some(reason) = told.void {
                *verdict.reasons.entry(reason.to_owned()).or_default() += 1;
            }
            let Some(seal) = told.seal else { continue };
            match by_id.get(id) {
                Some(window) => self.times(window, seal, &expected, verdict),
                None if told.void.is_none() => {
                    let said = said!("no sealed rule makes this window", "封存的规则中没有此时段");
                    verdict.failures.push(self.told(Some(id), said));
                }
                None => {}
            }
            let revealed = self.revealed.get(&(id.programme.as_str(), seal.generation)).is_some_and(|t| seal.t <= *t);
            if told.drawn && !revealed {
                verdict.unrevealed += 1;
            } else if told.drawn && !seen.contains_key(id) {
                let said = said!(
                    "MISSING: this window was drawn and its key revealed, but there is no bundle that follows",
                    "缺少（MISSING）：此时段已抽取且密钥已公开，但没有有效的证据包"
                );
                verdict.failures.push(self.told(Some(id), said));
            } else if !told.drawn && told.void.is_none() && last_drawn.is_some_and(|last| seal.end < *last) {
                let said = said!(
                    "MISSING: sealed, but neither drawn nor void, though later windows were drawn",
                    "缺少（MISSING）：已封存，但既未抽取也未作废，而之后的时段已抽取"
                );
                verdict.failures.push(self.told(Some(id), said));
            }
            if self.exposed.get(&(id.programme.as_str(), seal.generation)).is_some_and(|from| seal.t >= *from) {
                let said = said!("key exposed: somebody may have known this list", "密钥已泄露：可能有人知道此名单");
                verdict.warnings.push(self.told(Some(id), said));
            }
        }
    }

    /// Whether every back-check that was sealed was drawn with its window, and has its bundle once it is revealed.
    pub fn judge_back_checks(&self, wanted: &Wanted, seen: &BTreeMap<WindowId, Seen>, verdict: &mut Verdict) {
        for (id, told) in self.windows.iter().filter(|(id, _)| wanted.covers(id.day)) {
            let (Some(seal), true) = (told.back_check, told.drawn) else { continue };
            let revealed = self.revealed.get(&(id.programme.as_str(), seal.generation)).is_some_and(|t| seal.t <= *t);
            let said = match (told.drawn_again, revealed && !seen.contains_key(id)) {
                (false, _) => said!(
                    "MISSING: the window was drawn, and the back-check that was sealed with it was not",
                    "缺少（MISSING）：此时段已抽取，但与其一并封存的复查未抽取"
                ),
                (true, true) => said!(
                    "MISSING: its back-check was drawn and its key revealed, but there is no bundle of it that follows",
                    "缺少（MISSING）：其复查已抽取且密钥已公开，但没有有效的证据包"
                ),
                (true, false) => continue,
            };
            verdict.failures.push(self.told(Some(id), said));
        }
    }

    /// Start, end and time of the draw, as the rules have them.
    fn times(&self, window: &Window, seal: &SealEntry, expected: &[Window], verdict: &mut Verdict) {
        let sealed = (Timestamp::parse(&seal.start), Timestamp::parse(&seal.end));
        if sealed != (Some(window.start), Some(window.end)) {
            let said = said!("start or end differ from the sealed rules", "开始或结束时间与封存的规则不符");
            verdict.failures.push(self.told(Some(&window.id), said));
        }
        let of_generation = |entry: &&'a Entry| match entry {
            Entry::Programme(t) => t.programme == window.id.programme.as_str() && t.generation == seal.generation,
            _ => false,
        };
        let Some(Entry::Programme(terms)) = self.log.entries.iter().map(|(_, _, e)| e).find(of_generation) else {
            return;
        };
        let first = match terms.draw_at {
            DrawAt::Each => Some(window.start),
            DrawAt::Morning => {
                let same_day = |w: &&Window| w.id.day == window.id.day && w.id.programme == window.id.programme;
                expected.iter().filter(same_day).map(|w| w.start).min()
            }
        };
        let draw_at = first.map(|first| first.minus(i64::from(terms.lead_minutes) * time::MINUTE));
        if Timestamp::parse(&seal.draw_at) != draw_at {
            let said = said!("the time of the draw is not that of the terms", "抽取时间与规则不符");
            verdict.failures.push(self.told(Some(&window.id), said));
        }
    }

    fn told(&self, window: Option<&WindowId>, said: Said) -> Told {
        let source = Source { file: self.log.file.clone(), line: 0 };
        Told { window: window.map(WindowId::to_string), source: Some(source), said }
    }
}

impl<'a> Reader<'a, '_> {
    fn fail(&mut self, number: u64, window: Option<&str>, said: Said) {
        let source = Source { file: self.history.log.file.clone(), line: number };
        self.verdict.failures.push(Told { window: window.map(str::to_owned), source: Some(source), said });
    }

    fn take(&mut self, number: u64, entry: &'a Entry) {
        match entry {
            Entry::Programme(terms) => {
                let key = (terms.programme.as_str(), terms.generation);
                if self.programmes.insert(key, terms).is_some() {
                    let said = said!(
                        "EQUIVOCATION: a generation was sealed twice",
                        "前后矛盾（EQUIVOCATION）：同一代封存了两次"
                    );
                    self.fail(number, None, said);
                }
            }
            Entry::Seal(seal) => self.seal(number, seal),
            Entry::Draw { window, .. } => self.drawn(number, window),
            Entry::Void { window, reason, .. } => {
                let known = window.parse().ok().map(|id: WindowId| self.history.windows.entry(id).or_default());
                match known {
                    Some(told) if (!told.drawn || reason == OVERTAKEN) && told.void.is_none() => {
                        told.void = Some(reason)
                    }
                    _ => {
                        let said = said!("void after it was drawn or declared void", "抽取或作废之后再次作废");
                        self.fail(number, Some(window), said);
                    }
                }
            }
            Entry::BackCheckSeal(back) => self.back_check(number, &back.seal),
            Entry::BackCheckDraw { window, .. } => self.drawn_again(number, window),
            Entry::Reveal { programme, generation, t, links } => self.reveal(number, programme, *generation, *t, links),
            Entry::KeyExposed { programme, generation, from_t } => {
                self.history.exposed.insert((programme, *generation), *from_t);
            }
            Entry::Restored { number: known, head } => self.restored(number, *known, head),
            Entry::Calendar(_) | Entry::Redeal { .. } | Entry::NextAnchor { .. } | Entry::Other => {}
        }
    }

    fn seal(&mut self, number: u64, seal: &'a SealEntry) {
        let Ok(id) = seal.window.parse::<WindowId>() else {
            return self.fail(number, Some(&seal.window), said!("this is no window", "这不是时段"));
        };
        let key = (seal.window.split('/').next().unwrap_or_default(), seal.generation);
        if !self.programmes.contains_key(&key) {
            let said = said!("sealed before its programme was", "早于项目封存");
            self.fail(number, Some(&seal.window), said);
        }
        if self.links.insert((key.0, key.1, seal.t), &seal.window).is_some() {
            let said = said!(
                "EQUIVOCATION: its link belongs to another window too",
                "前后矛盾（EQUIVOCATION）：其密钥也属于另一时段"
            );
            self.fail(number, Some(&seal.window), said);
        }
        let told = self.history.windows.entry(id).or_default();
        let twice = told.seal.is_some() || told.void.is_some();
        told.seal = told.seal.or(Some(seal));
        if twice {
            let said = said!(
                "EQUIVOCATION: sealed twice, or after it was void",
                "前后矛盾（EQUIVOCATION）：重复封存，或作废后又封存"
            );
            self.fail(number, Some(&seal.window), said);
        }
    }

    /// A back-check is sealed once, with its window and under its link.
    fn back_check(&mut self, number: u64, back: &'a SealEntry) {
        let told = of_back_check(&back.window).and_then(|id| self.history.windows.get_mut(&id));
        let fits = |seal: &SealEntry| (seal.t, seal.generation, &seal.start) == (back.t, back.generation, &back.start);
        match told {
            Some(told) if told.back_check.is_none() && !told.drawn && told.seal.is_some_and(fits) => {
                told.back_check = Some(back);
            }
            _ => {
                let said = said!(
                    "EQUIVOCATION: this back-check was sealed twice, or not together with its window",
                    "前后矛盾（EQUIVOCATION）：此复查重复封存，或未与其时段一并封存"
                );
                self.fail(number, Some(&back.window), said);
            }
        }
    }

    fn drawn_again(&mut self, number: u64, window: &str) {
        let told = of_back_check(window).and_then(|id| self.history.windows.get_mut(&id));
        match told {
            Some(told) if told.back_check.is_some() && told.drawn && !told.drawn_again => told.drawn_again = true,
            _ => {
                let said = said!(
                    "EQUIVOCATION: this back-check was drawn twice, or without its seal and its window's draw",
                    "前后矛盾（EQUIVOCATION）：此复查重复抽取，或其封存、所属时段的抽取不在之前"
                );
                self.fail(number, Some(window), said);
            }
        }
    }

    fn drawn(&mut self, number: u64, window: &str) {
        let told = window.parse().ok().and_then(|id: WindowId| self.history.windows.get_mut(&id));
        let fine = match told {
            Some(told) => {
                let fine = told.seal.is_some() && !told.drawn && told.void.is_none();
                told.drawn = true;
                fine
            }
            None => false,
        };
        if !fine {
            let said = said!(
                "EQUIVOCATION: drawn twice, or void, or without a seal before it",
                "前后矛盾（EQUIVOCATION）：重复抽取、已作废，或抽取前未封存"
            );
            self.fail(number, Some(window), said);
        }
    }

    fn reveal(&mut self, number: u64, programme: &'a str, generation: u32, t: u32, links: &[Sha256]) {
        let anchors = self.programmes.get(&(programme, generation)).map(|terms| terms.anchors.as_slice());
        let lead_there = anchors.is_some_and(|anchors| {
            let pairs = links.iter().zip(anchors);
            links.len() == anchors.len()
                && pairs.into_iter().all(|(link, anchor)| ChainKey::from_bytes(link.0).is_link(t, anchor))
        });
        if !lead_there {
            let said = said!("the revealed links do not lead to the anchors", "公开的密钥不能到达锚点");
            return self.fail(number, None, said);
        }
        let highest = self.history.revealed.entry((programme, generation)).or_default();
        *highest = (*highest).max(t);
    }

    fn restored(&mut self, number: u64, known: u64, head: &Sha256) {
        let source = Some(Source { file: self.history.log.file.clone(), line: number });
        let said = if self.history.log.holds(known, head) {
            said!(
                "the database was put back to a backup here; no entry was lost",
                "此处数据库曾从备份恢复；日志没有缺失"
            )
        } else {
            said!(
                "the database was put back to a backup here: what the log said up to entry {known} is lost; ask witnesses for the digests of those days",
                "此处数据库曾从备份恢复：原日志至第{known}条的内容已丢失；请向见证人索取当时的日报"
            )
        };
        self.verdict.warnings.push(Told { window: None, source, said });
    }
}

/// The window that a back-check rides on.
fn of_back_check(name: &str) -> Option<WindowId> {
    let id: WindowId = name.rsplit_once('/')?.0.parse().ok()?;
    (name_of(&id) == name).then_some(id)
}
