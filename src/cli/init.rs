//! `spotcheck init`: few questions; writes configuration, database and secrets.

use super::setup::{Place, block_on, first};
use super::{Exit, Terminal};
use crate::config::{Answers, Config, Question, Transport, write_new};
use crate::entropy::Entropy;
use crate::model::{Language, Said, Trouble};
use crate::said;
use crate::store::Store;
use crate::work::{Failure, Secrets};
use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader, IsTerminal};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;

#[derive(Debug, clap::Args)]
pub struct Args {
    /// An answer, so that it is not asked: county, office, zone, language, desk, head, smtp, authserv-id.
    #[arg(long = "answer", value_name = "QUESTION=ANSWER")]
    pub answers: Vec<String>,
}

pub fn run(args: &Args, place: &Place, terminal: &mut Terminal<'_>) -> Result<Exit, Trouble> {
    let path = &place.config;
    if path.exists() {
        return Err(Trouble::new(said!(
            "there is a configuration already: edit it, or name another file with --config",
            "配置文件已存在：请直接修改，或用--config指定另一个文件"
        ))
        .in_file(path.display().to_string()));
    }
    let mut given = BTreeMap::new();
    for answer in &args.answers {
        let parsed = answer.split_once('=').and_then(|(key, value)| {
            Some((Question::ALL.into_iter().find(|q| q.key() == key)?, value.trim().to_owned()))
        });
        let (question, value) = parsed.ok_or_else(|| {
            let keys: Vec<&str> = Question::ALL.iter().map(|q| q.key()).collect();
            let keys = keys.join(", ");
            Trouble::new(said!(
                "“{answer}” is not QUESTION=ANSWER with one of: {keys}",
                "“{answer}”应为 问题=回答，问题为：{keys}"
            ))
        })?;
        given.insert(question, value);
    }
    ask(&mut given, terminal);
    missing(&given)?;
    let answers = Answers::collect(&given, terminal.language).map_err(|troubles| {
        let texts: Vec<(String, String)> =
            troubles.iter().map(|t| (t.text(Language::En), t.text(Language::ZhHans))).collect();
        let join = |pick: fn(&(String, String)) -> &str| texts.iter().map(pick).collect::<Vec<_>>().join("\n");
        Trouble::new(Said::new(join(|t| &t.0), join(|t| &t.1)))
    })?;
    write(path, &write_new(&answers))?;
    // All or nothing: a configuration that stayed behind would refuse the next `init`.
    let config = establish(place).inspect_err(|_| {
        let _ = fs::remove_file(path);
    })?;
    let shown = path.display();
    let said = said!(
        "{shown} written, with database and keys beside it.\n\
         Next: for villages, teams, officials, contacts and inspectors, in this order:\n  \
         spotcheck export template villages    (writes villages.xlsx: fill it)\n  \
         spotcheck import villages villages.xlsx\n\
         Then spotcheck check, and spotcheck serve.",
        "已生成{shown}，数据库和密钥在同一目录。\n\
         下一步：依次为villages（村）、teams（工作队）、officials（队员）、contacts（联系人）、inspectors（检查员）：\n  \
         spotcheck export template villages    （生成villages.xlsx，填好）\n  \
         spotcheck import villages villages.xlsx\n\
         然后运行 spotcheck check，再运行 spotcheck serve。"
    );
    terminal.say(said.in_language(terminal.language));
    if let Transport::Smtp(smtp) = &config.mail.transport
        && let Some(login) = &smtp.login
        && !login.password.path().exists()
    {
        let (file, user) = (login.password.path().display(), &login.user);
        let said = said!(
            "First put the password of {user} alone into the file {file}, and let nobody else read it (chmod 600).",
            "请先把{user}的密码单独写入文件{file}，并只允许本人读取（chmod 600）。"
        );
        terminal.say(said.in_language(terminal.language));
    }
    Ok(Exit::Done)
}

/// What nobody answered, where nobody can be asked.
fn missing(given: &BTreeMap<Question, String>) -> Result<(), Trouble> {
    let lacking = Question::ALL.into_iter().filter(|q| q.usual(Language::En).is_none() && !given.contains_key(q));
    let lacking: Vec<(Said, &str)> = lacking.map(|q| (q.asked(), q.key())).collect();
    if lacking.is_empty() {
        return Ok(());
    }
    let lines = |pick: fn(&Said) -> &str| {
        lacking.iter().map(|(asked, key)| format!("\n  --answer {key}=…  {}", pick(asked))).collect::<String>()
    };
    let (en, zh) = (lines(|s| &s.en), lines(|s| &s.zh));
    Err(Trouble::new(Said::new(
        format!("answers are missing: run `spotcheck init` on a terminal, or add{en}"),
        format!("还缺以下回答：请在终端中运行“spotcheck init”，或加上{zh}"),
    )))
}

/// Keys and database of a configuration that was just written.
fn establish(place: &Place) -> Result<Config, Trouble> {
    let config = place.config().map_err(first)?;
    make_keys(&config)?;
    block_on(async {
        // Not the whole context: a password that is still to be put into its file is no reason to begin anew.
        let url = config.storage.connection()?;
        let store = Store::open(url.reveal()).await.map_err(|e| Failure::from(e).trouble())?;
        store.close().await;
        Ok(())
    })?;
    Ok(config)
}

/// Asks what was not given, where there is somebody to ask.
fn ask(given: &mut BTreeMap<Question, String>, terminal: &mut Terminal<'_>) {
    if !std::io::stdin().is_terminal() {
        return;
    }
    for question in Question::ALL.into_iter().filter(|q| !given.contains_key(q)).collect::<Vec<_>>() {
        loop {
            let asked = question.asked();
            let usual = question.usual(terminal.language).map(|u| format!(" [{u}]")).unwrap_or_default();
            let _ = write!(terminal.output, "{}{usual} ", asked.in_language(terminal.language));
            let _ = terminal.output.flush();
            let mut line = String::new();
            if BufReader::with_capacity(1, &mut *terminal.input).read_line(&mut line).unwrap_or(0) == 0 {
                return;
            }
            let answer = line.trim();
            if answer.is_empty() {
                break;
            }
            match question.check(answer) {
                Ok(()) => {
                    given.insert(question, answer.to_owned());
                    break;
                }
                Err(said) => {
                    let text = said.in_language(terminal.language).to_owned();
                    terminal.warn(text);
                }
            }
        }
    }
}

fn write(path: &Path, text: &str) -> Result<(), Trouble> {
    use std::io::Write;
    let failed = |e: std::io::Error| {
        Trouble::new(said!(
            "cannot be written ({e}): choose a folder that may be written",
            "无法写入（{e}）：请换一个可写的目录"
        ))
        .in_file(path.display().to_string())
    };
    if let Some(folder) = path.parent().filter(|f| !f.as_os_str().is_empty()) {
        fs::create_dir_all(folder).map_err(failed)?;
    }
    let file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    let mut file = file.map_err(failed)?;
    file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(failed)
}

/// The folder of keys (0700) with the reply secrets (0600). Chains are made at the first seal.
pub fn make_keys(config: &Config) -> Result<(), Trouble> {
    let dir = &config.keys.dir;
    if !dir.exists() {
        fs::DirBuilder::new().recursive(true).mode(0o700).create(dir).map_err(|e| {
            Trouble::new(said!("the folder of keys cannot be made: {e}", "密钥目录无法创建：{e}"))
                .in_file(dir.display().to_string())
        })?;
    }
    Secrets::create(dir, &Entropy::System).map_err(Failure::trouble)
}
