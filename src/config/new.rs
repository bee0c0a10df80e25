//! A first configuration from a few answers: the questions, their checks, and the commented text.

use super::shapes;
use crate::model::{Language, OfficeId, Said, Trouble};
use crate::said;
use chrono_tz::Tz;
use std::collections::BTreeMap;

/// What `init` asks, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Question {
    County,
    Office,
    Zone,
    Language,
    Desk,
    Head,
    Smtp,
    AuthservId,
}

/// The answers, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answers {
    /// Name of the county or of its office, as letters shall show it.
    pub county: String,
    pub office: OfficeId,
    pub zone: Tz,
    pub language: Language,
    pub desk: String,
    pub head: String,
    /// Host of the mail server; without one, letters become files in a folder.
    pub smtp: Option<String>,
    pub authserv_id: Option<String>,
}

impl Question {
    pub const ALL: [Question; 8] = [
        Question::County,
        Question::Office,
        Question::Zone,
        Question::Language,
        Question::Desk,
        Question::Head,
        Question::Smtp,
        Question::AuthservId,
    ];

    /// Its name where the answer is given on the command line or reported.
    pub fn key(self) -> &'static str {
        match self {
            Question::County => "county",
            Question::Office => "office",
            Question::Zone => "zone",
            Question::Language => "language",
            Question::Desk => "desk",
            Question::Head => "head",
            Question::Smtp => "smtp",
            Question::AuthservId => "authserv-id",
        }
    }

    pub fn asked(self) -> Said {
        match self {
            Question::County => said!("Name of the office, as letters show it", "单位名称（信中显示）"),
            Question::Office => said!("Short id of the office, such as yunling", "单位编号（英文简称，如yunling）"),
            Question::Zone => said!("Time zone", "时区"),
            Question::Language => said!("Language of the office: zh-Hans or en", "单位使用的语言：zh-Hans或en"),
            Question::Desk => {
                said!("Mailbox that sends the letters and takes the replies", "发信并接收回复的邮箱")
            }
            Question::Head => {
                said!("Mail address of the person who answers for the office", "单位负责人的邮箱")
            }
            Question::Smtp => said!(
                "Mail server (empty: letters become files in a folder, nothing is sent)",
                "发信服务器（留空则把信存成文件，不发送）"
            ),
            Question::AuthservId => said!(
                "First word after “Authentication-Results:” in a mail that this mailbox received (empty: not known)",
                "本邮箱所收邮件原文中“Authentication-Results:”之后的第一个词（留空表示不清楚）"
            ),
        }
    }

    /// What an empty answer means; `None` where an answer is needed.
    pub fn usual(self, language: Language) -> Option<&'static str> {
        match self {
            Question::County | Question::Office | Question::Desk | Question::Head => None,
            Question::Zone => Some("Asia/Shanghai"),
            Question::Language => Some(language.tag()),
            Question::Smtp | Question::AuthservId => Some(""),
        }
    }

    /// Whether an answer can stand, so that a dialogue can ask again at once.
    pub fn check(self, answer: &str) -> Result<(), Said> {
        match self {
            Question::County => shapes::line(answer).map(drop),
            Question::Office => OfficeId::parse(answer).map(drop),
            Question::Zone => shapes::zone(answer).map(drop),
            Question::Language => shapes::language(answer).map(drop),
            Question::Desk | Question::Head => shapes::address(answer).map(drop),
            Question::Smtp if answer.is_empty() => Ok(()),
            Question::Smtp => shapes::host(answer).map(drop),
            Question::AuthservId if answer.is_empty() => Ok(()),
            Question::AuthservId => shapes::line(answer).map(drop),
        }
    }
}

impl Answers {
    /// Checks all answers at once; `language` is the person's, for where none is given.
    pub fn collect(given: &BTreeMap<Question, String>, language: Language) -> Result<Answers, Vec<Trouble>> {
        let answer = |question: Question| {
            let text = given.get(&question).map_or("", |text| text.trim());
            if text.is_empty() { question.usual(language).unwrap_or_default() } else { text }
        };
        let troubles: Vec<Trouble> = Question::ALL
            .into_iter()
            .filter_map(|question| {
                let said = question.check(answer(question)).err()?;
                Some(Trouble::new(said).in_field(question.key()))
            })
            .collect();
        let read = || -> Result<Answers, Said> {
            let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
            Ok(Answers {
                county: shapes::line(answer(Question::County))?,
                office: OfficeId::parse(answer(Question::Office))?,
                zone: shapes::zone(answer(Question::Zone))?,
                language: shapes::language(answer(Question::Language))?,
                desk: shapes::address(answer(Question::Desk))?,
                head: shapes::address(answer(Question::Head))?,
                smtp: some(answer(Question::Smtp)),
                authserv_id: some(answer(Question::AuthservId)),
            })
        };
        read().map_err(|_| troubles)
    }
}

/// The default configuration with the answers filled in; every other setting keeps its note.
pub fn write_new(answers: &Answers) -> String {
    let mut text = Text(super::DEFAULT.lines().map(str::to_owned).collect());
    let office = answers.office.as_str();
    text.set("[mail]", "from", &answers.desk);
    if let Some(host) = &answers.smtp {
        text.set("[mail]", "transport", "smtp");
        text.uncomment("[mail.smtp]");
        text.set("[mail.smtp]", "host", host);
        text.set("[mail.smtp]", "user", &answers.desk);
        text.set("[mail.smtp]", "password_file", "smtp-password");
    }
    if let Some(id) = &answers.authserv_id {
        text.set("[intake]", "authserv_id", id);
        text.set("[intake]", "authentication", "require");
    }
    text.set("[[office]]", "id", office);
    text.set("[[office]]", "name", &answers.county);
    text.comment_out("[[office]]", "name_latin");
    text.set("[[office]]", "zone", answers.zone.name());
    text.set("[[office]]", "language", answers.language.tag());
    text.set("[[office]]", "desk", &answers.desk);
    text.set("[[office]]", "head", &answers.head);
    for line in &mut text.0 {
        if line.starts_with("office = ") {
            *line = format!("office = {}", quoted(office));
        }
    }
    text.0.join("\n") + "\n"
}

/// The lines of a configuration.
struct Text(Vec<String>);

impl Text {
    /// Index of a setting's line inside the first section of that name, commented out or not.
    fn find(&self, section: &str, key: &str) -> Option<usize> {
        let plain = |line: &str| line.trim_start_matches("# ").to_owned();
        let header = self.0.iter().position(|line| plain(line) == section)?;
        let inside = self.0.iter().enumerate().skip(header + 1);
        inside
            .take_while(|(_, line)| !plain(line).starts_with('['))
            .find(|(_, line)| plain(line).starts_with(&format!("{key} = ")))
            .map(|(index, _)| index)
    }

    fn set(&mut self, section: &str, key: &str, value: &str) {
        if let Some(line) = self.find(section, key).and_then(|index| self.0.get_mut(index)) {
            *line = format!("{key} = {}", quoted(value));
        }
    }

    fn comment_out(&mut self, section: &str, key: &str) {
        if let Some(line) = self.find(section, key).and_then(|index| self.0.get_mut(index)) {
            *line = format!("# {line}");
        }
    }

    fn uncomment(&mut self, header: &str) {
        for line in &mut self.0 {
            if line.strip_prefix("# ") == Some(header) {
                *line = header.to_owned();
            }
        }
    }
}

fn quoted(text: &str) -> String {
    let escaped: String = text
        .chars()
        .map(|c| match c {
            '"' => "\\\"".to_owned(),
            '\\' => "\\\\".to_owned(),
            c => c.to_string(),
        })
        .collect();
    format!("\"{escaped}\"")
}
