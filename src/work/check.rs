//! Looks over an installation: configuration, database, keys, calendar, register, windows.

use super::backup::BackupKey;
use super::beacon::read_draws;
use super::calendars::calendar;
use super::context::signer;
use super::custody::Chains;
use super::places::count_places;
use super::post::at_clock;
use super::seal::SEAL_BEFORE_BEACON;
use super::ways::ways;
use super::windows::{draw_at, of_day, outside, policy, rules};
use super::{Context, Done, Failure, generation};
use crate::config::{BeaconSettings, Config, Office, Programme, Transport};
use crate::files;
use crate::model::{Said, Trouble, Window};
use crate::said;
use crate::store::RegisterCounts;
use crate::timing::next_windows;
use crate::words::letters::common::{day, span};

/// How much a finding weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    Well,
    Warning,
    Broken,
}

impl Weight {
    pub fn code(self) -> &'static str {
        match self {
            Weight::Well => "ok",
            Weight::Warning => "warning",
            Weight::Broken => "error",
        }
    }

    pub fn said(self) -> Said {
        match self {
            Weight::Well => said!("ok     ", "正常"),
            Weight::Warning => said!("warning", "注意"),
            Weight::Broken => said!("error  ", "错误"),
        }
    }
}

#[derive(Debug, Clone)]
pub struct Finding {
    pub weight: Weight,
    pub trouble: Trouble,
}

impl Finding {
    pub fn broken(trouble: Trouble) -> Finding {
        Finding { weight: Weight::Broken, trouble }
    }

    pub fn warning(said: Said) -> Finding {
        Finding { weight: Weight::Warning, trouble: Trouble::new(said) }
    }

    pub fn well(said: Said) -> Finding {
        Finding { weight: Weight::Well, trouble: Trouble::new(said) }
    }
}

/// How many windows of each rule are shown.
const NEXT: usize = 5;

/// Everything worth a word, in the order in which it is to be put right.
pub async fn check(config: Config, now: Option<&str>) -> Vec<Finding> {
    let mut found = vec![Finding::well(said!("the configuration is read", "配置文件已读取"))];
    look_at_passwords(&config, &mut found);
    look_at_mail(&config, &mut found);
    if let Err(e) = calendar(&config) {
        found.push(Finding::broken(e.trouble()));
    }
    found.extend(super::lexicons::troubles(&config).into_iter().map(Finding::broken));
    found.extend(super::instruments::troubles(&config).into_iter().map(Finding::broken));
    found.extend(super::instruments::told(&config).into_iter().map(Finding::well));
    found.extend(super::mappings::of(&config).err().map(|e| Finding::broken(e.trouble())));
    for programme in &config.programmes {
        if let Err(e) = policy(programme).map(|_| ()).and_then(|()| rules(programme).map(|_| ())) {
            found.push(Finding::broken(e.trouble()));
        }
        if let Err(said) = super::beacon::rule(&programme.beacon).sound() {
            found.push(Finding::broken(Trouble::new(said).in_field(format!("programme {} beacon", programme.id))));
        }
    }
    if let Err(trouble) = config.storage.is_there() {
        found.push(Finding::broken(trouble));
        return found;
    }
    match Context::at(config, now).await {
        Err(trouble) => {
            // What was found above stands in the way here again.
            if !found.iter().any(|finding| finding.trouble == trouble) {
                found.push(Finding::broken(trouble));
            }
        }
        Ok(ctx) => {
            found.push(Finding::well(Said::new(
                format!("the database ({}) is open", ctx.store.backend()),
                format!("数据库（{}）可用", ctx.store.backend()),
            )));
            if let Err(e) = look(&ctx, &mut found).await {
                found.push(Finding::broken(e.trouble()));
            }
        }
    }
    found
}

/// Files with passwords: each that cannot be read, and each that others can read too.
fn look_at_passwords(config: &Config, found: &mut Vec<Finding>) {
    let first = match &config.mail.transport {
        Transport::Smtp(smtp) => Some(smtp),
        Transport::Folder(_) => None,
    };
    let sending = first.into_iter().chain(&config.mail.second).filter_map(|smtp| smtp.login.as_ref());
    let logins = sending.chain(config.intake.imap.iter().map(|imap| &imap.login)).map(|login| &login.password);
    for file in logins.chain(&config.storage.password_file) {
        if let Err(trouble) = file.read() {
            found.push(Finding::broken(trouble));
        } else if file.open_to_others() {
            let said = said!(
                "others on this machine can read this password: set the file's mode to 600",
                "本机其他用户可读取此密码文件：请将权限设为600"
            );
            let trouble = Trouble::new(said).in_file(file.path().display().to_string());
            found.push(Finding { weight: Weight::Warning, trouble });
        }
    }
}

fn look_at_mail(config: &Config, found: &mut Vec<Finding>) {
    if let Err(e) = ways(config) {
        let trouble = e.trouble();
        // What the passwords lack was said already.
        if !found.iter().any(|finding| finding.trouble == trouble) {
            found.push(Finding::broken(trouble));
        }
    }
    match signer(config) {
        Err(e) => found.push(Finding::broken(e.trouble())),
        Ok(None) => {}
        Ok(Some(signer)) => {
            let (name, content) = signer.record();
            found.push(Finding::well(said!(
                "letters are signed; publish this TXT record: {name} \"{content}\"",
                "信件带签名；请发布此TXT记录：{name} \"{content}\""
            )));
        }
    }
}

async fn look(ctx: &Context, found: &mut Vec<Finding>) -> Done<()> {
    for office in &ctx.config.offices {
        look_at_calendar(ctx, office, found);
        look_at_register(ctx, office, found).await?;
    }
    for programme in &ctx.config.programmes {
        let office = ctx.office(&programme.office)?;
        look_at_windows(ctx, programme, office, found)?;
        look_at_draws(programme, office, found);
        look_at_chain(ctx, programme, office, found).await?;
    }
    if ctx.config.intake.maildir.is_none() && ctx.config.intake.imap.is_empty() {
        found.push(Finding::warning(said!(
            "no mailbox is read (intake.imap or intake.maildir): replies come only by `spotcheck receive`",
            "未设置收信邮箱（intake.imap或intake.maildir）：回复只能经“spotcheck receive”进入"
        )));
    }
    if ctx.config.backup.folder.is_none() {
        found.push(Finding::warning(said!(
            "no backups are made: make a key with `spotcheck backup --new-key`, then name a folder in backup.folder",
            "未设置备份：请先用“spotcheck backup --new-key”生成密钥，再在backup.folder中指定文件夹"
        )));
    } else if let Err(trouble) = BackupKey::read(&ctx.config.backup.key_file) {
        found.push(Finding::broken(trouble));
    }
    found.extend(super::health::look(ctx).await?.into_iter().map(|cause| Finding::warning(cause.said)));
    Ok(())
}

fn look_at_calendar(ctx: &Context, office: &Office, found: &mut Vec<Finding>) {
    let today = ctx.now().day(office.zone);
    match ctx.calendar.covered_until(today) {
        None => {
            let years: Vec<String> = ctx.calendar.years().map(|y| y.to_string()).collect();
            let years = years.join(", ");
            found.push(Finding::broken(Trouble::new(said!(
                "today, {today}, is outside the calendar ({years}): nothing is planned until `spotcheck import calendar FILE` brings in its year",
                "今天（{today}）不在日历（{years}）范围内：用“spotcheck import calendar 文件”导入该年之前不作安排"
            ))));
        }
        Some(until) => {
            let left = (until - today).num_days();
            let id = &office.id;
            let said = said!(
                "office {id}: the calendar goes to {until}, {left} more days",
                "{id}：日历至{until}，还有{left}天"
            );
            found.push(Finding::well(said));
        }
    }
    let mine = |code: &&str| code.starts_with(&office.region) || office.region.starts_with(*code);
    let codes: Vec<&str> = ctx.calendar.named_regions().filter(mine).collect();
    if !codes.is_empty() {
        let (id, codes) = (&office.id, codes.join(", "));
        found.push(Finding::well(said!(
            "office {id}: regions with days of their own: {codes}",
            "{id}：另有放假、上班安排的地区：{codes}"
        )));
    }
}

async fn look_at_register(ctx: &Context, office: &Office, found: &mut Vec<Finding>) -> Done<()> {
    let mut tx = ctx.store.read().await?;
    let counts = tx.count_in(&office.region).await?;
    let today = ctx.now().day(office.zone);
    let id = &office.id;
    let inspectors: Vec<_> = tx.inspectors_of(id).await?.into_iter().filter(|i| i.active.holds_on(today)).collect();
    let RegisterCounts { villages, teams, officials } = counts;
    let on_duty = inspectors.len();
    found.push(Finding::well(said!(
        "office {id}: {villages} villages, {teams} teams, {officials} officials, {on_duty} inspectors",
        "{id}：{villages}个村，{teams}支队伍，{officials}名队员，{on_duty}名检查员"
    )));
    for inspector in inspectors.iter().filter(|i| i.addresses.is_empty()) {
        let name = inspector.name.both();
        found.push(Finding::broken(Trouble::new(said!(
            "inspector {name} has no mail address: letters cannot reach them; import inspectors with the column email",
            "检查员{name}没有邮箱，收不到信：请导入带“邮箱”栏的检查员名册"
        ))));
    }
    for programme in ctx.config.programmes.iter().filter(|p| p.office == *id) {
        if count_places(ctx, &mut tx, programme, office).await? == 0 {
            let name = &programme.id;
            found.push(Finding::broken(Trouble::new(said!(
                "programme {name} has nothing to draw from: import villages and teams first",
                "项目{name}没有可抽取的地点：请先导入村和队伍"
            ))));
        }
        if inspectors.is_empty() {
            found.push(Finding::broken(Trouble::new(said!(
                "office {id} has no inspector on duty: nobody would go; import inspectors",
                "{id}没有在岗检查员，无人执行：请导入检查员名册"
            ))));
        }
    }
    Ok(())
}

fn look_at_windows(ctx: &Context, programme: &Programme, office: &Office, found: &mut Vec<Finding>) -> Done<()> {
    let now = ctx.now();
    for rule in rules(programme)? {
        let next =
            next_windows(&rule, &programme.id, &office.id, office.zone, ctx.calendar.of(&office.region), now, NEXT)
                .map_err(|e| Failure::from(Trouble::new(e.said())))?;
        let shown: Vec<Said> = next
            .windows
            .iter()
            .map(|w| {
                let (day, span) = (day(w.start.day(office.zone)), span(w.start, w.end, office.zone));
                Said::new(format!("{} {span}", day.en), format!("{} {span}", day.zh))
            })
            .collect();
        let en: Vec<&str> = shown.iter().map(|s| s.en.as_str()).collect();
        let zh: Vec<&str> = shown.iter().map(|s| s.zh.as_str()).collect();
        let (en, zh, name, slot) = (en.join(", "), zh.join("、"), &programme.id, &rule.slot);
        found.push(Finding::well(Said::new(
            format!("programme {name}, next windows of {slot}: {en}"),
            format!("项目{name}，{slot}接下来的时段：{zh}"),
        )));
        if let Some(early) =
            next.windows.iter().find_map(|window| drawn_too_early(ctx, programme, office, window).transpose())
        {
            found.push(Finding::broken(Trouble::new(early?).in_field(format!("programme {name} lead_minutes"))));
        }
        if let Some(end) = next.calendar_ends {
            found.push(Finding { weight: Weight::Warning, trouble: Trouble::new(end.said()) });
        }
    }
    Ok(())
}

/// A draw before the seal that must come first: such a window is always void.
fn drawn_too_early(ctx: &Context, programme: &Programme, office: &Office, window: &Window) -> Done<Option<Said>> {
    let day = window.id.day;
    let of_day = of_day(ctx, programme, office, day)?;
    let draw = draw_at(programme, window, of_day.first().unwrap_or(window));
    let evening = ctx.calendar.of(&office.region).previous_workday(day).map_err(|e| outside(&e))?;
    let sealed = at_clock(office, evening, office.seal_at);
    let (draw, sealed) = (draw.local(office.zone), sealed.local(office.zone));
    let latest = sealed + chrono::TimeDelta::milliseconds(SEAL_BEFORE_BEACON);
    let (at, seal, slot) = (draw.format("%m-%d %H:%M"), sealed.format("%m-%d %H:%M"), &window.id.slot);
    Ok((draw < latest).then(|| {
        said!(
            "{slot} would be drawn at {at}, but its list is sealed at {seal} and the draw must come at least 30 minutes later: every such window is void; make lead_minutes smaller, or seal_at of the office earlier",
            "{slot}将在{at}抽取，而名单在{seal}才封存，且抽取至少要晚30分钟：这样的时段都会作废；请减小lead_minutes，或将本单位的seal_at提前"
        )
    }))
}

/// A chain is made at the first seal. Where the programme is sealed, its chain and mark must be there
/// and whole; a daemon that runs holds them, which is as it should be.
/// The file of coming lottery draws, which an evening's seal would stumble over.
fn look_at_draws(programme: &Programme, office: &Office, found: &mut Vec<Finding>) {
    let BeaconSettings::Manual(manual) = &programme.beacon else { return };
    let file = manual.draws.display().to_string();
    let read = files::read_text(&manual.draws, files::SETTINGS);
    if let Err(trouble) = read.and_then(|text| read_draws(&text, office.zone)) {
        found.push(Finding::broken(trouble.in_file(file)));
    }
}

async fn look_at_chain(ctx: &Context, programme: &Programme, office: &Office, found: &mut Vec<Finding>) -> Done<()> {
    let newest = generation::newest(&mut ctx.store.read().await?, &programme.id, &office.id).await?;
    let Some(newest) = newest else { return Ok(()) };
    let looked = ctx.keepings(&Chains::of(&newest)?);
    found.extend(looked.iter().filter_map(|keeping| crate::custody::look(keeping).err()).map(Finding::broken));
    Ok(())
}
