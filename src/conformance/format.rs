//! Reading a conformance vector: its JSON text, checked against the shapes that it says itself.

use serde::Deserialize;

use crate::config::Config;
use crate::formats::kind::Kind;
use crate::lane::Sample;
use crate::model::{LaneState, Model, Rule};

/// Why a file is no conformance vector.
#[derive(Debug, thiserror::Error)]
pub enum VectorError {
    /// Its JSON has another form.
    #[error("{file}: not a conformance vector: {reason}")]
    Malformed {
        /// The file's name, as the caller gave it.
        file: String,
        /// What is wrong with its JSON, its fields or their shapes, in words.
        reason: String,
    },
}

/// The part that says what network it is.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Shape {
    inputs: usize,
    hidden: Vec<usize>,
    pathways: Option<[usize; 2]>,
    classes: usize,
    items: usize,
    unit_length_inputs: bool,
    competition: bool,
    k_fraction: f64,
    second_order: bool,
    sync_update: bool,
    clip_norm: f64,
    eta_alpha: f64,
    eta_beta: f64,
    eta_w: f64,
    learn_alpha: bool,
    learn_beta: bool,
}

/// Rows of one matrix, or of one head's logits.
type Rows = Vec<Vec<f64>>;

#[derive(Clone, Debug, Deserialize)]
struct Values {
    weights: Vec<Rows>,
    alpha: Vec<f64>,
    beta: Vec<f64>,
}

/// One observe step: indices of samples.
#[derive(Clone, Debug, Deserialize)]
pub struct VectorStep {
    /// Current samples in inner order.
    pub current: Vec<usize>,
    /// Replayed samples.
    pub replay: Vec<usize>,
}

/// What a step leaves behind.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct After {
    /// Before the update.
    pub(super) meta_loss: f64,
    pub(super) alpha: Vec<f64>,
    pub(super) beta: Vec<f64>,
    /// Each matrix `[units][fan_in]`; some files give them after the last step only.
    pub(super) weights: Option<Vec<Rows>>,
}

/// What the network makes of every image after the last step.
#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct Final {
    /// For each head `[images][classes]`.
    pub(super) logits: Vec<Rows>,
    /// For each layer, for each image.
    pub(super) active_fraction: Rows,
    #[serde(rename = "lesion_L")]
    pub(super) lesion_l: Option<Vec<Rows>>,
    #[serde(rename = "lesion_R")]
    pub(super) lesion_r: Option<Vec<Rows>>,
}

#[derive(Clone, Debug, Deserialize)]
struct Text {
    name: String,
    config: Shape,
    matrices: Vec<String>,
    images: Rows,
    labels: Vec<u32>,
    item_labels: Option<Vec<u32>>,
    initial: Values,
    steps: Vec<VectorStep>,
    after: Vec<After>,
    #[serde(rename = "final")]
    last: Final,
}

impl Shape {
    /// The network it describes, or why there is none such.
    fn model(&self) -> Result<Model, String> {
        let widths = || self.hidden.iter().chain(self.pathways.iter().flatten());
        if self.hidden.is_empty()
            || self.inputs == 0
            || self.classes == 0
            || widths().any(|&n| n == 0)
        {
            return Err("a layer has no units, or there is no layer".into());
        }
        if !(0.0..=1.0).contains(&self.k_fraction) {
            return Err(format!(
                "k_fraction {} is not within 0 to 1",
                self.k_fraction
            ));
        }
        Ok(Model::of_shape(
            self.inputs,
            &self.hidden,
            self.pathways,
            self.classes,
            self.items,
            self.k_fraction,
        ))
    }

    fn rule(&self) -> Rule {
        Rule {
            learn_alpha: self.learn_alpha,
            learn_beta: self.learn_beta,
            knobs: Config {
                eta_alpha: self.eta_alpha,
                eta_beta: self.eta_beta,
                eta_w: self.eta_w,
                sync_update: self.sync_update,
                second_order: self.second_order,
                clip_norm: self.clip_norm,
                unit_length_inputs: self.unit_length_inputs,
                competition: self.competition,
                ..Config::default()
            },
        }
    }
}

impl Text {
    /// For each sample, its label for each head, or what is wrong with them.
    fn labels(&self, model: &Model) -> Result<Vec<Vec<u32>>, String> {
        let n = self.images.len();
        if self.images.iter().any(|i| i.len() != model.inputs) || self.labels.len() != n {
            return Err("images or labels of other shapes".into());
        }
        let items = self.item_labels.as_deref().unwrap_or_default();
        let has_items = self.config.items > 0;
        if has_items != self.item_labels.is_some() || (has_items && items.len() != n) {
            return Err("item_labels and items disagree".into());
        }
        let of_sample = |(i, &label): (usize, &u32)| -> Vec<u32> {
            [label].iter().chain(items.get(i)).copied().collect()
        };
        let labels: Vec<Vec<u32>> = self.labels.iter().enumerate().map(of_sample).collect();
        let is_known = |l: &Vec<u32>| {
            let mut heads = l.iter().zip(&model.heads);
            heads.all(|(&label, head)| (label as usize) < head.classes)
        };
        if labels.iter().all(is_known) {
            Ok(labels)
        } else {
            Err("a label is not below its head's classes".into())
        }
    }

    /// Whether everything else has the network's shapes; what is wrong if it hasn't.
    fn check(&self, model: &Model) -> Result<(), String> {
        let names: Vec<&str> = model.matrices.iter().map(|m| m.name.as_str()).collect();
        if names != self.matrices {
            return Err(format!("matrices {:?}, expected {names:?}", self.matrices));
        }
        check_weights("initial", model, &self.initial.weights)?;
        check_rates("initial", model, &self.initial.alpha, &self.initial.beta)?;
        if self.after.len() != self.steps.len() {
            return Err("steps and after differ in length".into());
        }
        for after in &self.after {
            check_rates("after", model, &after.alpha, &after.beta)?;
            if let Some(weights) = &after.weights {
                check_weights("after", model, weights)?;
            }
        }
        if !model.pathways && (self.last.lesion_l.is_some() || self.last.lesion_r.is_some()) {
            return Err("final: lesions of pathways, but there are none".into());
        }
        let n = self.images.len();
        for step in &self.steps {
            let mut samples = step.current.iter().chain(&step.replay);
            if step.current.is_empty() || samples.any(|&sample| sample >= n) {
                return Err("a step has no current sample, or one that isn't there".into());
            }
        }
        let fits = |logits: &[Rows]| {
            logits.len() == model.heads.len()
                && logits.iter().zip(&model.heads).all(|(rows, head)| {
                    rows.len() == n && rows.iter().all(|r| r.len() == head.classes)
                })
        };
        let last = &self.last;
        let lesions = [&last.lesion_l, &last.lesion_r];
        if !fits(&last.logits)
            || lesions.into_iter().flatten().any(|l| !fits(l))
            || last.active_fraction.len() != model.layers.len()
            || last.active_fraction.iter().any(|a| a.len() != n)
        {
            return Err("final: logits or active fractions of other shapes".into());
        }
        Ok(())
    }
}

fn check_weights(what: &str, model: &Model, weights: &[Rows]) -> Result<(), String> {
    let fits = weights.len() == model.matrices.len()
        && weights
            .iter()
            .zip(&model.matrices)
            .all(|(w, m)| w.len() == m.units && w.iter().all(|row| row.len() == m.fan_in));
    if fits {
        Ok(())
    } else {
        Err(format!("{what}: weights of other shapes"))
    }
}

fn check_rates(what: &str, model: &Model, alpha: &[f64], beta: &[f64]) -> Result<(), String> {
    if alpha.len() == model.matrices.len() && beta.len() == model.layers.len() {
        Ok(())
    } else {
        Err(format!("{what}: wrong number of alpha or beta"))
    }
}

/// One conformance vector.
#[derive(Clone, Debug)]
pub struct Vector {
    /// What the file calls itself; empty of a vector that no file holds.
    pub name: String,
    /// The network's shape, which gives all other numbers their order.
    pub model: Model,
    /// How it learns.
    pub rule: Rule,
    /// Its values before the first step.
    pub initial: LaneState<f64>,
    /// All samples' images, not scaled: `[samples][inputs]`.
    pub images: Vec<Vec<f64>>,
    /// For each sample, its label for each head.
    pub labels: Vec<Vec<u32>>,
    /// The observe steps in the order in which they are taken, by indices of `images`.
    pub steps: Vec<VectorStep>,
    pub(super) after: Vec<After>,
    pub(super) last: Final,
}

impl Vector {
    /// Reads a vector from its JSON text; `file` names it in errors.
    ///
    /// # Errors
    /// If a field is missing or unknown, or shapes disagree.
    pub fn from_json(file: &str, text: &str) -> Result<Self, VectorError> {
        Self::read(text).map_err(|reason| VectorError::Malformed {
            file: file.to_owned(),
            reason,
        })
    }

    fn read(text: &str) -> Result<Self, String> {
        let text: Text = serde_json::from_str(text).map_err(|e| match Kind::of_text(text) {
            found if found.is_known() && found != Kind::Vector => format!("this is {found}"),
            _ => e.to_string(),
        })?;
        let model = text.config.model()?;
        text.check(&model)?;
        let labels = text.labels(&model)?;
        Ok(Self {
            name: text.name,
            rule: text.config.rule(),
            model,
            initial: LaneState {
                weights: text.initial.weights.iter().map(|w| w.concat()).collect(),
                alpha: text.initial.alpha,
                beta: text.initial.beta,
            },
            images: text.images,
            labels,
            steps: text.steps,
            after: text.after,
            last: text.last,
        })
    }

    /// A network and steps whose outcome no file says: for comparing engines with each other. Images of
    /// `inputs` numbers, a label for each head.
    pub fn without_outcome(
        model: Model,
        rule: Rule,
        initial: LaneState<f64>,
        (images, labels): (Vec<Vec<f64>>, Vec<Vec<u32>>),
        steps: Vec<VectorStep>,
    ) -> Self {
        Self {
            name: String::new(),
            model,
            rule,
            initial,
            images,
            labels,
            steps,
            after: Vec::new(),
            last: Final::default(),
        }
    }

    /// A step's current and replayed samples, of images in an engine's precision.
    pub(super) fn samples<'a, T>(
        &'a self,
        images: &'a [Vec<T>],
        step: &VectorStep,
    ) -> [Vec<Sample<'a, T>>; 2] {
        [&step.current, &step.replay].map(|list| {
            list.iter()
                .map(|&i| Sample {
                    input: &images[i],
                    labels: &self.labels[i],
                    among: None,
                })
                .collect()
        })
    }

    /// Current and replayed samples that the largest step has.
    pub fn largest_step(&self) -> (usize, usize) {
        let most = |f: fn(&VectorStep) -> usize| self.steps.iter().map(f).max().unwrap_or(0);
        (most(|s| s.current.len()), most(|s| s.replay.len()))
    }
}
