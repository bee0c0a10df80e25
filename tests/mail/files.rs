//! Letters in folders and mails in a Maildir.

use crate::fixtures::*;
use spotcheck::mail::{FolderTransport, Incoming, LARGEST_MAIL, Maildir, Sent, Transport, read_capped};
use std::fs;
use std::path::Path;
use tempfile::tempdir;

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> =
        fs::read_dir(folder).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

async fn send(transport: &Transport, ready: &Ready) -> Sent {
    transport.send(ready.parcel(), None, || None, async || Ok::<_, ()>(())).await.unwrap().0
}

#[tokio::test]
async fn a_letter_is_one_file_however_often_it_is_sent() {
    let root = tempdir().unwrap();
    let transport = Transport::Folder(FolderTransport::new(root.path()));
    let ready = Ready::to(&["zhaoxin@field.example"]);
    for _ in 0..2 {
        assert_eq!(send(&transport, &ready).await, Sent::Acked { refused: vec![] });
        assert_eq!(names(root.path()), ["2026-03-12"]);
        let files = names(&root.path().join("2026-03-12"));
        assert_eq!(files, [format!("{}.eml", ready.id.short_hash())]);
        assert!(files[0].len() == 20 && !files[0].contains("9f3t") && !files[0].contains("k7q2m"));
        assert_eq!(fs::read(root.path().join("2026-03-12").join(&files[0])).unwrap(), ready.bytes);
    }
}

#[tokio::test]
async fn nothing_stands_in_the_folder_before_the_caller_has_noted_it() {
    let root = tempdir().unwrap();
    let folder = FolderTransport::new(root.path());
    let ready = Ready::to(&["zhaoxin@field.example"]);
    let path = folder.path_of(&ready.id, day());
    let transport = Transport::Folder(folder);
    let failed = transport
        .send(ready.parcel(), None, || None, async || if path.exists() { Ok(()) } else { Err("not noted") })
        .await;
    assert_eq!(failed.map(|(sent, _)| sent), Err("not noted"));
    assert!(!path.exists());
    let file = root.path().join("a file");
    fs::write(&file, "").unwrap();
    let blocked = Transport::Folder(FolderTransport::new(file));
    let result = blocked.send(ready.parcel(), None, || None, async || Err("never called")).await;
    let result = result.map(|(sent, _)| sent);
    assert!(matches!(result, Ok(Sent::Retry(_))), "{result:?}");
}

#[tokio::test]
async fn a_maildir_hands_out_whole_mails_in_order() {
    let root = tempdir().unwrap();
    let maildir = Maildir::open(root.path()).await.unwrap();
    for name in ["b", "a", "c"] {
        maildir.deliver(name, name.as_bytes()).await.unwrap();
    }
    fs::write(root.path().join("tmp/half"), "half a ma").unwrap();
    fs::write(root.path().join("new/.hidden"), "").unwrap();
    fs::create_dir(root.path().join("new/folder")).unwrap();
    let waiting = maildir.waiting().await.unwrap();
    assert_eq!(waiting.iter().map(|e| e.name()).collect::<Vec<_>>(), ["a", "b", "c"]);
    for entry in &waiting {
        let mail = maildir.read(entry).await.unwrap();
        assert_eq!(mail, Some(Incoming::Mail(entry.name().as_bytes().to_vec())));
    }
    assert_eq!(maildir.waiting().await.unwrap(), waiting, "reading moves nothing");
    for _ in 0..2 {
        maildir.take_over(&waiting[0]).await.unwrap();
        assert_eq!(maildir.waiting().await.unwrap(), waiting[1..]);
        assert_eq!(names(&root.path().join("cur")), ["a:2,S"]);
    }
    assert_eq!(maildir.read(&waiting[0]).await.unwrap(), None);
}

#[tokio::test]
async fn names_from_outside_cannot_leave_the_maildir() {
    let root = tempdir().unwrap();
    let maildir = Maildir::open(root.path().join("box")).await.unwrap();
    for bad in ["", ".", "..", "../out", "a/b", ".hidden", "/abs"] {
        assert!(maildir.deliver(bad, b"x").await.is_err(), "{bad}");
    }
    assert_eq!(names(root.path()), ["box"]);
}

#[tokio::test]
async fn what_is_too_large_is_reported_and_not_loaded() {
    let root = tempdir().unwrap();
    let maildir = Maildir::open(root.path()).await.unwrap();
    let entry = maildir.deliver("big", b"").await.unwrap();
    let file = fs::File::options().write(true).open(root.path().join("new/big")).unwrap();
    for (size, expected) in [(LARGEST_MAIL, false), (LARGEST_MAIL + 1, true)] {
        file.set_len(size).unwrap();
        let read = maildir.read(&entry).await.unwrap().unwrap();
        assert_eq!(read == Incoming::TooLarge { size: Some(size) }, expected);
        let piped = tokio::fs::File::open(root.path().join("new/big")).await.unwrap();
        assert_eq!(read_capped(piped).await.unwrap() == Incoming::TooLarge { size: None }, expected);
    }
}

#[tokio::test]
async fn a_pipe_is_read_to_its_end() {
    let read = read_capped(&b"From: a@b.example\r\n\r\nV1 present\r\n"[..]).await.unwrap();
    assert_eq!(read, Incoming::Mail(b"From: a@b.example\r\n\r\nV1 present\r\n".to_vec()));
}
