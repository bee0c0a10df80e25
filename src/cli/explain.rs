//! `spotcheck explain`: why a place's chance is what it is, and what happened to it in a window.

use super::setup::{Place, block_on};
use super::{Exit, Terminal};
use crate::model::{InspectorId, PlaceId, Trouble, WindowId};
use crate::work::{Failure, explain, explain_window};
use chrono::NaiveDate;

#[derive(Debug, clap::Args)]
pub struct Args {
    /// Id of a village or a team.
    pub place: String,
    /// The chances on this day; by default on the next day that is or will be sealed.
    #[arg(long, value_name = "DATE", conflicts_with = "window")]
    pub day: Option<NaiveDate>,
    /// What happened in this window: PROGRAMME/OFFICE/YYYY-MM-DD/SLOT.
    #[arg(long, value_name = "WINDOW")]
    pub window: Option<String>,
    /// Why this inspector goes there, or does not.
    #[arg(long, value_name = "ID", requires = "window")]
    pub inspector: Option<String>,
    /// JSON instead of sentences.
    #[arg(long)]
    pub json: bool,
}

pub fn run(args: &Args, place: &Place, terminal: &mut Terminal<'_>) -> Result<Exit, Trouble> {
    let id = PlaceId::parse(&args.place).map_err(|said| Trouble::new(said).in_field("PLACE"))?;
    let window: Option<WindowId> = args.window.as_deref().map(str::parse).transpose().map_err(Trouble::new)?;
    let inspector = args.inspector.as_deref().map(InspectorId::parse).transpose();
    let inspector = inspector.map_err(|said| Trouble::new(said).in_field("--inspector"))?;
    let explained = block_on(async {
        let ctx = place.open().await?;
        let done = match &window {
            Some(window) => explain_window::window(&ctx, &id, window, inspector.as_ref()).await,
            None => explain::day(&ctx, &id, args.day).await,
        };
        done.map_err(Failure::trouble)
    })?;
    if args.json {
        terminal.say(explained.json.to_string());
    } else {
        for line in explained.page {
            terminal.say(line.in_language(terminal.language));
        }
    }
    Ok(Exit::Done)
}
