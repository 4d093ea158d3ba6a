//! Going on with a run that was stopped, from what was kept of it, with the same bits.

use super::{Driver, Kept, Next, RunError};
use crate::config::Lane;
use crate::engine::info::{EngineChoice, EngineInfo};
use crate::kept::checkpoint::{Checkpoint, Head};
use crate::kept::log::{self, Log};
use crate::results::record::TaskRecord;
use crate::results::{LaneResults, Results};

/// Why what was kept does not belong to this run.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum RestoreError {
    /// Another configuration.
    #[error("what was kept is of another configuration: its {0} differs")]
    Config(&'static str),
    /// Other images.
    #[error("what was kept was trained on other images ({kept}), and here are {here}")]
    Images {
        /// Their name and digest.
        kept: String,
        /// The name and digest of those at hand.
        here: String,
    },
    /// Other random draws: another version of the code.
    #[error(
        "what was kept draws other samples or initial weights than this version of metacls does ({0})"
    )]
    Draws(String),
    /// An engine of another kind, which was not asked for by name.
    #[error(
        "what was kept was trained on {kept}, and here is {here}: its numbers are rounded otherwise. \
         Ask for the engine by name to go on all the same; the results then say from which step"
    )]
    Engine {
        /// The engine's name.
        kept: String,
        /// The name of the one at hand.
        here: String,
    },
    /// The lanes do not fit the device.
    #[error(transparent)]
    Run(#[from] RunError),
}

impl Driver {
    /// The wave in progress as it was at its last task's end; none before its first, or where its values are
    /// too large to keep. Without what was measured of other waves: that is in the log, once they have ended;
    /// what a halved wave's other half had learned is learned again.
    pub fn checkpoint(&self) -> Option<Checkpoint> {
        let Kept {
            tasks_learned,
            states,
        } = self.kept.as_ref()?;
        let wave = self.waves.get(self.wave)?;
        let mut results = self.results_without_lanes();
        let lanes = self.results.iter().enumerate();
        results.lanes = lanes
            .map(|(l, held)| match wave.contains(&l) {
                true => held.clone(),
                false => LaneResults::new(held.lane()),
            })
            .collect();
        let head = Head {
            schema: crate::formats::version::current::<Head>(),
            results,
            lanes: wave.iter().map(|&l| self.run.lanes[l]).collect(),
            tasks_learned: *tasks_learned,
            probe: self.units.as_ref().map(|u| u.probe()).unwrap_or_default(),
            watched: self
                .units
                .as_ref()
                .map(|units| units.seen_to(wave, *tasks_learned))
                .unwrap_or_default(),
        };
        Some(Checkpoint {
            head,
            states: states.clone(),
        })
    }

    /// Tasks that the wave in progress had learned when it was last kept; 0 where [`Self::checkpoint`] has
    /// none.
    pub fn tasks_kept(&self) -> u32 {
        self.kept.as_ref().map_or(0, |kept| kept.tasks_learned)
    }

    /// The first line of the run's log.
    ///
    /// # Errors
    /// If it has no form as JSON: of no run.
    pub fn log_head(&self) -> serde_json::Result<Vec<u8>> {
        log::head(&self.results_without_lanes())
    }

    /// The log's lines of lanes that ended, and the seconds spent so far. What was seen of a lane comes
    /// before it: so a lane that is in the log is there with all of it.
    ///
    /// # Errors
    /// If they have no form as JSON: of no run.
    pub fn log_lines(&self, lanes: &[usize]) -> serde_json::Result<Vec<u8>> {
        let mut lines = Vec::new();
        for seen in self.seen_of(lanes) {
            lines.extend(log::seen(&seen)?);
        }
        for results in lanes.iter().filter_map(|&lane| self.results.get(lane)) {
            lines.extend(log::lane(results)?);
        }
        let (training, evaluation) = self.seconds();
        lines.extend(log::seconds(training, evaluation)?);
        Ok(lines)
    }

    /// Takes over the lanes that ended and the wave that was in progress. To be called before the first
    /// slice. What was kept on another engine goes on on the one at hand if both are of a kind (another
    /// adapter, another driver), or if the one at hand was asked for by name; the results say from which
    /// step. Gives that other engine.
    ///
    /// # Errors
    /// If they belong to another run, or the lanes do not fit the device.
    pub fn restore(
        &mut self,
        log: Option<Log>,
        checkpoint: Option<Checkpoint>,
    ) -> Result<Option<EngineInfo>, RestoreError> {
        let here = self.info.clone();
        if let Some(log) = log {
            self.belongs(&log.results)?;
            self.first = log.results.engine.clone();
            for held in log.results.lanes {
                self.take_over(held);
            }
            if let Some(units) = &mut self.units {
                units.restore(log.watched);
            }
            self.clock
                .restore(log.results.training_seconds, log.results.evaluation_seconds);
        }
        let checkpoint = match checkpoint {
            Some(checkpoint) => {
                self.belongs(&checkpoint.head.results)?;
                self.first = checkpoint.head.results.engine.clone();
                self.in_progress(checkpoint)
            }
            None => None,
        };
        self.plan_the_rest(checkpoint)?;
        Ok((!self.first.is_same(&here)).then(|| self.first.clone()))
    }

    /// Takes over what was measured of a lane. Where it diverged, so has the frozen lane that starts from it.
    fn take_over(&mut self, held: LaneResults) {
        let Some(i) = self.run.lanes.iter().position(|l| *l == held.lane()) else {
            return;
        };
        self.learned[i] = held.records.last().map(final_rates);
        if let (Some(step), Some(frozen)) = (held.diverged_at_step, self.frozen_from(i)) {
            self.results[frozen].diverged_at_step = Some(step);
        }
        // What the other lane made of this one is not taken back.
        let diverged = held.diverged_at_step.or(self.results[i].diverged_at_step);
        self.results[i] = LaneResults {
            diverged_at_step: diverged,
            ..held
        };
    }

    /// Whether results are of this very run.
    fn belongs(&self, kept: &Results) -> Result<(), RestoreError> {
        let here = self.results_without_lanes();
        if let Some(knob) = kept.config.first_difference(&here.config) {
            return Err(RestoreError::Config(knob));
        }
        if kept.data.digest != here.data.digest {
            let named = |r: &Results| format!("{}, {}", r.data.name, r.data.digest);
            return Err(RestoreError::Images {
                kept: named(kept),
                here: named(&here),
            });
        }
        if kept.draws != here.draws {
            return Err(RestoreError::Draws(kept.code_version.clone()));
        }
        if self.choice == EngineChoice::Auto && kept.engine.kind != self.info.kind {
            return Err(RestoreError::Engine {
                kept: kept.engine.name(),
                here: self.info.name(),
            });
        }
        Ok(())
    }

    /// A checkpoint's lanes as indices, and their values; none of a wave all of whose lanes have ended since.
    fn in_progress(&mut self, checkpoint: Checkpoint) -> Option<(Vec<usize>, Kept)> {
        let Checkpoint { head, states } = checkpoint;
        let index = |lane: &Lane| self.run.lanes.iter().position(|l| l == lane);
        let lanes: Vec<usize> = head.lanes.iter().map(index).collect::<Option<_>>()?;
        if lanes.iter().all(|&lane| self.has_ended(lane)) || states.len() != lanes.len() {
            return None;
        }
        for held in head.results.lanes {
            if head.lanes.contains(&held.lane()) {
                self.take_over(held);
            }
        }
        if let Some(units) = &mut self.units {
            units.restore(head.watched);
        }
        let (training, evaluation) = (
            head.results.training_seconds,
            head.results.evaluation_seconds,
        );
        self.clock.restore(training, evaluation);
        let kept = Kept {
            tasks_learned: head.tasks_learned,
            states,
        };
        Some((lanes, kept))
    }

    /// Whether a lane is through or diverged.
    pub(super) fn has_ended(&self, lane: usize) -> bool {
        self.results[lane].has_ended(self.run.config.tasks)
    }

    /// Waves of what has not ended, the one that was in progress first.
    fn plan_the_rest(&mut self, in_progress: Option<(Vec<usize>, Kept)>) -> Result<(), RunError> {
        let (wave, kept) = in_progress.unzip();
        let wave = wave.unwrap_or_default();
        let lanes = 0..self.run.lanes.len();
        let missing: Vec<bool> = lanes
            .map(|lane| !wave.contains(&lane) && !self.has_ended(lane))
            .collect();
        for (lane, &missing) in missing.iter().enumerate() {
            if missing {
                self.results[lane] = LaneResults::new(self.run.lanes[lane]);
            }
        }
        let left = missing.iter().filter(|m| **m).count() + wave.len();
        self.ended_before = self.run.lanes.len() - left;
        self.rest = missing;
        self.kept = kept;
        self.engine = None;
        self.wave = 0;
        self.capacity = self.capacity_of_device()?;
        if wave.is_empty() {
            self.waves = self.waves_of(self.capacity);
            self.next = Next::Size { seeds: 1 };
        } else {
            // As many seeds side by side as there were.
            let mut seeds: Vec<u32> = wave.iter().map(|&l| self.run.lanes[l].seed).collect();
            seeds.dedup();
            self.capacity.seeds = self.capacity.seeds.min(seeds.len());
            self.waves = vec![wave];
            self.next = Next::Step(0);
            self.cut_waves(self.capacity);
            self.waves.extend(self.waves_of(self.capacity));
        }
        if !self.sizes() {
            self.begin_wave();
        }
        self.count_done();
        Ok(())
    }
}

/// The rates that frozen lanes start from: what float64 was widened from.
fn final_rates(record: &TaskRecord) -> (Vec<f32>, Vec<f32>) {
    let narrow = |list: &[f64]| list.iter().map(|&x| x as f32).collect();
    (narrow(&record.alpha), narrow(&record.beta))
}
