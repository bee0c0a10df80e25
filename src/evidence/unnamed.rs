//! Who said something stays unnamed (EVIDENCE 5): where a text names a villager, a number, or that somebody told.
//!
//! A text that goes out in a letter is refused, so that a person writes it again; what stands in an export was
//! written long ago, and is masked.

use crate::model::script::{is_han, is_invisible};
use std::collections::BTreeSet;
use std::ops::Range;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// How people call an older villager, after the surname.
const CALLED: [&str; 22] = [
    "大爷", "大妈", "大娘", "大伯", "大叔", "大婶", "大嫂", "大哥", "大姐", "爷爷", "奶奶", "阿姨", "阿婆", "阿公",
    "叔叔", "老伯", "婆婆", "嫂子", "老汉", "老太", "大姨", "大舅",
];
/// `老王村` is a place and nobody.
const OF_PLACES: &str = "村庄沟湾屯寨坪镇乡组寺坝岭山河家";
const COMPOUND: &str =
    "欧阳 司马 上官 诸葛 东方 皇甫 尉迟 公孙 令狐 长孙 慕容 宇文 司徒 司空 夏侯 端木 独孤 南宫 西门 呼延";

/// A text as names are looked for in it: characters that count, and where each stands.
struct Looked {
    /// Han characters and figures, blanks and marks between them left out.
    own: Vec<(char, Range<usize>)>,
    /// Latin words.
    latin: Vec<(String, Range<usize>)>,
}

impl Looked {
    fn at(text: &str) -> Looked {
        let mut looked = Looked { own: Vec::new(), latin: Vec::new() };
        let mut word: Option<(String, Range<usize>)> = None;
        for (at, c) in text.char_indices().filter(|(_, c)| !is_invisible(*c)) {
            let span = at..at + c.len_utf8();
            for c in c.nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase) {
                if c.is_alphabetic() && !is_han(c) {
                    let (letters, of) = word.get_or_insert_with(|| (String::new(), span.clone()));
                    letters.push(c);
                    of.end = span.end;
                } else {
                    looked.latin.extend(word.take());
                }
                if is_han(c) || c.is_numeric() {
                    looked.own.push((c, span.clone()));
                } else if !c.is_whitespace() && !matches!(c, '-' | '·') {
                    // Anything else, a Latin letter too, ends a name.
                    looked.own.push((' ', span.clone()));
                }
            }
        }
        looked.latin.extend(word);
        looked
    }

    /// Where these characters stand one after the other.
    fn own_spans<'a>(&'a self, name: &'a [char]) -> impl Iterator<Item = (usize, Range<usize>)> + 'a {
        let windows = self.own.windows(name.len().max(1)).enumerate();
        let same = move |window: &[(char, Range<usize>)]| window.iter().map(|(c, _)| *c).eq(name.iter().copied());
        windows.filter(move |(_, window)| !name.is_empty() && same(window)).filter_map(|(at, window)| {
            let (first, last) = (window.first()?, window.last()?);
            Some((at, first.1.start..last.1.end))
        })
    }
}

/// Where in a text a person is named: the own name, or the Latin one in any order of its parts.
pub fn named(text: &str, name: &str) -> Vec<Range<usize>> {
    spans(&Looked::at(text), name)
}

fn spans(looked: &Looked, name: &str) -> Vec<Range<usize>> {
    let of = Looked::at(name);
    let own: Vec<char> = of.own.iter().map(|(c, _)| *c).filter(|c| *c != ' ').collect();
    let mut found = Vec::new();
    if own.len() > 1 && own.iter().any(|c| is_han(*c)) {
        found.extend(looked.own_spans(&own).map(|(_, span)| span));
        return found;
    }
    let parts: Vec<&str> = of.latin.iter().map(|(word, _)| word.as_str()).collect();
    if parts.concat().len() < 3 {
        return found;
    }
    let forms = orders(&parts);
    for many in 1..=parts.len().max(3) {
        for words in looked.latin.windows(many) {
            let joined: String = words.iter().map(|(word, _)| word.as_str()).collect();
            if let (true, Some(first), Some(last)) = (forms.contains(&joined), words.first(), words.last()) {
                found.push(first.1.start..last.1.end);
            }
        }
    }
    found
}

/// The parts of a Latin name run together, each of them first.
fn orders(parts: &[&str]) -> BTreeSet<String> {
    (0..parts.len()).map(|first| parts.iter().cycle().skip(first).take(parts.len()).copied().collect()).collect()
}

/// Where somebody of this name is called by the surname as villagers are: 王大爷.
pub fn called(text: &str, name: &str) -> Vec<Range<usize>> {
    let (looked, Some(surname)) = (Looked::at(text), surname(name)) else { return Vec::new() };
    let forms = CALLED.iter().map(|title| surname.iter().copied().chain(title.chars()).collect::<Vec<_>>());
    forms.flat_map(|form| looked.own_spans(&form).map(|(_, span)| span).collect::<Vec<_>>()).collect()
}

/// Where somebody of this name may be meant by 老王 or 小王.
pub fn maybe_called(text: &str, name: &str) -> bool {
    let (looked, Some(surname)) = (Looked::at(text), surname(name)) else { return false };
    ['老', '小'].into_iter().any(|before| {
        let form: Vec<char> = std::iter::once(before).chain(surname.iter().copied()).collect();
        let next = |at: usize| looked.own.get(at + form.len()).map(|(c, _)| *c);
        looked.own_spans(&form).any(|(at, _)| next(at).is_none_or(|c| !OF_PLACES.contains(c)))
    })
}

pub fn same_surname(one: &str, other: &str) -> bool {
    surname(one).is_some_and(|of| surname(other) == Some(of))
}

fn surname(name: &str) -> Option<Vec<char>> {
    let own: Vec<char> = name.chars().filter(|c| is_han(*c)).collect();
    let two: String = own.iter().take(2).collect();
    let long = own.len() > 2 && COMPOUND.split(' ').any(|compound| compound == two);
    (own.len() > 1).then(|| own.into_iter().take(if long { 2 } else { 1 }).collect())
}

/// A text in which nobody of these is named, by name or as villagers are called. 村民王小明 becomes 村民, once.
pub fn masked(text: &str, names: &[String], instead: &str) -> String {
    let looked = Looked::at(text);
    let mut spans: Vec<Range<usize>> =
        names.iter().flat_map(|name| [spans(&looked, name), called(text, name)].concat()).collect();
    // 王小明 before 王小: a name must not leave a rest of a longer one.
    spans.sort_by_key(|span| (span.start, std::cmp::Reverse(span.end)));
    let (mut out, mut at) = (String::new(), 0);
    for span in spans {
        if span.start < at {
            if span.end > at {
                at = span.end;
            }
            continue;
        }
        out.push_str(text.get(at..span.start).unwrap_or_default());
        let before = out.trim_end_matches(|c: char| c.is_whitespace() || is_invisible(c));
        if !before.ends_with(instead) {
            out.push_str(instead);
        }
        at = span.end;
    }
    out.push_str(text.get(at..).unwrap_or_default());
    out
}

/// Whether a text holds what may be a telephone or identity number, in figures of whatever script: seven or more
/// in a run. Days and times of day are none.
pub fn has_number(text: &str) -> bool {
    let plain: Vec<char> = text.nfkc().filter(|c| !is_invisible(*c)).map(figure).collect();
    let (mut at, mut run) = (0, 0);
    while let Some(&c) = plain.get(at) {
        let rest = plain.get(at..).unwrap_or_default();
        let fresh = at == 0 || plain.get(at - 1).is_none_or(|before| !before.is_ascii_digit());
        match moment(rest).filter(|_| fresh) {
            Some(length) => (at, run) = (at + length, 0),
            None => {
                match c {
                    '0'..='9' => run += 1,
                    ' ' | '-' | '.' | '/' | '(' | ')' | '_' | '+' | '~' | '*' | '–' | '—' | '\u{a0}' | '\t' | '\n' =>
                        {}
                    _ => run = 0,
                }
                at += 1;
            }
        }
        if run >= 7 {
            return true;
        }
    }
    false
}

/// The length of a day (`2026-03-02`, `20260302`), of two years, or of a time of day that begins here.
fn moment(text: &[char]) -> Option<usize> {
    const FORMS: [&str; 12] = [
        "yyyy-mm-dd",
        "yyyy/mm/dd",
        "yyyy.mm.dd",
        "yyyy-m-dd",
        "yyyy-mm-d",
        "yyyy-m-d",
        "yyyy/m/d",
        "yyyy.m.d",
        "yyyy-yyyy",
        "yyyymmdd",
        "hh:mm",
        "h:mm",
    ];
    let fits = |form: &&&str| {
        let ends = text.get(form.len()).is_none_or(|c| !c.is_ascii_digit());
        let figures =
            form.chars().zip(text).all(|(f, c)| if f.is_ascii_alphabetic() { c.is_ascii_digit() } else { f == *c });
        let year = |at: usize| matches!(text.get(at..at + 2), Some(['1', '9'] | ['2', '0']));
        let years = form.match_indices("yyyy").all(|(at, _)| year(at));
        let month = !form.contains("yyyymm") || matches!(text.get(4..8), Some(['0' | '1', _, '0'..='3', _]));
        text.len() >= form.len() && ends && figures && years && month
    };
    FORMS.iter().find(fits).map(|form| form.len())
}

/// 一 and 壹 are 1.
fn figure(c: char) -> char {
    const WRITTEN: [&str; 10] = ["〇零○", "一壹幺", "二贰两", "三叁", "四肆", "五伍", "六陆", "七柒", "八捌", "九玖"];
    let value = WRITTEN.iter().position(|all| all.contains(c)).or_else(|| c.to_digit(10).map(|d| d as usize));
    value.and_then(|value| char::from_digit(u32::try_from(value).ok()?, 10)).unwrap_or(c)
}

/// Whether a text says that it comes from somebody of the village: 村民反映, “a villager said”.
pub fn tells_source(text: &str) -> bool {
    let plain: String = text.nfkc().filter(|c| !is_invisible(*c)).flat_map(char::to_lowercase).collect();
    let han: String = plain.chars().filter(|c| !c.is_whitespace()).collect();
    han.split(['。', '；', '，', ',', ';', '.', '！', '!', '？', '?']).any(told_in_chinese)
        || plain.split(['.', ';', '!', '?', '\n']).any(told_in_english)
}

fn told_in_chinese(clause: &str) -> bool {
    const PEOPLE: [&str; 13] = [
        "村民",
        "群众",
        "老乡",
        "老百姓",
        "农户",
        "邻居",
        "住户",
        "贫困户",
        "脱贫户",
        "村干部",
        "乡亲",
        "村里人",
        "知情人",
    ];
    const TOLD: [&str; 14] =
        ["反映", "说", "讲", "举报", "告诉", "告知", "透露", "投诉", "称", "证实", "指出", "表示", "检举", "看见"];
    const FROM: [&str; 7] = ["据", "听", "问了", "询问", "电话问", "走访了解", "向"];
    if ["举报人", "知情人", "线人", "投诉人", "有人反映", "有人举报", "有人投诉"]
        .iter()
        .any(|word| clause.contains(word))
    {
        return true;
    }
    // 说明, 说服, 说法 and 名称, 职称 tell of nothing that was said.
    let clause = ["说明", "说服", "说法", "讲解", "讲座", "宣讲", "名称", "职称", "称职", "称号"]
        .iter()
        .fold(clause.to_owned(), |clause, word| clause.replace(word, ""));
    PEOPLE.iter().any(|who| {
        clause.match_indices(who).any(|(at, _)| {
            let before: String =
                clause.get(..at).unwrap_or_default().chars().rev().take(4).collect::<Vec<_>>().iter().rev().collect();
            let after: String = clause.get(at + who.len()..).unwrap_or_default().chars().take(6).collect();
            TOLD.iter().any(|word| after.contains(word))
                || FROM.iter().any(|word| before.contains(word) && !before.contains("根据"))
        })
    })
}

fn told_in_english(sentence: &str) -> bool {
    const PEOPLE: [&str; 12] = [
        "villager",
        "villagers",
        "neighbour",
        "neighbours",
        "neighbor",
        "neighbors",
        "resident",
        "residents",
        "farmer",
        "farmers",
        "locals",
        "cadre",
    ];
    const TOLD: [&str; 20] = [
        "say",
        "says",
        "said",
        "tell",
        "tells",
        "told",
        "report",
        "reports",
        "reported",
        "claim",
        "claims",
        "claimed",
        "complain",
        "complained",
        "complains",
        "stated",
        "mentioned",
        "confirmed",
        "saw",
        "according",
    ];
    let words: Vec<&str> = sentence.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let has = |list: &[&str]| words.iter().any(|word| list.contains(word));
    has(&["informant", "informants", "whistleblower", "complainant"]) || (has(&PEOPLE) && has(&TOLD))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_however_they_are_written() {
        for (text, name) in [
            ("王小明说的", "王小明"),
            ("王\u{200b}小 明说的", "王小明"),
            ("Xiaoming Wang was asked", "Wang Xiaoming"),
            ("asked WANG Xiao-Ming", "Wang Xiaoming"),
            ("Wáng Xiǎomíng", "Wang Xiaoming"),
            ("问Ｗang xiaoming了", "Wang Xiaoming"),
        ] {
            assert!(!named(text, name).is_empty(), "{text}");
        }
        for (text, name) in [("disciplinary", "Li Na"), ("王小", "王小明"), ("王，小明", "王小明"), ("王", "王")]
        {
            assert!(named(text, name).is_empty(), "{text}");
        }
        assert!(!called("听王大爷讲", "王小明").is_empty() && called("听李大爷讲", "王小明").is_empty());
        assert!(maybe_called("老王不在", "王小明") && !maybe_called("老王村", "王小明"));
        assert!(!called("欧阳大妈", "欧阳静").is_empty() && called("阳大妈", "欧阳静").is_empty());
    }

    #[test]
    fn a_mask_does_not_double() {
        let names = ["王小".to_owned(), "王小明".to_owned(), "李".to_owned(), "Wang Xiaoming".to_owned()];
        for (text, expected) in [
            ("王小明和王小说，李村", "村民和村民说，李村"),
            ("村民王小明说", "村民说"),
            ("村民 王\u{200b}小明说", "村民 说"),
            ("王小明（Xiaoming Wang）、王大爷", "村民（村民）、村民"),
        ] {
            assert_eq!(masked(text, &names, "村民"), expected, "{text}");
        }
    }

    #[test]
    fn numbers_are_found_and_days_are_none() {
        for number in [
            "13800138000",
            "138-0013-8000",
            "１３８ ００１３ ８０００",
            "8765 432",
            "一三八零零一三八零零零",
            "幺三八〇〇 138 00",
            "52012319800101123X",
            "2026030213800138000",
            "1380013\u{200b}8000",
        ] {
            assert!(has_number(number), "{number}");
        }
        for none in [
            "2026-03-02 08:31 和 2026-03-04",
            "20260302，10:20到",
            "2025-2026年度，120户、3500元",
            "二〇二六年三月二日",
            "一、二、三、四、五、六、七",
            "3月2日9:00-11:30",
            "F-8K2M4Q7T",
        ] {
            assert!(!has_number(none), "{none}");
        }
    }

    #[test]
    fn what_tells_a_source_is_found() {
        for text in [
            "村民反映其不在",
            "据村民 讲",
            "群众多次举报",
            "有人反映",
            "询问农户得知",
            "A villager said so",
            "Two neighbours told us",
            "according to residents",
            "举报人要求保密",
        ] {
            assert!(tells_source(text), "{text}");
        }
        for text in [
            "无假条，现场未见本人",
            "联系群众说明政策不够",
            "群众工作日志缺失",
            "没有人在岗",
            "nobody there, no leave on record",
            "根据村民会议记录",
            "电话了解",
            "The log shows it.",
        ] {
            assert!(!tells_source(text), "{text}");
        }
    }
}
