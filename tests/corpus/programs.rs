//! How mail programs quote: the line above the quote, the mark before quoted lines, the markup.

/// A line of a reply: quoted, or the person's own.
#[derive(Debug, Clone)]
pub enum Piece {
    Quoted(String),
    Own(String),
}

/// What was written on top, the line above the quote, the quote.
type Markup = fn(&str, &str, &[Piece]) -> String;

pub struct Program {
    pub name: &'static str,
    /// The lines between what was written on top and the quote.
    pub attribution: &'static str,
    /// Before every quoted line.
    pub prefix: &'static str,
    /// Below what was written on top.
    pub signature: &'static str,
    /// The whole HTML part, where it writes one: top, attribution, pieces.
    pub html: Option<Markup>,
    /// Whether it writes a plain part.
    pub plain: bool,
    /// Columns at which it wraps quoted lines.
    pub wrap: usize,
}

const PLAIN: Program =
    Program { name: "plain", attribution: "", prefix: "> ", signature: "", html: None, plain: true, wrap: 1000 };

pub const OUTLOOK_EN: &str = "\
________________________________
From: Inspection Desk <desk@inspect.example>
Sent: Thursday, March 12, 2026 7:30 AM
To: Zhao Xin <zhaoxin@field.example>
Subject: [K7Q2M]
";
const OUTLOOK_ZH: &str = "\
发件人: Inspection Desk <desk@inspect.example>
发送时间: 2026年3月12日 7:30
收件人: 赵新 <zhaoxin@field.example>
主题: [K7Q2M]
";
const QQ: &str = "\
------------------ 原始邮件 ------------------
发件人: \"desk\" <desk@inspect.example>;
发送时间: 2026年3月12日(星期四) 上午7:30
收件人: \"赵新\"<zhaoxin@field.example>;
主题: [K7Q2M]
";
const NETEASE_APP: &str = "\
---- 回复的原邮件 ----
| 发件人 | desk<desk@inspect.example> |
| 日期 | 2026年03月12日 07:30 |
| 收件人 | zhaoxin@field.example |
| 主题 | [K7Q2M] |
";

pub const ALL: &[Program] = &[
    PLAIN,
    Program { name: "outlook-en", attribution: OUTLOOK_EN, prefix: "", ..PLAIN },
    Program { name: "outlook-zh", attribution: OUTLOOK_ZH, prefix: "", ..PLAIN },
    Program {
        name: "outlook-original",
        attribution: "-----Original Message-----\nFrom: Inspection Desk <desk@inspect.example> \nSent: Thursday, March 12, 2026 7:30 AM\nTo: Zhao Xin\nSubject: [K7Q2M]\n",
        prefix: "",
        wrap: 76,
        ..PLAIN
    },
    Program {
        name: "outlook-mobile",
        attribution: OUTLOOK_EN,
        prefix: "",
        signature: "\nGet Outlook for iOS<https://aka.ms/o0ukef>\n",
        ..PLAIN
    },
    Program {
        name: "outlook-mobile-zh",
        attribution: OUTLOOK_ZH,
        prefix: "",
        signature: "\n获取 Outlook for Android\n",
        ..PLAIN
    },
    Program {
        name: "exchange",
        attribution: "________________________________________\nFrom: desk@inspect.example [desk@inspect.example]\nSent: 12 March 2026 07:30\nTo: Zhao Xin\nSubject: [K7Q2M]\n",
        prefix: "",
        ..PLAIN
    },
    Program { name: "qq", attribution: QQ, prefix: "", ..PLAIN },
    Program {
        name: "qq-phone",
        attribution: "---Original---\nFrom: \"desk\"<desk@inspect.example>\nDate: Thu, Mar 12, 2026 07:30 AM\nTo: \"赵新\"<zhaoxin@field.example>;\nSubject: [K7Q2M]\n",
        prefix: "",
        signature: "\n发自我的iPhone\n",
        ..PLAIN
    },
    Program {
        name: "163",
        attribution: "在 2026-03-12 07:30:05，\"Inspection Desk\" <desk@inspect.example> 写道：\n",
        prefix: ">",
        ..PLAIN
    },
    Program {
        name: "163-en",
        attribution: "At 2026-03-12 07:30:05, \"Inspection Desk\" <desk@inspect.example> wrote:\n",
        prefix: "",
        ..PLAIN
    },
    Program {
        name: "163-phone", attribution: NETEASE_APP, prefix: "", signature: "\n发自网易邮箱大师\n", ..PLAIN
    },
    Program {
        name: "foxmail",
        attribution: "发件人： Inspection Desk\n发送时间： 2026-03-12 07:30\n收件人： zhaoxin\n主题： [K7Q2M]\n",
        prefix: "",
        ..PLAIN
    },
    Program {
        name: "gmail-en",
        attribution: "On Thu, Mar 12, 2026 at 7:30 AM Inspection Desk <desk@inspect.example>\nwrote:\n",
        wrap: 78,
        ..PLAIN
    },
    Program {
        name: "gmail-zh",
        attribution: "Inspection Desk <desk@inspect.example> 于2026年3月12日周四 07:30写道：\n",
        wrap: 72,
        ..PLAIN
    },
    Program {
        name: "gmail-phone",
        attribution: "On Thu, 12 Mar 2026, 07:30 Inspection Desk, <desk@inspect.example> wrote:\n",
        wrap: 70,
        ..PLAIN
    },
    Program {
        name: "apple",
        attribution: "On 12 Mar 2026, at 07:30, Inspection Desk <desk@inspect.example> wrote:\n",
        ..PLAIN
    },
    Program {
        name: "iphone-zh",
        attribution: "在 2026年3月12日，07:30，Inspection Desk <desk@inspect.example> 写道：\n\n",
        prefix: "> ",
        signature: "\n发自我的 iPhone\n",
        ..PLAIN
    },
    Program {
        name: "iphone-en",
        attribution: "On Mar 12, 2026, at 7:30 AM, Inspection Desk\n<desk@inspect.example> wrote:\n\n",
        prefix: "\u{feff}> ",
        signature: "\nSent from my iPhone\n",
        ..PLAIN
    },
    Program { name: "thunderbird", attribution: "On 12/03/2026 07:30, Inspection Desk wrote:\n", wrap: 74, ..PLAIN },
    Program { name: "thunderbird-zh", attribution: "在 2026/3/12 7:30, Inspection Desk 写道:\n", ..PLAIN },
    Program {
        name: "android",
        attribution: "-------- Original message --------\nFrom: Inspection Desk <desk@inspect.example> \nDate: 12/03/2026 07:30 (GMT+08:00) \nTo: zhaoxin@field.example \nSubject: [K7Q2M] \n",
        prefix: "",
        signature: "\nSent from my Galaxy\n",
        ..PLAIN
    },
    Program {
        name: "huawei",
        attribution: "-------- 原始邮件 --------\n发件人：Inspection Desk <desk@inspect.example>\n日期：2026年3月12日周四 07:30\n收件人：zhaoxin@field.example\n主题：[K7Q2M]\n",
        prefix: "",
        signature: "\n发自我的华为手机\n",
        ..PLAIN
    },
    Program {
        name: "coremail",
        attribution: "\n-----原始邮件-----\n发件人:\"Inspection Desk\" <desk@inspect.example>\n发送时间:2026-03-12 07:30:05 (星期四)\n收件人: zhaoxin@field.example\n抄送: \n主题: [K7Q2M]\n",
        prefix: "> ",
        ..PLAIN
    },
    Program {
        name: "aliyun",
        attribution: "------------------------------------------------------------------\n发件人：Inspection Desk <desk@inspect.example>\n日　期：2026年03月12日 07:30:05\n收件人：<zhaoxin@field.example>\n主　题：[K7Q2M]\n",
        prefix: "",
        ..PLAIN
    },
    Program {
        name: "yahoo",
        attribution: "    On Thursday, 12 March 2026 at 07:30:05 GMT+8, Inspection Desk <desk@inspect.example> wrote:  \n \n ",
        prefix: " ",
        ..PLAIN
    },
    Program {
        name: "yahoo-tw",
        attribution: "Inspection Desk <desk@inspect.example> 於 2026年3月12日 週四 上午7:30 寫道：\n",
        ..PLAIN
    },
    Program {
        name: "outlook-tw",
        attribution: "寄件者: Inspection Desk <desk@inspect.example>\n寄件日期: 2026年3月12日 上午 07:30\n收件者: 趙新\n主旨: [K7Q2M]\n",
        prefix: "",
        ..PLAIN
    },
    Program { name: "bars", attribution: "On 12 Mar 2026 07:30, desk@inspect.example wrote:\n", prefix: "| ", ..PLAIN },
    Program {
        name: "wide-marks", attribution: "2026年3月12日 07:30，督查办写道：\n", prefix: "＞ ", ..PLAIN
    },
    Program {
        name: "gmail-html",
        attribution: "On Thu, Mar 12, 2026 at 7:30 AM Inspection Desk &lt;<a href=\"mailto:desk@inspect.example\">desk@inspect.example</a>&gt; wrote:",
        html: Some(gmail),
        plain: false,
        ..PLAIN
    },
    Program {
        name: "apple-html",
        attribution: "On 12 Mar 2026, at 07:30, Inspection Desk &lt;desk@inspect.example&gt; wrote:",
        html: Some(apple),
        plain: false,
        ..PLAIN
    },
    Program {
        name: "outlook-html",
        attribution: "<b>From:</b> Inspection Desk &lt;desk@inspect.example&gt;<br><b>Sent:</b> Thursday, March 12, 2026 7:30 AM<br><b>To:</b> Zhao Xin<br><b>Subject:</b> [K7Q2M]",
        html: Some(outlook),
        plain: false,
        ..PLAIN
    },
    Program {
        name: "word-html",
        attribution: "<b><span>发件人<span lang=EN-US>:</span></span></b><span> Inspection Desk<br><b>发送时间<span>:</span></b> 2026年3月12日<br><b>收件人:</b> 赵新<br><b>主题:</b> [K7Q2M]</span>",
        html: Some(word),
        plain: false,
        ..PLAIN
    },
    Program {
        name: "qq-html",
        attribution: "<div style=\"font-size:12px;background:#efefef;padding:8px;\"><div><b>发件人:</b>&nbsp;\"desk\"&lt;desk@inspect.example&gt;;</div><div><b>发送时间:</b>&nbsp;2026年3月12日</div><div><b>收件人:</b>&nbsp;\"赵新\"</div><div></div><div><b>主题:</b>&nbsp;[K7Q2M]</div></div>",
        html: Some(qq),
        plain: false,
        ..PLAIN
    },
    Program {
        name: "163-html",
        attribution: "At 2026-03-12 07:30:05, \"Inspection Desk\" &lt;desk@inspect.example&gt; wrote:",
        html: Some(netease),
        plain: false,
        ..PLAIN
    },
    Program {
        name: "thunderbird-html",
        attribution: "On 12/03/2026 07:30, Inspection Desk wrote:",
        html: Some(thunderbird),
        plain: false,
        ..PLAIN
    },
    Program {
        name: "yahoo-html",
        attribution: "On Thursday, 12 March 2026 at 07:30:05 GMT+8, Inspection Desk &lt;desk@inspect.example&gt; wrote:",
        html: Some(yahoo),
        plain: false,
        ..PLAIN
    },
    Program {
        name: "gmail-both",
        attribution: "On Thu, Mar 12, 2026 at 7:30 AM Inspection Desk <desk@inspect.example>\nwrote:\n",
        html: Some(gmail),
        wrap: 78,
        ..PLAIN
    },
];

pub fn program(name: &str) -> &'static Program {
    ALL.iter().find(|p| p.name == name).unwrap_or_else(|| panic!("no mail program {name}"))
}

impl Program {
    /// The plain part.
    pub fn plain_text(&self, top: &str, pieces: &[Piece]) -> String {
        let mut out = String::new();
        if !top.is_empty() {
            out.push_str(top);
            out.push('\n');
            out.push_str(self.signature);
            out.push('\n');
        }
        if !pieces.is_empty() {
            out.push_str(self.attribution);
        }
        for piece in pieces {
            match piece {
                Piece::Own(line) => out.push_str(&format!("{line}\n")),
                Piece::Quoted(line) => {
                    for wrapped in wrap(line, self.wrap - self.prefix.len()) {
                        out.push_str(&format!("{}{wrapped}\n", self.prefix));
                    }
                }
            }
        }
        out
    }
}

/// Broken at blanks, as mail programs do; a wide character is two columns.
pub fn wrap(line: &str, width: usize) -> Vec<String> {
    let columns = |text: &str| text.chars().map(|c| if c > '\u{1100}' { 2 } else { 1 }).sum::<usize>();
    let mut out = vec![String::new()];
    for word in line.split_inclusive(' ') {
        let last = out.last_mut().unwrap();
        if !last.trim().is_empty() && columns(last) + columns(word.trim_end()) > width {
            *last = last.trim_end().to_owned();
            out.push(word.to_owned());
        } else {
            last.push_str(word);
        }
    }
    out
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace("  ", "&nbsp; ")
}

fn divs(text: &str) -> String {
    text.lines()
        .map(|line| format!("<div>{}</div>", if line.is_empty() { "<br>".to_owned() } else { escaped(line) }))
        .collect()
}

/// Quoted lines in an element, the person's own outside of it.
fn split(pieces: &[Piece], open: &str, close: &str) -> String {
    let mut out = open.to_owned();
    for piece in pieces {
        match piece {
            Piece::Quoted(line) => out.push_str(&format!("{}<br>\r\n", escaped(line))),
            Piece::Own(line) => out.push_str(&format!("{close}<div>{}</div>{open}", escaped(line))),
        }
    }
    out + close
}

/// All of them as paragraphs of the same kind.
fn mixed(pieces: &[Piece]) -> String {
    let line = |piece: &Piece| match piece {
        Piece::Quoted(line) | Piece::Own(line) => {
            format!("<p class=MsoNormal><span>{}<o:p></o:p></span></p>", escaped(line))
        }
    };
    pieces.iter().map(line).collect()
}

fn gmail(top: &str, attribution: &str, pieces: &[Piece]) -> String {
    let quote = split(pieces, "<blockquote class=\"gmail_quote\" style=\"margin:0px 0px 0px 0.8ex\">", "</blockquote>");
    format!(
        "<div dir=\"ltr\">{}</div><br><div class=\"gmail_quote gmail_quote_container\"><div dir=\"ltr\" class=\"gmail_attr\">{attribution}<br></div>{quote}</div>",
        divs(top)
    )
}

fn apple(top: &str, attribution: &str, pieces: &[Piece]) -> String {
    let quote = split(pieces, "<blockquote type=\"cite\">", "</blockquote>");
    format!(
        "<html><head><meta http-equiv=\"content-type\" content=\"text/html; charset=utf-8\"><style>p {{ margin: 0 }} C1 busy</style></head><body dir=\"auto\">{}<div dir=\"ltr\">Sent from my iPhone</div><div dir=\"ltr\"><br>{attribution}</div>{quote}</body></html>",
        divs(top)
    )
}

fn outlook(top: &str, attribution: &str, pieces: &[Piece]) -> String {
    format!(
        "<html><body dir=\"ltr\"><div class=\"elementToProof\">{}</div><div id=\"appendonsend\"></div><hr style=\"display:inline-block;width:98%\" tabindex=\"-1\"><div id=\"divRplyFwdMsg\" dir=\"ltr\"><font face=\"Calibri\">{attribution}</font><div>&nbsp;</div></div><div class=\"BodyFragment\">{}</div></body></html>",
        divs(top),
        mixed(pieces)
    )
}

fn word(top: &str, attribution: &str, pieces: &[Piece]) -> String {
    format!(
        "<html><body lang=ZH-CN><div class=WordSection1>{}<div><div style='border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm'><p class=MsoNormal>{attribution}</p></div></div>{}</div></body></html>",
        divs(top),
        mixed(pieces)
    )
}

fn qq(top: &str, attribution: &str, pieces: &[Piece]) -> String {
    format!(
        "{}<div><br></div><div><br></div><div style=\"font-size: 12px;\">------------------&nbsp;原始邮件&nbsp;------------------</div>{attribution}<div><br></div>{}",
        divs(top),
        mixed(pieces)
    )
}

fn netease(top: &str, attribution: &str, pieces: &[Piece]) -> String {
    let quote = split(pieces, "<blockquote id=\"isReplyContent\" style=\"PADDING-LEFT:1ex\">", "</blockquote>");
    format!(
        "<div style=\"line-height:1.7\">{}<br/><div id=\"divNeteaseMailCard\"></div><br/>{attribution}<br/>{quote}</div>",
        divs(top)
    )
}

fn thunderbird(top: &str, attribution: &str, pieces: &[Piece]) -> String {
    let quote = split(pieces, "<blockquote type=\"cite\" cite=\"mid:x\"><pre wrap=\"\">", "</pre></blockquote>");
    format!(
        "<html><body>{}<div class=\"moz-cite-prefix\">{attribution}<br></div>{quote}<div class=\"moz-signature\">-- <br>Zhao Xin C2 busy</div></body></html>",
        divs(top)
    )
}

fn yahoo(top: &str, attribution: &str, pieces: &[Piece]) -> String {
    format!(
        "<div class=\"ydp\">{}</div><div id=\"yahoo_quoted_1\" class=\"yahoo_quoted\"><div><div>{attribution}</div><div><br></div>{}</div></div>",
        divs(top),
        mixed(pieces)
    )
}
