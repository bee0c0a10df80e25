//! Invented names with their romanisation. No two people of a county share one.

use super::dice::Dice;
use crate::model::register::Name;

type Syllable = (&'static str, &'static str);

// No two surnames sound alike, and none is a small word of English (He, You, An) or of a reply.
const SURNAMES: [Syllable; 80] = [
    ("王", "Wang"),
    ("李", "Li"),
    ("张", "Zhang"),
    ("刘", "Liu"),
    ("陈", "Chen"),
    ("杨", "Yang"),
    ("赵", "Zhao"),
    ("黄", "Huang"),
    ("周", "Zhou"),
    ("吴", "Wu"),
    ("徐", "Xu"),
    ("孙", "Sun"),
    ("胡", "Hu"),
    ("朱", "Zhu"),
    ("高", "Gao"),
    ("林", "Lin"),
    ("郭", "Guo"),
    ("马", "Ma"),
    ("罗", "Luo"),
    ("梁", "Liang"),
    ("宋", "Song"),
    ("郑", "Zheng"),
    ("谢", "Xie"),
    ("韩", "Han"),
    ("唐", "Tang"),
    ("冯", "Feng"),
    ("余", "Yu"),
    ("董", "Dong"),
    ("萧", "Xiao"),
    ("程", "Cheng"),
    ("曹", "Cao"),
    ("袁", "Yuan"),
    ("邓", "Deng"),
    ("傅", "Fu"),
    ("沈", "Shen"),
    ("曾", "Zeng"),
    ("彭", "Peng"),
    ("吕", "Lyu"),
    ("苏", "Su"),
    ("卢", "Lu"),
    ("蒋", "Jiang"),
    ("蔡", "Cai"),
    ("贾", "Jia"),
    ("丁", "Ding"),
    ("魏", "Wei"),
    ("薛", "Xue"),
    ("叶", "Ye"),
    ("阎", "Yan"),
    ("潘", "Pan"),
    ("杜", "Du"),
    ("戴", "Dai"),
    ("夏", "Xia"),
    ("田", "Tian"),
    ("任", "Ren"),
    ("范", "Fan"),
    ("方", "Fang"),
    ("石", "Shi"),
    ("姚", "Yao"),
    ("谭", "Tan"),
    ("廖", "Liao"),
    ("邹", "Zou"),
    ("熊", "Xiong"),
    ("金", "Jin"),
    ("郝", "Hao"),
    ("孔", "Kong"),
    ("白", "Bai"),
    ("崔", "Cui"),
    ("康", "Kang"),
    ("毛", "Mao"),
    ("邱", "Qiu"),
    ("秦", "Qin"),
    ("顾", "Gu"),
    ("侯", "Hou"),
    ("邵", "Shao"),
    ("孟", "Meng"),
    ("段", "Duan"),
    ("雷", "Lei"),
    ("钱", "Qian"),
    ("尹", "Yin"),
    ("乔", "Qiao"),
];
const GIVEN_FIRST: [Syllable; 36] = [
    ("建", "jian"),
    ("国", "guo"),
    ("文", "wen"),
    ("志", "zhi"),
    ("明", "ming"),
    ("海", "hai"),
    ("春", "chun"),
    ("秋", "qiu"),
    ("永", "yong"),
    ("世", "shi"),
    ("小", "xiao"),
    ("德", "de"),
    ("伟", "wei"),
    ("振", "zhen"),
    ("兴", "xing"),
    ("光", "guang"),
    ("立", "li"),
    ("金", "jin"),
    ("玉", "yu"),
    ("秀", "xiu"),
    ("红", "hong"),
    ("雪", "xue"),
    ("梦", "meng"),
    ("思", "si"),
    ("子", "zi"),
    ("嘉", "jia"),
    ("俊", "jun"),
    ("凯", "kai"),
    ("瑞", "rui"),
    ("庆", "qing"),
    ("福", "fu"),
    ("天", "tian"),
    ("云", "yun"),
    ("少", "shao"),
    ("贵", "gui"),
    ("宝", "bao"),
];
const GIVEN_SECOND: [Syllable; 48] = [
    ("华", "hua"),
    ("军", "jun"),
    ("平", "ping"),
    ("强", "qiang"),
    ("林", "lin"),
    ("峰", "feng"),
    ("涛", "tao"),
    ("勇", "yong"),
    ("斌", "bin"),
    ("波", "bo"),
    ("杰", "jie"),
    ("辉", "hui"),
    ("刚", "gang"),
    ("民", "min"),
    ("飞", "fei"),
    ("生", "sheng"),
    ("荣", "rong"),
    ("祥", "xiang"),
    ("山", "shan"),
    ("东", "dong"),
    ("才", "cai"),
    ("成", "cheng"),
    ("芳", "fang"),
    ("英", "ying"),
    ("兰", "lan"),
    ("霞", "xia"),
    ("娟", "juan"),
    ("梅", "mei"),
    ("燕", "yan"),
    ("琴", "qin"),
    ("玲", "ling"),
    ("珍", "zhen"),
    ("莲", "lian"),
    ("婷", "ting"),
    ("雯", "wen"),
    ("倩", "qian"),
    ("莉", "li"),
    ("佳", "jia"),
    ("娜", "na"),
    ("静", "jing"),
    ("月", "yue"),
    ("良", "liang"),
    ("富", "fu"),
    ("义", "yi"),
    ("武", "wu"),
    ("鹏", "peng"),
    ("超", "chao"),
    ("宇", "yu"),
];
const VILLAGE_FIRST: [Syllable; 36] = [
    ("滨", "Bin"),
    ("青", "Qing"),
    ("白", "Bai"),
    ("红", "Hong"),
    ("石", "Shi"),
    ("松", "Song"),
    ("竹", "Zhu"),
    ("梅", "Mei"),
    ("桃", "Tao"),
    ("柳", "Liu"),
    ("杏", "Xing"),
    ("枫", "Feng"),
    ("金", "Jin"),
    ("银", "Yin"),
    ("双", "Shuang"),
    ("三", "San"),
    ("龙", "Long"),
    ("凤", "Feng"),
    ("太", "Tai"),
    ("永", "Yong"),
    ("新", "Xin"),
    ("古", "Gu"),
    ("东", "Dong"),
    ("西", "Xi"),
    ("南", "Nan"),
    ("北", "Bei"),
    ("上", "Shang"),
    ("高", "Gao"),
    ("平", "Ping"),
    ("清", "Qing"),
    ("黄", "Huang"),
    ("紫", "Zi"),
    ("荷", "He"),
    ("茶", "Cha"),
    ("麦", "Mai"),
    ("枣", "Zao"),
];
const VILLAGE_SECOND: [Syllable; 30] = [
    ("河", "he"),
    ("溪", "xi"),
    ("山", "shan"),
    ("岭", "ling"),
    ("坪", "ping"),
    ("湾", "wan"),
    ("桥", "qiao"),
    ("塘", "tang"),
    ("坝", "ba"),
    ("沟", "gou"),
    ("坡", "po"),
    ("峰", "feng"),
    ("林", "lin"),
    ("田", "tian"),
    ("泉", "quan"),
    ("井", "jing"),
    ("寨", "zhai"),
    ("庄", "zhuang"),
    ("店", "dian"),
    ("堡", "bao"),
    ("岩", "yan"),
    ("潭", "tan"),
    ("洲", "zhou"),
    ("谷", "gu"),
    ("垭", "ya"),
    ("冲", "chong"),
    ("园", "yuan"),
    ("关", "guan"),
    ("浦", "pu"),
    ("台", "tai"),
];
const TOWNSHIP_FIRST: [Syllable; 16] = [
    ("青", "Qing"),
    ("云", "Yun"),
    ("长", "Chang"),
    ("安", "An"),
    ("和", "He"),
    ("乐", "Le"),
    ("大", "Da"),
    ("兴", "Xing"),
    ("德", "De"),
    ("万", "Wan"),
    ("福", "Fu"),
    ("临", "Lin"),
    ("水", "Shui"),
    ("花", "Hua"),
    ("马", "Ma"),
    ("鹤", "He"),
];
const TOWNSHIP_SECOND: [Syllable; 12] = [
    ("山", "shan"),
    ("坪", "ping"),
    ("口", "kou"),
    ("江", "jiang"),
    ("溪", "xi"),
    ("平", "ping"),
    ("源", "yuan"),
    ("场", "chang"),
    ("铺", "pu"),
    ("渡", "du"),
    ("门", "men"),
    ("昌", "chang"),
];

/// The place of `number` in this seed's own order of `all` things: different numbers, different places.
fn shuffled(dice: &Dice, purpose: &str, number: u64, all: u64) -> u64 {
    // Four rounds of a Feistel network over the next square of a power of two, until it lands inside.
    let half_bits = (64 - all.max(2).leading_zeros()).div_ceil(2);
    let mask = (1 << half_bits) - 1;
    let mut place = number % all;
    loop {
        let (mut left, mut right) = (place >> half_bits, place & mask);
        for round in 0..4 {
            let mixed = dice.roll(purpose, &format!("{round} {right}")) & mask;
            (left, right) = (right, left ^ mixed);
        }
        place = left << half_bits | right;
        if place < all {
            return place;
        }
    }
}

fn at(table: &[Syllable], index: u64) -> Syllable {
    table[usize::try_from(index % table.len() as u64).unwrap_or(0)]
}

/// How many people can have different names.
pub const PEOPLE: u64 = (SURNAMES.len() * GIVEN_FIRST.len() * GIVEN_SECOND.len()) as u64;

/// `王建国 Wang Jianguo`; different for any two numbers below [`PEOPLE`].
pub fn person(dice: &Dice, number: u64) -> Name {
    let place = shuffled(dice, "person", number, PEOPLE);
    let (surname, rest) = (at(&SURNAMES, place), place / SURNAMES.len() as u64);
    let (first, second) = (at(&GIVEN_FIRST, rest), at(&GIVEN_SECOND, rest / GIVEN_FIRST.len() as u64));
    let given = first.1.chars().take(1).map(|c| c.to_ascii_uppercase()).chain(first.1.chars().skip(1));
    let latin = format!("{} {}{}", surname.1, given.collect::<String>(), second.1);
    Name::new(format!("{}{}{}", surname.0, first.0, second.0), latin)
}

/// `滨河村 Binhe village`; the first 1080 of a county differ.
pub fn village(dice: &Dice, number: u64) -> Name {
    let all = (VILLAGE_FIRST.len() * VILLAGE_SECOND.len()) as u64;
    let place = shuffled(dice, "village", number, all);
    let (first, second) = (at(&VILLAGE_FIRST, place), at(&VILLAGE_SECOND, place / VILLAGE_FIRST.len() as u64));
    Name::new(format!("{}{}村", first.0, second.0), format!("{}{} village", first.1, second.1))
}

/// `青山镇 Qingshan township`; the first 192 of a county differ.
pub fn township(dice: &Dice, number: u64) -> Name {
    let all = (TOWNSHIP_FIRST.len() * TOWNSHIP_SECOND.len()) as u64;
    let place = shuffled(dice, "township", number, all);
    let (first, second) = (at(&TOWNSHIP_FIRST, place), at(&TOWNSHIP_SECOND, place / TOWNSHIP_FIRST.len() as u64));
    Name::new(format!("{}{}镇", first.0, second.0), format!("{}{} township", first.1, second.1))
}
