//! What mail programs, chats, trackers and people do to a link on its way, undone.
//!
//! A fragment as [`write()`](super::link::write) has it holds letters, digits and `_ = & , . -` alone. So
//! whatever else stands in a text that a link came in was put there on the way: encodings, quotation marks,
//! a sentence's full stop, line breaks. All of that is taken back as long as just one fragment can have been
//! meant; what remains is for [`read`](super::link::read) to refuse by name.

use percent_encoding::percent_decode_str;

/// The most bytes of a text that a link is looked for in; a fragment with every knob has under 1,000.
const LONGEST: usize = 16_384;

/// How often a link may have been encoded, one way over the other.
const ROUNDS: usize = 4;

/// HTML's references to characters that a link, or what stands around it, holds.
const REFERENCES: [(&str, &str); 12] = [
    ("&amp;", "&"),
    ("&equals;", "="),
    ("&comma;", ","),
    ("&num;", "#"),
    ("&quest;", "?"),
    ("&lowbar;", "_"),
    ("&period;", "."),
    ("&quot;", "\""),
    ("&apos;", "'"),
    ("&lt;", "<"),
    ("&gt;", ">"),
    ("&nbsp;", " "),
];

/// Parameters that mail services and social networks append, by name or by how the name begins. None is a
/// knob's.
const TRACKERS: [&str; 17] = [
    "utm_",
    "fbclid",
    "gclid",
    "dclid",
    "gbraid",
    "wbraid",
    "msclkid",
    "twclid",
    "yclid",
    "igsh",
    "li_fat_id",
    "mc_cid",
    "mc_eid",
    "mkt_tok",
    "_ga",
    "_gl",
    "_hs",
];

/// Why it can't be told which link was sent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SentError {
    /// It is longer than any link.
    #[error("it has {0} bytes, and no link has more than {LONGEST}")]
    TooLong(usize),
    /// White space stands within a number, which may go on or end there.
    #[error("{0}: white space within a number; take it out, or what follows it")]
    Split(String),
}

/// The fragment, without `#`, that was sent in a text: a link or a fragment, with what was done to it on
/// the way.
///
/// # Errors
/// If more than one fragment can have been meant.
pub fn undone(text: &str) -> Result<String, SentError> {
    if text.len() > LONGEST {
        return Err(SentError::TooLong(text.len()));
    }
    let plain = unquoted(&decoded(text));
    let fragment = trimmed(fragment(&plain));
    let joined = joined(fragment)?;
    let parts = joined.split(['&', '?']).filter(|part| !is_added(part));
    Ok(trimmed(&parts.collect::<Vec<_>>().join("&")).to_owned())
}

/// Percent-encoding and HTML's references undone, in whatever order they were made.
fn decoded(text: &str) -> String {
    let mut text = text.to_owned();
    for _ in 0..ROUNDS {
        // What is no text once decoded is left as it is, to be refused as it stands there.
        let mut next = match percent_decode_str(&text).decode_utf8() {
            Ok(plain) => referenced(&plain),
            Err(_) => referenced(&text),
        };
        std::mem::swap(&mut text, &mut next);
        if text == next {
            break;
        }
    }
    text
}

/// HTML's references undone, once.
fn referenced(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        let (before, from) = rest.split_at(at);
        plain.push_str(before);
        let named = REFERENCES.iter().find(|(name, _)| from.starts_with(name));
        if let Some((name, meant)) = named {
            plain.push_str(meant);
            rest = from.get(name.len()..).unwrap_or_default();
        } else if let Some((meant, after)) = numbered(from) {
            plain.push(meant);
            rest = after;
        } else {
            plain.push('&');
            rest = from.get(1..).unwrap_or_default();
        }
    }
    plain + rest
}

/// The character that a text's first reference names by its number (`&#38;`, `&#x26;`), and what follows.
fn numbered(text: &str) -> Option<(char, &str)> {
    let (number, after) = text.strip_prefix("&#")?.split_once(';')?;
    let code = match number.strip_prefix(['x', 'X']) {
        Some(hex) => u32::from_str_radix(hex, 16),
        None => number.parse(),
    };
    Some((char::from_u32(code.ok()?)?, after))
}

/// Quoted-printable undone, as a mail's source has it: `=3D` for `=`, and `=` at a line's end. A link holds
/// `=3D` at no other time, for no value begins so.
fn unquoted(text: &str) -> String {
    if !text.contains("v=3D") {
        return text.to_owned();
    }
    text.replace("=\r\n", "")
        .replace("=\n", "")
        .replace("=23", "#")
        .replace("=26", "&")
        .replace("=2C", ",")
        .replace("=3D", "=")
}

/// What follows the last `#` with a version behind it; behind the first `#` where none has one.
fn fragment(text: &str) -> &str {
    let versioned = text
        .rmatch_indices('#')
        .filter_map(|(at, _)| text.get(at + 1..))
        .find(|rest| trimmed(rest).starts_with("v="));
    let after = versioned.or_else(|| text.split_once('#').map(|(_, rest)| rest));
    let fragment = after.unwrap_or(text);
    // A directive to the browser, as "copy link to highlight" appends it.
    fragment
        .split_once(":~:")
        .map_or(fragment, |(link, _)| link)
}

/// Without what encloses a link or ends a sentence.
fn trimmed(text: &str) -> &str {
    let around =
        |c: char| c.is_whitespace() || is_unseen(c) || "\"'`<>()[]{}*|“”„‘’‚«»‹›".contains(c);
    text.trim_start_matches(|c| around(c) || "#&?/".contains(c))
        .trim_end_matches(|c| around(c) || ".,;:!?…&#\\/".contains(c))
}

/// Characters without width, which editors put in to say where a line may break.
fn is_unseen(c: char) -> bool {
    matches!(
        c,
        '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}'
    )
}

/// Without white space and the marks (`>`) of a quoted mail's lines; with one kind of hyphen.
fn joined(text: &str) -> Result<String, SentError> {
    let mut whole = String::new();
    let mut gap = false;
    let mut at_line_start = false;
    for c in text.chars() {
        if c.is_whitespace() {
            gap = true;
            at_line_start |= matches!(c, '\n' | '\r');
            continue;
        }
        if is_unseen(c) || (at_line_start && c == '>') {
            continue;
        }
        // Letters are joined to words that are known or refused; digits may make two numbers of one.
        let ends = |before: char| before.is_ascii_digit() || before == '.';
        let goes_on = c.is_ascii_digit() || matches!(c, '.' | 'e' | 'E' | '+' | '-');
        if gap && goes_on && whole.ends_with(ends) {
            let begun = whole.rsplit(['&', '?']).next().unwrap_or_default();
            return Err(SentError::Split(format!("{begun} {c}")));
        }
        (gap, at_line_start) = (false, false);
        whole.push(match c {
            '\u{2010}'..='\u{2015}' | '\u{2212}' => '-',
            c => c,
        });
    }
    Ok(whole)
}

/// Whether a part was appended by those who watch what is opened, or holds nothing.
fn is_added(part: &str) -> bool {
    part.is_empty() || TRACKERS.iter().any(|name| part.starts_with(name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::KNOBS;
    use crate::experiments::shown::Shown;
    use crate::experiments::{self, link};

    const SENT: &str = "v=1&preset=quick&seeds=3&hidden=24,16";

    #[track_caller]
    fn means(text: &str, fragment: &str) {
        assert_eq!(undone(text).as_deref(), Ok(fragment), "{text}");
    }

    #[test]
    fn what_was_sent_as_it_is_stays_so() {
        let shown = Shown {
            at: Some(3),
            lab: true,
            ..Shown::default()
        };
        for e in experiments::all() {
            let fragment = link::write(&e.config, Some(e.id), &shown);
            means(&fragment, &fragment);
            means(&format!("https://host/page/#{fragment}"), &fragment);
        }
        means(SENT, SENT);
        means("", "");
    }

    #[test]
    fn encodings_are_undone_however_often() {
        for text in [
            "v=1&preset=quick&seeds=3&hidden=24%2C16",
            "v%3D1%26preset%3Dquick%26seeds%3D3%26hidden%3D24%2C16",
            "v%253D1%2526preset%253Dquick%2526seeds%253D3%2526hidden%253D24%252C16",
            "%23v=1&preset=quick&seeds=3&hidden=24,16",
            "https://host/%23v=1&preset=quick&seeds=3&hidden=24,16",
            "https%3A%2F%2Fhost%2F%23v%3D1%26preset%3Dquick%26seeds%3D3%26hidden%3D24%2C16",
            "v=1&amp;preset=quick&amp;seeds=3&amp;hidden=24,16",
            "v=1&amp;amp;preset=quick&amp;seeds=3&amp;hidden=24,16",
            "v=1&#38;preset=quick&#x26;seeds=3&#38;hidden=24,16",
            "v=1%26amp%3Bpreset=quick%26amp%3Bseeds=3&hidden=24&comma;16",
            "v=3D1&preset=3Dquick&see=\nds=3D3&hidden=3D24,=\r\n16",
        ] {
            means(text, SENT);
        }
    }

    #[test]
    fn what_stands_around_a_link_is_taken_off() {
        for text in [
            "v=1&preset=quick&seeds=3&hidden=24,16.",
            "v=1&preset=quick&seeds=3&hidden=24,16).",
            "v=1&preset=quick&seeds=3&hidden=24,16, ",
            "\"v=1&preset=quick&seeds=3&hidden=24,16\"",
            "'#v=1&preset=quick&seeds=3&hidden=24,16'",
            "<https://host/#v=1&preset=quick&seeds=3&hidden=24,16>",
            "&lt;https://host/#v=1&preset=quick&seeds=3&hidden=24,16&gt;.",
            "[the run](https://host/#v=1&preset=quick&seeds=3&hidden=24,16)",
            "“https://host/#v=1&preset=quick&seeds=3&hidden=24,16”…",
            "see #3: https://host/#v=1&preset=quick&seeds=3&hidden=24,16!",
            "https://host/#v=1&preset=quick&seeds=3&hidden=24,16#",
            "#/v=1&&preset=quick&seeds=3&hidden=24,16&",
        ] {
            means(text, SENT);
        }
    }

    #[test]
    fn lines_broken_on_the_way_are_joined() {
        for text in [
            "v=1&preset=quick&see\r\nds=3&hidden=24,16",
            "v=1&preset=quick&see%0D%0Ads=3&hidden=24,%2016",
            "> v=1&preset=quick&\n> seeds=3&hidden=24,\n> > 16",
            "v=1 & preset = quick & seeds = 3 & hidden = 24, 16",
            "v=1&preset=qu\u{200b}ick&seeds=3&hidden=24,\u{ad}16",
        ] {
            means(text, SENT);
        }
        means(
            "v=1&preset=quick&alpha_0=1e\u{2212}3",
            "v=1&preset=quick&alpha_0=1e-3",
        );
        // 34, or 3 and something after the link?
        for text in [
            "v=1&preset=quick&seeds=3 4",
            "v=1&preset=quick&seeds=3\n4",
            "v=1&preset=quick&seeds=3%204",
        ] {
            assert_eq!(undone(text), Err(SentError::Split("seeds=3 4".into())));
        }
        for text in [
            "v=1&preset=quick&alpha_0=1 e-3",
            "v=1&preset=quick&alpha_0=1 .5",
        ] {
            assert!(matches!(undone(text), Err(SentError::Split(_))), "{text}");
        }
    }

    #[test]
    fn trackers_are_dropped_and_nothing_else() {
        for text in [
            "https://host/?utm_source=x#v=1&preset=quick&seeds=3&hidden=24,16",
            "v=1&preset=quick&seeds=3&hidden=24,16&utm_source=mail&utm_medium=a.b",
            "v=1&preset=quick&seeds=3&hidden=24,16?fbclid=IwAR0_x-y",
            "v=1&preset=quick&utm_campaign=3&seeds=3&hidden=24,16&gclid=1",
            "utm_id=1&v=1&preset=quick&seeds=3&hidden=24,16",
            "v=1&preset=quick&seeds=3&hidden=24,16:~:text=units",
        ] {
            means(text, SENT);
        }
        means("v=1&preset=quick&sedes=4", "v=1&preset=quick&sedes=4");
        for knob in KNOBS {
            assert!(!is_added(knob.name), "{}", knob.name);
        }
    }

    #[test]
    fn whatever_it_is_it_is_bounded() {
        assert_eq!(
            undone(&"%25".repeat(9_000)),
            Err(SentError::TooLong(27_000))
        );
        for text in [
            "&&&&",
            "%",
            "%%%41",
            "&#99999999999;",
            "&#xD800;",
            "#",
            "###",
            "=3D",
            "%FF%FE",
            "\u{200b}",
        ] {
            assert!(undone(text).is_ok(), "{text}");
        }
    }
}
