//! Rosters of every kind: good rows kept, bad ones named, and what a second roster changes.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use chrono::NaiveDate;
use proptest::prelude::*;
use spotcheck::model::register::*;
use spotcheck::model::*;
use spotcheck::registry::check::shared_numbers;
use spotcheck::registry::*;
use spotcheck::table::{TemplateKind, write};
use std::collections::BTreeMap;
use std::ops::ControlFlow;

fn setting() -> Setting<'static> {
    Setting { office: None, language: Language::ZhHans, visits: 2, calls: 10, known: None }
}

fn parsed<T: RosterRow>(text: &str) -> Parsed<T> {
    parse_roster("f.csv", &mut text.as_bytes(), &setting()).unwrap()
}

fn items<T: RosterRow>(text: &str) -> Vec<T> {
    let parsed = parsed(text);
    assert_eq!(parsed.rejects, []);
    parsed.into_items()
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

// ---- phones ----

#[test]
fn phones() {
    for (typed, dial, extension, shown) in [
        ("13800138000", "+8613800138000", None, "138 0013 8000"),
        (" 138-0013-8000 ", "+8613800138000", None, "138 0013 8000"),
        ("１３８００１３８０００", "+8613800138000", None, "138 0013 8000"),
        ("+86 138 0013 8000", "+8613800138000", None, "138 0013 8000"),
        ("008613800138000", "+8613800138000", None, "138 0013 8000"),
        ("010-5550-0101", "+861055500101", None, "010-5550-0101"),
        ("(010)55500101", "+861055500101", None, "010-5550-0101"),
        ("010 5550 0101", "+861055500101", None, "010-5550-0101"),
        ("0851-8561 2345", "+8685185612345", None, "0851-8561-2345"),
        ("０８５１—８５６１２３４５", "+8685185612345", None, "0851-8561-2345"),
        ("0851-85612345转801", "+8685185612345", Some("801"), "0851-8561-2345 ext 801"),
        ("0851-85612345 分机 801", "+8685185612345", Some("801"), "0851-8561-2345 ext 801"),
        ("0851-85612345 ext. 801", "+8685185612345", Some("801"), "0851-8561-2345 ext 801"),
        ("0851-85612345-801", "+8685185612345", Some("801"), "0851-8561-2345 ext 801"),
        ("85185612345", "+8685185612345", None, "0851-8561-2345"),
        ("400-810-8888", "+864008108888", None, "400-810-8888"),
        ("12345", "12345", None, "12345"),
        ("110", "110", None, "110"),
    ] {
        let phone = parse_phone(typed).unwrap_or_else(|said| panic!("{typed}: {said:?}"));
        assert_eq!(
            (phone.dial.as_str(), phone.extension.as_deref(), phone.shown.as_str()),
            (dial, extension, shown),
            "{typed}"
        );
    }
}

#[test]
fn a_wrong_number_is_refused_and_never_repeated() {
    for typed in [
        "85612345",
        "1391234567",
        "139123456789",
        "13912345678/13712345678",
        "no phone 5550101",
        "1.38E+10",
        "+",
        "139****5678",
        "0851-85612345转",
        "0851-85612345转1234567",
        "00000000000",
    ] {
        let said = parse_phone(typed).unwrap_err();
        let digits: String = typed.chars().filter(char::is_ascii_digit).collect();
        for text in [&said.en, &said.zh] {
            assert!(!text.contains(typed), "{text}");
            assert!(digits.len() < 5 || !text.replace([' ', '-'], "").contains(&digits), "{text}");
        }
    }
    let said = parse_phone("85612345").unwrap_err();
    assert!(said.en.contains("area code") && said.zh.contains("区号"));
}

proptest! {
    #[test]
    fn any_text_is_a_phone_or_a_trouble(text in "[0-9+()x# 转ext-]{0,24}|.{0,24}") {
        if let Ok(phone) = parse_phone(&text) {
            prop_assert_eq!(parse_phone(&phone.shown), Ok(phone));
        }
    }
}

// ---- every kind ----

#[test]
fn villages() {
    let text = "编号,名称,拼音,乡镇代码,乡镇,乡镇拼音,起,止\nV1,滨河村,,520602101,河口镇,,2026-01-01,\nV2,王村,Wang Village,520602101000,河口镇,,,2026年3月2日\n";
    let rows: Vec<VillageRow> = items(text);
    assert_eq!(rows[0].village.name, Name::new("滨河村", "Binhe"));
    assert_eq!(rows[0].village.active, Posting { from: Some(day("2026-01-01")), to: None });
    assert_eq!(rows[1].village.name.latin, "Wang Village");
    assert_eq!(rows[1].village.region, "520602101");
    let township = &registry_townships(&rows)[0];
    assert_eq!((township.code.as_str(), township.name.latin.as_str()), ("520602101", "Hekou"));
    assert_eq!((township.level, township.parent.as_deref()), (4, Some("520602")));
}

fn registry_townships(rows: &[VillageRow]) -> Vec<Region> {
    let all = change::townships(rows);
    assert_eq!(all.len(), 1);
    all
}

#[test]
fn teams_and_officials() {
    let teams: Vec<Team> = items("id,village,name,sending unit\nT1,V1,滨河村工作队,县农业局\n");
    assert_eq!(teams[0].name, Name::new("滨河村工作队", "Binhe"));
    let officials: Vec<Official> = items(
        "id / 编号,team / 队,name / 姓名,role / 职务,phone / 电话,device_number / 考勤号\n\
         O1,T1,欧阳建国,队长,138 0013 8000,1001\nO2,T1,John Smith,member / 队员,,O2\nO3,T1,王芳,,-,\n",
    );
    assert_eq!(officials[0].name.both(), "欧阳建国 Ouyang Jianguo");
    assert_eq!((officials[0].role, officials[0].device_number.as_deref()), (Role::Lead, Some("1001")));
    assert_eq!((officials[1].name.latin.as_str(), officials[1].device_number.as_deref()), ("", None));
    assert_eq!((officials[2].role, officials[2].phone.as_ref()), (Role::Member, None));
}

#[test]
fn contacts_and_inspectors() {
    let contacts: Vec<Contact> = items(
        "编号,村,职务,姓名,电话,勿呼叫\nC1,V1,村委会,滨河村委会,010-5550-0101,\nC2,V1,村民,李娜,13800138001,是\n",
    );
    assert_eq!((contacts[0].role, contacts[0].do_not_call), (Role::Office, false));
    assert_eq!((contacts[1].role, contacts[1].do_not_call), (Role::Villager, true));
    let text = "id,office,name,email,other emails,phone,language,visits,calls,home county\n\
                I1,county,张伟,Zhang.Wei@County.Example,zw@mail.example；ZW@mail.example x@y.example,13800138002,en,3,0,520602\n";
    let inspectors: Vec<Inspector> = items(text);
    let one = &inspectors[0];
    assert_eq!(one.addresses, ["zhang.wei@county.example", "zw@mail.example", "x@y.example"]);
    assert_eq!((one.language, one.visits_a_window, one.calls_a_window), (Language::En, 3, 0));
    assert_eq!(one.home_county.as_deref(), Some("520602"));
    let office = OfficeId::parse("county").unwrap();
    let with_office = Setting { office: Some(&office), ..setting() };
    let short = "编号,姓名,邮箱\nI1,张伟,a@b.example\n";
    let filled = parse_roster::<Inspector>("f", &mut short.as_bytes(), &with_office).unwrap().into_items();
    assert_eq!((filled[0].visits_a_window, filled[0].calls_a_window, filled[0].office.as_str()), (2, 10, "county"));
    assert_eq!(parsed::<Inspector>(short).rejected, 1);
}

#[test]
fn recusals_and_exclusions() {
    let recusals: Vec<Recusal> = items(
        "检查员,范围,对象,原因\nI1,人员,O1,亲属\nI1,地区,520602,籍贯\nI1,派出单位,县农业局,原单位\nI1,village,V1,\nI1,team / 队,T1,\n",
    );
    let scopes: Vec<(&str, &str)> = recusals.iter().map(|r| (r.scope.kind(), r.scope.value())).collect();
    assert_eq!(
        scopes,
        [("official", "O1"), ("region", "520602"), ("unit", "县农业局"), ("village", "V1"), ("team", "T1")]
    );
    let exclusions: Vec<Exclusion> = items("place,reason,from,to\nV1,洪水,2026/3/2,2026/3/9\n");
    assert_eq!(exclusions[0].span, Posting { from: Some(day("2026-03-02")), to: Some(day("2026-03-09")) });
    assert_eq!(parsed::<Exclusion>("place,reason,from,to\nV1,flood,,\n").rejected, 1);
}

#[test]
fn an_exclusion_needs_a_reason_and_an_end_and_says_what_to_write() {
    for (text, field) in [
        ("place,reason,from,to\nV1,flood,2026-03-02,\n", "to"),
        ("place,reason,from\nV1,flood,2026-03-02\n", "to"),
        ("place,reason,from,to\nV1,,2026-03-02,2026-03-09\n", "reason"),
        ("place,reason,from,to\nV1,flood,,2026-03-09\n", "from"),
    ] {
        let parsed = parsed::<Exclusion>(text);
        assert_eq!((parsed.rows.len(), parsed.rejected), (0, 1), "{text}");
        let trouble = &parsed.rejects[0].trouble;
        assert_eq!(
            (trouble.row, trouble.field.as_deref().map(|f| f.starts_with(field))),
            (Some(2), Some(true)),
            "{trouble}"
        );
        assert!(
            field == "reason" || trouble.said.en.contains("2026-03-") && trouble.said.zh.contains("2026-03-"),
            "{trouble}"
        );
    }
}

#[test]
fn signals_are_read_in_both_languages_and_end() {
    let signals: Vec<PlaceSignal> = items(
        "地点,种类,原因,起,止\nV1,投诉,来信,2026-03-02,2026-06-30\nV1,考勤异常,同秒打卡,2026-03-02,2026-03-31\nT1,remote / 偏远,山路,2026-01-01,2027-12-31\n",
    );
    let kinds: Vec<(&str, &str)> = signals.iter().map(|s| (s.place.as_str(), s.kind.code())).collect();
    assert_eq!(kinds, [("V1", "complaint"), ("V1", "pattern"), ("T1", "remote")]);
    let parsed: Parsed<PlaceSignal> = parsed(
        "place,kind,reason,from,to\nV1,rumour,somebody said,2026-03-02,2026-04-01\nV1,complaint,letter,2026-03-02,\n\
         V1,complaint,,2026-03-02,2026-04-01\nV1,complaint,letter,2026-03-02,2026-04-01\nV1,complaint,call,2026-03-02,2026-04-01\n",
    );
    assert_eq!((parsed.rows.len(), parsed.rejected), (1, 4));
    let said: Vec<String> = parsed.rejects.iter().map(|reject| reject.trouble.text(Language::En)).collect();
    assert!(
        said[0].contains("row 2, field kind / 种类: “rumour” is not one of: complaint, pattern, remote"),
        "{}",
        said[0]
    );
    assert!(said[1].contains("row 3, field to / 止: a signal needs its last day"), "{}", said[1]);
    assert!(said[3].contains("row 5 has the same id"), "{}", said[3]);
}

#[test]
fn a_filled_xlsx_template_reads_back() {
    let header = write::header(TemplateKind::Officials);
    let row = [
        "O1",
        "T1",
        "王建国",
        "",
        "lead / 队长",
        "+86 138 0013 8000",
        "Wang@Town.example",
        "县农业局",
        "0012",
        "46083",
        "",
    ];
    let bytes = write::xlsx("officials", &header, [row.map(str::to_owned).to_vec()]).unwrap();
    let parsed: Parsed<Official> = parse_roster("o.xlsx", &mut &*bytes, &setting()).unwrap();
    let official = &parsed.rows[0].item;
    assert_eq!(parsed.warnings, []);
    assert_eq!((official.device_number.as_deref(), official.posting.from), (Some("0012"), Some(day("2026-03-02"))));
    assert_eq!(official.phone.as_ref().map(|phone| phone.shown.as_str()), Some("138 0013 8000"));
    assert_eq!(official.email.as_deref(), Some("wang@town.example"));
    let wrong = self::parsed::<Official>("id,team,name,email\nO1,T1,王建国,wang at town\nO2,T1,刘敏,\n");
    assert_eq!((wrong.rows.len(), wrong.rejected, wrong.rows[0].item.email.as_deref()), (1, 1, None));
}

// ---- bad rows ----

#[test]
fn a_bad_row_is_named_and_stops_no_good_one() {
    let text = "编号,队,姓名,职务,电话\n\
                O1,T1,王建国,队长,13800138000\n\
                ,T1,李娜,队员,\n\
                O3,T1,张伟,厨师,\n\
                O4,T1,刘洋,队员,1380013\n\
                O5,,陈静,队员,\n\
                O1,T1,王建国,队长,138 0013 8000\n\
                O1,T2,王建国,队长,13800138000\n\
                O8,T1,\"never closed,队员,\n\
                O9,T1,杨丽,队员,\n";
    let parsed: Parsed<Official> = parsed(text);
    let ids: Vec<&str> = parsed.rows.iter().map(|entry| entry.item.id.as_str()).collect();
    assert_eq!(ids, ["O1", "O9"]);
    assert_eq!(parsed.rows[1].row, 10);
    assert_eq!((parsed.rejected, parsed.repeated), (6, 1));
    let said: Vec<String> = parsed.rejects.iter().map(|reject| reject.trouble.text(Language::En)).collect();
    assert!(said[0].starts_with("f.csv, row 3, field id / 编号: this cell is empty"), "{}", said[0]);
    assert!(said[1].starts_with("f.csv, row 4, field role / 职务: “厨师” is not one of: lead, member"), "{}", said[1]);
    assert!(said[2].starts_with("f.csv, row 5, field phone / 电话:") && !said[2].contains("1380013"), "{}", said[2]);
    assert!(said[3].starts_with("f.csv, row 6, field team / 队:"), "{}", said[3]);
    assert!(said[4].contains("row 8") && said[4].contains("row 2 has the same id"), "{}", said[4]);
    assert!(said[5].contains("row 9") && said[5].contains("never closed"), "{}", said[5]);
    assert_eq!(parsed.rejects[1].cells[..4], ["O3", "T1", "张伟", "厨师"]);
    assert!(parsed.rejects.iter().all(|reject| reject.trouble.said.zh.chars().any(|c| c > '\u{4e00}')));
}

#[test]
fn ids_that_look_the_same_are_one() {
    let parsed: Parsed<Team> = parsed("id,village,name\nT1,V1,a\nＴ１,V1,b\n");
    assert_eq!((parsed.rows.len(), parsed.rejected), (1, 1));
}

#[test]
fn what_is_not_in_the_register_is_named() {
    let known = Known {
        villages: [VillageId::parse("V1").unwrap()].into(),
        teams: [TeamId::parse("T1").unwrap()].into(),
        inspectors: [InspectorId::parse("I1").unwrap()].into(),
        ..Known::default()
    };
    let setting = Setting { known: Some(&known), ..setting() };
    let teams = "id,village,name\nT1,V1,a\nT2,V9,b\n";
    let teams: Parsed<Team> = parse_roster("f", &mut teams.as_bytes(), &setting).unwrap();
    assert_eq!((teams.rows.len(), teams.rejected), (1, 1));
    assert!(teams.rejects[0].trouble.text(Language::En).contains("village / 村: “V9” is not in the register"));
    let places =
        "place,reason,from,to\nV1,a,2026-03-02,2026-03-03\nT1,a,2026-03-02,2026-03-03\nX1,a,2026-03-02,2026-03-03\n";
    let places: Parsed<Exclusion> = parse_roster("f", &mut places.as_bytes(), &setting).unwrap();
    assert_eq!((places.rows.len(), places.rejected), (2, 1));
}

#[test]
fn shared_numbers_are_told_and_masked() {
    let officials: Vec<Official> = items(
        "id,team,name,role,phone\nO1,T1,王建国,lead,13800138000\nO2,T1,李娜,member,13800138001\nO3,T1,张伟,member,13800138001\n",
    );
    let inspectors: Vec<Inspector> = items("id,office,name,email,phone\nI1,county,刘洋,a@b.example,+86 13800138000\n");
    let warnings = shared_numbers(&officials, &[], &inspectors);
    assert_eq!(warnings.len(), 2);
    assert!(warnings[0].en.contains("number of an inspector") && warnings[0].zh.contains("检查员"));
    assert!(warnings[1].en.starts_with("2 people have the same number 138****8001"), "{}", warnings[1].en);
    assert!(warnings.iter().all(|said| !said.en.contains("0013") && !said.zh.contains("0013")));
    assert_eq!(shared_numbers(&officials[..2], &[], &[]), []);
}

// ---- changes ----

fn apply<T: Registered>(present: &[T], changes: &Changes<T>) -> Vec<T> {
    let mut all: BTreeMap<T::Id, T> = present.iter().map(|item| (item.id(), item.clone())).collect();
    all.extend(changes.to_write().map(|item| (item.id(), item.clone())));
    all.into_values().collect()
}

#[test]
fn a_full_roster_ends_who_is_missing_and_deletes_nobody() {
    let first: Parsed<Official> = parsed(
        "id,team,name,name_latin,phone,from\nO1,T1,王建国,Wong Kin-kwok,13800138000,2026-01-01\nO2,T1,李娜,,,\n",
    );
    let columns = first.columns.clone();
    let present: Vec<Official> = apply(&[], &changes(&[], first.into_items(), &columns, Mode::Full, day("2026-01-01")));
    let second: Parsed<Official> = parsed("id,team,name\nO1,T2,王建国\nO3,T1,张伟\n");
    let columns = second.columns.clone();
    let roster = second.into_items();
    let change = changes(&present, roster.clone(), &columns, Mode::Full, day("2026-03-02"));
    let (before, after) = &change.changed[0];
    assert_eq!((before.team.as_str(), after.team.as_str()), ("T1", "T2"));
    assert_eq!(
        (after.phone.is_some(), after.name.latin.as_str(), after.posting.from),
        (true, "Wong Kin-kwok", Some(day("2026-01-01")))
    );
    assert_eq!(change.gone[0].id.as_str(), "O2");
    assert_eq!(change.gone[0].posting.to, Some(day("2026-03-01")));
    assert_eq!(change.new[0].id.as_str(), "O3");
    let now = apply(&present, &change);
    assert_eq!(now.len(), 3);
    let again = changes(&now, roster.clone(), &columns, Mode::Full, day("2026-03-02"));
    assert_eq!((again.to_write().count(), again.unchanged), (0, 2));
    let partly = changes(&present, roster, &columns, Mode::Changes, day("2026-03-02"));
    assert_eq!(partly.gone, []);
    let back: Parsed<Official> = parsed("id,team,name\nO2,T1,李娜\n");
    let lifted =
        changes(&now, back.rows.iter().map(|e| e.item.clone()), &back.columns, Mode::Changes, day("2026-04-01"));
    assert_eq!(lifted.changed[0].1.posting.to, None);
}

fn roster_text(people: &BTreeMap<u8, (u8, Option<u8>)>) -> String {
    let mut text = "id,team,name,from,to\n".to_owned();
    for (id, (team, from)) in people {
        let from = from.map(|day| format!("2026-01-{:02}", day % 28 + 1)).unwrap_or_default();
        text.push_str(&format!("O{id},T{team},王建国,{from},\n"));
    }
    text
}

proptest! {
    #[test]
    fn rosters_change_what_they_say_and_nothing_else(
        first in proptest::collection::btree_map(0u8..9, (0u8..3, proptest::option::of(any::<u8>())), 1..9),
        second in proptest::collection::btree_map(0u8..9, (0u8..3, proptest::option::of(any::<u8>())), 1..9),
        full in any::<bool>(),
    ) {
        let mode = if full { Mode::Full } else { Mode::Changes };
        let (a, b): (Parsed<Official>, Parsed<Official>) = (parsed(&roster_text(&first)), parsed(&roster_text(&second)));
        let (columns, on) = (b.columns.clone(), day("2026-03-02"));
        let present = a.into_items();
        let roster = b.into_items();
        let change = changes(&present, roster.clone(), &columns, mode, on);
        prop_assert_eq!(change.new.len() + change.changed.len() + change.unchanged, second.len());
        let now = apply(&present, &change);
        let ids: std::collections::BTreeSet<u8> = first.keys().chain(second.keys()).copied().collect();
        prop_assert_eq!(now.len(), ids.len());
        for person in &now {
            let number: u8 = person.id.as_str()[1..].parse().unwrap();
            let named = second.contains_key(&number);
            prop_assert_eq!(person.posting.holds_on(on), named || !full);
            prop_assert_eq!(person.posting.to, if named || !full { None } else { Some(day("2026-03-01")) });
        }
        prop_assert_eq!(changes(&now, roster, &columns, mode, on).to_write().count(), 0);
    }
}

// ---- the national list ----

const PROVINCES: &str = "code,name\n52,\"贵州省\"\n53,\"云南省\"\n";
const CITIES: &str = "code,name,provinceCode\n5206,\"铜仁市\",52\n5301,\"昆明市\",53\n";
const AREAS: &str = "code,name,cityCode,provinceCode\n520602,\"碧江区\",5206,52\n520603,\"万山区\",5206,52\n";
const STREETS: &str = "code,name,areaCode,provinceCode,cityCode\n520602101,\"坝黄镇\",520602,52,5206\n520603101,\"万山镇\",520603,52,5206\n";

fn division(villages: &str, area: &str) -> (Vec<Bulk>, china_division::Division) {
    let mut bulks = Vec::new();
    let files = Files {
        provinces: &mut PROVINCES.as_bytes(),
        cities: &mut CITIES.as_bytes(),
        areas: &mut AREAS.as_bytes(),
        streets: &mut STREETS.as_bytes(),
        villages: &mut villages.as_bytes(),
    };
    let result = read_division(files, &Area::parse(area).unwrap(), &mut |bulk| {
        bulks.push(bulk);
        ControlFlow::Continue(())
    });
    (bulks, result.unwrap())
}

use spotcheck::registry::china_division::Bulk;

#[test]
fn one_county_of_the_national_list() {
    let text = "code,name,streetCode,provinceCode,cityCode,areaCode\n\
                520602101201,\"滨河村\",520602101,52,5206,520602\nwrong,\"x\",,,,\n520603101001,\"他村\",520603101,52,5206,520603\n520602101202,,520602101,52,5206,520602\n";
    let (bulks, count) = division(text, "520602");
    let regions: Vec<String> = bulks
        .iter()
        .filter_map(|bulk| match bulk {
            Bulk::Regions(regions) => {
                Some(regions.iter().map(|r| format!("{} {} {:?}", r.code, r.name.latin, r.parent)).collect::<Vec<_>>())
            }
            Bulk::Villages(_) => None,
        })
        .flatten()
        .collect();
    assert_eq!(
        regions,
        [
            "52 Guizhou None",
            "5206 Tongren Some(\"52\")",
            "520602 Bijiang Some(\"5206\")",
            "520602101 Bahuang Some(\"520602\")"
        ]
    );
    let Some(Bulk::Villages(villages)) = bulks.last() else { panic!("{bulks:?}") };
    assert_eq!(
        (villages[0].id.as_str(), villages[0].region.as_str(), villages[0].name.both().as_str()),
        ("520602101201", "520602101", "滨河村 Binhe")
    );
    let v = count.villages;
    assert_eq!((v.read, v.kept, v.outside, v.rejected), (4, 1, 1, 2));
    assert_eq!(count.rejects[0].trouble.row, Some(3));
    assert!(Area::parse("52060").is_err() && Area::parse("x2").is_err());
    assert_eq!(division(text, "").1.villages.kept, 2);
}
