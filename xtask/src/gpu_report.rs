//! One GPU's report: vectors, equal bits, figures whole, speeds beside the device's floors.

use std::fmt::Write;
use std::path::PathBuf;
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use crate::catalog::Catalog;
use crate::shell::{binary, cargo, root, run, target};

/// What is measured, with what.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The folder with MNIST's four files; without it the figures run on procedural digits.
    #[arg(long, env = "METACLS_MNIST")]
    mnist: Option<PathBuf>,
    /// Where the report goes, as gpu-report.json and gpu-report.md.
    #[arg(long)]
    out: Option<PathBuf>,
    /// A program that was built elsewhere; left out, it is built.
    #[arg(long)]
    metacls: Option<PathBuf>,
    /// A Python script that measures the same step in another library, as `SCRIPT --preset FIGURE --lanes N
    /// --device gpu`.
    #[arg(long)]
    beside: Option<PathBuf>,
    /// Few seeds and lanes: to try the report itself on a software GPU.
    #[arg(long)]
    small: bool,
}

/// Runs everything, one after the other, and writes what came out, also where some of it failed.
///
/// # Errors
/// If a part failed, or nothing can be written.
pub fn report(args: &Args) -> Result<()> {
    let out = (args.out.clone()).unwrap_or_else(|| target().join("gpu-report"));
    std::fs::create_dir_all(&out)?;
    let metacls = match &args.metacls {
        Some(path) => path.clone(),
        None => {
            run(cargo().args(["build", "--release", "--package", "metacls"]))?;
            binary("release")
        }
    };
    let mut parts = Vec::new();
    let mut part = |title: String, command: &mut Command| {
        println!("=== {title}");
        parts.push(Part::run(title, command));
        // After each: what is stopped in the middle has its report too.
        write(&out, &parts)
    };
    let on_gpu = |words: &[&str]| {
        let mut command = Command::new(&metacls);
        command.args(words).args(["--engine", "gpu"]);
        command
    };
    let catalog = Catalog::of(&mut Command::new(&metacls))?;
    let figures: Vec<&str> = catalog.stored().map(|e| &*e.id).collect();
    let opening = catalog.opening()?;
    let vectors = root().join("tests/vectors");
    part("vectors".into(), on_gpu(&["verify"]).arg(vectors))?;
    let data = args.mnist.clone().unwrap_or_else(|| "digits".into());
    let figure = |id: &str, seeds: &str, file: &str| {
        let mut command = on_gpu(&["run", id, "--again", "--seeds", seeds]);
        command.arg("--out").arg(out.join(file));
        command.arg("--data").arg(&data);
        command
    };
    let seeds = if args.small { "0..1" } else { "0..40" };
    for twice in ["first", "second"] {
        let title = format!("the same bits twice: {twice}");
        let mut command = figure(opening, "0..2", "twice.json");
        part(title, command.args(["--set", "tasks=3"]))?;
    }
    for &id in &figures {
        let mut command = figure(id, seeds, &format!("{id}.json"));
        if args.small {
            for knob in ["tasks=2", "samples_per_task=20", "evaluation_images=20"] {
                command.args(["--set", knob]);
            }
        }
        part(format!("{id}, seeds {seeds}"), &mut command)?;
    }
    let lanes: &[&str] = if args.small {
        &["2"]
    } else {
        &["2", "16", "80", "320"]
    };
    for &id in &figures {
        for lanes in lanes {
            let mut command = on_gpu(&["bench", id, "--lanes", lanes, "--json"]);
            part(format!("bench {id}, {lanes} lanes"), &mut command)?;
        }
    }
    let mut second = on_gpu(&["bench", opening, "--set", "second_order=true", "--json"]);
    part(
        format!("bench {opening}, second order"),
        second.args(["--lanes", lanes.last().unwrap_or(&"2")]),
    )?;
    if let Some(script) = &args.beside {
        // The script has the first two.
        for &id in figures.iter().take(2) {
            let mut python = Command::new("python3");
            part(
                format!("beside: {id}"),
                python
                    .arg(script)
                    .args(["--preset", id, "--lanes", "80", "--device", "gpu"]),
            )?;
        }
    }
    for (what, lanes, knobs) in growth(args.small) {
        let mut command = on_gpu(&["bench", opening, "--lanes", &lanes, "--json"]);
        // Two conditions, so that there may be two lanes.
        command.args(["--set", "conditions=baseline,meta"]);
        for knob in knobs {
            command.arg("--set").arg(knob);
        }
        part(format!("growth, {what}"), &mut command)?;
    }
    println!("the report is in {}", out.display());
    let failed: Vec<&str> = parts
        .iter()
        .filter(|p| !p.is_done)
        .map(|p| &*p.title)
        .collect();
    if !failed.is_empty() {
        bail!("failed: {}", failed.join(", "));
    }
    let bits: Vec<Option<&str>> = parts.iter().filter_map(Part::bits).collect();
    if bits.first() != bits.last() {
        bail!("the same run twice gave {bits:?}");
    }
    Ok(())
}

/// What is made larger and larger: its words, the lanes, the knobs beside those of the experiment that the
/// page opens on.
fn growth(is_small: bool) -> Vec<(String, String, Vec<String>)> {
    let (lanes, side_by_side): (&[u32], u32) = match is_small {
        true => (&[2, 8, 32], 2),
        false => (&[2, 20, 80, 400, 1600, 4000], 80),
    };
    let widths: &[u32] = if is_small {
        &[64, 256, 1024]
    } else {
        &[64, 256, 1024, 4096]
    };
    let mut all = Vec::new();
    let mut grow = |what: String, lanes: u32, knobs: &[String]| {
        all.push((what, lanes.to_string(), knobs.to_vec()));
    };
    for &n in lanes {
        grow(format!("{n} lanes"), n, &["hidden=64,64".into()]);
    }
    for &n in widths {
        // Few lanes of the widest: two hold half a gigabyte.
        let lanes = if n > 1024 { 2 } else { side_by_side };
        grow(format!("width {n}"), lanes, &[format!("hidden={n},{n}")]);
    }
    for depth in [1, 2, 4, 8] {
        let hidden = vec!["128"; depth].join(",");
        grow(
            format!("depth {depth}"),
            side_by_side,
            &[format!("hidden={hidden}")],
        );
    }
    for batch in [1, 2, 4, 8, 16] {
        let knobs = [
            "hidden=128,128".into(),
            format!("batch={batch}"),
            format!("replay={batch}"),
        ];
        grow(format!("inner steps {batch}"), side_by_side, &knobs);
    }
    all
}

/// One command and what it said.
struct Part {
    title: String,
    command: String,
    seconds: f64,
    is_done: bool,
    said: String,
}

impl Part {
    fn run(title: String, command: &mut Command) -> Self {
        let start = Instant::now();
        let output = command.output();
        let seconds = start.elapsed().as_secs_f64();
        let (is_done, said) = match output {
            Ok(output) => {
                let said = String::from_utf8_lossy(&output.stdout).into_owned();
                let errors = String::from_utf8_lossy(&output.stderr);
                let is_done = output.status.success();
                (
                    is_done,
                    if is_done {
                        said
                    } else {
                        format!("{said}\n{errors}")
                    },
                )
            }
            Err(error) => (false, error.to_string()),
        };
        Self {
            title,
            command: format!("{command:?}"),
            seconds,
            is_done,
            said,
        }
    }

    /// The digest that a run of "the same bits twice" said.
    fn bits(&self) -> Option<Option<&str>> {
        let is_one = self.title.starts_with("the same bits");
        is_one.then(|| self.said.split("digest ").nth(1)?.split(';').next())
    }
}

/// What grows, and how long a step takes: operations a second that do not fall say that it grows no faster
/// than its arithmetic.
fn growths(parts: &[Part]) -> String {
    let mut rows = String::from(
        "\n| | lanes | ms a step | M operations a lane and step | G operations a second |\n\
         |---|---|---|---|---|\n",
    );
    for part in parts {
        let Some(what) = part.title.strip_prefix("growth, ") else {
            continue;
        };
        let said: Value = serde_json::from_str(&part.said).unwrap_or_default();
        let number = |at: &str| said.get(at).and_then(Value::as_f64).unwrap_or(f64::NAN);
        let (lanes, steps) = (number("lanes"), number("lane_steps"));
        let operations = number("step_operations");
        rows += &format!(
            "| {what} | {lanes} | {:.3} | {:.2} | {:.1} |\n",
            1e3 * lanes / steps,
            operations / 1e6,
            operations * steps / 1e9,
        );
    }
    rows
}

/// What the benchmarks found, side by side.
fn speeds(parts: &[Part]) -> String {
    let found = parts.iter().filter(|p| p.title.starts_with("bench"));
    let found: Vec<Value> = found
        .filter_map(|p| serde_json::from_str(&p.said).ok())
        .collect();
    let number = |of: &Value, at: &str, unit: f64| {
        let value = of.pointer(at).and_then(Value::as_f64);
        value.map_or("".into(), |x| format!("{:.3}", x * unit))
    };
    let mut rows = String::from(
        "\n| | lanes | lane-steps a second | lane-images a second | dispatches | ms a step | \
         floor by bytes | by operations | by dispatches | share of the nearest | \
         plain product, G operations a second | \
         evaluation's share of it | its products' share |\n\
         |---|---|---|---|---|---|---|---|---|---|---|---|---|\n",
    );
    for of in &found {
        let name = of.pointer("/experiment").and_then(Value::as_str);
        let is_second = of.pointer("/second_order") == Some(&json!(true));
        let (lanes, steps) = (of.pointer("/lanes"), of.pointer("/lane_steps"));
        let step = lanes
            .and_then(Value::as_f64)
            .zip(steps.and_then(Value::as_f64));
        let cells = [
            format!(
                "{}{}",
                name.unwrap_or(""),
                if is_second { ", second order" } else { "" }
            ),
            lanes.map(Value::to_string).unwrap_or_default(),
            number(of, "/lane_steps", 1.0),
            number(of, "/lane_images", 1.0),
            of.pointer("/gpu/dispatches")
                .map(Value::to_string)
                .unwrap_or_default(),
            step.map_or("".into(), |(lanes, steps)| {
                format!("{:.3}", 1e3 * lanes / steps)
            }),
            number(of, "/gpu/floors/0", 1e3),
            number(of, "/gpu/floors/1", 1e3),
            number(of, "/gpu/floors/2", 1e3),
            number(of, "/gpu/share", 1.0),
            number(of, "/gpu/plain_product", 1e-9),
            number(of, "/gpu/evaluation_share", 1.0),
            number(of, "/gpu/products_share", 1.0),
        ];
        rows += &format!("| {} |\n", cells.join(" | "));
    }
    if let Some(first) = found.first() {
        let adapter = first.pointer("/adapter").and_then(Value::as_str);
        rows += &format!(
            "\n{}, at its best: {} G operations a second, {} GB copied a second, {} us a dispatch.\n",
            adapter.unwrap_or(""),
            number(first, "/gpu/operations", 1e-9),
            number(first, "/gpu/copied_bytes", 1e-9),
            number(first, "/gpu/dispatch_seconds", 1e6),
        );
    }
    rows
}

fn write(out: &std::path::Path, parts: &[Part]) -> Result<()> {
    let all: Vec<Value> = (parts.iter())
        .map(|p| {
            // What is JSON stays so.
            let said = serde_json::from_str(&p.said).unwrap_or_else(|_| json!(p.said));
            json!({
                "title": p.title,
                "command": p.command,
                "seconds": p.seconds,
                "done": p.is_done,
                "said": said,
            })
        })
        .collect();
    let path = out.join("gpu-report.json");
    let text = serde_json::to_string_pretty(&all)?;
    std::fs::write(&path, text).with_context(|| format!("could not write {}", path.display()))?;
    let mut text = String::from("# GPU report\n");
    text += &speeds(parts);
    text += &growths(parts);
    for p in parts {
        let state = if p.is_done { "" } else { " FAILED" };
        write!(
            text,
            "\n## {}{state} ({:.1} s)\n\n```\n{}\n```\n",
            p.title,
            p.seconds,
            p.said.trim()
        )?;
    }
    let path = out.join("gpu-report.md");
    std::fs::write(&path, text).with_context(|| format!("could not write {}", path.display()))?;
    Ok(())
}
