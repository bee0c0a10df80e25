//! Habits that stand out from those of all others, and the page that tells them (EVIDENCE 4).
//!
//! Every habit of every official is one question: how often does somebody like the others show this by
//! chance? Others differ among themselves, so the others' own spread is part of the answer. All questions are
//! asked together, and of those who are named at most one in twenty is an ordinary one. In a county where nobody
//! does anything odd, that is a page without a name nineteen times of twenty.

use super::counties::{County, chances_above, false_discovery};
use super::document::{Cell, Document, Form, Kind, Section, Table};
use crate::model::{Days, Said};
use crate::said;
use statrs::function::factorial::ln_binomial;

/// What may stand out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Pattern {
    SameSecond,
    Borrowed,
    Far,
    Corrected,
}

/// Seen so often, of so many; for a second, of all punches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counted {
    pub seen: u64,
    pub of: u64,
}

/// One question: how likely it is by chance, were this one like the others.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Asked {
    pub counted: Counted,
    /// The share of the others.
    pub others: f64,
    pub chance: f64,
}

/// Of those named, so many may be ordinary ones.
const FALSE_ALARMS: f64 = 0.05;
/// Fewer days or punches than this are no habit.
const FEWEST_OF: u64 = 10;
/// What was seen less often than this is named of nobody.
const FEWEST_SEEN: u64 = 5;

impl Pattern {
    pub const ALL: [Pattern; 4] = [Pattern::SameSecond, Pattern::Borrowed, Pattern::Far, Pattern::Corrected];

    pub fn code(self) -> &'static str {
        match self {
            Pattern::SameSecond => "same_second",
            Pattern::Borrowed => "borrowed",
            Pattern::Far => "far",
            Pattern::Corrected => "corrected",
        }
    }

    pub fn said(self) -> Said {
        match self {
            Pattern::SameSecond => said!("punches in the same second", "打卡总在同一秒"),
            Pattern::Borrowed => said!("days on another's telephone", "用他人手机打卡的天数"),
            Pattern::Far => said!("days out of range", "不在范围内打卡的天数"),
            Pattern::Corrected => said!("days corrected by hand", "补卡或改卡的天数"),
        }
    }

    /// A share of the others below this is no matter: nobody is held against a county of angels.
    fn floor(self) -> f64 {
        match self {
            Pattern::SameSecond => 1.0 / 60.0,
            Pattern::Borrowed => 0.02,
            Pattern::Far | Pattern::Corrected => 0.03,
        }
    }

    /// Each held against the others, in their order; `None` where there is too little to ask.
    pub fn ask(self, counts: &[Counted]) -> Vec<Option<Asked>> {
        let county = |one: &Counted| {
            let rate = if one.of > 0 { one.seen as f64 / one.of as f64 } else { 0.0 };
            County { rate, units: one.of as f64 }
        };
        let counties: Vec<County> = counts.iter().map(county).collect();
        let (seen, of) = counts.iter().fold((0, 0), |(seen, of), one| (seen + one.seen, of + one.of));
        let asked = |(one, chance): (&Counted, f64)| {
            let others = of - one.of;
            let others = if others > 0 { (seen - one.seen) as f64 / others as f64 } else { 0.0 };
            (one.of >= FEWEST_OF).then_some(Asked { counted: *one, others, chance })
        };
        counts.iter().zip(chances_above(&counties, self.floor())).map(asked).collect()
    }
}

/// Whose punches fall on one second of the minute, whatever the day; each against the others' share of that
/// second. A source that knows no seconds has all of them on one, and nobody stands out.
pub fn same_second(counts: &[[u64; 60]]) -> Vec<Option<Asked>> {
    let mut all = [0; 60];
    for one in counts {
        all.iter_mut().zip(one).for_each(|(sum, n)| *sum += n);
    }
    let total: u64 = all.iter().sum();
    let asked = |one: &[u64; 60]| {
        let of: u64 = one.iter().sum();
        let others = (total - of) as f64;
        let of_second = |(seen, all): (&u64, &u64)| {
            let share = if others > 0.0 { (all - seen) as f64 / others } else { 0.0 };
            // Sixty seconds, sixty chances.
            let chance = (60.0 * at_least(*seen, of, share.max(Pattern::SameSecond.floor()))).min(1.0);
            Asked { counted: Counted { seen: *seen, of }, others: share, chance }
        };
        let likeliest = one.iter().zip(&all).filter(|(seen, _)| **seen > 1).map(of_second);
        let most = likeliest.min_by(|a, b| a.chance.total_cmp(&b.chance));
        let none = Asked { counted: Counted { seen: 1, of }, others: Pattern::SameSecond.floor(), chance: 1.0 };
        (of >= FEWEST_OF).then(|| most.unwrap_or(none))
    };
    counts.iter().map(asked).collect()
}

/// How often `of` independent events of this chance happen `seen` times or more.
fn at_least(seen: u64, of: u64, chance: f64) -> f64 {
    if chance >= 1.0 || seen == 0 {
        return 1.0;
    }
    let exactly = |k: u64| (ln_binomial(of, k) + k as f64 * chance.ln() + (of - k) as f64 * (-chance).ln_1p()).exp();
    (seen..=of).map(exactly).sum::<f64>().min(1.0)
}

/// Of all questions together, which stand out: their share of false alarms, and `None` for the others.
pub fn stand_out(asked: &[Asked]) -> Vec<Option<f64>> {
    let chances: Vec<f64> = asked.iter().map(|one| one.chance).collect();
    let named = |(one, q): (&Asked, f64)| (q <= FALSE_ALARMS && one.counted.seen >= FEWEST_SEEN).then_some(q);
    asked.iter().zip(false_discovery(&chances)).map(named).collect()
}

/// Somebody who stands out.
#[derive(Debug, Clone)]
pub struct Named {
    pub pattern: Pattern,
    pub official: String,
    pub name: Said,
    pub team: String,
    pub village: Said,
    pub source: String,
    pub asked: Asked,
    /// The share of ordinary ones among all who are named with it.
    pub false_alarms: f64,
}

/// What the page is made of.
#[derive(Debug, Clone)]
pub struct Facts {
    pub office: String,
    pub name: Said,
    pub days: Days,
    pub officials: u64,
    /// How many questions were asked of each pattern.
    pub questions: Vec<(Pattern, u64)>,
    pub named: Vec<Named>,
}

pub fn document(facts: &Facts) -> Document {
    let (name, days, officials) = (&facts.name, facts.days, facts.officials);
    let mut lead = vec![said!(
        "This page accuses nobody: it names habits in attendance records that are rarer than chance leaves them.",
        "本页不指控任何人：只列出考勤记录中比偶然所致更少见的情况。"
    )];
    let count = facts.named.len();
    lead.push(said!(
        "{days}: {officials} officials, {count} habits that stand out. Many have a plain reason: ask before you think.",
        "{days}：人员{officials}名，突出情况{count}项。许多都有正常原因：先问清楚，再作判断。"
    ));
    let mut asked = Table::new(&[
        ("pattern", Form::Words, said!("Pattern", "情况")),
        ("officials", Form::Count, said!("Officials asked about", "涉及人员")),
        ("named", Form::Count, said!("Stand out", "突出")),
    ]);
    for (pattern, questions) in &facts.questions {
        let named = facts.named.iter().filter(|one| one.pattern == *pattern).count();
        asked.rows.push(vec![Cell::Words(pattern.said()), Cell::Count(*questions), Cell::count(named)]);
    }
    let silent: Vec<&(Pattern, u64)> = facts.questions.iter().filter(|(_, n)| *n == 0).collect();
    let mut overview = Section::new("asked", said!("What was asked", "核对内容")).with(asked);
    for (pattern, _) in silent {
        let Said { en, zh } = pattern.said();
        overview.said.push(said!("{en}: the records say nothing of it.", "{zh}：记录中没有这类信息。"));
    }
    Document {
        kind: Kind::Patterns,
        office: facts.office.clone(),
        days,
        title: Said::new(
            format!("{}: patterns in attendance, {days}", name.en),
            format!("{}：{days}考勤中的突出情况", name.zh),
        ),
        lead,
        sections: std::iter::once(overview).chain(facts.by_pattern()).collect(),
        notes: notes(),
    }
}

impl Facts {
    fn by_pattern(&self) -> Vec<Section> {
        let of = |pattern: Pattern| {
            let mut table = Table::new(&[
                ("official", Form::Words, said!("Official", "人员")),
                ("name", Form::Words, said!("Name", "姓名")),
                ("team", Form::Words, said!("Team", "工作队")),
                ("village", Form::Words, said!("Village", "村")),
                ("source", Form::Words, said!("Source", "来源")),
                ("seen", Form::Count, said!("Seen", "次数")),
                ("of", Form::Count, said!("Of", "总数")),
                ("others", Form::Share, said!("Others' share", "他人占比")),
                ("false_alarms", Form::Share, said!("False alarms, at most", "误报比例上限")),
            ]);
            for one in self.named.iter().filter(|one| one.pattern == pattern) {
                table.rows.push(vec![
                    Cell::name(&one.official),
                    Cell::Words(one.name.clone()),
                    Cell::name(&one.team),
                    Cell::Words(one.village.clone()),
                    Cell::name(&one.source),
                    Cell::Count(one.asked.counted.seen),
                    Cell::Count(one.asked.counted.of),
                    Cell::number(Some(one.asked.others)),
                    Cell::number(Some(one.false_alarms)),
                ]);
            }
            // By id: nobody is worse than the next.
            table.rows.sort_by_key(|row| row.iter().take(1).map(|cell| format!("{cell:?}")).collect::<Vec<_>>());
            (!table.rows.is_empty()).then(|| Section::new(pattern.code(), pattern.said()).with(table))
        };
        Pattern::ALL.into_iter().filter_map(of).collect()
    }
}

fn notes() -> Vec<Said> {
    vec![
        said!(
            "Each habit is held against the others of the same source: exact binomial tails for seconds, beta-binomial ones for days, so that differences among honest people count as chance. All questions together keep a false discovery rate of 5 % (Benjamini and Hochberg).",
            "每项情况与同一来源的其他人比较：秒数用精确二项尾概率，天数用贝塔-二项尾概率，把正常人之间的差异计入偶然。全部问题合并将错误发现率控制在5%（Benjamini-Hochberg）。"
        ),
        said!(
            "A telephone is taken for that of whoever uses it on most days. Records hold no coordinates: “out of range” is what the source itself says. Devices that many share are not looked at.",
            "手机归使用天数最多者。记录中没有坐标：“不在范围内”以来源系统的说法为准。多人共用的考勤机不作比较。"
        ),
        said!(
            "Nothing follows from this page by itself. Whoever wants it to raise the chance of a check inside the band imports the file that --signals writes; it ends after 90 days.",
            "本页本身不产生任何后果。如需在范围内提高检查概率，请导入--signals生成的文件，90天后失效。"
        ),
    ]
}
