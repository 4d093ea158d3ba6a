//! A whole experiment in a link: the URL's fragment.
//!
//! `v=1&preset=figure2&seeds=3&eta_beta=0.1&at=12`: the version first, then the experiment that the
//! configuration belongs to (or is nearest to), then every field in which it differs, in [`config::KNOBS`]'
//! order, then what is shown ([`crate::experiments::shown`]), then what came out, if it says so
//! ([`crate::reproduction::expected`]), or what is swept: `vary=NAME=VALUES` for each knob that is varied, as
//! the terminal's `--vary` has it. So a configuration of an experiment has exactly one fragment. Lists
//! are joined by commas, and no pathways are `none`. What was done to a link on its way is undone first
//! ([`sent`]); reading is then as strict as reading a file: what is unknown, twice there, mistyped or out of
//! range is refused by name.
//!
//! A fragment holds no character that sh, cmd.exe or PowerShell would read within double quotes as anything
//! but itself: sh and PowerShell look for `$`, the backquote and `"` there, sh for `\` and (typed by hand)
//! `!` too, cmd.exe for `%` and `"`. So `metacls run "#v=1&preset=quick"` means the same in all three.

use serde::Serialize;
use serde_json::{Value, json};

use crate::config::{self, Config, word};
use crate::experiments;
use crate::experiments::sent::{self, SentError};
use crate::experiments::shown::Shown;
use crate::experiments::tour;
use crate::reproduction::expected::{Expected, Reading};

/// Version of the fragments that this code writes.
pub const VERSION: u32 = 1;

/// What a link holds.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Link {
    /// The preset that the configuration started from.
    pub preset: String,
    /// What is to be run.
    pub config: Config,
    /// The view that it opens: a point of the stream, a lesion, a layer or a unit.
    pub shown: Shown,
    /// What is claimed to come out; none of a link that says nothing of it.
    pub expected: Option<Expected>,
    /// What is varied, each as `NAME=VALUES`, of a link of a sweep. Whether these are values of that knob is
    /// told where the sweep's points are made ([`crate::sweep::points::grid`]).
    pub vary: Vec<String>,
}

/// The part of a link that says what is varied; the one part that may be there several times.
const VARY: &str = "vary";
/// The most knobs that a link varies.
const MOST_VARIED: usize = 8;

/// Why a fragment can't be opened.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LinkError {
    /// It was made by a later version.
    #[error(
        "this link is of version {0}, and this page reads version {VERSION}; it needs a newer page"
    )]
    Newer(u64),
    /// It does not say its version.
    #[error("this is no link of this page: it does not begin with v={VERSION}")]
    Foreign,
    /// A part is wrong.
    #[error("{part}: {reason}")]
    Part {
        /// The part, as it stands there.
        part: String,
        /// What is wrong with it, and what is allowed.
        reason: String,
    },
    /// More than one link can have been meant.
    #[error(transparent)]
    Sent(#[from] SentError),
    /// The parts are read, but what they say together is not allowed.
    #[error("{0}")]
    Config(String),
}

/// Fields in which two configurations differ, with the first one's values.
pub(super) fn differences(config: &Config, preset: &Config) -> Vec<(&'static str, Value)> {
    let all = config.differences(preset).into_iter();
    all.map(|(name, [ours, _])| (name, ours)).collect()
}

/// The fragment, without `#`, of a configuration that belongs to an experiment (by its id), or to the nearest
/// one where it belongs to none; with what is shown of it.
pub fn write(config: &Config, experiment: Option<&str>, shown: &Shown) -> String {
    let preset = experiment
        .and_then(experiments::find)
        .unwrap_or_else(|| experiments::nearest(config));
    let mut parts = vec![format!("v={VERSION}"), format!("preset={}", preset.id)];
    let fields = differences(config, &preset.config);
    parts.extend(fields.iter().map(|(name, v)| format!("{name}={}", word(v))));
    let of = shown.parts();
    parts.extend(of.iter().map(|(name, v)| format!("{name}={v}")));
    parts.join("&")
}

/// The same fragment, saying what came out.
#[must_use]
pub fn with_expected(mut fragment: String, expected: &Expected) -> String {
    for (name, value) in expected.parts() {
        fragment += &format!("&{name}={value}");
    }
    fragment
}

/// The same fragment, of a sweep over what is varied (each as `NAME=VALUES`).
#[must_use]
pub fn with_vary(mut fragment: String, vary: &[String]) -> String {
    for one in vary {
        fragment += &format!("&{VARY}={one}");
    }
    fragment
}

/// What of a link's `vary=` does not stand as `NAME=VALUES` of a knob that is varied once.
fn vary_complaint(text: &str, seen: &[String]) -> Option<String> {
    let is_plain = |b: u8| b.is_ascii_alphanumeric() || b"_=,.:+-".contains(&b);
    if seen.len() == MOST_VARIED {
        return Some(format!("at most {MOST_VARIED} knobs are varied"));
    }
    match text.split_once('=') {
        Some((name, values)) if config::find(name).is_some() => {
            let is_twice = seen.iter().any(|s| s.split('=').next() == Some(name));
            if is_twice {
                return Some(format!("{name} is varied twice"));
            }
            let is_fine = !values.is_empty() && values.bytes().all(is_plain);
            (!is_fine).then(|| "allowed: values joined by commas, or a range".into())
        }
        Some((name, _)) => Some(format!("there is no field {name}")),
        None => Some("allowed: NAME=VALUES, as in alpha_0=log:0.001..0.1:5".into()),
    }
}

/// Whether a text is meant as a link rather than as a file's name.
pub fn is_meant(text: &str) -> bool {
    match sent::undone(text) {
        Ok(fragment) => fragment.starts_with("v="),
        Err(_) => text.contains("preset"),
    }
}

/// Reads a fragment or a whole link, as it was sent.
///
/// # Errors
/// If it is of another version, or anything in it is not exactly as [`write()`] could have it once what was
/// done to it on the way is undone. `preset_of` says what to open instead.
pub fn read(sent: &str) -> Result<Link, LinkError> {
    let wrong = |part: &str, reason: &str| LinkError::Part {
        part: part.chars().take(60).collect(),
        reason: reason.to_owned(),
    };
    let fragment = sent::undone(sent)?;
    let mut parts = fragment.split('&');
    let version = parts.next().and_then(|p| p.strip_prefix("v="));
    match version.and_then(|v| v.parse::<u64>().ok()) {
        Some(v) if v == u64::from(VERSION) => {}
        Some(v) if v > u64::from(VERSION) => return Err(LinkError::Newer(v)),
        _ => return Err(LinkError::Foreign),
    }
    let named = parts.next().unwrap_or_default();
    let known: Vec<&str> = experiments::all().iter().map(|e| e.id).collect();
    let preset = named
        .strip_prefix("preset=")
        .and_then(experiments::find)
        .ok_or_else(|| wrong(named, &format!("preset= one of {}", known.join(", "))))?;
    let mut all = json!(preset.config);
    let mut shown = Shown::default();
    let mut expected = Reading::default();
    let mut seen: Vec<&str> = Vec::new();
    let mut vary: Vec<String> = Vec::new();
    for part in parts {
        let (name, text) = part
            .split_once('=')
            .ok_or_else(|| wrong(part, "a part is a name, = and a value"))?;
        if name == VARY {
            if let Some(complaint) = vary_complaint(text, &vary) {
                return Err(wrong(part, &complaint));
            }
            vary.push(text.to_owned());
            continue;
        }
        if seen.contains(&name) {
            return Err(wrong(part, "it is there twice"));
        }
        seen.push(name);
        match shown.take(name, text) {
            Ok(true) => continue,
            Ok(false) => {}
            Err(allowed) => return Err(wrong(part, &format!("allowed: {allowed}"))),
        }
        match expected.take(name, text) {
            Ok(true) => continue,
            Ok(false) => {}
            Err(allowed) => return Err(wrong(part, &format!("allowed: {allowed}"))),
        }
        let knob = config::find(name).ok_or_else(|| wrong(part, "there is no such field"))?;
        all[name] = knob
            .parse(text)
            .ok_or_else(|| wrong(part, &format!("allowed: {}", knob.kind.allowed())))?;
    }
    let config = Config::from_value(all).map_err(|e| LinkError::Config(e.to_string()))?;
    if let Some(step) = shown.tour.filter(|s| !(1..=tour::COUNT).contains(s)) {
        let allowed = format!("allowed: 1 to {}", tour::COUNT);
        return Err(wrong(&format!("tour={step}"), &allowed));
    }
    shown
        .check(&config)
        .map_err(|(part, allowed)| wrong(&part, &format!("allowed: {allowed}")))?;
    let expected = expected
        .finish()
        .map_err(|missing| LinkError::Config(missing.to_owned()))?;
    let mut of = expected.iter().flat_map(|e| &e.conditions);
    if let Some(other) =
        of.find(|c| !config.conditions.contains(&c.condition) || c.seeds > config.seeds)
    {
        let reason = format!(
            "what came out of {} can't be of this configuration",
            other.condition.name()
        );
        return Err(LinkError::Config(reason));
    }
    if expected.is_some() && !vary.is_empty() {
        let reason = "what came out can't be of a sweep".to_owned();
        return Err(LinkError::Config(reason));
    }
    Ok(Link {
        preset: preset.id.to_owned(),
        config,
        shown,
        expected,
        vary,
    })
}

/// The preset that a link names, whatever else is wrong with it; the opening one where it names none.
pub fn preset_of(sent: &str) -> &'static str {
    let fragment = sent::undone(sent).unwrap_or_else(|_| sent.to_owned());
    let named = fragment
        .split('&')
        .find_map(|p| p.strip_prefix("preset="))
        .and_then(experiments::find);
    named.unwrap_or_else(experiments::opening).id
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Condition;

    fn figure2() -> Config {
        experiments::find("figure2").unwrap().config
    }

    #[test]
    fn a_link_goes_out_and_in_unchanged() {
        for e in experiments::all() {
            assert_eq!(
                write(&e.config, Some(e.id), &Shown::default()),
                format!("v=1&preset={}", e.id)
            );
        }
        let config = Config {
            seeds: 3,
            eta_beta: 0.1,
            hidden: vec![64, 32],
            pathways: Some([40, 10]),
            conditions: vec![Condition::Meta, Condition::Frozen],
            second_order: true,
            alpha_0: 1e-3,
            ..figure2()
        };
        let shown = Shown {
            at: Some(12),
            lab: true,
            layer: Some("h3_R".into()),
            ..Shown::default()
        };
        let text = write(&config, None, &shown);
        assert!(text.contains("hidden=64,32&pathways=40,10"), "{text}");
        let link = read(&text).unwrap();
        assert_eq!((&link.config, &link.shown), (&config, &shown));
        // One configuration, one fragment.
        assert_eq!(write(&link.config, None, &link.shown), text);
        // Nothing that a shell or a mail program takes for anything else.
        let is_plain = |b: u8| b.is_ascii_alphanumeric() || b"_=&,.-".contains(&b);
        assert!(text.bytes().all(is_plain), "{text}");
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (fragment, hint) in [
            ("", "no link of this page"),
            ("v=0&preset=figure1", "no link of this page"),
            ("v=2&preset=figure1", "newer page"),
            ("v=1", "preset= one of figure1"),
            ("v=1&preset=figure9", "preset= one of figure1"),
            (
                "v=1&preset=figure1&sedes=3",
                "sedes=3: there is no such field",
            ),
            ("v=1&preset=figure1&schema=1", "there is no such field"),
            ("v=1&preset=figure1&seeds", "a name, = and a value"),
            ("v=1&preset=figure1&seeds=3&seeds=3", "twice"),
            (
                "v=1&preset=figure1&seeds=three",
                "a whole number, 1 to 4096",
            ),
            ("v=1&preset=figure1&seeds=0", "seeds: 0 is not allowed"),
            ("v=1&preset=figure1&alpha_0=NaN", "allowed: a number"),
            ("v=1&preset=figure1&hidden=none", "allowed:"),
            ("v=1&preset=figure1&conditions=frozen", "frozen starts from"),
            ("v=1&preset=figure1&at=21", "allowed: 0 to 20"),
            ("v=1&preset=figure1&at=x", "whole number of tasks"),
            ("v=1&preset=figure1&tab=x", "tab=x: allowed: lab"),
            ("v=1&preset=figure1&tour=0", "tour=0: allowed: 1 to 7"),
            ("v=1&preset=figure1&tour=8", "tour=8: allowed: 1 to 7"),
            ("v=1&preset=figure1&layer=h1&layer=h2", "twice"),
            ("v=1&preset=figure1&layer=h3", "layer=h3: allowed: h1, h2"),
            (
                "v=1&preset=figure1&seeds=3 4",
                "white space within a number",
            ),
            (
                "v=1&preset=figure1&vary=alpha_0",
                "vary=alpha_0: allowed: NAME=VALUES",
            ),
            ("v=1&preset=figure1&vary=x=1", "there is no field x"),
            (
                "v=1&preset=figure1&vary=alpha_0=",
                "allowed: values joined by commas",
            ),
            (
                "v=1&preset=figure1&vary=alpha_0=1&vary=alpha_0=2",
                "alpha_0 is varied twice",
            ),
            ("https://host/page", "no link of this page"),
            ("v=1&preset=figure1&seeds=3)&tasks=4", "seeds=3): allowed"),
        ] {
            let said = read(fragment).unwrap_err().to_string();
            assert!(said.contains(hint), "{fragment}: {said}");
        }
        assert_eq!(preset_of("v=7&preset=figure3&x"), "figure3");
        assert_eq!(preset_of("rubbish"), experiments::opening().id);
    }

    #[test]
    fn a_link_of_a_sweep_goes_out_and_in_unchanged() {
        let vary = [
            "alpha_0=log:0.001..0.1:5",
            "hidden=64x4,250x2+40",
            "fork=none,learn_alpha=false+reset:h2",
        ];
        let vary: Vec<String> = vary.map(str::to_owned).into();
        let plain = write(&figure2(), None, &Shown::default());
        let text = with_vary(plain, &vary);
        assert!(text.ends_with("&vary=fork=none,learn_alpha=false+reset:h2"));
        let link = read(&text).unwrap();
        assert_eq!((&link.config, &link.vary), (&figure2(), &vary));
        let again = with_vary(write(&link.config, None, &link.shown), &link.vary);
        assert_eq!(again, text);
        // As programs encode it on its way.
        let sent = format!("https://host/page%23{}", text.replace('+', "%2B"));
        assert_eq!(read(&sent.replace(':', "%3A")).unwrap().vary, vary);
        let many: Vec<String> = (0..9).map(|_| "alpha_0=1".to_owned()).collect();
        assert!(read(&with_vary("v=1&preset=quick".into(), &many)).is_err());
    }

    /// Links that were once handed out: they open for ever.
    #[test]
    fn old_links_open() {
        for line in include_str!("../../tests/fixtures/v1/links.txt").lines() {
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let (fragment, config) = line.split_once('\t').unwrap();
            let link = read(fragment).unwrap();
            assert_eq!(Ok(link.config), Config::from_json(config), "{fragment}");
        }
        for line in include_str!("../../tests/fixtures/v1/sweep-links.txt").lines() {
            let (fragment, vary) = line.split_once('\t').unwrap();
            let link = read(fragment).unwrap();
            assert_eq!(link.vary.join(" "), vary, "{fragment}");
        }
    }
}
