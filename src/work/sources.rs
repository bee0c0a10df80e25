//! What a person writes into a letter must not tell who was asked or complained (EVIDENCE 5): what villagers said,
//! and that they said it, stays with the office.

use super::cases::{Held, Of, parties, signatures};
use super::{Context, Done};
use crate::evidence::unnamed::{called, has_number, maybe_called, named, same_surname, tells_source};
use crate::model::register::{Name, Role};
use crate::model::{Said, Trouble, VillageId, same_person};
use crate::said;
use crate::store::{Ids, Tx};

/// Refuses a text that goes out if it names a contact of any village of the office or who complained, holds a
/// number, or tells that somebody told.
pub async fn names_no_source(ctx: &Context, tx: &mut Tx, held: &Held, text: &str) -> Done<()> {
    let refused = |said: Said| Err(Trouble::new(said).in_field("--reason").into());
    if has_number(text) {
        return refused(said!(
            "this text goes out in the letter and holds a long number, which may be a telephone or identity number: write it without",
            "此内容会写入通知，其中的长数字可能是电话或证件号码：请去掉后重写"
        ));
    }
    if tells_source(text) {
        return refused(said!(
            "this text goes out in the letter and tells that somebody said it: write what is on record, or “telephone inquiry”; whoever said something stays unnamed",
            "此内容会写入通知，其中提到由他人反映：请只写记录情况，或写“电话了解”，不得透露消息来源"
        ));
    }
    let own = own_names(ctx, tx, held).await?;
    let is_named = |name: &str| !named(text, name).is_empty();
    if let Of::Complaint(complaint) = &held.of
        && (is_named(&complaint.heard_from) || !called(text, &complaint.heard_from).is_empty())
    {
        return refused(names_source());
    }
    let region = &ctx.office(held.office())?.region;
    let villages = tx.villages_in(region).await?;
    let here = own.village.as_ref();
    for contact in tx.contacts_of_villages(&Ids::new(villages.iter().map(|v| v.id.as_str()))).await? {
        let Name { own: name, latin } = &contact.name;
        let known = |one: &String| own.names.iter().any(|own| same_person(own, one));
        let by_name = [name, latin].into_iter().any(|one| !known(one) && is_named(one));
        let is_own = own.near.iter().any(|own| same_surname(own, name));
        let by_surname = contact.role == Role::Villager
            && here == Some(&contact.village)
            && (!called(text, name).is_empty() || (!is_own && maybe_called(text, name)));
        if by_name || by_surname {
            return refused(names_source());
        }
    }
    Ok(())
}

struct Own {
    /// Of whom it concerns, the team, and the inspectors: they may be named.
    names: Vec<String>,
    /// Of whom it concerns and the team: 老王 in a letter to 王建国 is himself.
    near: Vec<String>,
    village: Option<VillageId>,
}

async fn own_names(ctx: &Context, tx: &mut Tx, held: &Held) -> Done<Own> {
    let day = ctx.now().day(ctx.office(held.office())?.zone);
    let mut near = Vec::new();
    if let Some(parties) = parties(tx, held, day).await? {
        near.extend([parties.who.own, parties.who.latin]);
    }
    let mut village = None;
    if let Of::Flag(flag) = &held.of
        && let Some(official) = tx.officials_among(&Ids::new([flag.official.as_str()])).await?.pop()
    {
        let team = Ids::new([official.team.as_str()]);
        near.extend(tx.officials_of_teams(&team).await?.into_iter().flat_map(|o| [o.name.own, o.name.latin]));
        village = tx.teams_of_places(&team).await?.into_iter().find(|t| t.id == official.team).map(|t| t.village);
    }
    near.retain(|name| !name.is_empty());
    let inspectors = tx.inspectors().await?;
    Ok(Own { names: near.iter().cloned().chain(inspectors.iter().flat_map(signatures)).collect(), near, village })
}

fn names_source() -> Said {
    said!(
        "this text goes out in the letter and names somebody who was asked or complained: write it without; whoever said something stays unnamed",
        "此内容会写入通知，但其中有被询问人或投诉人的姓名：请改写，不得透露消息来源"
    )
}
