//! Verdict over many bundles: what they prove together, what is missing, what nobody can exclude (DRAW 4).
//!
//! - [`Series`] takes bundles, logs and witnesses in any order and in bounded memory, then judges.
//! - [`log_file`], `history`, `expected`: what a log says happened, and what it had to tell of.
//! - [`witness`]: a digest in somebody else's mailbox.
//! - `verdict`: the result, in words and as JSON.

mod expected;
mod history;
pub mod log_file;
mod verdict;
pub mod witness;

pub use verdict::{Outcome, Told, Verdict};

use crate::draw::BeaconRule;
use crate::draw::bundle::BundleKind;
use crate::draw::verify::Checked;
use crate::model::{Said, Sha256, Timestamp, WindowId};
use crate::said;
use chrono::NaiveDate;
use history::History;
use log_file::Log;
use std::collections::{BTreeMap, BTreeSet};
use witness::Witness;

/// What the person who verifies brings along.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// Anchors known from elsewhere.
    pub anchors: Vec<Sha256>,
    pub witnesses: Vec<Witness>,
    /// Days of which every window must be there; by default all that the log tells of.
    pub from: Option<NaiveDate>,
    pub to: Option<NaiveDate>,
}

impl Wanted {
    fn covers(&self, day: NaiveDate) -> bool {
        self.from.is_none_or(|from| from <= day) && self.to.is_none_or(|to| day <= to)
    }
}

/// Where a bundle stands.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Source {
    pub file: String,
    pub line: u64,
}

/// What is kept of a bundle that follows.
#[derive(Debug)]
struct Seen {
    source: Source,
    kind: BundleKind,
    fingerprint: Sha256,
    beacon: String,
    awaited: String,
    t: u32,
    anchors: Vec<Sha256>,
    rule: BeaconRule,
    draw_at: Option<Timestamp>,
    /// Heads before and after the entries of programme, seal, draw, …
    heads: Vec<(Sha256, Sha256)>,
}

/// Bundles, logs and witnesses as they come in.
#[derive(Debug, Default)]
pub struct Series {
    wanted: Wanted,
    logs: Vec<Log>,
    seen: BTreeMap<WindowId, Seen>,
    /// Of finished visits that were drawn again with these windows.
    back_checks: BTreeMap<WindowId, Seen>,
    /// Window of each link, by the first anchor and t.
    links: BTreeMap<(Sha256, u32), WindowId>,
    /// Beacon and window by what the seal awaited, of lotteries: one draw has one result.
    results: BTreeMap<String, (String, WindowId)>,
    bundles: usize,
    failures: Vec<Told>,
    /// Lines of each file that could not be read.
    unreadable: BTreeMap<String, usize>,
}

/// So many unreadable lines of one file are told.
const MOST_UNREADABLE: usize = 6;
/// More findings of one bundle say no more.
const MOST_FINDINGS: usize = 20;

impl Series {
    pub fn new(wanted: Wanted) -> Series {
        Series { wanted, ..Series::default() }
    }

    /// A line of a file that is neither a bundle nor an entry of a log.
    ///
    /// A file of another kind is told of in a few lines, however many it has.
    pub fn unreadable(&mut self, source: Source, said: Said) {
        let told = self.unreadable.entry(source.file.clone()).or_default();
        *told += 1;
        if *told > MOST_UNREADABLE {
            return;
        }
        let said = match *told {
            MOST_UNREADABLE => said!(
                "and more lines of this file are neither bundles nor entries of a log: is it the right file?",
                "此文件还有更多行既不是证据包也不是日志条目：是否选错了文件？"
            ),
            _ => said,
        };
        self.failures.push(Told { window: None, source: Some(source), said });
    }

    pub fn add_log(&mut self, log: Log, troubles: Vec<(u64, Said)>) {
        for (line, said) in troubles {
            let source = Source { file: log.file.clone(), line };
            self.failures.push(Told { window: None, source: Some(source), said });
        }
        self.logs.push(log);
    }

    pub fn add_bundle(&mut self, source: Source, checked: Checked) {
        self.bundles += 1;
        let window = checked.window;
        let found = checked.findings.len();
        for finding in checked.findings.iter().take(MOST_FINDINGS) {
            self.failures.push(Told {
                window: Some(window.to_string()),
                source: Some(source.clone()),
                said: finding.said(),
            });
        }
        let Some(bound) = checked.bound.filter(|_| found == 0) else { return };
        let seen = Seen {
            source,
            kind: checked.kind,
            fingerprint: bound.fingerprint,
            beacon: bound.beacon.unwrap_or_default(),
            awaited: bound.seal.beacon,
            t: bound.seal.t,
            anchors: bound.terms.anchors,
            rule: bound.terms.beacon,
            draw_at: Timestamp::parse(&bound.seal.draw_at),
            heads: bound.links_of_log,
        };
        match checked.is_back_check {
            true => self.compare_back_check(window, seen),
            false => self.compare(window, seen),
        }
    }

    fn compare_back_check(&mut self, window: WindowId, seen: Seen) {
        if self.back_checks.get(&window).is_some_and(|other| other.fingerprint != seen.fingerprint) {
            let said = said!(
                "EQUIVOCATION: another bundle says otherwise of the same back-check",
                "前后矛盾（EQUIVOCATION）：同一次复查抽取另有不同的证据包"
            );
            self.failures.push(Told { window: Some(window.to_string()), source: Some(seen.source.clone()), said });
        }
        self.back_checks.entry(window).or_insert(seen);
    }

    /// Two bundles that both follow and differ: somebody told two stories.
    fn compare(&mut self, window: WindowId, seen: Seen) {
        let mut contradict = |other: &Seen, other_window: &WindowId| {
            // Bundles come in as they are ready; what is told of them does not depend on that.
            let (first, second) = if other.source < seen.source { (other, &seen) } else { (&seen, other) };
            let Source { file, line } = &first.source;
            self.failures.push(Told {
                window: Some(window.to_string()),
                source: Some(second.source.clone()),
                said: said!(
                    "EQUIVOCATION: another bundle says otherwise of the same window or link ({other_window}, {file} line {line})",
                    "前后矛盾（EQUIVOCATION）：同一时段或同一密钥另有不同的证据包（{other_window}，{file}第{line}行）"
                ),
            });
        };
        let of_link = seen.anchors.first().map(|anchor| (*anchor, seen.t));
        if let Some(other) = self.seen.get(&window) {
            if other.fingerprint != seen.fingerprint {
                contradict(other, &window);
            }
        } else if let Some(other_window) = of_link.and_then(|link| self.links.get(&link))
            && let Some(other) = self.seen.get(other_window)
        {
            contradict(other, other_window);
        }
        if let (BeaconRule::Manual(_), BundleKind::Auditor | BundleKind::Public) = (&seen.rule, seen.kind) {
            let result = (seen.beacon.clone(), window.clone());
            let (first, other) = self.results.entry(seen.awaited.clone()).or_insert(result);
            if *first != seen.beacon {
                let said = said!(
                    "EQUIVOCATION: the same draw of the lottery has another result in {other}",
                    "前后矛盾（EQUIVOCATION）：同一期开奖在{other}中另有结果"
                );
                self.failures.push(Told { window: Some(window.to_string()), source: Some(seen.source.clone()), said });
            }
        }
        if let Some(link) = of_link {
            self.links.entry(link).or_insert_with(|| window.clone());
        }
        self.seen.entry(window).or_insert(seen);
    }

    /// Judges what came in.
    pub fn finish(mut self) -> Verdict {
        self.agree();
        let mut verdict = Verdict::new(self.bundles);
        verdict.public = self.seen.values().filter(|seen| seen.kind == BundleKind::Public).count();
        verdict.failures = std::mem::take(&mut self.failures);
        verdict.back_checks = self.back_checks.len();
        let histories: Vec<History<'_>> = self.logs.iter().map(|log| History::read(log, &mut verdict)).collect();
        for history in &histories {
            history.judge(&self.wanted, &self.seen, &mut verdict);
            history.judge_back_checks(&self.wanted, &self.back_checks, &mut verdict);
        }
        self.place(&histories, &mut verdict);
        self.origin(&histories, &mut verdict);
        let drawn: BTreeSet<&WindowId> = histories.iter().flat_map(History::drawn).collect();
        let void: BTreeSet<&WindowId> = histories.iter().flat_map(History::void).collect();
        let shown = |kind: fn(BundleKind) -> bool| self.seen.iter().filter(move |(_, s)| kind(s.kind)).map(|(w, _)| w);
        verdict.drawn = drawn.into_iter().chain(shown(|k| k != BundleKind::Void)).collect::<BTreeSet<_>>().len();
        verdict.void = void.into_iter().chain(shown(|k| k == BundleKind::Void)).collect::<BTreeSet<_>>().len();
        if self.logs.is_empty() {
            verdict.warnings.push(Told::plain(said!(
                "no log was given: whether windows are missing was not checked",
                "未提供日志：未检查是否缺少时段"
            )));
        }
        verdict.conclude(self.seen.values().map(|seen| &seen.rule))
    }

    /// Logs of one office must tell the same as far as both go; the shorter one then says nothing new.
    fn agree(&mut self) {
        let mut kept: Vec<Log> = Vec::new();
        for log in std::mem::take(&mut self.logs) {
            let Some(other) = kept.iter_mut().find(|other| other.shares_an_office_with(&log)) else {
                kept.push(log);
                continue;
            };
            let heads = other.entries.iter().zip(&log.entries).position(|((_, a, _), (_, b, _))| a != b);
            if let Some(at) = heads {
                let (line, file) = (at as u64 + 1, &other.file);
                let source = Some(Source { file: log.file.clone(), line });
                let said = said!(
                    "EQUIVOCATION: {file} tells something else from this entry on",
                    "前后矛盾（EQUIVOCATION）：自此条起与{file}不同"
                );
                self.failures.push(Told { window: None, source, said });
            } else if log.entries.len() > other.entries.len() {
                *other = log;
            }
        }
        self.logs = kept;
    }

    /// Every bundle's entries must stand in the log, in their order.
    fn place(&self, histories: &[History<'_>], verdict: &mut Verdict) {
        if histories.is_empty() {
            return;
        }
        for (window, seen) in self.seen.iter().chain(&self.back_checks) {
            let in_order = |history: &History<'_>| {
                let numbers: Option<Vec<usize>> = seen.heads.iter().map(|(b, h)| history.number_of(b, h)).collect();
                numbers.is_some_and(|numbers| numbers.is_sorted())
            };
            if !histories.iter().any(in_order) {
                verdict.failures.push(Told {
                    window: Some(window.to_string()),
                    source: Some(seen.source.clone()),
                    said: said!(
                        "the entries of this bundle do not stand in the log, or not in this order",
                        "此证据包的日志条目不在日志中，或次序不符"
                    ),
                });
            }
        }
    }

    /// Who vouches for anchors and heads beside the operator.
    fn origin(&self, histories: &[History<'_>], verdict: &mut Verdict) {
        let known = |witness: &Witness| {
            let in_log = histories.iter().any(|history| history.holds(witness));
            in_log || self.seen.values().any(|s| s.heads.iter().any(|(_, head)| *head == witness.head))
        };
        for witness in &self.wanted.witnesses {
            let (number, server, at) = (witness.number, &witness.server, witness.at);
            let source = Some(Source { file: witness.file.clone(), line: 1 });
            if known(witness) {
                verdict.witnesses.push(said!(
                    "{}: entry {number} was in a mailbox by {at}, says this server: {server}",
                    "{}：第{number}条于{at}前已在邮箱中，服务器记录：{server}",
                    witness.file
                ));
            } else if histories.is_empty() {
                let said = said!(
                    "this mail's head stands in none of the bundles: give the log too",
                    "此邮件中的日志头不在证据包中：请同时提供日志"
                );
                verdict.warnings.push(Told { window: None, source, said });
            } else {
                let said = said!(
                    "EQUIVOCATION: this mail names another head for entry {number} than the log, or the log ends before it",
                    "前后矛盾（EQUIVOCATION）：此邮件中第{number}条的日志头与日志不同，或日志在此前结束"
                );
                verdict.failures.push(Told { window: None, source, said });
            }
        }
        for anchor in &self.wanted.anchors {
            // An anchor of a generation that has no bundle here is known where the log names it.
            let logged = self.logs.iter().any(|log| log.names(anchor));
            if !logged && !self.seen.values().any(|seen| seen.anchors.contains(anchor)) {
                let said =
                    said!("no bundle is of the chain with anchor {anchor}", "没有证据包属于锚点为{anchor}的密钥链");
                verdict.failures.push(Told::plain(said));
            }
        }
        for seen in self.seen.values() {
            let seal = seen.heads.get(1);
            // By which a witness had the seal, and whether that was before the beacon could be known.
            let by: Vec<Timestamp> = self
                .wanted
                .witnesses
                .iter()
                .filter(|w| {
                    seal.is_some_and(|(before, head)| {
                        *head == w.head
                            || histories.iter().any(|history| {
                                history.holds(w)
                                    && history.number_of(before, head).is_some_and(|n| n as u64 <= w.number)
                            })
                    })
                })
                .map(|w| w.at)
                .collect();
            let anchored = seen.anchors.iter().all(|anchor| self.wanted.anchors.contains(anchor));
            verdict.origins += usize::from(anchored || !by.is_empty());
            let before = |at: &Timestamp| seen.draw_at.is_some_and(|draw_at| *at < draw_at);
            verdict.witnessed += usize::from(by.iter().any(before));
        }
        verdict.followed = self.seen.len();
    }
}
