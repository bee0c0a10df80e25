//! A file is looked at before it is imported: uploaded, read without writing anything, then confirmed.

use super::super::answer::Answer;
use super::super::call::Call;
use super::super::plain::render;
use super::{day, page};
use crate::console::pages::shell::Tab;
use crate::console::preview;
use crate::console::shown::Shown;
use crate::evidence::rows::source_kinds;
use crate::model::{Language, Scope, Sha256, Trouble};
use crate::said;
use crate::store::UploadRow;
use crate::table::TemplateKind;
use crate::work::audit::{self, Line};
use crate::work::batches::{self, Declared};
use crate::work::bring::{Brought, bring, of_records, source};
use crate::work::import::Imported;
use crate::work::look::imports;
use crate::work::{Content, Done, Failure, owner};
use askama::Template;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// Rows, warnings and rejects that a preview shows.
const SHOWN: usize = 20;

/// What the person said about the file, as it waits.
#[derive(Debug, Serialize, Deserialize)]
struct Wanted {
    kind: String,
    source: Option<String>,
    map: Option<String>,
    covers: Option<(NaiveDate, NaiveDate)>,
    day: Option<NaiveDate>,
    full: bool,
    complete: bool,
}

impl Wanted {
    fn read(call: &Call<'_>) -> Result<Wanted, Trouble> {
        let form = call.form;
        let covers = match (day(call, "from")?, day(call, "to")?) {
            (Some(from), Some(to)) if from <= to => Some((from, to)),
            (None, None) => None,
            _ => {
                return Err(Trouble::new(said!(
                    "write both days that the file covers, the earlier one first, or neither",
                    "请同时填写文件覆盖的起止日期（先起后止），或都不填"
                )));
            }
        };
        let text = |name: &str| form.filled(name).map(str::to_owned);
        Ok(Wanted {
            kind: kind(call)?.code().to_owned(),
            source: text("source"),
            map: text("map"),
            covers,
            day: day(call, "day")?,
            full: form.filled("full").is_some(),
            complete: form.filled("complete").is_some(),
        })
    }

    fn brought<'a>(&'a self, file: &'a str, bytes: Vec<u8>, dry_run: bool) -> Result<Brought<'a>, Trouble> {
        let kind: TemplateKind = self.kind.parse().map_err(|()| gone())?;
        Ok(Brought {
            kind,
            file,
            content: Content::bytes(bytes),
            source: self.source.as_deref(),
            map: self.map.as_deref(),
            covers: self.covers,
            day: self.day,
            full: self.full,
            complete: self.complete,
            dry_run,
        })
    }
}

/// What the file holds: as the form says, or what its source brings.
fn kind(call: &Call<'_>) -> Result<TemplateKind, Trouble> {
    let choose = || Trouble::new(said!("choose what the file holds", "请选择文件内容"));
    if let Some(kind) = call.form.filled("kind") {
        return kind.parse().map_err(|()| choose());
    }
    let source = call.ctx.config.sources.iter().find(|one| one.source.id.as_str() == call.form.get("source"));
    let brings = source.map(|one| one.source.kind).ok_or_else(choose)?;
    let makes = |kind: &TemplateKind| of_records(*kind) && source_kinds(*kind).contains(&brings);
    TemplateKind::ALL.into_iter().find(makes).ok_or_else(choose)
}

/// The register is everybody's: only who sees every office changes it. Records are of their source's office.
fn may(call: &Call<'_>, scope: &Scope, brought: &Brought<'_>) -> Done<bool> {
    if !of_records(brought.kind) {
        return Ok(owner::sees_all(call.ctx, scope));
    }
    Ok(scope.sees(&source(call.ctx, brought)?.office))
}

#[derive(Template)]
#[template(path = "web/preview.html")]
struct Preview<'a> {
    language: Language,
    id: &'a str,
    csrf: &'a str,
    summary: String,
    warnings: Vec<String>,
    rejects: Vec<String>,
    rows: Vec<String>,
}

pub async fn preview(call: &Call<'_>) -> Done<Answer> {
    let signed = call.signed()?;
    let [(_, file, bytes)] = call.form.files.as_slice() else {
        return Err(Trouble::new(said!("choose one file", "请选择一个文件")).into());
    };
    let wanted = Wanted::read(call)?;
    let brought = wanted.brought(file, bytes.clone(), true)?;
    if !may(call, &signed.viewer.scope, &brought)? {
        return Ok(Answer::Forbidden);
    }
    let imported = bring(call.ctx, &brought).await?;
    let mut tx = call.ctx.store.begin().await?;
    let line = Line { action: "upload", subject: &wanted.kind, ..call.line() };
    let number = audit::append(&mut tx, call.ctx.now(), &line).await?;
    let named = Sha256::of(&call.ctx.entropy.bytes("upload", &number.to_string())?).hex();
    let id = named.get(..24).unwrap_or_default();
    let upload = UploadRow {
        file: file.clone(),
        wanted: serde_json::to_string(&wanted).unwrap_or_default(),
        bytes: bytes.clone(),
    };
    tx.add_upload(id, &signed.account.id, &upload, call.ctx.now()).await?;
    tx.commit().await?;
    let body = render(&shown(call, id, &signed.csrf, &imported));
    page(call, Tab::Imports, &said!("{file}: look before it is imported", "{file}：导入前请核对"), &body)
}

fn shown<'a>(call: &Call<'_>, id: &'a str, csrf: &'a str, imported: &Imported) -> Preview<'a> {
    let language = call.language;
    let zone = call.ctx.config.offices.first().map_or(chrono_tz::Tz::UTC, |office| office.zone);
    let mut rejects: Vec<String> = imported
        .rejects
        .iter()
        .take(SHOWN)
        .flat_map(|reject| reject.troubles().map(|trouble| trouble.text(language)).collect::<Vec<_>>())
        .collect();
    if let Some(more) = imported.rejects.len().checked_sub(SHOWN).filter(|more| *more > 0) {
        rejects.push(said!("and {more} more", "另有{more}行").in_language(language).to_owned());
    }
    let mut rows = preview::shown(&imported.preview, zone, language);
    rows.truncate(SHOWN);
    Preview {
        language,
        id,
        csrf,
        summary: imported.summary(language),
        warnings: imported.warnings.iter().take(SHOWN).map(|warning| warning.text(language)).collect(),
        rejects,
        rows,
    }
}

pub async fn confirm(call: &Call<'_>) -> Done<Answer> {
    let (signed, id) = (call.signed()?, call.id());
    let upload = call.ctx.store.read().await?.upload(id, &signed.account.id).await?;
    let Some(UploadRow { file, wanted, bytes }) = upload else {
        return Ok(Answer::done("/imports", gone().said));
    };
    let wanted: Wanted = serde_json::from_str(&wanted).map_err(|_| {
        Trouble::new(said!("this file cannot be read any more: choose it again", "文件无法再读取：请重新选择"))
    })?;
    let brought = wanted.brought(&file, bytes, false)?;
    if !may(call, &signed.viewer.scope, &brought)? {
        return Ok(Answer::Forbidden);
    }
    let imported = bring(call.ctx, &brought).await?;
    let mut tx = call.ctx.store.begin().await?;
    tx.drop_upload(id, &signed.account.id).await?;
    tx.commit().await?;
    let said = crate::model::Said::new(imported.summary(Language::En), imported.summary(Language::ZhHans));
    let to = if imported.batch.is_empty() { "/imports".to_owned() } else { format!("/imports/{}", imported.batch) };
    Ok(Answer::done(to, said))
}

fn gone() -> Trouble {
    Trouble::new(said!("this file waits no more: choose it again", "此文件已不在等候：请重新选择"))
}

/// Rows that would be left out, with the reason beside each, as a file to be put right and brought again.
pub async fn rejects(call: &Call<'_>) -> Done<Answer> {
    let signed = call.signed()?;
    let upload = call.ctx.store.read().await?.upload(call.id(), &signed.account.id).await?;
    let Some(UploadRow { file, wanted, bytes }) = upload else { return Ok(Answer::Missing) };
    let wanted: Wanted = serde_json::from_str(&wanted).map_err(|_| gone())?;
    let imported = bring(call.ctx, &wanted.brought(&file, bytes, true)?).await?;
    let Some(bytes) = imported.reject_file(call.language) else { return Ok(Answer::Missing) };
    let bytes = bytes.map_err(|e| Failure::File("the rejected rows", e))?;
    Ok(Answer::Shown(Shown::File { name: "rejected.csv".to_owned(), media: "text/csv; charset=utf-8", bytes }))
}

/// A file with few rows is complete all the same, says a person.
pub async fn complete(call: &Call<'_>) -> Done<Answer> {
    let (viewer, id) = (&call.signed()?.viewer, call.id());
    if imports::import(call.ctx, &viewer.scope, id).await?.is_none() {
        return Ok(Answer::Missing);
    }
    let said = match batches::complete(call.ctx, id, &viewer.name, call.form.get("reason")).await? {
        Declared::Unknown => return Ok(Answer::Missing),
        Declared::Already => said!("it counted as complete already", "此前已视为完整"),
        Declared::Complete => said!(
            "noted: what is missing in it counts from now on, and verdicts on its days are looked at again",
            "已登记：其中缺少的记录今后作数，有关日期的判定将重新核对"
        ),
    };
    Ok(Answer::done(format!("/imports/{id}"), said))
}
