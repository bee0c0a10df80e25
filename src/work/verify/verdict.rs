//! The result of a verification, in words and as JSON.

use super::Source;
use crate::draw::BeaconRule;
use crate::model::{Language, Said};
use crate::said;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// One thing that was found, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    pub window: Option<String>,
    /// File and line; line 0 is the file as a whole.
    pub source: Option<Source>,
    pub said: Said,
}

impl Told {
    pub fn plain(said: Said) -> Told {
        Told { window: None, source: None, said }
    }

    pub fn text(&self, language: Language) -> String {
        let mut places: Vec<String> = Vec::new();
        if let Some(Source { file, line }) = &self.source {
            places.push(match (line, language) {
                (0, _) => file.clone(),
                (_, Language::En) => format!("{file} line {line}"),
                (_, Language::ZhHans) => format!("{file}第{line}行"),
            });
        }
        places.extend(self.window.clone());
        let what = self.said.in_language(language);
        match (places.is_empty(), language) {
            (true, _) => what.to_owned(),
            (false, Language::En) => format!("{}: {what}", places.join(", ")),
            (false, Language::ZhHans) => format!("{}：{what}", places.join("，")),
        }
    }

    fn json(&self, language: Language) -> Value {
        json!({
            "window": self.window, "file": self.source.as_ref().map(|s| &s.file),
            "line": self.source.as_ref().map(|s| s.line), "text": self.said.in_language(language),
        })
    }
}

/// How it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    Proved,
    /// Consistent with itself; or proved with warnings that a person must look into.
    Consistent,
    Failed,
}

#[derive(Debug)]
pub struct Verdict {
    pub outcome: Outcome,
    pub bundles: usize,
    /// Windows with a bundle that follows.
    pub followed: usize,
    /// Draws of finished visits that follow from their bundles.
    pub back_checks: usize,
    pub drawn: usize,
    pub void: usize,
    /// Voids by the code of their reason.
    pub reasons: BTreeMap<String, usize>,
    /// Drawn windows whose keys are not public yet.
    pub unrevealed: usize,
    /// Of the windows that follow: those with an anchor or a witness.
    pub origins: usize,
    /// Of the windows that follow: those whose seal was in a witness's mailbox before the draw.
    pub witnessed: usize,
    /// Of the windows that follow: those of which only a public bundle was given.
    pub public: usize,
    pub failures: Vec<Told>,
    pub warnings: Vec<Told>,
    pub witnesses: Vec<Said>,
    /// What is proved, and what nothing here excludes.
    pub limits: Vec<Said>,
}

impl Verdict {
    pub(super) fn new(bundles: usize) -> Verdict {
        Verdict {
            outcome: Outcome::Failed,
            bundles,
            followed: 0,
            back_checks: 0,
            drawn: 0,
            void: 0,
            reasons: BTreeMap::new(),
            unrevealed: 0,
            origins: 0,
            witnessed: 0,
            public: 0,
            failures: Vec::new(),
            warnings: Vec::new(),
            witnesses: Vec::new(),
            limits: Vec::new(),
        }
    }

    /// Weighs everything; `rules` are those of the windows that follow.
    pub(super) fn conclude<'r>(mut self, rules: impl Iterator<Item = &'r BeaconRule>) -> Verdict {
        let rules: Vec<&BeaconRule> = rules.collect();
        if self.bundles == 0 {
            self.failures.push(Told::plain(said!("there is no bundle in these files", "这些文件中没有证据包")));
        }
        self.failures.sort_by(|a, b| (&a.source, &a.window).cmp(&(&b.source, &b.window)));
        self.limits = limits(&rules, self.witnessed);
        self.limits.splice(0..0, self.limits_of_what_was_given());
        self.outcome = match (self.failures.is_empty(), self.followed == self.origins && self.warnings.is_empty()) {
            (false, _) => Outcome::Failed,
            (true, true) => Outcome::Proved,
            (true, false) => Outcome::Consistent,
        };
        self
    }

    /// What public bundles leave open, and what an anchor does where no witness stands beside it.
    fn limits_of_what_was_given(&self) -> Vec<Said> {
        let mut limits = Vec::new();
        if self.public > 0 {
            let n = self.public;
            limits.push(said!(
                "Public bundles ({n}): that no drawn place was left out, and whence the chances come, is asserted by the operator. Ask for auditor bundles, or let each place compute its own ticket from its proof.",
                "公开包（{n}个）：是否漏列已抽中的地点、概率从何而来，仅为运行者声明。请索取审计包，或由各地点凭其证明自行计算签号。"
            ));
        }
        if self.origins > 0 && self.witnesses.is_empty() {
            limits.push(said!(
                "An anchor without a witness: once keys are public, anybody who has them could have made such files. Keep a digest of the time in a mailbox of your own.",
                "仅有锚点、没有见证：密钥公开后，任何持有者都能伪造这样的文件。请在自己的邮箱中保存当时的日报。"
            ));
        }
        limits
    }

    /// The whole verdict, a line each.
    pub fn lines(&self, language: Language) -> Vec<String> {
        let Verdict { followed, drawn, void, unrevealed, origins, witnessed, .. } = self;
        let mut said = vec![self.headline()];
        let settled = drawn + void;
        let rate = if settled == 0 { 0.0 } else { 100.0 * *void as f64 / settled as f64 };
        said.push(said!(
            "Windows: {drawn} drawn, {void} void ({rate:.1} % of {settled}); {followed} recomputed from their bundles; {unrevealed} drawn whose keys are not public yet.",
            "时段：已抽取{drawn}个，作废{void}个（占{settled}个的{rate:.1}%）；据证据包重算{followed}个；已抽取但密钥未公开{unrevealed}个。"
        ));
        if self.back_checks > 0 {
            let n = self.back_checks;
            said.push(said!(
                "Back-checks: {n} draws of finished visits recomputed from their bundles.",
                "复查：据证据包重算对已完成走访的抽取{n}次。"
            ));
        }
        if !self.reasons.is_empty() {
            let reasons = self.reasons.iter().map(|(reason, n)| format!("{reason} {n}")).collect::<Vec<_>>().join(", ");
            said.push(said!("Voids by reason: {reasons}.", "作废原因：{reasons}。"));
        }
        if *origins < *followed {
            let without = followed - origins;
            said.push(said!(
                "Origin not established for {without} of {followed}: give --anchor (of every custodian, as published when the programme began) or --witness (its evening digest, from a mailbox on another server).",
                "{followed}个中有{without}个来源未确认：请用--anchor（每位保管人的锚点，项目启用时公布）或--witness（其他服务器邮箱中的日报）。"
            ));
        }
        said.push(said!(
            "Sealed before the draw, by witness: {witnessed} of {followed}.",
            "有见证人证明先封存后抽取：{followed}个中{witnessed}个。"
        ));
        said.extend(self.witnesses.iter().cloned());
        said.extend(self.limits.iter().cloned());
        let mut lines: Vec<String> = said.iter().map(|said| said.in_language(language).to_owned()).collect();
        let marked = |mark: &Said, told: &Told| format!("{}{}", mark.in_language(language), told.text(language));
        let (fails, warns) = (said!("FAILS: ", "不符："), said!("Look into: ", "请核查："));
        lines.extend(self.failures.iter().map(|told| marked(&fails, told)));
        lines.extend(self.warnings.iter().map(|told| marked(&warns, told)));
        lines
    }

    fn headline(&self) -> Said {
        match self.outcome {
            Outcome::Proved => said!("PROVED, within the limits below.", "已证明（限于下述范围）。"),
            Outcome::Consistent if self.origins < self.followed => {
                said!("Consistent with itself; origin not established.", "自身一致；来源未确认。")
            }
            Outcome::Consistent => {
                said!("Everything follows; some things are left to look into.", "计算相符；另有事项需要核查。")
            }
            Outcome::Failed => {
                let failures = self.failures.len();
                said!("NOT PROVED: {failures} things do not follow.", "未能证明：{failures}处不符。")
            }
        }
    }

    pub fn json(&self, language: Language) -> Value {
        let all = |told: &[Told]| told.iter().map(|t| t.json(language)).collect::<Vec<_>>();
        let said = |said: &[Said]| said.iter().map(|s| s.in_language(language).to_owned()).collect::<Vec<_>>();
        json!({
            "result": match self.outcome {
                Outcome::Proved => "proved",
                Outcome::Consistent => "consistent",
                Outcome::Failed => "failed",
            },
            "bundles": self.bundles, "recomputed": self.followed, "back_checks": self.back_checks, "drawn": self.drawn, "void": self.void,
            "void_reasons": self.reasons, "not_revealed": self.unrevealed, "origin_established": self.origins,
            "sealed_before_draw_by_witness": self.witnessed, "witnesses": said(&self.witnesses),
            "limits": said(&self.limits), "failures": all(&self.failures), "warnings": all(&self.warnings),
        })
    }
}

/// What each rule excludes, in the words of DRAW 4.
fn limits(rules: &[&BeaconRule], witnessed: usize) -> Vec<Said> {
    let mut limits = Vec::new();
    if rules.contains(&&BeaconRule::Local) {
        limits.push(said!(
            "Beacon local. Checked: the list follows from the sealed frame, key and beacon. Not checkable: that the office did not try other beacons and keep one. Protects against outsiders, and against insiders before the draw; not against the operator.",
            "本地信标。已核：名单由封存的抽样框、密钥和信标得出。无法核查：单位是否试过其他信标再择一保留。可防外部人员，也可防抽取前的内部人员；不能防运行者本人。"
        ));
    }
    let public = rules.iter().filter(|rule| ***rule != BeaconRule::Local).count();
    if public > 0 && witnessed > 0 {
        limits.push(said!(
            "Public beacon with a witness: foresight, steering, redraw and, with auditor bundles, dropping a place are excluded where a witness had the seal before the draw. Whoever runs the daemon knows the list from the draw on.",
            "公共信标且有见证：凡见证人在抽取前已持有封存记录的，可排除预知、操纵、重抽，用审计包时还可排除剔除地点。运行系统者自抽取起知道名单。"
        ));
    }
    for said in rules.iter().filter_map(|rule| rule.to_look_into()) {
        if !limits.contains(&said) {
            limits.push(said);
        }
    }
    if witnessed < rules.len() {
        let without = rules.len() - witnessed;
        limits.push(said!(
            "Frame before beacon: asserted by the operator only, for {without} windows without a witness.",
            "先封存后出信标：{without}个时段无见证，仅为运行者声明。"
        ));
    }
    limits.push(said!(
        "Nothing here stops an inspector from warning a place or from lying: the fairness report measures that.",
        "以上均不能防止检查员通风报信或虚报：公平性报告对此进行测量。"
    ));
    limits
}
