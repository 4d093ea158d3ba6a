//! One lane's network: names, shapes and order of its tensors, and their initial values.

use rand::seq::SliceRandom;
use rand::{Rng, RngExt};
use serde::{Deserialize, Serialize};

use crate::config::{Condition, Config};
use crate::data::DataInfo;
use crate::numeric::{Real, cast, widen};
use crate::stream::{Purpose, random};

/// What is left out at evaluation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Lesion {
    /// Nothing.
    Intact,
    /// The left pathway's products.
    WithoutL,
    /// The right pathway's products.
    WithoutR,
    /// As many random units of the left pathway as the right one has: ours, for the left is the larger.
    WithoutSomeL,
}

impl Lesion {
    /// Which of a head's inbound products it leaves out: 0 the left pathway's, 1 the right one's. None where
    /// all are there.
    pub fn left_out(self) -> Option<usize> {
        match self {
            Self::Intact | Self::WithoutSomeL => None,
            Self::WithoutL => Some(0),
            Self::WithoutR => Some(1),
        }
    }

    /// A name that fits any network; a run's own has the layer's name
    /// ([`crate::results::description::lesion_name`]).
    pub fn name(self) -> &'static str {
        match self {
            Self::Intact => "intact",
            Self::WithoutL => "without L",
            Self::WithoutR => "without R",
            Self::WithoutSomeL => "without some of L",
        }
    }
}

/// Where a matrix takes its input from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// The image.
    #[serde(rename = "image")]
    Input,
    /// The hidden layer of that index.
    Layer(usize),
}

/// Where a matrix's product goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// The hidden layer of that index: its pre-activation `z`, alone.
    Layer(usize),
    /// The head of that index: added to its logits.
    Head(usize),
}

/// A hidden layer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layer {
    /// Its name: h1, h2, ...; h4_L and h4_R (after their depth) for pathways.
    pub name: String,
    /// How many units.
    pub units: usize,
    /// What it reads: the image or one layer.
    pub source: Source,
    /// The index of its matrix.
    pub matrix: usize,
    /// k of the k-th largest pre-activation, c, which sets the threshold beta c; 1 to `units`.
    pub k: usize,
}

/// An output head.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// Its name: category or item.
    pub name: &'static str,
    /// How many classes.
    pub classes: usize,
}

/// A weight matrix of shape `[units x fan_in]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Matrix {
    /// Its name, as in the conformance vectors.
    pub name: String,
    /// Rows: units (or classes) of the target.
    pub units: usize,
    /// Columns: width of the source.
    pub fan_in: usize,
    /// Its input.
    pub source: Source,
    /// Its output.
    pub target: Target,
}

/// The network's shape: all tensors in order. `alpha` follows `matrices`, `beta` follows `layers`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Model {
    /// Width of the input image.
    pub inputs: usize,
    /// Hidden layers bottom-up; pathways L and R last.
    pub layers: Vec<Layer>,
    /// Heads: category, then item where there is one.
    pub heads: Vec<Head>,
    /// Matrices: hidden layers bottom-up, pathways L and R, then heads (each head: from L, from R).
    pub matrices: Vec<Matrix>,
    /// Whether the last two layers are pathways side by side.
    pub pathways: bool,
}

impl Model {
    /// Weights of all matrices.
    pub fn parameters(&self) -> usize {
        self.matrices.iter().map(|m| m.units * m.fan_in).sum()
    }

    /// Pixels of an image's side; images are square.
    pub fn image_side(&self) -> usize {
        self.inputs.isqrt()
    }

    /// The network of a configuration for a data set, which says its inputs and categories.
    pub fn new(config: &Config, data: &DataInfo) -> Self {
        Self::of_shape(
            data.pixels(),
            &config
                .hidden
                .iter()
                .map(|&n| n as usize)
                .collect::<Vec<_>>(),
            config.pathways.map(|p| p.map(|n| n as usize)),
            data.classes as usize,
            config.items() as usize,
            config.k_fraction,
        )
    }

    /// A network of a given shape; `items` 0 leaves out the item head.
    pub fn of_shape(
        inputs: usize,
        hidden: &[usize],
        pathways: Option<[usize; 2]>,
        classes: usize,
        items: usize,
        k_fraction: f64,
    ) -> Self {
        let k =
            |units: usize| ((k_fraction * units as f64).floor() as usize).clamp(1, units.max(1));
        let mut layers: Vec<Layer> = Vec::new();
        let mut matrices = Vec::new();
        let mut add =
            |name: String, matrix: String, units: usize, below: Option<(usize, usize)>| {
                let (source, fan_in) =
                    below.map_or((Source::Input, inputs), |(i, n)| (Source::Layer(i), n));
                let target = Target::Layer(layers.len());
                layers.push(Layer {
                    name,
                    units,
                    source,
                    matrix: matrices.len(),
                    k: k(units),
                });
                matrices.push(Matrix {
                    name: matrix,
                    units,
                    fan_in,
                    source,
                    target,
                });
            };
        let mut below = None;
        for (i, &units) in hidden.iter().enumerate() {
            add(
                format!("h{}", i + 1),
                format!("hidden{}", i + 1),
                units,
                below,
            );
            below = Some((i, units));
        }
        if let Some([left, right]) = pathways {
            let depth = hidden.len() + 1;
            add(format!("h{depth}_L"), "pathwayL".into(), left, below);
            add(format!("h{depth}_R"), "pathwayR".into(), right, below);
        }
        let mut heads = vec![Head {
            name: "category",
            classes,
        }];
        if items > 0 {
            heads.push(Head {
                name: "item",
                classes: items,
            });
        }
        let top: Vec<(usize, &str)> = if pathways.is_some() {
            vec![(hidden.len(), "_from_L"), (hidden.len() + 1, "_from_R")]
        } else {
            vec![(hidden.len().saturating_sub(1), "")]
        };
        for (h, head) in heads.iter().enumerate() {
            for &(layer, suffix) in &top {
                matrices.push(Matrix {
                    name: format!("{}{suffix}", head.name),
                    units: head.classes,
                    fan_in: layers[layer].units,
                    source: Source::Layer(layer),
                    target: Target::Head(h),
                });
            }
        }
        Self {
            inputs,
            layers,
            heads,
            matrices,
            pathways: pathways.is_some(),
        }
    }

    /// The width of what a matrix reads.
    pub fn width(&self, source: Source) -> usize {
        match source {
            Source::Input => self.inputs,
            Source::Layer(l) => self.layers[l].units,
        }
    }

    /// Indices of the matrices that read a hidden layer.
    pub fn readers(&self, layer: usize) -> impl Iterator<Item = usize> + '_ {
        (0..self.matrices.len()).filter(move |&m| self.matrices[m].source == Source::Layer(layer))
    }

    /// Indices of the matrices that add up to a head's logits.
    pub fn into_head(&self, head: usize) -> impl Iterator<Item = usize> + '_ {
        (0..self.matrices.len()).filter(move |&m| self.matrices[m].target == Target::Head(head))
    }

    /// Lesions that evaluation measures beside the intact network.
    pub fn lesions(&self) -> &'static [Lesion] {
        use Lesion::{Intact, WithoutL, WithoutR, WithoutSomeL};
        match self.pathway_units() {
            Some([left, right]) if left > right => &[Intact, WithoutL, WithoutR, WithoutSomeL],
            Some(_) => &[Intact, WithoutL, WithoutR],
            None => &[Intact],
        }
    }

    /// The indices of the layers that are pathways side by side, left and right; none where there are none.
    pub fn pathway_layers(&self) -> Option<[usize; 2]> {
        let count = self.layers.len();
        (self.pathways && count >= 2).then(|| [count - 2, count - 1])
    }

    /// Units of both pathways, left and right.
    fn pathway_units(&self) -> Option<[usize; 2]> {
        let layers = self.pathway_layers()?;
        Some(layers.map(|l| self.layers[l].units))
    }

    /// The units of the left pathway that [`Lesion::WithoutSomeL`] silences in a seed's lanes, in ascending
    /// order: as many as the right pathway has. Empty where that lesion is not measured.
    pub fn silenced(&self, seed: u32) -> Vec<usize> {
        let Some([left, right]) = self.pathway_units().filter(|[l, r]| l > r) else {
            return Vec::new();
        };
        let mut units: Vec<usize> = (0..left).collect();
        units.shuffle(&mut random(seed, Purpose::Lesion));
        units.truncate(right);
        units.sort_unstable();
        units
    }
}

/// The learning rule of one lane: what of it is learned, and how.
#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
    /// Whether learning rates are meta-learned.
    pub learn_alpha: bool,
    /// Whether inhibition strengths are meta-learned.
    pub learn_beta: bool,
    /// How: meta-rates, clipping, competition, order, and whatever else a stage asks for.
    pub knobs: Config,
}

impl Rule {
    /// The rule of a configuration under a condition.
    pub fn of(config: &Config, condition: Condition) -> Self {
        Self {
            learn_alpha: condition.learns_alpha(),
            learn_beta: condition.learns_beta(),
            knobs: config.clone(),
        }
    }
}

/// What a lane learns: one lane's tensors.
#[derive(Clone, Debug, PartialEq)]
pub struct LaneState<T> {
    /// For each matrix its entries, row by row: `[units x fan_in]`.
    pub weights: Vec<Vec<T>>,
    /// Learning rate of each matrix.
    pub alpha: Vec<T>,
    /// Inhibition strength of each hidden layer.
    pub beta: Vec<T>,
}

impl<T: Real> LaneState<T> {
    /// The same in float64.
    pub fn widen(&self) -> LaneState<f64> {
        LaneState {
            weights: self.weights.iter().map(|w| widen(w)).collect(),
            alpha: widen(&self.alpha),
            beta: widen(&self.beta),
        }
    }
}

impl LaneState<f32> {
    /// Appends its numbers, little-endian: weights matrix by matrix, row by row, then alpha, then beta.
    pub fn put(&self, bytes: &mut Vec<u8>) {
        for numbers in self.weights.iter().chain([&self.alpha, &self.beta]) {
            if cfg!(target_endian = "little") {
                bytes.extend_from_slice(bytemuck::cast_slice(numbers));
            } else {
                bytes.extend(numbers.iter().flat_map(|x| x.to_le_bytes()));
            }
        }
    }

    /// Takes what [`Self::put`] wrote of a lane of this network off the front; none where it ends too early.
    pub fn take(model: &Model, bytes: &mut &[u8]) -> Option<Self> {
        let mut list = |count: usize| -> Option<Vec<f32>> {
            let size = count.checked_mul(size_of::<f32>())?;
            let (numbers, rest) = bytes.split_at_checked(size)?;
            *bytes = rest;
            let (numbers, _) = numbers.as_chunks();
            Some(numbers.iter().map(|&b| f32::from_le_bytes(b)).collect())
        };
        let matrices = model.matrices.iter();
        Some(Self {
            weights: matrices
                .map(|m| list(m.units * m.fan_in))
                .collect::<Option<_>>()?,
            alpha: list(model.matrices.len())?,
            beta: list(model.layers.len())?,
        })
    }
}

impl LaneState<f64> {
    /// The nearest values of another precision.
    pub fn cast<T: Real>(&self) -> LaneState<T> {
        LaneState {
            weights: self.weights.iter().map(|w| cast(w)).collect(),
            alpha: cast(&self.alpha),
            beta: cast(&self.beta),
        }
    }
}

/// Turns a matrix of `[rows x columns]` into one of `[columns x rows]`.
pub fn transposed<T: Copy>(matrix: &[T], rows: usize, columns: usize) -> Vec<T> {
    (0..columns)
        .flat_map(|c| (0..rows).map(move |r| matrix[r * columns + c]))
        .collect()
}

/// The initial values of one seed: W ~ Normal(0, 2 / fan_in), alpha_0, beta_0.
pub fn initial(model: &Model, config: &Config, seed: u32) -> LaneState<f32> {
    LaneState {
        weights: initial_weights(model, seed),
        alpha: vec![config.alpha_0 as f32; model.matrices.len()],
        beta: vec![config.beta_0 as f32; model.layers.len()],
    }
}

/// The initial weights of one seed: for each matrix Normal(0, 2 / fan_in), row by row, as He et al. (2015)
/// have it for rectified units.
///
/// Normal numbers come by Box and Muller's transform with `libm`'s functions in float64, so that every
/// platform draws the same bits.
pub fn initial_weights(model: &Model, seed: u32) -> Vec<Vec<f32>> {
    let mut rng = random(seed, Purpose::Weights);
    model
        .matrices
        .iter()
        .map(|m| {
            let scale = libm::sqrt(2.0 / m.fan_in as f64);
            let mut normal = Normal {
                rng: &mut rng,
                spare: None,
            };
            (0..m.units * m.fan_in)
                .map(|_| (normal.next() * scale) as f32)
                .collect()
        })
        .collect()
}

/// Standard normal numbers, two from each pair of uniform ones.
struct Normal<'a, R> {
    rng: &'a mut R,
    spare: Option<f64>,
}

impl<R: Rng> Normal<'_, R> {
    fn next(&mut self) -> f64 {
        if let Some(spare) = self.spare.take() {
            return spare;
        }
        // 1 - u lies in (0, 1], so that its logarithm is finite.
        let radius = libm::sqrt(-2.0 * libm::log(1.0 - self.rng.random::<f64>()));
        let turn = 2.0 * std::f64::consts::PI * self.rng.random::<f64>();
        self.spare = Some(radius * libm::sin(turn));
        radius * libm::cos(turn)
    }
}
