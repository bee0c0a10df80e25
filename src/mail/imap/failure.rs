//! What went wrong with a mail server, and what a person can do about it.

use crate::mail::smtp::why_unencrypted;
use crate::model::Said;
use crate::said;
use async_imap::error::Error;
use std::fmt;
use std::io::{self, ErrorKind};

/// What was being done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    Connect,
    Greeting,
    Tls,
    Login,
    Capabilities,
    Select,
    List,
    Create,
    Search,
    Fetch,
    Flag,
    Move,
    Idle,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// The system's word for it.
    Unreachable(String),
    /// Why the certificate does not prove the server.
    Certificate(&'static str),
    /// Why the file of an authority cannot be used.
    Authority(Said),
    /// The server said no.
    Refused,
    Lost,
    TimedOut,
    /// The server said something that is no IMAP.
    Garbled,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImapFailure {
    pub step: Step,
    pub kind: Kind,
}

impl ImapFailure {
    pub fn new(step: Step, kind: Kind) -> ImapFailure {
        ImapFailure { step, kind }
    }

    pub(super) fn of(step: Step, error: &Error) -> ImapFailure {
        let kind = match error {
            Error::Io(e) => of_io(e),
            Error::ConnectionLost => Kind::Lost,
            Error::Parse(_) => Kind::Garbled,
            _ => Kind::Refused,
        };
        ImapFailure { step, kind }
    }

    /// Whether nothing more can be said on this connection.
    pub fn ends_connection(&self) -> bool {
        self.kind != Kind::Refused
    }

    pub fn said(&self) -> Said {
        let step = self.step.said();
        match (&self.kind, self.step) {
            (Kind::Unreachable(why), _) => said!(
                "the mail server cannot be reached ({why}): check host, port and network",
                "无法连接邮件服务器（{why}）：请检查host、port和网络"
            ),
            (Kind::Certificate(why), _) => said!(
                "the mail server's certificate does not prove that it is the right one ({why}): correct host, or name its authority in ca_file; nothing was sent",
                "邮件服务器的证书无法证明其身份（{why}）：请更正host，或用ca_file指明颁发机构；未发送任何内容"
            ),
            (Kind::Authority(why), _) => Said::new(format!("ca_file: {}", why.en), format!("ca_file：{}", why.zh)),
            (Kind::Refused, Step::Tls) => said!(
                "the mail server offers no encryption (STARTTLS): ask its operator, or use security = \"implicit\"; the password was not sent",
                "邮件服务器不提供加密（STARTTLS）：请联系其管理员，或改用security = \"implicit\"；密码未发送"
            ),
            (Kind::Refused, Step::Login) => said!(
                "the mail server refuses user or password: correct user and the file password_file; 163, 126 and QQ want an authorisation code made on their site in place of the password",
                "邮件服务器拒绝用户名或密码：请更正user和password_file所指文件；163、126、QQ邮箱须填网站上生成的授权码"
            ),
            (Kind::Refused, Step::Select) => said!(
                "the mail server does not open a folder: correct folders; some providers first want IMAP switched on on their site",
                "邮件服务器不允许打开文件夹：请更正folders；有的邮箱须先在网站上开启IMAP服务"
            ),
            (Kind::Refused, Step::Create | Step::Move) => said!(
                "the mail server does not let mails be moved: correct move_to, or write after = \"seen\"",
                "邮件服务器不允许移动邮件：请更正move_to，或改为after = \"seen\""
            ),
            (Kind::Refused, _) => Said::new(
                format!("the mail server refused ({}): look into its log", step.en),
                format!("邮件服务器拒绝（{}）：请查看其日志", step.zh),
            ),
            (Kind::Lost, _) => Said::new(
                format!("the mail server broke off ({}): it is tried again", step.en),
                format!("邮件服务器中断连接（{}）：将自动重试", step.zh),
            ),
            (Kind::TimedOut, _) => Said::new(
                format!("the mail server did not answer in time ({}): it is tried again", step.en),
                format!("邮件服务器未及时应答（{}）：将自动重试", step.zh),
            ),
            (Kind::Garbled, _) => Said::new(
                format!("the mail server said what is no IMAP ({}): check host, port and security", step.en),
                format!("对方所答不是IMAP（{}）：请检查host、port和security", step.zh),
            ),
        }
    }
}

/// What a broken connection means.
pub(super) fn of_io(error: &io::Error) -> Kind {
    let of_tls = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
    match (of_tls, error.kind()) {
        (Some(rustls::Error::InvalidCertificate(_)), _) => Kind::Certificate(why_unencrypted(error)),
        // The parser's complaints come as “other”, ours about literals as “invalid data”, and so do those of TLS.
        (_, ErrorKind::Other | ErrorKind::InvalidData) => Kind::Garbled,
        _ => Kind::Lost,
    }
}

impl Step {
    fn said(self) -> Said {
        match self {
            Step::Connect => said!("connecting", "连接"),
            Step::Greeting => said!("greeting", "问候"),
            Step::Tls => said!("encryption", "加密"),
            Step::Login => said!("login", "登录"),
            Step::Capabilities => said!("capabilities", "查询功能"),
            Step::Select => said!("opening a folder", "打开文件夹"),
            Step::List => said!("listing folders", "列出文件夹"),
            Step::Create => said!("making a folder", "建立文件夹"),
            Step::Search => said!("searching", "查找邮件"),
            Step::Fetch => said!("fetching mail", "读取邮件"),
            Step::Flag => said!("marking mail", "标记邮件"),
            Step::Move => said!("moving mail", "移动邮件"),
            Step::Idle => said!("waiting for mail", "等待邮件"),
        }
    }
}

impl fmt::Display for ImapFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.said().en)
    }
}

impl std::error::Error for ImapFailure {}
