//! Characters that HTML writes by name or number.

/// The character of an entity at the front, and how many characters it took; a lone `&` is itself.
pub fn entity(text: &str) -> (char, usize) {
    let body: String = text.chars().skip(1).take(10).take_while(|c| c.is_ascii_alphanumeric() || *c == '#').collect();
    let closed = text.chars().nth(1 + body.len()) == Some(';');
    let length = 1 + body.len() + usize::from(closed);
    let numeric = |digits: &str, radix| u32::from_str_radix(digits, radix).ok().and_then(char::from_u32);
    let decoded = match body.strip_prefix('#') {
        Some(digits) => match digits.strip_prefix(['x', 'X']) {
            Some(hex) => numeric(hex, 16),
            None => numeric(digits, 10),
        },
        None if closed => NAMED.iter().find(|(name, _)| *name == body).map(|(_, c)| *c),
        None => None,
    };
    decoded.map_or(('&', 1), |c| (c, length))
}

const NAMED: &[(&str, char)] = &[
    ("nbsp", '\u{a0}'),
    ("amp", '&'),
    ("lt", '<'),
    ("gt", '>'),
    ("quot", '"'),
    ("apos", '\''),
    ("ndash", '–'),
    ("mdash", '—'),
    ("hellip", '…'),
    ("middot", '·'),
    ("bull", '•'),
    ("lsquo", '‘'),
    ("rsquo", '’'),
    ("ldquo", '“'),
    ("rdquo", '”'),
    ("ensp", ' '),
    ("emsp", ' '),
    ("thinsp", ' '),
    ("zwnj", '\u{200c}'),
    ("zwj", '\u{200d}'),
    ("laquo", '«'),
    ("raquo", '»'),
    ("copy", '©'),
    ("reg", '®'),
    ("times", '×'),
    ("deg", '°'),
    ("rarr", '→'),
];
