//! The header fields of a mail or of one of its parts, and what of them a reply is judged by.

use super::charset;
use super::mail::LARGEST_HEADERS;
use mail_parser::{Addr, HeaderValue, MessageParser};
use std::sync::LazyLock;

/// Fields in their order, names in lower case, values unfolded.
#[derive(Debug, Clone, Default)]
pub struct Headers {
    fields: Vec<(String, Vec<u8>)>,
}

/// `type/subtype` in lower case with its parameters.
#[derive(Debug, Clone, Default)]
pub struct ContentType {
    pub kind: String,
    parameters: Vec<(String, String)>,
}

impl ContentType {
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }
}

impl Headers {
    /// Splits bytes at the first empty line: the fields before it, and where the body begins.
    pub fn split(bytes: &[u8]) -> (Headers, usize) {
        let mut fields: Vec<(String, Vec<u8>)> = Vec::new();
        let mut at = 0;
        while at < bytes.len() {
            let rest = bytes.get(at..).unwrap_or_default();
            let length = rest.iter().position(|b| *b == b'\n').map_or(rest.len(), |end| end + 1);
            let line = rest.get(..length).unwrap_or_default();
            at += length;
            // Whoever asks refuses such a mail: the rest need not be taken apart.
            if at > LARGEST_HEADERS {
                break;
            }
            let line = line.strip_suffix(b"\n").unwrap_or(line);
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            match line.first() {
                None => return (Headers { fields }, at),
                Some(b' ' | b'\t') => {
                    if let Some((_, value)) = fields.last_mut() {
                        value.extend_from_slice(line);
                    }
                }
                Some(_) => {
                    // A line without a colon is no field; what continues it belongs to it, not to the field above.
                    let colon = line.iter().position(|b| *b == b':');
                    let (name, value) = colon.and_then(|at| line.split_at_checked(at)).unwrap_or_default();
                    let name = String::from_utf8_lossy(name).trim().to_ascii_lowercase();
                    fields.push((name, value.get(1..).unwrap_or_default().trim_ascii().to_vec()));
                }
            }
        }
        (Headers { fields }, bytes.len())
    }

    /// Values of a field from the topmost down, decoded as UTF-8 with replacement characters.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = String> + 'a {
        self.fields
            .iter()
            .filter(move |(field, _)| field == name)
            .map(|(_, value)| String::from_utf8_lossy(value).trim().to_owned())
    }

    pub fn first(&self, name: &str) -> Option<String> {
        self.all(name).next()
    }

    pub fn has(&self, name: &str) -> bool {
        self.fields.iter().any(|(field, _)| field == name)
    }

    /// A field with its encoded words decoded; raw 8-bit text is taken for what it most likely is.
    pub fn text(&self, name: &str) -> Option<String> {
        let (_, value) = self.fields.iter().find(|(field, _)| field == name)?;
        let readable = charset::decode(value, None).text;
        let decoded = structured("Subject", readable.as_bytes()).and_then(|v| v.as_text().map(str::to_owned));
        Some(decoded.unwrap_or(readable).trim().to_owned())
    }

    /// Every address of every field of this name, in lower case.
    pub fn addresses(&self, name: &str) -> Vec<String> {
        let of_field = |value: &Vec<u8>| -> Vec<String> {
            match structured("To", value) {
                Some(HeaderValue::Address(list)) => list.iter().filter_map(lower_address).collect(),
                _ => Vec::new(),
            }
        };
        self.fields.iter().filter(|(field, _)| field == name).flat_map(|(_, value)| of_field(value)).collect()
    }

    pub fn content_type(&self) -> ContentType {
        self.parameters_of("content-type", "Content-Type").unwrap_or_default()
    }

    /// `attachment` or `inline` with its parameters.
    pub fn disposition(&self) -> Option<ContentType> {
        self.parameters_of("content-disposition", "Content-Disposition")
    }

    fn parameters_of(&self, name: &str, as_name: &str) -> Option<ContentType> {
        let (_, value) = self.fields.iter().find(|(field, _)| field == name)?;
        let parsed = structured(as_name, value)?;
        let parsed = parsed.as_content_type()?;
        let main = parsed.ctype().to_ascii_lowercase();
        let kind = match parsed.subtype() {
            Some(sub) => format!("{main}/{}", sub.to_ascii_lowercase()),
            None => main,
        };
        let parameters = parsed.attributes().unwrap_or_default();
        let parameters = parameters.iter().map(|a| (a.name.to_ascii_lowercase(), a.value.trim().to_owned())).collect();
        Some(ContentType { kind, parameters })
    }

    /// Dates of the Received fields in Unix seconds.
    pub fn received(&self) -> impl Iterator<Item = i64> + '_ {
        self.fields.iter().filter(|(field, _)| field == "received").filter_map(|(_, value)| {
            let parsed = structured("Received", value)?;
            parsed.as_received()?.date().map(|date| date.to_timestamp())
        })
    }

    /// The topmost Received field, which the server that holds the mailbox wrote, and its date.
    pub fn last_hop(&self) -> Option<(String, i64)> {
        let (_, value) = self.fields.iter().find(|(field, _)| field == "received")?;
        let date = structured("Received", value)?.as_received()?.date()?.to_timestamp();
        Some((self.first("received")?, date))
    }

    /// The Date field in Unix seconds: what the sender claims.
    pub fn date(&self) -> Option<i64> {
        let (_, value) = self.fields.iter().find(|(field, _)| field == "date")?;
        structured("Date", value)?.as_datetime().map(|date| date.to_timestamp())
    }
}

fn lower_address(addr: &Addr<'_>) -> Option<String> {
    addr.address.as_deref().map(|a| a.trim().to_lowercase()).filter(|a| !a.is_empty())
}

/// Making one costs more than reading a field with it.
static PARSER: LazyLock<MessageParser> = LazyLock::new(MessageParser::default);

fn structured(name: &str, value: &[u8]) -> Option<HeaderValue<'static>> {
    let mut field = format!("{name}: ").into_bytes();
    field.extend(value.iter().map(|b| if matches!(b, b'\r' | b'\n') { b' ' } else { *b }));
    field.extend_from_slice(b"\r\n\r\n");
    let message = PARSER.parse_headers(&field)?;
    message.headers().first().map(|header| header.value.clone().into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_unfolded_and_decoded() {
        let raw = b"Subject: =?UTF-8?B?6Ieq5Yqo5Zue5aSN?=\r\n [K7Q2M]\r\nTO: \"A, B\" <A@x.example>,\r\n b@y.example\r\n\r\nbody";
        let (headers, body) = Headers::split(raw);
        assert_eq!(raw.get(body..), Some(&b"body"[..]));
        assert_eq!(headers.text("subject").as_deref(), Some("自动回复 [K7Q2M]"));
        assert_eq!(headers.addresses("to"), ["a@x.example", "b@y.example"]);
    }

    #[test]
    fn a_raw_gb18030_subject_is_read() {
        let (subject, ..) = encoding_rs::GB18030.encode("自动回复: 我在休假");
        let raw = [b"Subject: ", &subject[..], b"\n\n"].concat();
        assert_eq!(Headers::split(&raw).0.text("subject").as_deref(), Some("自动回复: 我在休假"));
    }

    #[test]
    fn parameters_and_dates() {
        let (headers, _) = Headers::split(
            b"Content-Type: Text/Plain; charset=\"GB2312\"; format=flowed\nReceived: from a by b; Thu, 12 Mar 2026 11:00:00 +0800\n\n",
        );
        let kind = headers.content_type();
        assert_eq!((kind.kind.as_str(), kind.parameter("charset")), ("text/plain", Some("GB2312")));
        assert_eq!(headers.received().collect::<Vec<_>>(), [1_773_284_400]);
    }
}
