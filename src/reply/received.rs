//! From whom the server that holds the mailbox took a mail: its own Received field, on top.

/// What the server itself found out, not what the other side called itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Relay {
    /// Looked up from the address, in lower case; `None` where that failed.
    pub name: Option<String>,
    /// As the server wrote it, in lower case.
    pub address: String,
}

/// Reads `from HELO (name [address]) by …`. The name before the bracket is whatever the other side said and
/// proves nothing; forms in which the two cannot be told apart give nothing.
pub fn relay(received: &str) -> Option<Relay> {
    let from = received.trim_start().strip_prefix("from ")?;
    let (helo, rest) = from.trim_start().split_once(char::is_whitespace)?;
    let inner = rest.trim_start().strip_prefix('(')?;
    let inner = inner.get(..inner.find(')')?)?.trim();
    if helo.contains(['(', ')']) || inner.contains('(') || inner.to_ascii_lowercase().contains("helo") {
        return None;
    }
    let mut words = inner.split_whitespace();
    let (name, literal) = match (words.next()?, words.next(), words.next()) {
        (literal, None, None) => (None, literal),
        (name, Some(literal), None) => (Some(name), literal),
        _ => return None,
    };
    let literal = literal.strip_prefix('[')?.strip_suffix(']')?;
    let literal = literal.to_ascii_lowercase();
    let address = literal.strip_prefix("ipv6:").unwrap_or(&literal).to_owned();
    if address.is_empty() || !address.bytes().all(|b| b.is_ascii_hexdigit() || matches!(b, b'.' | b':')) {
        return None;
    }
    let name = name.map(|n| n.trim_end_matches('.').to_lowercase()).filter(|n| n.contains('.'));
    Some(Relay { name, address })
}

impl Relay {
    /// Whether it is the host that somebody trusts, by name or by address.
    pub fn is(&self, host: &str) -> bool {
        let host = host.trim_end_matches('.').to_lowercase();
        self.address == host || self.name.as_deref() == Some(host.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_our_server_found_out_counts() {
        let postfix = "from mail.field.example (out.field.example [203.0.113.5]) by mx.inspect.example (Postfix) with ESMTPS id 1";
        let found = relay(postfix).unwrap();
        assert!(found.is("out.field.example") && found.is("203.0.113.5") && found.is("OUT.field.example."));
        assert!(!found.is("mail.field.example"), "what it called itself");
        assert!(!relay("from out.field.example (unknown [6.6.6.6]) by mx").unwrap().is("out.field.example"));
        assert!(relay("from a (IPv6 [IPv6:2001:db8::1]) by mx").unwrap().is("2001:db8::1"));
        assert!(relay("from a ([203.0.113.5]) by mx").unwrap().is("203.0.113.5"));
        for forged in [
            "from [203.0.113.5] (helo=out.field.example) by mx",
            "from x (out.field.example (x) [203.0.113.5]) by mx",
            "from [203.0.113.5] by mx",
            "from a (b [relay.field.example]) by mx",
            "from a (b c [203.0.113.5]) by mx",
            "by mx from a (b [203.0.113.5])",
            "",
        ] {
            assert_eq!(relay(forged), None, "{forged}");
        }
    }
}
