//! The way from visit to visit. No word of these texts is one that a result is written with: a reply quotes them.

use crate::model::Said;
use crate::said;

pub fn way(stops: &[Said]) -> Said {
    let en: Vec<&str> = stops.iter().map(|stop| stop.en.as_str()).collect();
    let zh: Vec<&str> = stops.iter().map(|stop| stop.zh.as_str()).collect();
    let (en, zh) = (en.join("; "), zh.join("；"));
    said!("Way, as reckoned: {en}.", "路程估算：{zh}。")
}

/// One visit: when one comes there, and what the way takes. The code never comes first: what stands at the beginning of
/// a line is a line of the assignment.
pub fn stop(code: &str, at: &str, minutes: i64, kilometres: Option<i64>) -> Said {
    match kilometres {
        Some(km) => said!("{at} {code} ({minutes} min, {km} km)", "{at} {code}（{minutes}分钟，{km}公里）"),
        None => said!("{at} {code} ({minutes} min)", "{at} {code}（{minutes}分钟）"),
    }
}

/// A visit whose span cannot be kept.
pub fn late(code: &str, from: Option<&str>, minutes: i64, at: &str) -> Said {
    match from {
        Some(from) => said!(
            "Too far from {from}: {code}. Allow {minutes} min, arrival about {at}.",
            "距 {from} 过远： {code}。需留{minutes}分钟，约{at}到达。"
        ),
        None => said!(
            "Too far: {code}. Allow {minutes} min, arrival about {at}.",
            "路程过远： {code}。需留{minutes}分钟，约{at}到达。"
        ),
    }
}

/// The same for whoever goes.
pub fn tell_the_desk(late: &Said) -> Said {
    let Said { en, zh } = late;
    said!("{en} Tell the desk at once.", "{zh}请立即告知调度员。")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::outcomes::OutcomeWords;

    #[test]
    fn no_text_holds_a_word_of_the_results() {
        let texts = [way(&[stop("V1", "09:10", 25, Some(18)), stop("V2", "10:20", 35, None)])];
        let texts = texts.into_iter().chain([late("V2", Some("V1"), 35, "11:40"), late("V1", None, 35, "11:40")]);
        let texts: Vec<Said> = texts.flat_map(|said| [tell_the_desk(&said), said]).collect();
        let words = OutcomeWords::shipped();
        for said in texts {
            let en: Vec<String> = said.en.split(|c: char| !c.is_alphanumeric()).map(str::to_lowercase).collect();
            let en = format!(" {} ", en.join(" "));
            for (phrase, outcome) in words.phrases() {
                let found = match phrase.is_ascii() {
                    true => en.contains(&format!(" {phrase} ")),
                    false => said.zh.contains(phrase),
                };
                assert!(!found, "“{phrase}” ({outcome}) in {said:?}");
            }
        }
    }
}
