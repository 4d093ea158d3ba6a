//! Errors turned into words, once: what happened, what it means, what to do.

use serde::Serialize;

use crate::bench::BenchError;
use crate::config::Lane;
use crate::driver::{Now, Progress, RestoreError, Rewound, RunError};
use crate::engine::info::EngineInfo;
use crate::engine::{EngineError, Notice, OpenError};
use crate::gpu::GpuError;
use crate::reproduction::lanes::{Apart, LaneLikeness, LaneOutcome};
use crate::stream::StreamError;

/// An error for people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Words {
    /// What happened.
    pub what: String,
    /// What follows from it: for the run, or for what can be relied on.
    pub meaning: String,
    /// What to do.
    pub advice: String,
}

/// An error's text as a sentence.
fn sentence(text: &str) -> String {
    let mut letters = text.trim_end_matches('.').chars();
    letters
        .next()
        .map(|first| {
            let first = first.to_ascii_uppercase();
            std::iter::once(first).chain(letters).chain(['.']).collect()
        })
        .unwrap_or_default()
}

/// How far two records of a lane are apart.
fn apart(apart: &Apart) -> String {
    let Apart {
        alpha,
        beta,
        accuracy,
        active,
    } = apart;
    format!(
        "alpha by {:.2}%, beta by {:.2}% of the largest, accuracy by {accuracy:.4}, activity by {active:.4}",
        100.0 * alpha,
        100.0 * beta
    )
}

/// Says whether a lane came out again.
pub fn lane_outcome(of: &LaneOutcome) -> String {
    let after = |tasks: u32| match tasks {
        0 => "before training".to_owned(),
        1 => "after task 1".to_owned(),
        n => format!("after {n} tasks"),
    };
    let at = |step: Option<u32>| step.map_or("not at all".into(), |s| format!("at step {s}"));
    let said = match &of.outcome {
        LaneLikeness::SameBits { records } => {
            format!("the same to the bit in all {records} measurements")
        }
        LaneLikeness::Departs {
            tasks_learned,
            apart: by,
        } => format!(
            "not the same: departs {} ({})",
            after(*tasks_learned),
            apart(by)
        ),
        LaneLikeness::Altered {
            tasks_learned,
            apart: by,
        } => format!(
            "not the same: numbers {} are not those that their own digest is of ({})",
            after(*tasks_learned),
            apart(by)
        ),
        LaneLikeness::Diverged { on_record, again } => format!(
            "not the same: it diverged {} on record, and again {}",
            at(*on_record),
            at(*again)
        ),
        LaneLikeness::FirstTask {
            apart: by,
            tolerated,
        } => format!(
            "{} after its first task ({})",
            if *tolerated {
                "within tolerance"
            } else {
                "not the same"
            },
            apart(by)
        ),
        LaneLikeness::NotOnRecord => "not on record".to_owned(),
    };
    let Lane { seed, condition } = of.lane;
    format!("seed {seed} under {}: {said}", condition.name())
}

/// Says why an engine is not to be had.
pub fn open(error: &OpenError) -> Words {
    match error {
        OpenError::Gpu(error) => gpu(error),
        OpenError::SelfTest { adapter, deviation } => Words {
            what: format!("The engine {adapter} failed its self-test (deviation {deviation:.1e})."),
            meaning: "Its numbers can't be trusted, so nothing is trained on it.".into(),
            advice: "Choose the reference engine, or update the browser or the graphics driver."
                .into(),
        },
    }
}

/// Says why the engine is not the one hoped for.
pub fn notice(notice: &Notice) -> Words {
    match notice {
        Notice::NoGpu(error) => Words {
            meaning: format!("{} So the CPU engine is used.", open(error).meaning),
            ..open(error)
        },
        Notice::SoftwareGpu => Words {
            what: "The GPU here is a program on the CPU.".into(),
            meaning: "So the CPU engine is used: it is faster.".into(),
            advice: "Choose the GPU engine to use it all the same.".into(),
        },
    }
}

/// Says an engine's error.
pub fn engine(error: &EngineError) -> Words {
    match error {
        EngineError::Gpu(error) => gpu(error),
        EngineError::LaneWorker(_) => Words {
            what: sentence(&error.to_string()),
            meaning: "The run can't go on. What was measured is kept and can be saved.".into(),
            advice: "Run it again: the same seed gives the same run.".into(),
        },
        EngineError::MissingImage { .. } => Words {
            what: sentence(&error.to_string()),
            meaning: "The schedule and the images do not belong together: a fault of this program."
                .into(),
            advice: "Use the CPU engine, and tell us of it.".into(),
        },
    }
}

/// Says a GPU's error.
pub fn gpu(error: &GpuError) -> Words {
    let (meaning, advice) = match error {
        GpuError::NoAdapter(_) => (
            "This computer or browser offers no GPU to compute on (no WebGPU, or it is switched off).",
            "Use the CPU engine, with the quick preset or fewer seeds; or try a current Chrome, Edge, \
             Firefox or Safari, with hardware acceleration on.",
        ),
        GpuError::Lacking { .. } => (
            "The shaders need more than this GPU offers.",
            "Use the CPU engine, or another GPU.",
        ),
        GpuError::NoDevice(_) => (
            "The GPU is there but would not start.",
            "Close other programs that use it, reload, or use the CPU engine.",
        ),
        GpuError::Silent { .. } => (
            "The browser's or the driver's GPU process hangs, as it may after a crash or a sleep.",
            "Use the CPU engine; or close the browser and open it again. Update the graphics driver if it \
             happens again.",
        ),
        GpuError::Lost(_) => (
            "The run can't go on. What was measured up to the last finished task is kept and can be saved.",
            "Run it again, with fewer seeds if it happens again; the same seed gives the same run.",
        ),
        GpuError::OutOfMemory(_) => (
            "Not even one network fits beside what else is on the GPU. What was measured up to the last \
             finished task is kept and can be saved.",
            "Close other programs and tabs that use the GPU, use narrower layers, or the CPU engine.",
        ),
        GpuError::Invalid(_) => (
            "This is an error of this program, not of your GPU or your settings; its numbers are not used. \
             What was measured before is kept and can be saved.",
            "Use the CPU engine, and tell us of it with the first line and the settings.",
        ),
        GpuError::Driver(_) => (
            "The driver failed at something that it should be able to do. What was measured before is kept \
             and can be saved.",
            "Update the graphics driver or the browser, or use the CPU engine.",
        ),
        GpuError::TooLarge { .. } => (
            "The network is too large for this GPU's memory, as far as a program may use it.",
            "Use narrower layers or fewer items, or the CPU engine.",
        ),
        GpuError::InnerSteps { .. } => (
            "The shaders keep one overlap for each inner step, and hold so many.",
            "Use a smaller batch, or the CPU engine.",
        ),
    };
    let what = match error {
        // The library's reasons are for those who build it: `metacls info` has them.
        GpuError::NoAdapter(_) => "No GPU adapter was found.".to_owned(),
        error => sentence(&error.to_string()),
    };
    Words {
        what,
        meaning: meaning.into(),
        advice: advice.into(),
    }
}

/// Says why a kept run can't go on.
pub fn restore(error: &RestoreError) -> Words {
    let (meaning, advice) = match error {
        RestoreError::Run(error) => return run(error),
        RestoreError::Config(_) => ("What was kept is of another run.", "Begin this one anew."),
        RestoreError::Images { .. } => (
            "The same run needs the same images.",
            "Give it the images that it was begun with, then go on.",
        ),
        RestoreError::Draws(_) => (
            "This version would go on with other samples than those the run began with.",
            "Begin it anew; what was measured can be exported.",
        ),
        RestoreError::Engine { .. } => (
            "Engines round differently, so it would not end with the same numbers.",
            "Go on where it was begun, ask for this engine by name, or begin it anew here.",
        ),
    };
    Words {
        what: sentence(&error.to_string()),
        meaning: meaning.into(),
        advice: advice.into(),
    }
}

/// Says a run's error.
pub fn run(error: &RunError) -> Words {
    match error {
        RunError::Engine(error) => engine(error),
        RunError::Open(error) => open(error),
        RunError::Stream(error) => stream(error),
    }
}

fn stream(error: &StreamError) -> Words {
    let advice = match error {
        StreamError::TooFewImages { .. } => {
            "Lower samples_per_task or evaluation_images, or use a larger data set."
        }
        StreamError::TooFewOfClass { .. } => {
            "Lower samples_per_task or evaluation_images, have fewer tasks, or use a larger data set."
        }
        StreamError::TooFewClasses { .. } => "Have fewer tasks, or use a data set of more classes.",
    };
    Words {
        what: sentence(&error.to_string()),
        meaning: "The experiment can't be drawn from these images.".into(),
        advice: advice.into(),
    }
}

/// Says why no speed was measured.
pub fn bench(error: &BenchError) -> Words {
    match error {
        BenchError::Stream(error) => stream(error),
        BenchError::Engine(error) => engine(error),
        BenchError::Level(error) => Words {
            what: sentence(&error.to_string()),
            meaning: "So the CPU engine can't be measured.".into(),
            advice: "Leave METACLS_SIMD out, or name a level that this processor has.".into(),
        },
    }
}

/// Says that a run that was stopped goes on on another engine than it began on.
pub fn elsewhere(before: &EngineInfo, here: &EngineInfo) -> String {
    format!(
        "The run began on {} and goes on on {}, which rounds differently; its results say from which step of \
         which seeds.",
        before.name(),
        here.name()
    )
}

/// Says what a run goes on with after a fault, and from where.
pub fn rewound(rewound: &Rewound) -> String {
    let Rewound { why, now, step } = rewound;
    let from = match step {
        0 => "the wave in progress begins again".to_owned(),
        step => format!("the run goes on from step {step} of the wave in progress"),
    };
    let what = sentence(&why.to_string());
    match now {
        Now::Same(engine) => format!(
            "{what} {} was opened again and tested; {from}, with the same numbers.",
            engine.name()
        ),
        Now::Other(engine) => format!(
            "{what} {from}, on {}: its numbers are rounded otherwise, and the results say which are its.",
            engine.name(),
            from = sentence(&from).trim_end_matches('.')
        ),
        Now::Workers(0) => format!(
            "{what} {}, with the same numbers but without workers: slower.",
            sentence(&from).trim_end_matches('.')
        ),
        Now::Workers(left) => format!(
            "{what} {}, on the {left} workers that are left and with the same numbers.",
            sentence(&from).trim_end_matches('.')
        ),
        Now::Lanes(lanes) => format!(
            "{what} {}, with at most {lanes} side by side and the same numbers.",
            sentence(&from).trim_end_matches('.')
        ),
    }
}

/// Says where a run is.
pub fn position(progress: &Progress) -> String {
    let wave = match progress.waves {
        0 | 1 => String::new(),
        waves => format!(", wave {} of {waves}", (progress.wave + 1).min(waves)),
    };
    format!("task {} of {}{wave}", progress.task + 1, progress.tasks)
}

/// Says that a lane was set aside.
pub fn diverged(lane: Lane, step: u32) -> String {
    format!(
        "Seed {} under {} holds numbers that are not finite after step {step}; it is set aside, \
         the others go on.",
        lane.seed,
        lane.condition.name()
    )
}

impl std::fmt::Display for Words {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}\n{}\n{}", self.what, self.meaning, self.advice)
    }
}
