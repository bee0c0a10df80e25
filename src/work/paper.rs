//! The sheet of an assignment on paper: visits and calls as PDF, where the machine has a font with Chinese characters.

use super::answer_sheet::file_stem;
use super::post::letter_input;
use super::sent::{self, Known};
use super::{Context, Done};
use crate::config::Office;
use crate::letter::AssignmentInput;
use crate::letter::answer_sheet::{AnswerRow, HEADER, answer_sheet, sheet_of};
use crate::mail::Enclosure;
use crate::model::{AssignmentId, Kind, Said, Trouble};
use crate::said;
use crate::table::pdf::{Paper, Part, PdfFont, paper_pdf};
use crate::words::letters::answer_sheet as words;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// Fonts with Chinese characters as distributions bring them, the best first: file, and number of the simplified
/// Chinese one in a collection.
const KNOWN: [(&str, u32); 14] = [
    ("notosanscjk-regular.ttc", 2),
    ("notosanscjksc-regular.otf", 0),
    ("notosanssc-regular.otf", 0),
    ("notosanssc-regular.ttf", 0),
    ("sourcehansanssc-regular.otf", 0),
    ("sourcehansans-regular.ttc", 2),
    ("wqy-microhei.ttc", 0),
    ("wqy-zenhei.ttc", 0),
    ("droidsansfallbackfull.ttf", 0),
    ("notoserifcjk-regular.ttc", 2),
    ("uming.ttc", 0),
    ("simsun.ttc", 0),
    ("simhei.ttf", 0),
    ("msyh.ttc", 0),
];

/// The column of telephone numbers.
const PHONE: usize = 2;

/// Folders below folders are looked into so deep.
const DEPTH: usize = 4;

/// What a letter carries where its office wants it. Without a font the letter goes out without it.
pub(super) fn enclosure(office: &Office, input: &AssignmentInput<'_>) -> Done<Option<Enclosure>> {
    if !office.pdf_sheet {
        return Ok(None);
    }
    let Some(font) = font(office.pdf_font.as_deref()) else { return Ok(None) };
    let bytes = paper_pdf(&paper(input), &font).map_err(Trouble::new)?;
    let name = format!("{}.pdf", file_stem(&input.assignment.id));
    Ok(Some(Enclosure { name, media: "application/pdf", bytes }))
}

/// The sheet of an assignment, to be printed on a day without mail; `Ok(None)` where there is no such assignment.
///
/// # Errors
/// No font with Chinese characters is found.
pub async fn export(ctx: &Context, id: &AssignmentId) -> Done<Option<Vec<u8>>> {
    let mut tx = ctx.store.read().await?;
    let Some(known) = sent::known(ctx, &mut tx, id).await? else { return Ok(None) };
    let Known { assignment, inspector, reply, row, .. } = &known;
    let office = ctx.office(&row.office)?;
    let font = font(office.pdf_font.as_deref()).ok_or_else(|| Trouble::new(no_font()).in_field("pdf_font"))?;
    let input = letter_input(office, inspector, assignment, reply);
    Ok(Some(paper_pdf(&paper(&input), &font).map_err(Trouble::new)?))
}

fn no_font() -> Said {
    said!(
        "no font with Chinese characters was found: install one, such as fonts-noto-cjk or fonts-wqy-microhei, or name its file as pdf_font",
        "未找到中文字体：请安装，如fonts-noto-cjk或fonts-wqy-microhei，或用pdf_font指定字体文件"
    )
}

/// `a on schedule`: the question's own text has it.
fn is_lettered(choice: &str) -> bool {
    choice.starts_with(|c: char| c.is_ascii_alphabetic())
}

/// What a question takes, where its text does not say it: once below the sheet.
fn offered_to(row: &&AnswerRow) -> String {
    format!("Q: {}", row.choices.join(" | "))
}

/// Visits on one sheet, calls on another.
fn paper(input: &AssignmentInput<'_>) -> Paper {
    let sheet = answer_sheet(input);
    let languages = input.languages;
    let mut parts = Vec::new();
    for (kind, heading) in [(Kind::Visit, words::visits()), (Kind::Call, words::calls())] {
        let letter = match kind {
            Kind::Visit => 'V',
            Kind::Call => 'C',
        };
        let of_kind: Vec<&AnswerRow> = sheet.rows.iter().filter(|row| row.code.starts_with(letter)).collect();
        if of_kind.is_empty() {
            continue;
        }
        // Questions explain themselves; results are the same for every line.
        let offered = of_kind.iter().find(|row| !row.heading && !row.code.contains(".Q"));
        let mut foot: Vec<String> = offered.map(|row| row.choices.join(" | ")).into_iter().collect();
        let asked = of_kind.iter().filter(|row| row.code.contains(".Q"));
        let answers: BTreeSet<String> =
            asked.filter(|row| row.choices.first().is_some_and(|one| !is_lettered(one))).map(offered_to).collect();
        foot.extend(answers);
        // It is said first.
        let lead = if kind == Kind::Call { sheet.opening.clone() } else { Vec::new() };
        // Nobody is rung for a visit.
        let columns: Vec<usize> = (0..HEADER.len()).filter(|at| kind == Kind::Call || *at != PHONE).collect();
        let widths = match kind {
            Kind::Visit => vec![44.0, 236.0, 108.0, 46.0, 94.0],
            Kind::Call => vec![44.0, 188.0, 80.0, 84.0, 46.0, 86.0],
        };
        let cells = |row: &&AnswerRow| match kind {
            Kind::Visit => vec![row.code.clone(), row.what.clone()],
            Kind::Call => vec![row.code.clone(), row.what.clone(), row.phone.clone()],
        };
        let rows = of_kind.iter().map(cells).collect();
        let header = columns.into_iter().filter_map(|at| HEADER.get(at)).map(|&name| name.to_owned()).collect();
        parts.push(Part { heading: languages.inline(&heading), lead, header, widths, rows, foot });
    }
    let title = sheet.title.into_iter().take(2).chain([languages.inline(&words::on_paper())]).collect();
    Paper { name: sheet_of(input.assignment.id.as_str()), title, parts }
}

/// By the setting: the font that was found, or none, which is told once.
static FOUND: Mutex<BTreeMap<Option<PathBuf>, Option<PdfFont>>> = Mutex::new(BTreeMap::new());

fn font(wanted: Option<&Path>) -> Option<PdfFont> {
    let mut found = FOUND.lock().unwrap_or_else(PoisonError::into_inner);
    let look = || {
        let font = match wanted {
            Some(path) => read(path, index_of(path)),
            None => roots().iter().find_map(|root| by_name(root)).and_then(|(path, index)| read(&path, index)),
        };
        if font.is_none() {
            let why = no_font();
            tracing::warn!("letters go out without their PDF sheet: {}", why.en);
        }
        font
    };
    found.entry(wanted.map(Path::to_owned)).or_insert_with(look).clone()
}

fn read(path: &Path, index: u32) -> Option<PdfFont> {
    PdfFont::read(std::fs::read(path).ok()?, index)
}

fn index_of(path: &Path) -> u32 {
    let name = path.file_name().map(|name| name.to_string_lossy().to_lowercase()).unwrap_or_default();
    KNOWN.iter().find(|(known, _)| *known == name).map_or(0, |(_, index)| *index)
}

fn roots() -> Vec<PathBuf> {
    let own = std::env::home_dir().map(|home| [home.join(".fonts"), home.join(".local/share/fonts")]);
    let shared = ["/usr/local/share/fonts", "/usr/share/fonts"].map(PathBuf::from);
    own.into_iter().flatten().chain(shared).collect()
}

/// The best known font below a folder.
fn by_name(root: &Path) -> Option<(PathBuf, u32)> {
    let mut files = Vec::new();
    files_below(root, DEPTH, &mut files);
    files.sort();
    KNOWN.iter().find_map(|(known, index)| {
        let named =
            |path: &&PathBuf| path.file_name().is_some_and(|name| name.to_string_lossy().eq_ignore_ascii_case(known));
        files.iter().find(named).map(|path| (path.clone(), *index))
    })
}

fn files_below(folder: &Path, depth: usize, files: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for path in entries.filter_map(Result::ok).map(|entry| entry.path()) {
        if path.is_dir() && depth > 0 {
            files_below(&path, depth - 1, files);
        } else {
            files.push(path);
        }
    }
}
