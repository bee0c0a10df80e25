//! Before a draw nothing that follows from its beacon exists anywhere (DRAW 3, DESIGN 6).

use super::house::{EVE, House, Setting, on_both, window};
use spotcheck::table::TemplateKind;
use std::path::{Path, PathBuf};

/// Everything below a folder but what tests put there.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found
}

/// Every letter that was written, sent or not.
fn letters(house: &House) -> Vec<String> {
    let folder = house.path("letters");
    let found = if folder.exists() { files(&folder) } else { Vec::new() };
    found.iter().map(|file| super::post::read(&std::fs::read(file).unwrap()).whole).collect()
}

#[tokio::test]
async fn before_the_draw_nothing_of_it_exists() {
    on_both(Setting { teams: 3, ..Setting::default() }, |house| async move {
        house.import(TemplateKind::Exclusions, "place,reason,from,to\nT3,flood,2026-03-03,2026-03-05\n").await;
        for moment in [EVE, "2026-03-02 18:30", "2026-03-02 23:59", "2026-03-03 00:00", "2026-03-03 07:29"] {
            house.at(moment).await;
        }
        let am = window("2026-03-03", "am");
        let mut tx = house.ctx.store.read().await.unwrap();
        assert!(tx.seal(&am).await.unwrap().is_some());
        assert!(tx.beacon(&am).await.unwrap().is_none() && tx.draw(&am).await.unwrap().is_none());
        assert!(tx.lines_of_window(&am).await.unwrap().is_empty());
        assert!(!tx.letters(None, 100).await.unwrap().iter().any(|l| l.kind == "assignment"));
        drop(tx);
        let marks = std::fs::read_to_string(house.path("keys/posts@yunling.mark")).unwrap();
        assert!(!marks.contains("used"), "no link was read: {marks}");
        let written = letters(&house);
        assert!(written.len() >= 3, "sheet and two digests");
        for letter in &written {
            for drawn in ["滨河村1", "滨河村2", "Binhe 1", "Binhe 2", "T1\n", "王建国"] {
                assert!(!letter.contains(drawn), "{drawn} in\n{letter}");
            }
        }
        let digest = &house.letters("digest").await[0];
        assert!(digest.text.contains("Binhe 3") && digest.text.contains("flood"), "taken out: {}", digest.text);
        for entry in house.log().await {
            assert!(!entry.contains("滨河") && !entry.contains("T1"), "{entry}");
        }

        house.at("2026-03-03 07:30").await;
        assert_eq!(house.lines(&am).await.iter().filter(|l| l.starts_with("T3")).count(), 0, "excluded");
        let key = house.ctx.store.read().await.unwrap().draw(&am).await.unwrap().unwrap().links;
        let entries = house.log().await;
        assert!(entries.iter().all(|e| !e.contains(&key)), "the key is revealed later");
        assert!(letters(&house).iter().all(|l| !l.contains(&key)));
    })
    .await;
}

#[tokio::test]
async fn subjects_and_file_names_tell_no_target() {
    let house = House::new(Setting { teams: 3, ..Setting::default() }).await;
    for moment in [EVE, "2026-03-02 18:30", "2026-03-03 07:30", "2026-03-03 18:30"] {
        house.at(moment).await;
    }
    let assignment = house.letter("assignment").await;
    assert!(assignment.text.contains("滨河村"), "the letter itself tells them");
    for kind in ["assignment", "sheet", "digest", "reminder"] {
        for letter in house.letters(kind).await {
            for target in ["滨河", "Binhe", "青山", "王建国", "Wang", "1380013"] {
                assert!(!letter.subject.contains(target), "{kind}: {}", letter.subject);
            }
        }
    }
    let id = assignment.assignment();
    for file in files(&house.path("letters")) {
        let name = file.file_name().unwrap().to_string_lossy().to_lowercase();
        assert!(!name.contains(&id.to_lowercase()) && !name.contains("binhe"), "{name}");
    }
}
