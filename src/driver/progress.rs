//! How far a run is, and how long the rest will take, from what was measured.

use serde::Serialize;

use super::{Driver, Next};

/// How far a run is.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Progress {
    /// Lane-steps done, in all waves.
    pub lane_steps: u64,
    /// Observe steps of one lane times all lanes of the run.
    pub lane_steps_total: u64,
    /// Observe steps done in the wave in progress.
    pub step: u32,
    /// Observe steps of one lane.
    pub steps: u32,
    /// The task in progress, from 0.
    pub task: u32,
    /// Tasks of the stream.
    pub tasks: u32,
    /// The wave in progress, from 0.
    pub wave: u32,
    /// How many waves there are now: more once one was cut into smaller ones.
    pub waves: u32,
    /// Measured speed in lane-steps a second; none before it is known.
    pub lane_steps_per_second: Option<f64>,
    /// Estimated seconds to the end, evaluations counted; none before it is known.
    pub seconds_left: Option<f64>,
}

impl Driver {
    /// How far the run is.
    pub fn progress(&self) -> Progress {
        let steps = self.run.config.steps();
        let total = u64::from(steps) * self.run.lanes.len() as u64;
        let step = match self.next {
            Next::Step(step) => step,
            _ => self.learned_tasks * self.run.config.steps_per_task(),
        };
        let speed = self.clock.lane_steps_per_second();
        let evaluations = self.run.evaluations_to(self.run.config.tasks);
        let images = self.run.lane_images(self.run.lanes.len(), evaluations);
        let measuring = self
            .clock
            .evaluation_seconds(images - self.clock.done_lane_images);
        let left = total.saturating_sub(self.clock.done_lane_steps) as f64;
        let seconds_left = speed.map(|speed| left / speed + measuring);
        Progress {
            lane_steps: self.clock.done_lane_steps,
            lane_steps_total: total,
            step,
            steps,
            task: (step / self.run.config.steps_per_task()).min(self.run.config.tasks - 1),
            tasks: self.run.config.tasks,
            wave: self.wave as u32,
            waves: self.waves.len() as u32,
            lane_steps_per_second: speed,
            seconds_left,
        }
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use super::*;
    use crate::config::{Condition, Config};
    use crate::data::digits;
    use crate::engine::Device;
    use crate::gpu::passes::Lanes;
    use crate::gpu::wave::Demand;
    use crate::model::Model;

    /// 4000 lanes of a million steps each: the most that a configuration may ask for.
    fn most() -> Config {
        let config = Config {
            hidden: vec![4],
            tasks: 100,
            samples_per_task: 10_000,
            batch: 1,
            replay: 1,
            evaluation_images: 10_000,
            evaluate_every: 200,
            seeds: 2000,
            first_seed: 1_000_000_000,
            conditions: vec![Condition::Baseline, Condition::Meta],
            ..Config::default()
        };
        assert_eq!(config.problems(), []);
        assert_eq!((config.lanes().len(), config.steps()), (4000, 1_000_000));
        config
    }

    /// Numbers that JavaScript holds to the last digit.
    fn exact(record: &serde_json::Value) {
        let numbers = record.as_object().unwrap().values();
        for n in numbers.filter_map(serde_json::Value::as_f64) {
            assert!((0.0..9_007_199_254_740_992.0).contains(&n), "{record}");
        }
    }

    #[test]
    fn counters_hold_four_thousand_lanes_of_a_million_steps() {
        let data = Arc::new(digits(1, 10_000, 10_000));
        let (device, info) = (Device::Cpu, Device::Cpu.info());
        let mut driver = Driver::new(most(), data, device, info).unwrap();
        driver.begin_wave();
        let lanes = driver.waves[0].len();
        let all = 4_000_000_000;
        // A second of its work: then the rest takes as long as that says.
        let second = Duration::from_secs(1);
        driver.clock.trained(1_000_000, lanes, second);
        driver.clock.evaluated(1_000_000, lanes, second);
        driver.clock.evaluated(1_000_000, lanes, second);
        let progress = driver.progress();
        assert_eq!(progress.lane_steps_total, all);
        assert_eq!(progress.lane_steps, lanes as u64 * 1_000_000);
        let waves = driver.waves.len() as f64;
        // Measured before and after: two seconds a wave, one of which was taken twice.
        let left = progress.seconds_left.unwrap();
        assert!((left / (3.0 * waves) - 1.0).abs() < 0.01, "{left}");
        exact(&serde_json::to_value(progress).unwrap());
        // All but the last wave, then all.
        driver.wave = driver.waves.len() - 1;
        driver.count_done();
        driver.next = Next::Step(999_999);
        let progress = driver.progress();
        let last = driver.waves.last().unwrap().len() as u64;
        assert_eq!(progress.lane_steps, all - last * 1_000_000);
        assert_eq!((progress.step, progress.task), (999_999, 99));
        driver.wave += 1;
        driver.count_done();
        let progress = driver.progress();
        assert_eq!(progress.lane_steps, all);
        assert_eq!(driver.seeds_done(), 2000);
        exact(&serde_json::to_value(progress).unwrap());
    }

    /// What the GPU counts in float32 or in 32 bits stays whole, and where things lie has a number.
    #[test]
    fn what_the_gpu_counts_fits() {
        let config = most();
        let whole_to = f64::from(1_u32 << 24);
        assert!(f64::from(config.steps()) < whole_to);
        assert!(f64::from(config.tasks * config.evaluation_images) < whole_to);
        let wide = Config {
            hidden: vec![4096, 4096, 4096, 1024],
            batch: 16,
            replay: 48,
            ..config
        };
        assert!(u64::from(wide.evaluation_images) * 4096 < u64::from(u32::MAX));
        let model = Model::new(&wide, &digits(0, 0, 0).info);
        let demand = |lanes| Demand {
            model: &model,
            lanes: Lanes {
                lanes,
                per_seed: 1,
                tasks: wide.tasks,
            },
            batch: wide.batch,
            replay: wide.replay,
            second_order: true,
            permuted: true,
            block: wide.steps_per_task(),
            capacity: 128,
            per_task: wide.evaluation_images,
            images: u64::from(u32::MAX),
        };
        // No sum overflows, and one lane more is more.
        let sizes = [1, 2, 4096].map(|lanes| demand(lanes).sizes());
        assert!(sizes.is_sorted_by(|a, b| a.total() < b.total() && a.largest() <= b.largest()));
        let weights = model.parameters() as u64 * 4;
        assert!(sizes[2].total() > 2 * 4096 * weights, "{:?}", sizes[2]);
    }
}
