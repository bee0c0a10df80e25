//! Romanised names: for letters in English, and for what inspectors type back.

use crate::model::script::is_han;
use pinyin::ToPinyin;

/// Surnames of two characters.
const COMPOUND: &str = "欧阳 司马 上官 诸葛 东方 皇甫 尉迟 公孙 令狐 长孙 慕容 宇文 司徒 司空 夏侯 轩辕 端木 独孤 南宫 \
    西门 东郭 百里 呼延 闻人 澹台 公冶 申屠 太史 钟离 鲜于 万俟 赫连 濮阳 淳于 单于 完颜 拓跋";

/// Readings that a surname has and the character elsewhere has not.
const SURNAMES: [(&str, &str); 19] = [
    ("单于", "chanyu"),
    ("尉迟", "yuchi"),
    ("万俟", "moqi"),
    ("长孙", "zhangsun"),
    ("单", "shan"),
    ("曾", "zeng"),
    ("解", "xie"),
    ("仇", "qiu"),
    ("朴", "piao"),
    ("查", "zha"),
    ("区", "ou"),
    ("盖", "gai"),
    ("种", "chong"),
    ("员", "yun"),
    ("折", "she"),
    ("缪", "miao"),
    ("翟", "zhai"),
    ("任", "ren"),
    ("尹", "yin"),
];

/// Readings that a place name has.
const PLACES: [(&str, &str); 12] = [
    ("重庆", "chongqing"),
    ("厦门", "xiamen"),
    ("六安", "lu'an"),
    ("蚌埠", "bengbu"),
    ("乐清", "yueqing"),
    ("台州", "taizhou"),
    ("丽水", "lishui"),
    ("大埔", "dabu"),
    ("番禺", "panyu"),
    ("东莞", "dongguan"),
    ("朝阳", "chaoyang"),
    ("单县", "shanxian"),
];

/// What a place's kind is called; longest first, so that 自治县 goes before 县.
const KINDS: [&str; 32] = [
    "维吾尔自治区",
    "壮族自治区",
    "回族自治区",
    "驻村工作队",
    "帮扶工作队",
    "村民委员会",
    "社区居民委员会",
    "居民委员会",
    "街道办事处",
    "特别行政区",
    "社区居委会",
    "工作队",
    "村委会",
    "居委会",
    "行政村",
    "自治区",
    "自治州",
    "自治县",
    "自治旗",
    "社区",
    "街道",
    "地区",
    "村",
    "镇",
    "乡",
    "县",
    "市",
    "区",
    "省",
    "州",
    "旗",
    "盟",
];

/// Whether a text holds a Chinese character.
pub fn has_han(text: &str) -> bool {
    text.chars().any(is_han)
}

/// `王建国` → `Wang Jianguo`, `欧阳静` → `Ouyang Jing`, `阿依古丽·买买提` → `Ayiguli Maimaiti`. Empty where
/// the name has no Chinese characters.
pub fn person(own: &str) -> String {
    if !has_han(own) {
        return String::new();
    }
    if own.contains(['·', '・', '•', '.']) {
        let parts = own.split(['·', '・', '•', '.']).map(|part| capital(&syllables(part)));
        return parts.filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
    }
    let compact: String = own.chars().filter(|c| !c.is_whitespace()).collect();
    let length = if COMPOUND.split(' ').any(|name| compact.starts_with(name) && compact != name) { 2 } else { 1 };
    let split = compact.char_indices().nth(length).map_or(compact.len(), |(at, _)| at);
    let (surname, given) = compact.split_at(split);
    let read = SURNAMES.iter().find(|(name, _)| *name == surname);
    let surname = read.map_or_else(|| syllables(surname), |(_, reading)| (*reading).to_owned());
    format!("{} {}", capital(&surname), capital(&syllables(given))).trim_end().to_owned()
}

/// `滨河村` → `Binhe`, `王村` → `Wangcun`, `滨河村工作队` → `Binhe`, `西安市` → `Xi'an`. Empty where the name
/// has no Chinese characters.
pub fn place(own: &str) -> String {
    if !has_han(own) {
        return String::new();
    }
    let mut name = own.trim();
    // A team's name holds its village's: 滨河村工作队.
    for _ in 0..2 {
        let stem = KINDS.iter().find_map(|kind| name.strip_suffix(kind));
        // One syllable alone is never left: 王村 is Wangcun.
        match stem.filter(|stem| stem.chars().count() >= 2) {
            Some(stem) => name = stem,
            None => break,
        }
        if !own.ends_with('队') {
            break;
        }
    }
    if let Some((start, reading)) = PLACES.iter().find(|(start, _)| name.starts_with(start)) {
        let rest = name.strip_prefix(start).unwrap_or_default();
        return capital(&format!("{reading}{}", syllables(rest)));
    }
    capital(&syllables(name))
}

/// Pinyin without tones in one word; an apostrophe where a syllable begins with a vowel.
fn syllables(text: &str) -> String {
    let mut word = String::with_capacity(text.len() * 2);
    for c in text.chars() {
        match reading(c) {
            Some(reading) => {
                if reading.starts_with(['a', 'o', 'e']) && word.ends_with(|c: char| c.is_ascii_lowercase()) {
                    word.push('\'');
                }
                // ü cannot be typed on many keyboards; passports write yu.
                for letter in reading.chars() {
                    if letter == 'ü' || letter == 'v' { word.push_str("yu") } else { word.push(letter) }
                }
            }
            None if is_han(c) => {}
            None => word.push(c),
        }
    }
    word
}

/// Names read these two otherwise than most texts do.
fn reading(c: char) -> Option<&'static str> {
    match c {
        '长' => Some("chang"),
        '都' => Some("du"),
        _ => c.to_pinyin().map(pinyin::Pinyin::plain),
    }
}

fn capital(word: &str) -> String {
    let mut characters = word.trim().chars();
    characters.next().map_or_else(String::new, |first| first.to_uppercase().chain(characters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people() {
        for (own, latin) in [
            ("王建国", "Wang Jianguo"),
            ("李娜", "Li Na"),
            ("欧阳静", "Ouyang Jing"),
            ("司马相如", "Sima Xiangru"),
            ("欧阳", "Ou Yang"),
            ("单雄信", "Shan Xiongxin"),
            ("曾强", "Zeng Qiang"),
            ("吕布", "Lyu Bu"),
            ("王 芳", "Wang Fang"),
            ("张平安", "Zhang Ping'an"),
            ("阿依古丽·买买提", "Ayiguli Maimaiti"),
            ("John Smith", ""),
            ("", ""),
        ] {
            assert_eq!(person(own), latin, "{own}");
        }
    }

    #[test]
    fn places() {
        for (own, latin) in [
            ("滨河村", "Binhe"),
            ("王村", "Wangcun"),
            ("滨河村工作队", "Binhe"),
            ("滨河村驻村工作队", "Binhe"),
            ("西安市", "Xi'an"),
            ("成都市", "Chengdu"),
            ("宁夏回族自治区", "Ningxia"),
            ("单县", "Shanxian"),
            ("石阡县", "Shiqian"),
            ("重庆市", "Chongqing"),
            ("东华门街道", "Donghuamen"),
            ("多福巷社区居委会", "Duofuxiang"),
            ("第3村", "Di3"),
            ("Riverside", ""),
        ] {
            assert_eq!(place(own), latin, "{own}");
        }
    }
}
