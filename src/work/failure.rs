//! Why a use case did not go through, and whether trying again can help.

use crate::entropy::NoEntropy;
use crate::model::{Said, Trouble};
use crate::said;
use crate::store::{Ailment, StoreError};

#[derive(Debug, thiserror::Error)]
pub enum Failure {
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Something that a person can put right.
    #[error(transparent)]
    Trouble(#[from] Trouble),
    #[error(transparent)]
    Entropy(#[from] NoEntropy),
    #[error("{0}: {1}")]
    File(&'static str, std::io::Error),
}

impl Failure {
    /// Whether the same call may succeed later without anybody doing anything.
    pub fn may_retry(&self) -> bool {
        match self {
            Failure::Store(e) => e.may_retry(),
            Failure::Trouble(_) | Failure::Entropy(_) => false,
            Failure::File(_, _) => true,
        }
    }

    /// For the person in front of a command.
    pub fn trouble(self) -> Trouble {
        match self {
            Failure::Trouble(trouble) => trouble,
            other => Trouble::new(other.said()),
        }
    }

    /// What is the matter, and what to do about it.
    pub fn said(&self) -> Said {
        match self {
            Failure::Trouble(trouble) => trouble.said.clone(),
            Failure::Store(e) => match e.ailment() {
                Some(ailment) => ailing(ailment),
                None => said!(
                    "the database did not do it ({e}): look at its log, then try again",
                    "数据库操作失败（{e}）：请查看数据库日志后重试"
                ),
            },
            Failure::Entropy(e) => said!("{e}: start the machine again", "系统未能提供随机数（{e}）：请重启本机"),
            Failure::File(what, e) => Said::new(
                format!("{what}: {e}: check that the disk is there, has room and may be written"),
                format!("{what}：{e}：请检查磁盘是否存在、是否有空间、是否可写"),
            ),
        }
    }
}

/// What to do about a database.
fn ailing(ailment: Ailment) -> Said {
    match ailment {
        Ailment::Locked => said!(
            "another program has been holding a lock in the database for a long time, and this waits for it: end that program or its session (pg_stat_activity and pg_locks show it); nothing is lost meanwhile",
            "另一程序长时间占用数据库中的锁，本操作在等待：请结束该程序或其会话（可查pg_stat_activity和pg_locks）；其间不会丢失任何内容"
        ),
        Ailment::ReadOnly => said!(
            "the database may only be read: let the account that runs spotcheck write the file and its folder (storage.url)",
            "数据库只读：请允许运行spotcheck的账户写入该文件及其目录（storage.url）"
        ),
        Ailment::Unreachable => said!(
            "the database file cannot be opened: check that storage.url names a file in a folder that is there and may be written",
            "数据库文件无法打开：请检查storage.url所指文件的目录是否存在、是否可写"
        ),
        Ailment::Damaged => said!(
            "the database file is damaged, or is no database: restore it from its backup, or correct storage.url",
            "数据库文件已损坏，或不是数据库：请从备份恢复，或更正storage.url"
        ),
        Ailment::Busy => said!(
            "another command or program has been writing into the database for a long time: try again when it is done; what holds it can be told with `fuser` on the database file",
            "另一个命令或程序长时间占用数据库：请待其完成后重试（可用fuser查看占用数据库文件的程序）"
        ),
        Ailment::Full => said!(
            "the disk is full and nothing was written: make room, then do it again",
            "磁盘已满，未写入任何内容：请腾出空间后重试"
        ),
    }
}

pub type Done<T> = Result<T, Failure>;
