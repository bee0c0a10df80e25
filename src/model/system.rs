//! Why the system refused something, in the person's language.

use super::Said;
use crate::said;
use std::io::{Error, ErrorKind};

/// What an error of the system means.
pub fn why(error: &Error) -> Said {
    match error.kind() {
        ErrorKind::NotFound => said!("there is no such file or folder", "没有该文件或文件夹"),
        ErrorKind::PermissionDenied => said!("this user has no right to it", "当前用户没有权限"),
        ErrorKind::AlreadyExists => said!("it is there already", "已存在"),
        ErrorKind::IsADirectory => said!("it is a folder", "这是文件夹"),
        ErrorKind::NotADirectory => said!("a part of its path is no folder", "路径中有一段不是文件夹"),
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => {
            said!("there is no room left", "空间不足")
        }
        ErrorKind::ReadOnlyFilesystem => said!("the disk is read-only", "磁盘只读"),
        ErrorKind::InvalidFilename => said!("its name is too long or no name", "文件名过长或无效"),
        ErrorKind::InvalidData => said!("it is no text in UTF-8", "不是UTF-8文本"),
        ErrorKind::TimedOut => said!("it took too long", "超时"),
        ErrorKind::ConnectionRefused => said!("nobody answers there", "对方拒绝连接"),
        ErrorKind::InvalidInput | ErrorKind::UnexpectedEof => {
            said!("it cannot be read so: {error}", "无法这样读取：{error}")
        }
        _ => said!("{error}", "系统提示：{error}"),
    }
}
