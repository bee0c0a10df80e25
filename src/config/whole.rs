//! What only a look at the whole configuration can find wrong: doubles, and names that lead nowhere.

use super::beacon::BeaconSettings;
use super::office::Office;
use super::programme::Programme;
use super::reader::{Placed, Places, Troubles, nearest};
use super::source::OfficeSource;
use crate::model::record::SourceKind;
use crate::model::{OfficeId, ProgrammeId, SourceId};
use crate::said;
use std::collections::{BTreeMap, BTreeSet};

pub fn check_offices(offices: &[Placed<OfficeId, Office>], troubles: &Troubles) {
    let known = unique(offices, troubles);
    let mut regions = BTreeSet::new();
    let mut parents = BTreeMap::new();
    for (office, places) in offices.iter().filter_map(|o| Some((o.item.as_ref()?, &o.places))) {
        if !regions.insert(&office.region) {
            let said = said!(
                "another office has the same region: each place must belong to one office, so give each its own code",
                "已有单位使用同一区划代码：每个地点只能归一个单位，请分别填写"
            );
            places.trouble(troubles, "region", said);
        }
        if let Some(parent) = &office.parent {
            refers(parent, &known, places, "parent", troubles);
            parents.entry(&office.id).or_insert(parent);
        }
    }
    for (office, places) in offices.iter().filter_map(|o| Some((o.id.as_ref()?, &o.places))) {
        if leads_back_to(office, &parents) {
            let said = said!(
                "“{office}” is above itself: follow the parents and remove one",
                "“{office}”的上级又回到它自己：请检查各单位的parent并删去一处"
            );
            places.trouble(troubles, "parent", said);
        }
    }
}

fn leads_back_to(office: &OfficeId, parents: &BTreeMap<&OfficeId, &OfficeId>) -> bool {
    let mut above = parents.get(office);
    for _ in 0..parents.len() {
        match above {
            Some(parent) if *parent == office => return true,
            Some(parent) => above = parents.get(*parent),
            None => return false,
        }
    }
    false
}

pub fn check_programmes(
    programmes: &[Placed<ProgrammeId, Programme>],
    offices: &[Placed<OfficeId, Office>],
    troubles: &Troubles,
) {
    let known: BTreeSet<&OfficeId> = offices.iter().filter_map(|o| o.id.as_ref()).collect();
    let (mut seen, mut second_offices) = (BTreeSet::new(), BTreeSet::new());
    for (programme, places) in programmes.iter().filter_map(|p| Some((p.item.as_ref()?, &p.places))) {
        refers(&programme.office, &known, places, "office", troubles);
        if !seen.insert((&programme.id, &programme.office)) {
            double(&programme.id, places, troubles);
        }
        if let BeaconSettings::Second { anchor } = &programme.beacon
            && !second_offices.insert(anchor)
        {
            let said = said!(
                "another programme has the same second office's chain, and its links would give away those of this one: ask for a chain for each",
                "已有项目使用第二单位的同一条链，其链环会泄露本项目的链环：请为每个项目各建一条链"
            );
            places.trouble(troubles, "second", said);
        }
    }
}

pub fn check_sources(
    sources: &[Placed<SourceId, OfficeSource>],
    offices: &[Placed<OfficeId, Office>],
    troubles: &Troubles,
) {
    unique(sources, troubles);
    let mut heard: BTreeMap<&str, &SourceId> = BTreeMap::new();
    let known: BTreeSet<&OfficeId> = offices.iter().filter_map(|o| o.id.as_ref()).collect();
    for (source, places) in sources.iter().filter_map(|s| Some((s.item.as_ref()?, &s.places))) {
        refers(&source.office, &known, places, "office", troubles);
        let id = &source.source.id;
        if source.source.kind != SourceKind::Punch && !source.devices.is_empty() {
            places.trouble(
                troubles,
                "devices",
                said!(
                    "devices send punches, and “{id}” brings something else: name them at a source of kind punch",
                    "考勤机上传的是打卡记录，而“{id}”是其他来源：请写在kind为punch的来源下"
                ),
            );
        }
        for serial in &source.devices {
            if let Some(other) = heard.insert(serial, id) {
                places.trouble(
                    troubles,
                    "devices",
                    said!(
                        "the device “{serial}” belongs to “{other}” already: each sends for one source",
                        "考勤机“{serial}”已属于“{other}”：每台只属于一个来源"
                    ),
                );
            }
        }
    }
}

fn unique<'p, Id: Ord + std::fmt::Display, T>(all: &'p [Placed<Id, T>], troubles: &Troubles) -> BTreeSet<&'p Id> {
    let mut seen = BTreeSet::new();
    for (id, places) in all.iter().filter_map(|one| Some((one.id.as_ref()?, &one.places))) {
        if !seen.insert(id) {
            double(id, places, troubles);
        }
    }
    seen
}

fn double(id: &impl std::fmt::Display, places: &Places, troubles: &Troubles) {
    places.trouble(troubles, "id", said!("“{id}” is taken already: choose another id", "“{id}”已被使用：请另取编号"));
}

fn refers(office: &OfficeId, known: &BTreeSet<&OfficeId>, places: &Places, key: &str, troubles: &Troubles) {
    if known.contains(office) {
        return;
    }
    let said = match nearest(office.as_str(), known.iter().map(|id| id.as_str())) {
        Some(known) => {
            said!("there is no office “{office}”; did you mean “{known}”?", "没有单位“{office}”；是否为“{known}”？")
        }
        None => said!(
            "there is no office “{office}”: write the id of an [[office]] of this file",
            "没有单位“{office}”：请填写本文件中某个[[office]]的id"
        ),
    };
    places.trouble(troubles, key, said);
}
