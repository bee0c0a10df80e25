//! Marks by which mail programs set off what is quoted, and people end what they write (REPLIES 5).

use super::lexicon::Lexicon;
use super::text::Line;
use std::rc::Rc;

/// What a line announces, looked at together with the ones after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// An attribution, a separator or a header block: what follows was written by somebody else.
    QuoteFollows,
    /// A signature or a sign-off: what follows is no answer.
    Stop,
    None,
}

pub fn mark(line: &Line, lexicon: &Lexicon, mut ahead: impl FnMut(usize) -> Option<Rc<Line>>) -> Mark {
    let plain = line.plain();
    if plain == "--" || is_client_line(&plain) || lexicon.is_sign_off(&plain) {
        return Mark::Stop;
    }
    if is_separator(&plain) || is_attribution(&plain) {
        return Mark::QuoteFollows;
    }
    let header = header_name(&plain);
    if header.is_none() && !may_begin_attribution(&plain) {
        return Mark::None;
    }
    let mut joined = plain;
    for number in 0..3 {
        let Some(next) = ahead(number).filter(|next| next.depth == line.depth) else { break };
        let next = next.plain();
        if let (Some(one), Some(other)) = (header, header_name(&next))
            && one != other
        {
            return Mark::QuoteFollows;
        }
        if joined.chars().count() < 300 && number < 2 {
            joined = format!("{joined} {next}");
            if header.is_none() && is_attribution(&joined) {
                return Mark::QuoteFollows;
            }
        }
    }
    Mark::None
}

fn is_client_line(plain: &str) -> bool {
    ["发自我的", "发自网易", "来自", "sent from", "get outlook for", "获取 outlook", "获取适用于"]
        .iter()
        .any(|begin| plain.starts_with(begin))
}

/// `-----Original Message-----`, `------------------ 原始邮件 ------------------`, and forwarded mails.
fn is_separator(plain: &str) -> bool {
    let inner = plain.trim_matches(|c: char| matches!(c, '-' | '_' | '*' | '=' | '—') || c.is_whitespace());
    let ruled = plain.starts_with("--") || plain.starts_with("__") || plain.starts_with('*') || plain.starts_with("——");
    let announced = ruled && SEPARATORS.contains(&inner.trim_end_matches(':'));
    announced || matches!(plain, "begin forwarded message:" | "开始转发邮件:" | "下面是转发的邮件:")
}

const SEPARATORS: &[&str] = &[
    "original message",
    "original email",
    "original",
    "replied message",
    "forwarded message",
    "forwarded by",
    "reply message",
    "原始邮件",
    "原邮件",
    "原始信件",
    "原始消息",
    "原始郵件",
    "回复的原邮件",
    "回复的邮件",
    "转发邮件",
    "转发的邮件",
    "转发邮件信息",
    "转发的原邮件",
    "转发的消息",
    "邮件原件",
    "答复邮件",
];

/// `On 12 Mar 2026, at 07:30, Desk <desk@x> wrote:` and `在 2026-03-12 07:30:05，… 写道：`.
fn is_attribution(plain: &str) -> bool {
    let ends = ["wrote:", "写道:", "寫道:", "写道：", "writes:"].iter().any(|end| plain.ends_with(end));
    let with = plain.contains('@') || plain.chars().filter(char::is_ascii_digit).count() >= 4;
    ends && with && plain.chars().count() < 400
}

fn may_begin_attribution(plain: &str) -> bool {
    let begins = ["on ", "at ", "在", "于", "\"", "<"].iter().any(|begin| plain.starts_with(begin))
        || plain.chars().take(4).filter(char::is_ascii_digit).count() == 4;
    // A date or an address; without one a line such as "于洋 在岗" right above an attribution is an answer.
    let with = plain.contains('@') || plain.contains(|c: char| c.is_ascii_digit());
    with && (begins || plain.contains('<'))
}

/// A line of a header block, also as a table: `| 发件人 | desk@inspect.example |`.
pub fn is_header(line: &Line) -> bool {
    header_name(&line.plain()).is_some()
}

/// The address of whoever wrote what follows, where an attribution or the From of a header block names one.
pub fn author(plain: &str) -> Option<String> {
    if !plain.contains('@') || !(is_attribution(plain) || header_name(plain) == Some(0)) {
        return None;
    }
    let ends =
        |c: char| c.is_whitespace() || matches!(c, '<' | '>' | '(' | ')' | '[' | ']' | '"' | ',' | ';' | ':' | '|');
    let address = plain.split(ends).rfind(|word| word.contains('@'))?;
    Some(address.trim_matches(|c: char| !c.is_ascii_alphanumeric()).to_owned())
}

/// `发件人:`, `From:` and the like; the field without its spelling.
fn header_name(plain: &str) -> Option<usize> {
    let bare = plain.trim_start_matches(['*', '|', ' ']);
    let end = bare.find([':', '|', '*']).filter(|end| *end <= 24)?;
    let name: String = bare.get(..end)?.chars().filter(|c| !c.is_whitespace()).collect();
    HEADERS.iter().position(|names| names.contains(&name.as_str()))
}

const HEADERS: &[&[&str]] = &[
    &["from", "发件人", "寄件者", "发信人", "寄件人"],
    &["sent", "date", "发送时间", "日期", "寄件日期", "发送日期", "时间", "發送時間"],
    &["to", "收件人", "收件者"],
    &["cc", "抄送", "抄送人", "副本"],
    &["subject", "主题", "主旨", "主題"],
];

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Mark {
        let lines: Vec<Rc<Line>> = text.lines().map(|line| Rc::new(Line::new(line))).collect();
        mark(&lines[0], &Lexicon::shipped(), |n| lines.get(n + 1).cloned())
    }

    #[test]
    fn what_announces_a_quote() {
        for text in [
            "On Thu, Mar 12, 2026 at 7:30 AM Desk <desk@inspect.example> wrote:",
            "On Thu, Mar 12, 2026 at 7:30 AM Inspection Desk\n<desk@inspect.example> wrote:",
            "On 12 Mar 2026, at 07:30,\nInspection Desk\n<desk@inspect.example> wrote:",
            "在 2026-03-12 07:30:05，\"desk\" <desk@inspect.example> 写道：",
            "desk <desk@inspect.example> 于2026年3月12日周四 07:30写道：",
            "2026年3月12日 上午7:30，Desk <desk@inspect.example>\n写道：",
            "At 2026-03-12 07:30:05, \"desk\" <desk@inspect.example> wrote:",
            "------------------ 原始邮件 ------------------",
            "------------------\u{a0}原始邮件\u{a0}------------------",
            "-----Original Message-----",
            "---------- Forwarded message ---------",
            "---- 回复的原邮件 ----",
            "Begin forwarded message:",
            "From: Desk <desk@inspect.example>\nSent: Thursday, 12 March 2026 07:30\nTo: Zhao Xin",
            "发件人: desk\n发送时间: 2026年3月12日 7:30\n收件人: 赵新\n主题: [K7Q2M]",
            "*发件人：* desk@inspect.example\n\u{200b}*主题：* [K7Q2M]",
            "寄件者: desk\n寄件日期: 2026年3月12日",
        ] {
            assert_eq!(of(text), Mark::QuoteFollows, "{text}");
        }
    }

    #[test]
    fn what_ends_the_text() {
        for text in [
            "-- ",
            "--",
            "发自我的iPhone",
            "来自我的华为手机",
            "Sent from my phone",
            "Get Outlook for iOS",
            "Thanks!",
            "此致",
            "谢谢。",
            "Best regards,",
        ] {
            assert_eq!(of(text), Mark::Stop, "{text}");
        }
    }

    #[test]
    fn what_is_neither() {
        for text in [
            "V1 present",
            "----------",
            "-----",
            "在岗",
            "On leave: V1.2",
            "To do: C3",
            "Subject: C3\nV1 present",
            "She wrote: busy",
            "谢谢，V1 在岗",
            "Thanks, V1 present",
            "C1 从外地来自己家",
            "From: here\nV1 present",
        ] {
            assert_eq!(of(text), Mark::None, "{text}");
        }
    }
}
