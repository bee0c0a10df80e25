//! The frame: root, digests, and chances that follow from the terms.

use super::{At, Binding, Finding};
use crate::draw::back_check::is_by_rule;
use crate::draw::bundle::{BundleKind, Evidence, FrameLine, FrameRow, RowDetail};
use crate::draw::frame::{Pools, root_of_leaves};
use crate::draw::hazard::{PLAIN, hazards};
use crate::draw::{Chance, Detail, Frame, Reason, RiskRule, Row, Salt, Standing};
use crate::model::{Said, Sha256};
use crate::said;
use std::collections::{BTreeMap, BTreeSet};

/// Checks the frame; `None` where it is none at all. Of a public bundle the answer holds the drawn rows
/// only; the root is that of all.
pub(super) fn check(
    kind: BundleKind,
    binding: &Binding,
    evidence: &Evidence,
    findings: &mut Vec<Finding>,
) -> Option<(Frame, Sha256)> {
    let seal = &binding.seal;
    let before = findings.len();
    let mut numbers = Numbers {
        known: evidence.pools.iter().map(|pool| pool.name.as_str()).collect(),
        pools: Pools::default(),
        last: ("", 0),
    };
    let (mut leaves, mut rows) = (Vec::new(), Vec::new());
    for (number, line) in evidence.frame.iter().enumerate() {
        let shown = match line {
            FrameLine::Leaf(leaf) if kind == BundleKind::Public => {
                leaves.push(*leaf);
                continue;
            }
            FrameLine::Leaf(_) => {
                found_window(findings, said!("an auditor's bundle shows every row", "审计包须列出每一行"));
                return None;
            }
            FrameLine::Row(row) => row,
        };
        match row(shown, kind, &mut numbers) {
            Ok(row) => {
                if kind == BundleKind::Public {
                    leaves.push(row.leaf());
                }
                rows.push(row);
            }
            Err(said) => findings.push(Finding::new(At::Row(number + 1, shown.id.clone()), said)),
        }
    }
    if findings.len() > before {
        return None;
    }
    if let Some(at) = rows.windows(2).position(|two| two[0].id >= two[1].id) {
        let said = said!("the rows do not stand in the byte order of their ids", "各行未按编号字节顺序排列");
        findings.push(Finding::new(At::Row(at + 2, rows[at + 1].id.clone()), said));
        return None;
    }
    // Lookalikes are refused as when the frame was sealed.
    let frame = match Frame::with_pools(rows, numbers.pools) {
        Ok(frame) => frame,
        Err(error) => {
            found_window(findings, error.said());
            return None;
        }
    };
    let (count, places) = (evidence.frame.len(), seal.places);
    if count as u64 != places {
        found_window(findings, said!("{count} rows, but {places} were sealed", "共{count}行，封存的是{places}行"));
    }
    let root = if kind == BundleKind::Public { root_of_leaves(leaves) } else { *frame.root() };
    if root != seal.root {
        let sealed = seal.root;
        found_window(
            findings,
            said!(
                "the rows' root is {root}, but {sealed} was sealed: a row was changed, added or dropped",
                "各行的根为{root}，封存的是{sealed}：有行被更改、增加或删去"
            ),
        );
    }
    if let Some(share) = binding.share {
        by_the_share(share, &frame, findings);
    }
    match kind {
        BundleKind::Auditor => details(binding, &frame, findings),
        _ if binding.share.is_none() => within_the_band(binding, &frame, findings),
        _ => {}
    }
    Some((frame, root))
}

/// A finished visit is drawn again as a visit or as a call, with a chance that the rule of back-checks gives.
fn by_the_share(share: Chance, frame: &Frame, findings: &mut Vec<Finding>) {
    for (number, row) in (1..).zip(frame.rows()) {
        let fits = match (row.visit, row.call) {
            (Chance::ZERO, Chance::ZERO) => row.reason.is_some(),
            (Chance::ZERO, p) | (p, Chance::ZERO) => is_by_rule(share, p),
            _ => false,
        };
        if !fits {
            let (visit, call, share) = (row.visit.get(), row.call.get(), share.get());
            let said = said!(
                "p_visit {visit} and p_call {call} do not follow from the share {share} of finished visits",
                "p_visit为{visit}、p_call为{call}，与已完成走访的复查比例{share}不符"
            );
            findings.push(Finding::new(At::Row(number, row.id.clone()), said));
        }
    }
}

/// Of a public bundle nobody sees whence a chance comes, but its bounds are public.
fn within_the_band(binding: &Binding, frame: &Frame, findings: &mut Vec<Finding>) {
    let (lo, hi, call) = (binding.terms.lo, binding.terms.hi, binding.terms.p_call);
    for (number, row) in (1..).zip(frame.rows()) {
        let (visit, own_call) = (row.visit.get(), row.call.get());
        if (visit != 0 && !(lo..=hi).contains(&visit)) || (own_call != 0 && own_call != call) {
            let said = said!(
                "p_visit {visit} and p_call {own_call} are not within the sealed band ({lo} to {hi}; {call})",
                "p_visit为{visit}、p_call为{own_call}，不在封存的范围内（{lo}至{hi}；{call}）"
            );
            findings.push(Finding::new(At::Row(number, row.id.clone()), said));
        }
    }
}

fn found_window(findings: &mut Vec<Finding>, said: Said) {
    findings.push(Finding::new(At::Window, said));
}

/// Numbers of the pools that rows name.
struct Numbers<'a> {
    known: BTreeSet<&'a str>,
    pools: Pools,
    /// Neighbours are mostly of one pool.
    last: (&'a str, u16),
}

impl<'a> Numbers<'a> {
    fn of(&mut self, pool: &'a str) -> Result<u16, Said> {
        if self.last.0 != pool {
            if !self.known.contains(pool) {
                return Err(said!("there is no pool “{pool}”", "没有分组“{pool}”"));
            }
            self.last = (pool, self.pools.number_of(&pool.parse()?)?);
        }
        Ok(self.last.1)
    }
}

fn row<'a>(shown: &'a FrameRow, kind: BundleKind, numbers: &mut Numbers<'a>) -> Result<Row, Said> {
    let chance = |name: &str, p: u64| {
        Chance::new(p)
            .ok_or_else(|| said!("{name} is {p}, which is above 1 (4294967296)", "{name}为{p}，超过1（4294967296）"))
    };
    let mut row = Row::new(shown.id.clone(), chance("p_visit", shown.visit)?, chance("p_call", shown.call)?);
    match (&shown.detail, kind) {
        (Some(RowDetail { reason, age, risk }), BundleKind::Auditor) => {
            let unknown = || said!("“{reason}” is no known reason", "“{reason}”不是已知原因");
            if !reason.is_empty() {
                row.reason = Some(Reason::from_code(reason).ok_or_else(unknown)?);
            }
            row.detail = Detail { age: *age, risk: *risk, ..row.detail };
        }
        (None, BundleKind::Public) => {}
        _ => {
            return Err(said!(
                "a row has five fields in a public bundle and eight in an auditor's",
                "公开包每行五项，审计包每行八项"
            ));
        }
    }
    let (salt, pool) = (&shown.salt, &shown.pool);
    if !salt.is_empty() {
        let read = Salt::from_hex(salt).filter(|_| !salt.bytes().any(|b| b.is_ascii_uppercase()));
        let wrong = || said!("the salt is not 32 lower-case hex digits", "盐值应为32位小写十六进制数");
        row.salt = Some(read.ok_or_else(wrong)?);
    }
    if !pool.is_empty() {
        row.detail.pool = numbers.of(pool)?;
    }
    Ok(row)
}

/// What only an auditor can recompute: digest of details, counts, sum, and each chance.
fn details(binding: &Binding, frame: &Frame, findings: &mut Vec<Finding>) {
    let seal = &binding.seal;
    if frame.digest_of_details() != seal.details {
        found_window(
            findings,
            said!(
                "reasons, ages, risks or pools of the rows are not those that were sealed",
                "各行的原因、轮次、风险或分组与封存的不同"
            ),
        );
    }
    let (sum, sealed) = (frame.sum_of_visits(), seal.sum_p);
    if sum != sealed {
        found_window(
            findings,
            said!("the chances add up to {sum}, sealed was {sealed}", "概率总和为{sum}，封存的是{sealed}"),
        );
    }
    let mut excluded: BTreeMap<String, u64> = BTreeMap::new();
    for reason in frame.rows().iter().filter_map(|row| row.reason) {
        *excluded.entry(reason.code().to_owned()).or_default() += 1;
    }
    if excluded != seal.excluded {
        found_window(
            findings,
            said!("the counts of excluded places are not those that were sealed", "排除地点的数目与封存的不同"),
        );
    }
    if binding.share.is_none() {
        chances(binding, frame.rows(), findings);
    }
}

/// Every chance follows from age and risk by the terms.
fn chances(binding: &Binding, rows: &[Row], findings: &mut Vec<Finding>) {
    let Ok(policy) = binding.terms.policy() else { return };
    let standings: Vec<Standing> = rows
        .iter()
        .filter(|row| row.visit > Chance::ZERO)
        .map(|row| Standing { age: row.detail.age, risk: row.detail.risk })
        .collect();
    let mut expected = hazards(&policy, &standings).into_iter();
    for (i, row) in rows.iter().enumerate() {
        let mut found = |said: Said| findings.push(Finding::new(At::Row(i + 1, row.id.clone()), said));
        let (visit, call) = (row.visit.get(), row.call.get());
        if row.visit > Chance::ZERO {
            let own = expected.next().unwrap_or_default();
            if own != row.visit {
                let own = own.get();
                found(said!("p_visit is {visit}, but the terms give {own}", "p_visit为{visit}，按规则应为{own}"));
            }
            if !(policy.lo..=policy.hi).contains(&row.visit) {
                let (lo, hi) = (policy.lo.get(), policy.hi.get());
                found(said!("p_visit is {visit}, outside {lo} to {hi}", "p_visit为{visit}，超出{lo}至{hi}"));
            }
            if binding.terms.risk == RiskRule::Plain && row.detail.risk != PLAIN {
                found(said!("the programme knows no risks, but the row has one", "项目不设风险权重，该行却有"));
            }
        }
        if ![0, policy.call.get()].contains(&call) {
            let own = policy.call.get();
            found(said!("p_call is {call}, expected 0 or {own}", "p_call为{call}，应为0或{own}"));
        }
        if (visit == 0 || call < policy.call.get()) != row.reason.is_some() {
            found(said!(
                "a chance of zero needs a reason, and a reason means a chance of zero",
                "概率为零须有原因，有原因则须有一项概率为零"
            ));
        }
    }
}
