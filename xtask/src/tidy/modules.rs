//! The library's modules form no circle: each top-level module of src, and each file of a folder, knows only
//! such beside it that do not know it. Tests and the terminal are free.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;

use super::read;

/// Who names whom, and in which file first.
type Edges = BTreeMap<String, BTreeMap<String, String>>;

/// The circles there are: of top-level modules, and of the files of each folder.
pub fn problems(files: &BTreeSet<String>) -> Result<Vec<String>> {
    let tests = tests(files)?;
    let (mut top, mut folders) = (Edges::new(), BTreeMap::<&str, Edges>::new());
    for file in files.difference(&tests) {
        let Some(path) = file
            .strip_prefix("src/")
            .and_then(|path| path.strip_suffix(".rs"))
        else {
            continue;
        };
        if path == "lib" || path.starts_with("bin/") {
            continue;
        }
        let text = read(file)?;
        let own = path.split('/').next().unwrap_or_default();
        add(&mut top, own, file, &named(&text, "crate::"), |name| {
            files.iter().any(|file| is_module(file, name))
        });
        // A folder's own file gathers what is in it, and tells it what is for all.
        let Some((folder, own)) = path.rsplit_once('/').filter(|(_, own)| *own != "mod") else {
            continue;
        };
        let edges = folders.entry(folder).or_default();
        add(edges, own, file, &named(&text, "super::"), |name| {
            files.contains(&format!("src/{folder}/{name}.rs"))
        });
    }
    let mut problems = circles(&top);
    problems.extend(folders.values().flat_map(circles));
    Ok(problems)
}

/// Adds what a module's file names, as far as that are modules.
fn add(
    edges: &mut Edges,
    own: &str,
    file: &str,
    names: &BTreeSet<String>,
    is_module: impl Fn(&str) -> bool,
) {
    for name in names.iter().filter(|&name| name != own && is_module(name)) {
        let known = edges.entry(own.to_owned()).or_default();
        known.entry(name.clone()).or_insert_with(|| file.to_owned());
    }
}

/// Files that are modules of tests: their parents say `#[cfg(test)]` of them.
fn tests(files: &BTreeSet<String>) -> Result<BTreeSet<String>> {
    let mut tests = BTreeSet::new();
    for file in files
        .iter()
        .filter(|file| file.starts_with("src/") && file.ends_with(".rs"))
    {
        let folder = file
            .trim_end_matches(".rs")
            .trim_end_matches("/mod")
            .trim_end_matches("/lib");
        for after in read(file)?.split("#[cfg(test)]\nmod ").skip(1) {
            let name = first(after);
            tests.extend([
                format!("{folder}/{name}.rs"),
                format!("{folder}/{name}/mod.rs"),
            ]);
        }
    }
    Ok(tests)
}

fn is_module(file: &str, name: &str) -> bool {
    file.strip_prefix("src/")
        .and_then(|path| path.strip_prefix(name))
        .is_some_and(|rest| rest == ".rs" || rest.starts_with('/'))
}

/// What a file names after `crate::` or `super::`, its tests and comments left out.
fn named(text: &str, after: &str) -> BTreeSet<String> {
    let text = text
        .split("#[cfg(test)]\nmod tests {")
        .next()
        .unwrap_or_default();
    let code: String = text
        .lines()
        .map(|line| line.split("//").next().unwrap_or_default())
        .collect::<Vec<_>>()
        .join("\n");
    let mut names = BTreeSet::new();
    for (at, found) in code.match_indices(after) {
        let rest = &code[at + found.len()..];
        if let Some(group) = rest.strip_prefix('{') {
            names.extend(firsts(group));
        } else {
            names.insert(first(rest));
        }
    }
    names
}

/// The first name of each path in a group, up to its closing brace.
fn firsts(group: &str) -> Vec<String> {
    let mut names = Vec::new();
    let (mut depth, mut starts) = (0, true);
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => starts = true,
            c if starts && !c.is_whitespace() => {
                names.push(first(&group[at..]));
                starts = false;
            }
            _ => {}
        }
    }
    names
}

fn first(path: &str) -> String {
    path.chars()
        .take_while(|c| c.is_alphanumeric() || *c == '_')
        .collect()
}

/// For every two modules that can reach each other, the edge that leads back.
fn circles(edges: &Edges) -> Vec<String> {
    let mut problems = Vec::new();
    for (from, known) in edges {
        for (to, file) in known {
            if let Some(way) = way(edges, to, from) {
                problems.push(format!(
                    "{file}: {from} knows {to}, and {} knows {from}",
                    way.join(" knows ")
                ));
            }
        }
    }
    problems
}

/// A way from one module to another, without its end.
fn way(edges: &Edges, from: &str, to: &str) -> Option<Vec<String>> {
    let mut ways = vec![vec![from.to_owned()]];
    let mut seen = BTreeSet::from([from.to_owned()]);
    while let Some(way) = ways.pop() {
        let last = way.last().map_or("", String::as_str);
        for next in edges.get(last).into_iter().flat_map(BTreeMap::keys) {
            if next == to {
                return Some(way);
            }
            if seen.insert(next.clone()) {
                ways.push([way.as_slice(), std::slice::from_ref(next)].concat());
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_file_names() {
        let text = "use crate::a::B;\n// crate::no\nuse crate::{b, c::{D, e}, f as g};\n\
                    let x = crate::h::i();\n#[cfg(test)]\nmod tests {\n    use crate::test_only;\n}\n";
        assert_eq!(
            Vec::from_iter(named(text, "crate::")),
            ["a", "b", "c", "f", "h"]
        );
        let beside = "use super::{a, b::C};\nlet x = super::d::e();";
        assert_eq!(Vec::from_iter(named(beside, "super::")), ["a", "b", "d"]);
    }

    #[test]
    fn a_circle_is_found() {
        let edge = |to: &str| BTreeMap::from([(to.to_owned(), "file".to_owned())]);
        let mut edges = Edges::from([("a".to_owned(), edge("b")), ("b".to_owned(), edge("c"))]);
        assert!(circles(&edges).is_empty());
        edges.insert("c".to_owned(), edge("a"));
        assert_eq!(circles(&edges)[0], "file: a knows b, and b knows c knows a");
    }
}
