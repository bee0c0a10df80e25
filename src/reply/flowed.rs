//! format=flowed and DelSp (RFC 3676): lines that end in a blank go on in the next one.

/// Joins flowed lines. Quote marks come out as one run of `>` and a blank.
pub fn unflow(text: &str, delete_space: bool) -> String {
    let mut out = String::with_capacity(text.len());
    let mut open: Option<usize> = None;
    for line in text.split('\n') {
        let line = line.strip_suffix('\r').unwrap_or(line);
        let content = line.trim_start_matches('>');
        let depth = line.len() - content.len();
        let content = content.strip_prefix(' ').unwrap_or(content);
        let signature = content == "-- ";
        if open != Some(depth) || signature {
            if open.is_some() {
                out.push('\n');
            }
            if depth > 0 {
                out.extend(std::iter::repeat_n('>', depth));
                out.push(' ');
            }
        }
        if content.ends_with(' ') && !signature {
            out.push_str(if delete_space { content.strip_suffix(' ').unwrap_or(content) } else { content });
            open = Some(depth);
        } else {
            out.push_str(content);
            out.push('\n');
            open = None;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_flow_within_one_quote_depth() {
        assert_eq!(unflow("C1 no \nanswer\nC2 busy", false), "C1 no answer\nC2 busy\n");
        assert_eq!(unflow("无人 \r\n接听", true), "无人接听\n");
        assert_eq!(unflow("> C1 CALL \n> Li =>\n>> deep \nme", false), "> C1 CALL Li =>\n>> deep \nme\n");
        assert_eq!(unflow(" >stuffed\n-- \nme", false), ">stuffed\n-- \nme\n");
        assert_eq!(unflow("text \n-- \nme", false), "text \n-- \nme\n");
    }
}
