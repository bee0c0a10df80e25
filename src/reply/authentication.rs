//! The Authentication-Results field (RFC 8601): which server says what of which method.

/// One field: who wrote it, and its verdicts in order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuthenticationResults {
    /// As written; `Example.org` is not `example.org`.
    pub authserv_id: String,
    pub methods: Vec<Verdict>,
}

/// `dkim=pass header.d=field.example`, in lower case.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verdict {
    pub method: String,
    pub result: String,
    pub properties: Vec<(String, String)>,
}

impl Verdict {
    pub fn property(&self, name: &str) -> Option<&str> {
        self.properties.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }
}

pub fn authentication_results(value: &str) -> AuthenticationResults {
    let mut sections = sections(value).into_iter();
    let mut first = sections.next().unwrap_or_default().into_iter();
    let authserv_id = first.next().unwrap_or_default();
    // Only a version may stand behind the name; anything else makes the field say nothing.
    let versioned = first.next().is_none_or(|word| word.bytes().all(|b| b.is_ascii_digit())) && first.next().is_none();
    if !versioned {
        return AuthenticationResults { authserv_id, methods: Vec::new() };
    }
    let methods = sections.filter_map(|words| {
        // What stands before the verdict is no verdict: `reason="…" dmarc=pass` says nothing.
        let (method, result) = words.first()?.split_once('=')?;
        let pairs = words.iter().skip(1).filter_map(|word| word.split_once('='));
        Some(Verdict {
            method: method.split('/').next().unwrap_or_default().to_ascii_lowercase(),
            result: result.to_ascii_lowercase(),
            properties: pairs.map(|(name, v)| (name.to_ascii_lowercase(), v.to_ascii_lowercase())).collect(),
        })
    });
    AuthenticationResults { authserv_id, methods: methods.collect() }
}

/// Words between semicolons; comments are gone, quoted strings stay one word, `a = b` is `a=b`.
fn sections(value: &str) -> Vec<Vec<String>> {
    let mut all = vec![Vec::new()];
    let mut word = String::new();
    let (mut comments, mut quoted) = (0usize, false);
    let mut chars = value.chars();
    let close = |word: &mut String, all: &mut Vec<Vec<String>>| {
        let Some(words) = all.last_mut() else { return };
        if word.is_empty() {
            return;
        }
        let word = std::mem::take(word);
        match words.last_mut() {
            Some(last) if word.starts_with('=') || last.ends_with('=') => last.push_str(&word),
            _ => words.push(word),
        }
    };
    while let Some(c) = chars.next() {
        match c {
            '\\' if quoted || comments > 0 => {
                if let (Some(escaped), 0) = (chars.next(), comments) {
                    word.push(escaped);
                }
            }
            '"' if comments == 0 => quoted = !quoted,
            _ if quoted => word.push(c),
            '(' => comments += 1,
            ')' => comments = comments.saturating_sub(1),
            _ if comments > 0 => {}
            ';' => {
                close(&mut word, &mut all);
                all.push(Vec::new());
            }
            c if c.is_whitespace() => close(&mut word, &mut all),
            c => word.push(c),
        }
    }
    close(&mut word, &mut all);
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_quotes_and_folding() {
        let read = authentication_results(
            "mx.example (a; (b) c) 1;\n\tdkim/1 = pass reason=\"good; (really)\" header.d=A.example; SPF=Fail",
        );
        assert_eq!(read.authserv_id, "mx.example");
        let [dkim, spf] = &read.methods[..] else { panic!("{read:?}") };
        assert_eq!((dkim.method.as_str(), dkim.result.as_str()), ("dkim", "pass"));
        assert_eq!((dkim.property("reason"), dkim.property("header.d")), (Some("good; (really)"), Some("a.example")));
        assert_eq!((spf.method.as_str(), spf.result.as_str()), ("spf", "fail"));
        let forged = authentication_results("mx.example x; dmarc=pass");
        assert_eq!((forged.authserv_id.as_str(), forged.methods.len()), ("mx.example", 0));
        assert_eq!(authentication_results(""), AuthenticationResults::default());
    }
}
