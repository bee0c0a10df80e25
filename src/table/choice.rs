//! Closed lists of words that a column may hold, in both languages, as drop-downs show them.

use super::header::plain;
use crate::model::Said;
use crate::said;

/// One word of a column: its code, its Chinese, and what else people write for it.
#[derive(Debug, PartialEq, Eq)]
pub struct Choice {
    pub code: &'static str,
    pub zh: &'static str,
    pub also: &'static [&'static str],
}

impl Choice {
    /// As a drop-down shows it: `lead / 队长`.
    pub fn shown(&self) -> String {
        format!("{} / {}", self.code, self.zh)
    }

    fn is(&self, plain_text: &str) -> bool {
        [self.code, self.zh].iter().chain(self.also).any(|word| plain(word) == plain_text)
    }
}

/// The code of what a cell says: either language, or both with a slash; case, width and spaces do
/// not matter.
///
/// # Errors
/// Names the words that are possible.
pub fn read(choices: &'static [Choice], text: &str) -> Result<&'static str, Said> {
    // Machines write the code itself, a million times over.
    if let Some(choice) = choices.iter().find(|choice| choice.code == text || choice.zh == text) {
        return Ok(choice.code);
    }
    let find = |part: &str| {
        let part = plain(part);
        choices.iter().find(|choice| choice.is(&part)).map(|choice| choice.code)
    };
    find(text).or_else(|| text.split(['/', '／']).find_map(find)).ok_or_else(|| {
        let codes: Vec<&str> = choices.iter().map(|choice| choice.code).collect();
        let words: Vec<&str> = choices.iter().map(|choice| choice.zh).collect();
        let (codes, words) = (codes.join(", "), words.join("、"));
        let text = super::fields::quote(text);
        said!("“{text}” is not one of: {codes}", "“{text}”不在可选值之内：{words}")
    })
}

macro_rules! choices {
    ($($(#[$doc:meta])* $name:ident: $($code:literal $zh:literal $([$($also:literal),*])?),* ;)*) => {$(
        $(#[$doc])*
        pub const $name: &[Choice] =
            &[$(Choice { code: $code, zh: $zh, also: &[$($($also),*)?] }),*];
    )*};
}

choices! {
    HALF: "am" "上午" ["morning", "早上"], "pm" "下午" ["afternoon"];
    DATUM:
        "wgs84" "GPS坐标" ["wgs-84", "gps", "cgcs2000", "国家2000"],
        "gcj02" "国内地图坐标" ["gcj-02", "amap", "高德", "腾讯", "火星坐标"];
    YES_NO: "yes" "是" ["y", "true", "1", "√", "✓", "对", "有"], "no" "否" ["n", "false", "0", "×", "x", "不", "无"];
    OFFICIAL_ROLE:
        "lead" "队长" ["team lead", "leader", "first secretary", "第一书记", "第一书记兼队长", "工作队长"],
        "member" "队员" ["team member", "成员", "工作队员", "驻村队员"];
    CONTACT_ROLE:
        "cadre" "村干部" ["village cadre", "干部", "村支书", "村主任", "村委"],
        "villager" "村民" ["农户", "户主", "脱贫户"],
        "office" "村委会" ["village office", "村部", "办公室", "固定电话"];
    LANGUAGE: "zh-Hans" "中文" ["zh", "zh-CN", "chinese", "简体中文", "汉语"], "en" "英文" ["english", "英语"];
    SCOPE:
        "official" "人员" ["队员", "干部"], "team" "队" ["工作队"], "village" "村" ["行政村"],
        "region" "地区" ["区域", "乡镇", "县"], "unit" "单位" ["派出单位", "sending unit"];
    SIGNAL_KIND:
        "complaint" "投诉" ["信访", "已登记投诉"],
        "pattern" "异常" ["考勤异常", "异常规律"],
        "remote" "偏远" ["边远", "地处偏远"];
    DIRECTION:
        "in" "上班" ["签到", "进", "入", "check in", "clock in"],
        "out" "下班" ["签退", "出", "check out", "clock out"],
        "none" "无" ["不分", "未知", "unknown"];
    ORIGIN:
        "device" "考勤机" ["设备", "指纹", "人脸", "machine"],
        "phone" "手机" ["移动端", "app", "mobile"],
        "edited" "修改" ["管理员修改", "已修改", "boss"],
        "correction" "补卡" ["补签", "approve"];
    FILED_BY: "machine" "系统" ["自动", "system"], "written" "书面" ["手写", "手填", "paper"], "unknown" "不明" ["未知"];
    PAPER_KIND:
        "leave" "请假" ["休假", "假"], "trip" "出差" ["差旅"], "training" "培训" ["学习"],
        "meeting" "会议" ["开会"], "errand" "外出" ["公务外出", "外出办事", "公出", "外勤"];
    NOTE_KIND:
        "work_log" "工作日志" ["日志", "驻村日志", "民情日记"], "health_check" "体检" ["健康体检"],
        "insurance" "保险" ["意外保险", "人身意外险"], "allowance" "补助" ["驻村补助", "生活补助", "津贴"];
    STATUS:
        "approved" "已批准" ["批准", "同意", "通过", "已通过", "审批通过", "已同意"],
        "pending" "待批" ["审批中", "待审批", "待批准", "处理中"],
        "rejected" "已拒绝" ["拒绝", "驳回", "已驳回", "不同意", "未通过", "审批不通过", "refused"],
        "cancelled" "已取消" ["取消", "撤销", "已撤销", "撤回", "已撤回", "作废", "canceled"];
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn either_language_or_both() {
        for text in ["lead", "LEAD", "队长", "lead / 队长", "队长/lead", " 第一书记 ", "ｌｅａｄ"] {
            assert_eq!(read(OFFICIAL_ROLE, text), Ok("lead"), "{text}");
        }
        let said = read(OFFICIAL_ROLE, "cook").unwrap_err();
        assert!(said.en.contains("lead, member") && said.zh.contains("队长、队员"), "{said:?}");
    }

    #[test]
    fn no_word_stands_for_two_choices() {
        let lists = [
            YES_NO,
            OFFICIAL_ROLE,
            CONTACT_ROLE,
            LANGUAGE,
            SCOPE,
            SIGNAL_KIND,
            DIRECTION,
            ORIGIN,
            FILED_BY,
            PAPER_KIND,
            NOTE_KIND,
            STATUS,
        ];
        for choices in lists {
            for choice in choices {
                for word in [choice.code, choice.zh].iter().chain(choice.also) {
                    assert_eq!(read(choices, word), Ok(choice.code), "{word}");
                }
                assert_eq!(read(choices, &choice.shown()), Ok(choice.code));
            }
        }
    }
}
