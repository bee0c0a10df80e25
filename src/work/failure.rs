//! Why a use case did not go through, and whether trying again can help.

use crate::entropy::NoEntropy;
use crate::model::{Said, Trouble};
use crate::said;
use crate::store::StoreError;

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
            Failure::Store(e) => Trouble::new(said!(
                "the database did not do it ({e}): look at its log, then try again",
                "数据库操作失败（{e}）：请查看数据库日志后重试"
            )),
            Failure::Entropy(e) => {
                Trouble::new(said!("{e}: start the machine again", "系统未能提供随机数（{e}）：请重启本机"))
            }
            Failure::File(what, e) => Trouble::new(Said::new(
                format!("{what}: {e}: check that the disk is there, has room and may be written"),
                format!("{what}：{e}：请检查磁盘是否存在、是否有空间、是否可写"),
            )),
        }
    }
}

pub type Done<T> = Result<T, Failure>;
