//! How a run was made, as the methods section of a paper has it: all settings in words and as a table, what
//! the numbers are, where they come from, how the run is made again, what to cite.

use std::fmt::Write as _;

use super::stream::{self, counted};
use crate::config::fork::Change;
use crate::config::{self, Condition, Config, EvaluateOn};
use crate::experiments::shown::Shown;
use crate::experiments::{self, knobs, link};
use crate::model::Model;
use crate::results::Results;
use crate::results::description::listed;

/// The paper's authors and title, as Markdown.
const PAPER: &str =
    "Zhou & Schapiro, *Emergence of complementary learning systems through meta-learning*";

/// A run's methods as Markdown. `page` is the address of the page that its link is to open on; without one
/// the link is its fragment alone.
pub fn methods(results: &Results, page: Option<&str>) -> String {
    let experiment = experiments::of(results);
    let config = &results.config;
    let mut text = String::new();
    // Writing into a String cannot fail.
    let _ = writeln!(
        text,
        "# Methods\n\n{} {} {} {} {}\n",
        network(results),
        step(config),
        stream::paragraph(results),
        evaluation(config),
        lanes(config),
    );
    let _ = writeln!(
        text,
        "## All settings\n\n{}: {}\n",
        experiment.title, experiment.sentence
    );
    settings(&mut text, config);
    let _ = writeln!(
        text,
        "\n## Numbers\n\n\
         Tables are CSV as RFC 4180 has it, a unit in every row, with a decimal point whatever the \
         language: where a spreadsheet expects a comma, import them as text. Shares are 0 to 1, their \
         differences -1 to 1; 1 stands for any other pure number.\n"
    );
    provenance(&mut text, results);
    let fragment = link::write(config, Some(experiment.id), &Shown::default());
    let link = format!("{}#{fragment}", page.unwrap_or_default());
    let _ = writeln!(
        text,
        "\n## The same run again\n\n\
         - Link: <{link}>\n\
         - Without a browser: `metacls run \"#{fragment}\"`, and `metacls check FILE` on the results file, \
         which says lane by lane whether it came out again.\n\n\
         ## Citation\n\n\
         - The paper: {PAPER}.\n\
         - The software: metacls {}, MIT or Apache-2.0.",
        results.code_version
    );
    text
}

fn network(results: &Results) -> String {
    let config = &results.config;
    let model = Model::new(config, &results.data);
    let widths: Vec<String> = config.hidden.iter().map(u32::to_string).collect();
    let mut text = format!(
        "Networks had {} of {} units (bottom-up)",
        counted(config.hidden.len() as u32, "hidden layer"),
        listed(&widths),
    );
    if let Some([left, right]) = config.pathways {
        let _ = write!(
            text,
            ", on top of them two pathways side by side, of {left} (left) and {right} units (right)"
        );
    }
    let heads: Vec<String> = model
        .heads
        .iter()
        .map(|head| format!("{} ({} classes)", head.name, head.classes))
        .collect();
    let unit_length = if config.unit_length_inputs {
        "was scaled to unit length"
    } else {
        "was used as it came, not scaled to unit length"
    };
    let _ = write!(
        text,
        ", heads for {}; every layer's input {unit_length}. ",
        listed(&heads)
    );
    text += &if config.competition {
        format!(
            "A layer's output was relu(z - beta c), z being its pre-activations and c the k-th largest \
             of them, k = max(1, floor({} x units)).",
            config.k_fraction
        )
    } else {
        "A layer's output was relu(z), z being its pre-activations: there was no competition."
            .into()
    };
    text + " There were no biases; weights began normally distributed with variance 2 / fan-in."
}

fn step(config: &Config) -> String {
    let Config {
        batch,
        replay,
        memory,
        alpha_0,
        beta_0,
        eta_alpha,
        eta_beta,
        clip_norm,
        ..
    } = config;
    let drawn = match replay {
        0 => format!("and replayed none of the memory's {memory}"),
        n => format!("and {n} drawn with replacement from a reservoir memory of {memory}"),
    };
    let weights = if config.sync_update {
        format!("all at one rate, eta_w = {}", config.eta_w)
    } else {
        "each matrix at its own alpha just updated".into()
    };
    let order = if config.second_order {
        "exactly, through the inner gradients (second order)"
    } else {
        "with the inner gradients held constant (first order)"
    };
    let heads = if config.item_head {
        ", summed over both heads"
    } else {
        ""
    };
    let glances = match config.glances {
        1 => "Each batch was seen once.".into(),
        n => format!("Each batch was seen {n} times, reshuffled and with fresh replay."),
    };
    format!(
        "Each observe step saw {} {drawn}. On a copy of the weights it took one inner gradient step for \
         each new sample, every matrix at its own learning rate alpha (relu of it), and after each \
         measured the mean cross-entropy of all {}{heads}; the mean of these losses is the meta-loss. \
         Its gradient, taken {order} and clipped to an L2 norm of {clip_norm} for all alpha, all beta \
         and all weights separately, changed alpha at a meta-rate of {eta_alpha}, beta at {eta_beta} and \
         then the weights, {weights}. Alpha began at {alpha_0}, beta at {beta_0}. {glances}{}",
        counted(*batch, "new sample"),
        batch + replay,
        fork(config),
    )
}

/// What was otherwise from a task's end on; nothing of a run without a fork.
fn fork(config: &Config) -> String {
    if !config.is_forked(config.fork_at) {
        return String::new();
    }
    let changes: Vec<String> = config.changes().iter().map(changed).collect();
    let after = counted(config.fork_at, "task");
    format!(
        " After {after} the run went on otherwise: {}.",
        changes.join("; ")
    )
}

/// A change in words.
fn changed(change: &Change) -> String {
    match change {
        Change::Knob { name, value } => format!("{name} was {} from there on", config::word(value)),
        Change::Reset(layer) => {
            format!("the weights of {layer} were again those that it began with")
        }
        Change::Silence(layer) => {
            format!("the weights of {layer} were 0, so that it was silent and learned nothing")
        }
        Change::Swap(one, other) => {
            format!("{one} and {other} exchanged their learning rates and inhibition strengths")
        }
    }
}

fn evaluation(config: &Config) -> String {
    let every = match config.evaluate_every {
        1 => "after every task".to_owned(),
        n => format!("after every {n} tasks and the last"),
    };
    let images = match config.evaluate_on {
        EvaluateOn::Test => "from the test set",
        EvaluateOn::Learned => "of those that it was learned from",
    };
    format!(
        "Before training and {every}, accuracy and activity were measured with the weights, not with the \
         copy, on {} of each task, {images}.",
        counted(config.evaluation_images, "image"),
    )
}

fn lanes(config: &Config) -> String {
    let conditions: Vec<String> = config
        .conditions
        .iter()
        .map(|&c| format!("{} ({})", c.name(), learned(c)))
        .collect();
    let (first, last) = (config.first_seed, config.last_seed());
    let which = if first == last {
        first.to_string()
    } else {
        format!("{first} to {last}")
    };
    format!(
        "Conditions: {}. {} ({which}): each fixed initial weights, images, {}, order and replay of \
         one network under each condition.",
        listed(&conditions),
        counted(config.seeds, "seed"),
        stream::drawn(config.stream),
    )
}

/// What a condition meta-learns, in words.
fn learned(condition: Condition) -> &'static str {
    match condition {
        Condition::Baseline => "alpha and beta stay as they began",
        Condition::Meta => "alpha and beta are meta-learned",
        Condition::Rates => "alpha alone is meta-learned",
        Condition::Sparsity => "beta alone is meta-learned",
        Condition::Frozen => "alpha and beta stay, from meta's final values of the same seed",
    }
}

/// Every knob with its value, as a table.
fn settings(text: &mut String, config: &Config) {
    *text += "| | setting | value | unit | meaning | in the figures |\n|---|---|---|---|---|---|\n";
    // A flat record of numbers, words and lists always has a form as a value.
    let values = serde_json::to_value(config).unwrap_or_default();
    for field in knobs::fields() {
        let _ = writeln!(
            text,
            "| {} | {} (`{}`) | {} | {} | {} | {} |",
            field.group,
            field.label,
            field.name,
            knobs::said(&values[field.name]),
            field.unit,
            field.meaning,
            field.paper,
        );
    }
}

/// Where the numbers come from.
fn provenance(text: &mut String, results: &Results) {
    let (engine, data) = (&results.engine, &results.data);
    let _ = writeln!(
        text,
        "## Provenance\n\n\
         - Engine: {}, {}{}.",
        engine.kind.word(),
        engine.name(),
        match engine.self_test {
            Some(deviation) => format!(
                "; in its self-test it deviated by {} at most from the float64 reference",
                knobs::said(&deviation.into())
            ),
            None => "; no self-test".into(),
        }
    );
    for change in results.engine_changes() {
        let _ = writeln!(text, "- Not all of it on that engine: {change}.");
    }
    let tasks = results.config.tasks;
    let ended = results.lanes.iter().filter(|l| l.has_ended(tasks)).count();
    let _ = writeln!(
        text,
        "- Code: metacls {}.\n\
         - Images: {}; SHA-256 {}.\n\
         - Draws of the first seed (schedule and initial weights): SHA-256 {}.\n\
         - Lanes: {ended} of {} came to their end; training took {:.0} s, evaluation {:.0} s.",
        results.code_version,
        data.name,
        data.digest,
        results.draws,
        results.lanes.len(),
        results.training_seconds,
        results.evaluation_seconds,
    );
    match results.digest() {
        Some(digest) => {
            let _ = writeln!(
                text,
                "- Digest of all lanes' weights, rates and counts after each task: {digest}."
            );
        }
        None => {
            *text += "- No digest: not every lane has come to its end, or the file is an old one.\n"
        }
    }
    for lane in &results.lanes {
        if let Some(step) = lane.diverged_at_step {
            let _ = writeln!(
                text,
                "- Seed {} under {} was set aside: not finite after step {step}.",
                lane.seed,
                lane.condition.name(),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::config::TaskKind;
    use crate::data::digits;
    use crate::engine::info::{EngineInfo, EngineKind};
    use crate::results::LaneResults;

    fn run(config: Config) -> Results {
        Results {
            schema: crate::formats::version::current::<Results>(),
            code_version: "0.0.0".into(),
            experiment: Some("figure3".into()),
            draws: "abc".into(),
            data: digits(0, 0, 0).info,
            engine: EngineInfo {
                kind: EngineKind::Cpu,
                adapter: "eight cores".into(),
                backend: String::new(),
                self_test: Some(1.2e-6),
            },
            layers: Vec::new(),
            matrices: Vec::new(),
            heads: Vec::new(),
            lanes: config.lanes().into_iter().map(LaneResults::new).collect(),
            training_seconds: 1.0,
            evaluation_seconds: 2.0,
            config,
        }
    }

    fn figure3() -> Config {
        experiments::find("figure3").unwrap().config
    }

    /// The prose alone: what stands before the table of settings.
    fn prose(config: &Config) -> String {
        let text = methods(&run(config.clone()), None);
        text.split_once("## All settings").unwrap().0.to_owned()
    }

    #[test]
    fn every_setting_is_in_the_words_and_in_the_table() {
        let config = Config {
            sync_update: true,
            item_head: false,
            stream: TaskKind::Classes,
            tasks: 5,
            fork_at: 2,
            fork: vec!["reset:h1".into()],
            ..figure3()
        };
        let others = json!({
            "data": "digits",
            "stream": "permuted",
            "order": "mixed",
            "own_heads": true,
            "tasks": 7,
            "degrees_per_task": 4.5,
            "samples_per_task": 110,
            "batch": 4,
            "replay": 3,
            "memory": 321,
            "glances": 3,
            "hidden": [31, 32],
            "pathways": [41, 42],
            "item_head": true,
            "unit_length_inputs": false,
            "competition": false,
            "k_fraction": 0.07,
            "alpha_0": 0.123,
            "beta_0": 0.234,
            "eta_alpha": 0.0345,
            "eta_beta": 0.456,
            "sync_update": false,
            "eta_w": 0.0567,
            "clip_norm": 6.5,
            "second_order": true,
            "fork_at": 4,
            "fork": ["silence:h1", "swap:h1:h2", "clip_norm=3"],
            "evaluation_images": 77,
            "evaluate_every": 6,
            "evaluate_on": "test",
            "conditions": ["meta"],
            "first_seed": 1234,
            "seeds": 17,
        });
        let before = prose(&config);
        for knob in config::KNOBS {
            let mut record = serde_json::to_value(&config).unwrap();
            let other = &others[knob.name];
            assert!(
                !other.is_null() && record[knob.name] != *other,
                "{}",
                knob.name
            );
            record[knob.name] = other.clone();
            let changed = Config::from_value(record).unwrap();
            // Which images were used the data say, whatever was asked for; and tasks that differ in their
            // classes are not rotated.
            let is_told = !["data", "degrees_per_task"].contains(&knob.name);
            assert!(!is_told || prose(&changed) != before, "{}", knob.name);
            let text = methods(&run(changed), None);
            let row = format!("(`{}`) | {} |", knob.name, knobs::said(other));
            assert!(text.contains(&row), "{row}");
        }
    }

    #[test]
    fn rotations_are_in_the_words() {
        let rotated = Config {
            degrees_per_task: 4.5,
            ..figure3()
        };
        assert!(prose(&rotated).contains("times 4.5 degrees"));
    }

    #[test]
    fn a_run_says_where_it_comes_from_and_how_it_is_made_again() {
        let mut results = run(Config {
            seeds: 2,
            ..figure3()
        });
        results.lanes[1].diverged_at_step = Some(12);
        let text = methods(&results, Some("https://host/page/"));
        for part in [
            "two pathways side by side, of 1000 (left) and 250 units (right)",
            "- Engine: cpu, eight cores; in its self-test it deviated by 1.2e-6 at most",
            "- Code: metacls 0.0.0.",
            "procedural digits",
            "- Lanes: 1 of 4 came to their end",
            "- No digest",
            "- Seed 0 under meta was set aside: not finite after step 12.",
            "- Link: <https://host/page/#v=1&preset=figure3&seeds=2>",
            "`metacls run \"#v=1&preset=figure3&seeds=2\"`",
            "Zhou & Schapiro, *Emergence of complementary learning systems through meta-learning*",
        ] {
            assert!(text.contains(part), "{part}\n\n{text}");
        }
        assert_eq!(text, methods(&results, Some("https://host/page/")));
    }
}
