//! Complaints, and the letters and answers of cases.

use super::on_both;
use spotcheck::model::{CaseId, CaseLetter, FlagState, Sha256, Timestamp};
use spotcheck::store::{CaseAnswerRow, CaseFileRow, CaseLetterRow, ComplaintRow, FlagStepRow, Tx};

fn complaint() -> ComplaintRow {
    ComplaintRow {
        id: "C-8K2M4Q7T".parse().unwrap(),
        office: "yunling".parse().unwrap(),
        inspector: "I1".parse().unwrap(),
        said: "从未进村".into(),
        heard_from: "某村民".into(),
        opened_by: "李华".into(),
        opened: Timestamp(5),
        state: FlagState::Open,
    }
}

fn letter(letter: CaseLetter, written: i64, address: Option<&str>) -> CaseLetterRow {
    CaseLetterRow {
        letter,
        written: Timestamp(written),
        kid: 1,
        days: 5,
        addressee: "赵新".into(),
        address: address.map(str::to_owned),
        message_id: format!("<{written}@x.example>"),
        page: Sha256::of(b"page"),
        bounced: false,
    }
}

fn answer(at: i64, late: bool) -> CaseAnswerRow {
    CaseAnswerRow {
        seq: 0,
        letter: CaseLetter::Explain,
        mail: None,
        sender: "赵新".into(),
        entered_by: Some("李华".into()),
        said: "十点到村".into(),
        proven: true,
        late,
        at: Timestamp(at),
    }
}

#[tokio::test]
async fn a_complaint_its_letters_and_answers_come_back_as_they_were() {
    on_both(|store| async move {
        let mut tx = store.begin().await.unwrap();
        let row = complaint();
        tx.add_complaint(&row).await.unwrap();
        tx.lock_case(&row.id).await.unwrap();
        let step = |state: FlagState| FlagStepRow {
            seq: 0,
            step: "ask".into(),
            actor: "李华".into(),
            at: 7,
            reason: "是否进村".into(),
            state: state.code().into(),
        };
        tx.step_complaint(&row.id, FlagState::Open, &step(FlagState::Asked)).await.unwrap();
        assert_eq!(tx.flag_steps(row.id.as_str()).await.unwrap()[0].reason, "是否进村");
        let mailed = letter(CaseLetter::Explain, 7, Some("zhaoxin@field.example"));
        let printed = letter(CaseLetter::Decision, 9, None);
        for one in [&mailed, &printed] {
            tx.add_case_letter(&row.id, one).await.unwrap();
        }
        for (number, late) in [(1, false), (2, true)] {
            assert_eq!(tx.add_case_answer(&row.id, &answer(10 + number, late)).await.unwrap(), number);
        }
        let file = CaseFileRow {
            answer: 1,
            number: 1,
            name: "日志.jpg".into(),
            kind: "image/jpeg".into(),
            sha: Sha256::of(b"x").hex(),
            bytes: 1,
        };
        tx.add_case_file(&row.id, &file).await.unwrap();
        tx.commit().await.unwrap();

        let mut tx = store.read().await.unwrap();
        let asked = ComplaintRow { state: FlagState::Asked, ..row.clone() };
        assert_eq!(tx.complaint(&row.id).await.unwrap(), Some(asked.clone()));
        assert_eq!(tx.complaints(None).await.unwrap(), [asked]);
        assert_eq!(tx.complaints(Some(FlagState::Open)).await.unwrap(), []);
        assert_eq!(tx.case_letters(&row.id).await.unwrap(), [mailed, printed]);
        let answers = tx.case_answers(&row.id).await.unwrap();
        assert_eq!(answers[0], CaseAnswerRow { seq: 1, ..answer(11, false) });
        assert_eq!(tx.case_files(&row.id).await.unwrap(), [file]);
        assert_eq!(tx.paper_letters_since(Timestamp(9)).await.unwrap(), [row.id.to_string()]);
        assert!(tx.paper_letters_since(Timestamp(10)).await.unwrap().is_empty());
        assert_eq!(tx.late_answers_since(Timestamp(0)).await.unwrap(), [(row.id.to_string(), 1)]);
        let other: CaseId = "C-00000000".parse().unwrap();
        assert_eq!(tx.complaint(&other).await.unwrap(), None);
        drop(tx);

        let mut tx = store.begin().await.unwrap();
        let stale = tx.step_complaint(&row.id, FlagState::Open, &step(FlagState::Asked)).await;
        assert!(stale.is_err(), "somebody else was quicker");
        drop(tx);
        for harm in ["UPDATE case_answer SET said = 'other'", "UPDATE case_file SET sha = 'other'"] {
            let done = match &mut store.begin().await.unwrap() {
                Tx::Sqlite(tx) => sqlx::query(harm).execute(&mut **tx).await.map(|_| ()),
                Tx::Postgres(tx) => sqlx::query(harm).execute(&mut **tx).await.map(|_| ()),
            };
            assert!(done.is_err_and(|e| e.to_string().contains("append-only")), "{harm} on {}", store.backend());
        }
    })
    .await;
}
