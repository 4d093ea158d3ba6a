//! Every path and every link in the documents leads somewhere.

use std::collections::BTreeSet;

use anyhow::Result;

use super::read;

/// What is said of the documents.
pub fn problems(files: &BTreeSet<String>) -> Result<Vec<String>> {
    let ignored = read(".gitignore")?;
    let ignored: Vec<&str> = ignored
        .lines()
        .filter_map(|line| line.strip_prefix('/'))
        .collect();
    let is_there = |path: &str| {
        let path = path.trim_end_matches('/');
        let folder = format!("{path}/");
        files.contains(path)
            || files.iter().any(|file| file.starts_with(&folder))
            || ignored
                .iter()
                .any(|made| path == *made || path.starts_with(&format!("{made}/")))
    };
    let top: BTreeSet<&str> = files
        .iter()
        .filter_map(|file| file.split('/').next())
        .collect();
    let mut problems = Vec::new();
    for document in files.iter().filter(|file| file.ends_with(".md")) {
        let text = read(document)?;
        for code in spans(&text, "`", "`") {
            let (path, item) = code
                .split_once("::")
                .map_or((code, None), |(path, item)| (path, Some(item)));
            let first = path.split('/').next().unwrap_or_default();
            if !top.contains(first)
                || !path
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b"._-/".contains(&b))
            {
                continue;
            }
            if !is_there(path) {
                problems.push(format!("{document}: there is no `{path}`"));
            } else if let Some(item) = item.filter(|_| files.contains(path)) {
                let name = item.split("::").last().unwrap_or_default();
                if !has_word(&read(path)?, name) {
                    problems.push(format!("{document}: `{path}` has no `{item}`"));
                }
            }
        }
        let folder = document.rsplit_once('/').map_or("", |(folder, _)| folder);
        for link in spans(&text, "](", ")") {
            let path = link.split('#').next().unwrap_or_default();
            if !path.is_empty() && !path.contains("://") && !is_there(&resolve(folder, path)) {
                problems.push(format!("{document}: there is no {path}"));
            }
        }
    }
    Ok(problems)
}

/// What stands between two marks, within one line.
fn spans<'a>(text: &'a str, open: &'a str, close: &'a str) -> impl Iterator<Item = &'a str> {
    text.lines().flat_map(move |line| {
        let mut rest = line;
        std::iter::from_fn(move || {
            let (_, after) = rest.split_once(open)?;
            let (inside, after) = after.split_once(close)?;
            rest = after;
            Some(inside)
        })
    })
}

/// A link's path, seen from the root.
fn resolve(folder: &str, path: &str) -> String {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in path.split('/') {
        match part {
            "." | "" => {}
            ".." => drop(parts.pop()),
            _ => parts.push(part),
        }
    }
    parts.join("/")
}

/// Whether a text has a name, not as part of another.
fn has_word(text: &str, name: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    text.split(|c: char| !is_part(c)).any(|word| word == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_links_and_words() {
        let found: Vec<&str> = spans("a `b` c `d`\n`open", "`", "`").collect();
        assert_eq!(found, ["b", "d"]);
        assert_eq!(resolve("docs", "../README.md"), "README.md");
        assert!(has_word("fn look_ahead()", "look_ahead") && !has_word("fn look_ahead()", "look"));
    }
}
