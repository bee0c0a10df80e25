//! Who looks, and at what: every page of the console for accounts of a county, a prefecture and the nation.

use crate::Done;
use crate::nation::{County, TODAY};
use crate::readers::Person;
use spotcheck::config::Console;
use spotcheck::model::{AccountRole, FindingState, FlagState, Language, OfficeId, Timestamp};
use spotcheck::store::{FindingLook, FlagFilter, Ids};
use spotcheck::work::accounts::{self, NewAccount};
use spotcheck::work::sign_in::{Attempt, sign_in};
use spotcheck::work::{Context, audit};

const PASSWORD: &str = "six quiet lanterns, no moth";
const ADDRESS: &str = "127.0.0.1";

pub async fn people(ctx: &Context, console: &Console, counties: &[County]) -> Done<Vec<Person>> {
    // One that has a flag which somebody was asked about.
    let filter = waiting(ctx, None);
    let flags = ctx.store.read().await?.look_flags(&filter).await?;
    let flag = flags.last().ok_or("no flag")?;
    let one = counties.iter().find(|c| flag.office.as_str() == format!("c{}", c.code)).ok_or("no county")?;
    let (county, prefecture) = (format!("c{}", one.code), format!("d{}", one.prefecture));
    let sees = [("county", Some(county.as_str())), ("prefecture", Some(&prefecture)), ("nation", None)];
    let mut people = Vec::new();
    for (name, office) in sees {
        for language in Language::ALL {
            let who = format!("{name} {}", language.tag());
            let cookie = signed_in(ctx, console, &who, (AccountRole::Head, office, language)).await?;
            people.push(Person { pages: pages(ctx, office, one).await?, who, cookie });
        }
    }
    let who = "administrator".to_owned();
    let cookie = signed_in(ctx, console, &who, (AccountRole::Administrator, None, Language::En)).await?;
    let page = |name: &str, path: &str| (name.to_owned(), path.to_owned());
    let pages = vec![page("users", "/setup/users"), page("setup", "/setup"), page("audit", "/setup/audit")];
    people.push(Person { who, cookie, pages });
    Ok(people)
}

async fn signed_in(
    ctx: &Context,
    console: &Console,
    who: &str,
    (role, office, language): (AccountRole, Option<&str>, Language),
) -> Done<String> {
    let id = &format!("{}-{}", office.unwrap_or(who.split(' ').next().unwrap_or(who)), language.tag());
    let office: Option<OfficeId> = office.map(|office| office.parse().map_err(|_| "office")).transpose()?;
    let new = NewAccount { id, name: "刘芳", role, office: office.as_ref(), language: Some(language) };
    let failed = |failure: spotcheck::work::Failure| failure.to_string();
    // A nation that was made before has its accounts.
    if let Ok(begun) = accounts::add(ctx, &new, &audit::Line::default()).await {
        accounts::begin_with(ctx, &begun.secret, PASSWORD, ADDRESS).await.map_err(failed)?;
    }
    match sign_in(ctx, console, (id, PASSWORD), ADDRESS, None).await.map_err(failed)? {
        Attempt::In(secret) => Ok(secret),
        other => Err(format!("{who} was not let in: {other:?}").into()),
    }
}

/// `office`: of the account; `one`: a county that all of them see.
async fn pages(ctx: &Context, office: Option<&str>, one: &County) -> Done<Vec<(String, String)>> {
    let county = format!("c{}", one.code);
    let seen: Vec<&str> = match office {
        None => Vec::new(),
        Some(office) if office.starts_with('d') => {
            let all = ctx.config.offices.iter();
            all.filter(|o| o.id.as_str() == office || o.parent.as_ref().is_some_and(|p| p.as_str() == office))
                .map(|office| office.id.as_str())
                .collect()
        }
        Some(office) => vec![office],
    };
    let offices = office.map(|_| Ids::new(seen.iter().copied()));
    let mut tx = ctx.store.read().await?;
    let flags = tx.look_flags(&waiting(ctx, offices.clone())).await?;
    let flag = flags.last().ok_or("no flag")?;
    let look = FindingLook {
        offices: offices.clone(),
        states: FindingState::ALL.to_vec(),
        overdue_on: None,
        after: None,
        most: 50,
    };
    let findings = tx.look_findings(&look).await?;
    let finding = findings.last().ok_or("no finding")?;
    let import = tx.look_imports(offices.as_ref(), None, 20).await?.pop().ok_or("no import")?;
    let start = Timestamp::parse(&format!("{TODAY}T00:00:00+08:00")).ok_or("time")?;
    let id: OfficeId = county.parse().map_err(|_| "office")?;
    let given = tx.assignments_between(&id, start, start.plus(86_400_000)).await?;
    let township = format!("{}002", one.code);
    let mut all = vec![
        ("today", "/today".to_owned()),
        ("today of a county", format!("/today?office={county}")),
        ("today, printed", format!("/today/print?office={county}")),
        ("coverage", "/coverage".to_owned()),
        ("coverage of a county", format!("/coverage?office={county}")),
        ("coverage of a township", format!("/coverage?office={county}&township={township}")),
        ("flags", "/flags".to_owned()),
        ("flags, asked", "/flags?state=asked".to_owned()),
        ("flags, dismissed", "/flags?state=dismissed".to_owned()),
        ("flags of a township", format!("/flags?region={township}")),
        ("flags, next page", format!("/flags?after={}.{}", flag.opened.0, flag.id)),
        ("case", format!("/cases/{}", flag.id)),
        ("findings", "/findings".to_owned()),
        ("findings, overdue", "/findings?overdue=1".to_owned()),
        ("findings, closed", "/findings?state=closed".to_owned()),
        ("finding", format!("/findings/{}", finding.id)),
        ("draws", "/draws".to_owned()),
        ("imports", "/imports".to_owned()),
        ("imports of a county", format!("/imports?office={county}")),
        ("import", format!("/imports/{}", import.id)),
        ("quarantine", "/quarantine".to_owned()),
        ("record", format!("/record?key={}", given.first().map_or("K7Q2M", |given| given.id.as_str()))),
        ("reports", "/reports".to_owned()),
        ("setup", "/setup".to_owned()),
        ("setup, found", format!("/setup?office={county}&find={}", one.code)),
        ("audit", "/setup/audit".to_owned()),
        ("account", "/account".to_owned()),
    ];
    if office.is_none() {
        all.push(("draw of today", format!("/draws/posts~nation~{TODAY}~am")));
        all.push(("draw of weeks ago", "/draws/posts~nation~2026-12-01~am".to_owned()));
    }
    Ok(all.into_iter().map(|(name, path)| (name.to_owned(), path)).collect())
}

/// Flags of which somebody was asked, the oldest first.
fn waiting(ctx: &Context, offices: Option<Ids>) -> FlagFilter {
    let states = vec![FlagState::Asked, FlagState::Explained];
    FlagFilter { offices, states, verdict: None, region: None, until: ctx.now(), after: None, most: 50 }
}
