//! Accounts, sessions, tries to sign in, the audit log, files that wait.

use super::on_both;
use spotcheck::model::{AccountRole, Language, Said, Sha256, Timestamp};
use spotcheck::store::{AuditRow, NewAccount, SignIns, Store, TokenRow, UploadRow};

async fn with_account(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let office = "yunling".parse().unwrap();
    let new = NewAccount {
        id: "wangmin",
        name: "王敏",
        role: AccountRole::Head,
        office: Some(&office),
        language: Language::ZhHans,
        at: Timestamp(5),
    };
    assert!(tx.add_account(&new).await.unwrap());
    assert!(!tx.add_account(&new).await.unwrap(), "there is one already");
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn an_account_begins_without_a_password_and_a_one_time_secret_works_once() {
    on_both(|store| async move {
        with_account(&store).await;
        let mut tx = store.begin().await.unwrap();
        let account = tx.account("wangmin").await.unwrap().unwrap();
        assert_eq!((account.role, account.password.as_deref(), account.active), (AccountRole::Head, None, true));
        let [first, second] = [Sha256::of(b"one"), Sha256::of(b"two")];
        tx.add_one_time(&first, "wangmin", Timestamp(100)).await.unwrap();
        tx.add_one_time(&second, "wangmin", Timestamp(100)).await.unwrap();
        assert_eq!(tx.one_time(&first, Timestamp(50)).await.unwrap(), None, "a new one takes the place of the old");
        assert_eq!(tx.one_time(&second, Timestamp(50)).await.unwrap().as_deref(), Some("wangmin"));
        assert!(!tx.use_one_time(&second, Timestamp(100)).await.unwrap(), "its time is over");
        assert!(tx.use_one_time(&second, Timestamp(99)).await.unwrap());
        assert!(!tx.use_one_time(&second, Timestamp(99)).await.unwrap(), "once");
        tx.set_password("wangmin", Some("$argon2id$…")).await.unwrap();
        tx.begin_second("wangmin", 1).await.unwrap();
        assert!(tx.use_second("wangmin", 7).await.unwrap());
        assert!(!tx.use_second("wangmin", 7).await.unwrap(), "no code counts twice");
        tx.set_active("wangmin", false).await.unwrap();
        let account = tx.accounts().await.unwrap().remove(0);
        assert_eq!((account.second, account.second_on, account.second_kid, account.active), (1, true, 1, false));
    })
    .await;
}

#[tokio::test]
async fn sessions_end_with_the_time_and_with_their_account() {
    on_both(|store| async move {
        with_account(&store).await;
        let mut tx = store.begin().await.unwrap();
        let ids = [b"a", b"b", b"c"].map(|id| Sha256::of(id));
        for (n, id) in (10..).zip(&ids) {
            tx.add_session(id, "wangmin", n != 10, Timestamp(n)).await.unwrap();
        }
        let session = tx.session(&ids[0]).await.unwrap().unwrap();
        assert_eq!((session.account.as_str(), session.signed_in), ("wangmin", false));
        tx.session_seen(&ids[1], Timestamp(30)).await.unwrap();
        tx.session_seen(&ids[1], Timestamp(20)).await.unwrap();
        tx.set_notice(&ids[1], &Said::new("done", "已完成")).await.unwrap();
        let session = tx.session(&ids[1]).await.unwrap().unwrap();
        assert_eq!((session.seen_at, session.notice), (Timestamp(30), Some(Said::new("done", "已完成"))));
        tx.take_notice(&ids[1]).await.unwrap();
        assert_eq!(tx.session(&ids[1]).await.unwrap().unwrap().notice, None);
        assert_eq!(tx.end_old_sessions(Timestamp(11), Timestamp(13)).await.unwrap(), 2, "begun or seen too long ago");
        tx.end_sessions("wangmin").await.unwrap();
        assert_eq!(tx.session(&ids[1]).await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn tries_are_counted_by_account_and_address() {
    on_both(|store| async move {
        let mut tx = store.begin().await.unwrap();
        assert_eq!(tx.sign_ins("wangmin", "10.0.0.9").await.unwrap(), SignIns::default());
        for at in [10, 20] {
            tx.sign_in_failed("wangmin", "10.0.0.9", Timestamp(at)).await.unwrap();
        }
        tx.sign_in_failed("nobody", "10.0.0.9", Timestamp(25)).await.unwrap();
        assert_eq!(tx.failed_from("10.0.0.9", Timestamp(5)).await.unwrap(), (3, Timestamp(25)));
        assert_eq!(tx.failed_from("10.0.0.8", Timestamp(5)).await.unwrap(), (0, Timestamp(0)));
        tx.sign_in_succeeded("wangmin", "10.0.0.9", Timestamp(30)).await.unwrap();
        let row = tx.sign_ins("wangmin", "10.0.0.9").await.unwrap();
        assert_eq!((row.failed, row.succeeded_at), (0, Some(30)));
        assert_eq!(tx.forget_sign_ins(Timestamp(100), Timestamp(30)).await.unwrap(), 1, "who was let in is known");
    })
    .await;
}

#[tokio::test]
async fn the_audit_log_only_grows() {
    on_both(|store| async move {
        let mut tx = store.begin().await.unwrap();
        assert_eq!(tx.last_audit_line().await.unwrap(), None);
        for seq in 1..=3 {
            let entry = format!("{{\"seq\":{seq}}}");
            let head = Sha256::of(entry.as_bytes());
            tx.append_audit_line(&AuditRow { seq, at: Timestamp(seq), entry, head }).await.unwrap();
        }
        assert_eq!(tx.last_audit_line().await.unwrap().map(|(seq, _)| seq), Some(3));
        let seqs = |rows: Vec<AuditRow>| rows.iter().map(|row| row.seq).collect::<Vec<_>>();
        assert_eq!(seqs(tx.audit_lines(1, 10).await.unwrap()), [2, 3]);
        assert_eq!(seqs(tx.audit_lines_down(3, 10).await.unwrap()), [2, 1]);
        tx.commit().await.unwrap();
        for change in ["UPDATE audit SET entry = ''", "DELETE FROM audit"] {
            let refused = match &mut store.begin().await.unwrap() {
                spotcheck::store::Tx::Sqlite(tx) => sqlx::query(change).execute(&mut **tx).await.map(drop),
                spotcheck::store::Tx::Postgres(tx) => sqlx::query(change).execute(&mut **tx).await.map(drop),
            };
            assert!(refused.unwrap_err().to_string().contains("append-only"), "{change}");
        }
    })
    .await;
}

#[tokio::test]
async fn tokens_end_and_files_wait_for_who_brought_them() {
    on_both(|store| async move {
        with_account(&store).await;
        let mut tx = store.begin().await.unwrap();
        let token = TokenRow {
            id: "t1".into(),
            name: "考勤机".into(),
            office: "yunling".parse().unwrap(),
            source: "punches".parse().unwrap(),
            created_by: "王敏".into(),
            created_at: Timestamp(5),
            ended_at: None,
        };
        let hash = Sha256::of(b"secret");
        tx.add_token(&hash, &token).await.unwrap();
        assert_eq!(tx.token(&hash).await.unwrap(), Some(token));
        assert!(tx.end_token("t1", Timestamp(9)).await.unwrap() && !tx.end_token("t1", Timestamp(9)).await.unwrap());
        assert_eq!(tx.token(&hash).await.unwrap(), None);
        assert_eq!(tx.tokens().await.unwrap()[0].ended_at, Some(Timestamp(9)));

        let upload = UploadRow { file: "三月.csv".into(), wanted: "{}".into(), bytes: b"a,b\n".repeat(1000) };
        tx.add_upload("u1", "wangmin", &upload, Timestamp(10)).await.unwrap();
        assert_eq!(tx.upload("u1", "somebody").await.unwrap(), None, "another's");
        assert_eq!(tx.upload("u1", "wangmin").await.unwrap(), Some(upload));
        assert!(!tx.drop_upload("u1", "somebody").await.unwrap());
        assert_eq!(tx.drop_old_uploads(Timestamp(11)).await.unwrap(), 1);
    })
    .await;
}
