//! Shapes of single values: addresses, hosts, clock times, working hours, zones, region codes, cron rules.

use super::reader::nearest;
use crate::model::{Language, Said};
use crate::said;
use chrono::NaiveTime;
use chrono_tz::{TZ_VARIANTS, Tz};

/// A stretch of the office's day, from before to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hours {
    pub from: NaiveTime,
    pub to: NaiveTime,
}

/// Text that must not be empty and stays on one line.
pub fn line(text: &str) -> Result<String, Said> {
    let text = text.trim();
    if text.is_empty() || text.chars().any(char::is_control) {
        return Err(said!("expected one line of text, not empty", "此处应为一行文字，不能为空"));
    }
    Ok(text.to_owned())
}

/// A telephone number as people write it.
pub fn phone(text: &str) -> Result<String, Said> {
    let text = text.trim();
    let fits = |c: char| c.is_ascii_digit() || " +-()".contains(c) || "转分机（）".contains(c);
    if !text.chars().all(fits) || text.chars().filter(char::is_ascii_digit).count() < 3 {
        return Err(said!("expected a telephone number such as 0857-555-0100", "此处应为电话号码，如0857-555-0100"));
    }
    Ok(text.to_owned())
}

/// A plain mail address `name@host`, lower case.
pub fn address(text: &str) -> Result<String, Said> {
    let wrong = || {
        said!(
            "“{text}” is not a mail address: write only name@host, such as desk@county.example",
            "“{text}”不是邮箱地址：只写“名称@域名”，如desk@county.example"
        )
    };
    let (local, domain) = text.rsplit_once('@').ok_or_else(wrong)?;
    let local_fits = !local.is_empty()
        && local.len() <= 64
        && local.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~.".contains(&b))
        && local.split('.').all(|part| !part.is_empty());
    if !local_fits || host(domain).is_err() {
        return Err(wrong());
    }
    Ok(text.to_ascii_lowercase())
}

/// A host name, lower case, or an address such as `127.0.0.1`.
pub fn host(text: &str) -> Result<String, Said> {
    let label = |part: &str| {
        !part.is_empty()
            && part.len() <= 63
            && !part.starts_with('-')
            && !part.ends_with('-')
            && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    let fits = text.len() <= 253 && text.split('.').all(label) || text.parse::<std::net::IpAddr>().is_ok();
    if fits {
        Ok(text.to_ascii_lowercase())
    } else {
        Err(said!(
            "“{text}” is not a host name: expected something like smtp.county.example",
            "“{text}”不是主机名：应类似smtp.county.example"
        ))
    }
}

/// Whether a host is this machine itself, so that nothing travels over a network.
pub fn is_loopback(host: &str) -> bool {
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// `08:30`, two digits each.
pub fn clock_time(text: &str) -> Result<NaiveTime, Said> {
    let two_digits = text.len() == 5 && text.bytes().enumerate().all(|(i, b)| (i == 2) != b.is_ascii_digit());
    let time = if two_digits { NaiveTime::parse_from_str(text, "%H:%M").ok() } else { None };
    time.ok_or_else(|| {
        said!("“{text}” is not a time: write HH:MM, such as 08:30", "“{text}”不是时间：请写成HH:MM，如08:30")
    })
}

/// `08:30-12:00`.
pub fn hours(text: &str) -> Result<Hours, Said> {
    let (from, to) = text.split_once('-').ok_or_else(|| {
        said!("“{text}” is not a stretch of time: write 08:30-12:00", "“{text}”不是时段：请写成08:30-12:00")
    })?;
    let hours = Hours { from: clock_time(from.trim())?, to: clock_time(to.trim())? };
    if hours.from < hours.to {
        Ok(hours)
    } else {
        Err(said!("“{text}” ends before it begins: turn it round", "“{text}”的终点早于起点：请对调"))
    }
}

/// An IANA zone, with a hint for those who nearly had it.
pub fn zone(text: &str) -> Result<Tz, Said> {
    text.parse().map_err(|_| match nearest(text, TZ_VARIANTS.iter().map(|zone| zone.name())) {
        Some(known) => {
            said!("“{text}” is not a time zone; did you mean “{known}”?", "没有“{text}”这个时区；是否为“{known}”？")
        }
        None => said!(
            "“{text}” is not a time zone: expected a name such as Asia/Shanghai",
            "没有“{text}”这个时区：应类似Asia/Shanghai"
        ),
    })
}

pub fn language(text: &str) -> Result<Language, Said> {
    text.parse().map_err(|()| said!("“{text}” is none of: zh-Hans, en", "“{text}”不在可选值之内：zh-Hans, en"))
}

/// The digits with which the codes of an office's places begin; empty means every place.
pub fn region(text: &str) -> Result<String, Said> {
    if text.len() <= 12 && text.bytes().all(|b| b.is_ascii_digit()) {
        Ok(text.to_owned())
    } else {
        Err(said!(
            "“{text}” is not a region code: up to 12 digits, such as 520602",
            "“{text}”不是区划代码：应为不超过12位的数字，如520602"
        ))
    }
}

/// The shape of a cron rule: five fields, weekdays by name. What it means is read by the calendar.
pub fn cron_rule(text: &str) -> Result<String, Said> {
    let fields: Vec<&str> = text.split_whitespace().collect();
    let [_, _, _, _, weekday] = fields[..] else {
        return Err(said!(
            "“{text}” is not a rule: expected five fields, minute hour day month weekday, such as 30 8 * * Mon-Fri",
            "“{text}”不是定时规则：应为五段，分 时 日 月 星期，如30 8 * * Mon-Fri"
        ));
    };
    if weekday.bytes().any(|b| b.is_ascii_digit()) {
        return Err(said!(
            "“{text}” gives weekdays as numbers, which programs count differently: write names, such as Mon-Fri",
            "“{text}”用数字表示星期，各程序数法不一：请写英文缩写，如Mon-Fri"
        ));
    }
    if !text.chars().all(|c| c.is_ascii_alphanumeric() || "*,/- ".contains(c)) {
        return Err(said!(
            "“{text}” holds a character that no rule has: digits, names, * , / and - only",
            "“{text}”含有定时规则不用的字符：只能用数字、英文缩写和 * , / -"
        ));
    }
    Ok(fields.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        for good in ["desk@county.example", "a.b+c@x.example", "root@localhost", "Desk@County.Example"] {
            assert!(address(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "desk",
            "desk@",
            "@x.example",
            "a b@x.example",
            "Desk <desk@x.example>",
            "a..b@x.example",
            "a@-x.example",
            "督查@x.example",
            "a@x.example\r\nBcc: b@x.example",
        ] {
            assert!(address(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn times_and_hours() {
        assert_eq!(clock_time("08:30").unwrap().to_string(), "08:30:00");
        for bad in ["8:30", "24:00", "08:60", "08-30", "08:30:00", ""] {
            assert!(clock_time(bad).is_err(), "{bad}");
        }
        assert!(hours("08:30-12:00").is_ok());
        for bad in ["12:00-08:30", "08:30-08:30", "08:30", "08:30–12:00"] {
            assert!(hours(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_zone_nearly_right_gets_a_hint() {
        assert_eq!(zone("Asia/Shanghai").unwrap(), Tz::Asia__Shanghai);
        assert!(zone("Asia/Shanghia").unwrap_err().en.contains("Asia/Shanghai"));
    }

    #[test]
    fn cron_rules_take_five_fields_and_weekdays_by_name() {
        assert_eq!(cron_rule("30  8 * * Mon-Fri").unwrap(), "30 8 * * Mon-Fri");
        for bad in ["0 30 8 * * Mon-Fri", "30 8 * *", "30 8 * * 1-5", "30 8 * * Mon;", ""] {
            assert!(cron_rule(bad).is_err(), "{bad}");
        }
    }
}
