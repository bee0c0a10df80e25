//! Retention of what cases hold: letters, answers, files, complaints.

use super::house::{on_both, time};
use super::retention::{close_year, years};
use super::world::WORDS;
use spotcheck::model::{CaseId, CaseLetter, FlagState, Sha256, Timestamp};
use spotcheck::store::{CaseAnswerRow, CaseFileRow, CaseLetterRow, ComplaintRow, Tx};
use spotcheck::work::retention::apply;

/// A letter, an answer and a file of a case; the blobs of page and file.
async fn papers(tx: &mut Tx, case: &CaseId, now: Timestamp) -> [Sha256; 2] {
    let page = tx.put_blob(format!("page of {case}").as_bytes()).await.unwrap();
    let file = tx.put_blob(format!("file of {case}").as_bytes()).await.unwrap();
    let letter = CaseLetterRow {
        letter: CaseLetter::Explain,
        written: now,
        kid: 1,
        days: 5,
        addressee: "王建国".into(),
        address: None,
        message_id: format!("{case}@yunling.example"),
        page,
        bounced: false,
    };
    tx.add_case_letter(case, &letter).await.unwrap();
    let answer = CaseAnswerRow {
        seq: 0,
        letter: CaseLetter::Explain,
        mail: None,
        sender: "王建国".into(),
        entered_by: Some("李主任".into()),
        said: "当天送孩子就医".into(),
        proven: false,
        late: false,
        at: now,
    };
    let answer = tx.add_case_answer(case, &answer).await.unwrap();
    let name = "证明.jpg".to_owned();
    let file_row = CaseFileRow { answer, number: 1, name, kind: "image/jpeg".into(), sha: file.hex(), bytes: 4 };
    tx.add_case_file(case, &file_row).await.unwrap();
    [page, file]
}

#[tokio::test]
async fn the_papers_of_closed_cases_go_and_those_of_open_ones_stay() {
    on_both("zh-Hans", "", |mut house| async move {
        years(&house).await;
        house.ctx.config.retention.flags_months = 1;
        let [closed, open, complaint]: [CaseId; 3] =
            ["F-00K7Q2A1", "F-00K7Q2C0", "C-00000001"].map(|id| id.parse().unwrap());
        let mut tx = house.ctx.store.begin().await.unwrap();
        let now = time("2026-03-12 10:00");
        let heard = ComplaintRow {
            id: complaint.clone(),
            office: "yunling".parse().unwrap(),
            inspector: "I1".parse().unwrap(),
            said: "收了土特产".into(),
            heard_from: "赵大娘".into(),
            opened_by: "李主任".into(),
            opened: now,
            state: FlagState::Dismissed,
        };
        tx.add_complaint(&heard).await.unwrap();
        tx.add_flag_step(complaint.as_str(), "dismiss", "李主任", now, WORDS, FlagState::Dismissed).await.unwrap();
        let mut blobs = Vec::new();
        for case in [&closed, &open, &complaint] {
            blobs.push(papers(&mut tx, case, now).await);
        }
        tx.commit().await.unwrap();
        for year in [2025, 2026] {
            close_year(&house, year).await;
        }
        house.at("2027-06-05 09:00");
        apply(&house.ctx, "李主任").await.unwrap();
        let mut tx = house.ctx.store.read().await.unwrap();
        for (case, [page, file]) in [&closed, &open, &complaint].into_iter().zip(blobs) {
            let stays = usize::from(case == &open);
            assert_eq!(tx.case_letters(case).await.unwrap().len(), stays, "{case}");
            assert_eq!(tx.case_answers(case).await.unwrap().len(), stays, "{case}");
            assert_eq!(tx.case_files(case).await.unwrap().len(), stays, "{case}");
            for blob in [page, file] {
                assert_eq!(usize::from(tx.blob(&blob).await.unwrap().is_some()), stays, "{case}");
            }
        }
        let told = tx.complaint(&complaint).await.unwrap().unwrap();
        assert_eq!([&*told.said, &*told.heard_from, &*told.opened_by], [""; 3]);
        assert_eq!(told.state, FlagState::Dismissed, "that there was one, and how it ended, stays");
    })
    .await;
}
