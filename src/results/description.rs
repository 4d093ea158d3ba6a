//! What a run is: the facts that label everything measured in it, its network's structure among them.

use serde::Serialize;

use crate::config::{Config, Lane};
use crate::data::DataInfo;
use crate::model::{Lesion, Model, Source, Target};
use crate::stream::View;

/// A run's fixed facts: what charts and tables need to label what is measured.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct RunDescription {
    /// The experiment that it belongs to, by its id; none of a configuration of one's own.
    pub experiment: Option<String>,
    /// What is run.
    pub config: Config,
    /// Hidden layers, bottom-up, in beta's order.
    pub layers: Vec<LayerDescription>,
    /// Weight matrices, in alpha's order.
    pub matrices: Vec<MatrixDescription>,
    /// Output heads, by index.
    pub heads: Vec<HeadDescription>,
    /// What evaluation leaves out in turn; the first is the intact network.
    pub lesions: Vec<LesionDescription>,
    /// All lanes: seeds outermost, then conditions in the configuration's order.
    pub lanes: Vec<Lane>,
    /// Observe steps of each lane.
    pub steps: u32,
    /// What tells the first seed's tasks apart; empty where only what is measured is shown.
    pub tasks: Vec<TaskDescription>,
    /// Pixels along an image's side.
    pub image_side: u32,
}

/// What tells a task apart, in words.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct TaskDescription {
    /// As a caption has it: 63°, permuted, classes 3, 7.
    pub caption: String,
    /// As a sentence goes on: turned by 63 degrees, with its pixels permuted, with classes 3 and 7.
    pub words: String,
}

impl TaskDescription {
    fn of(view: &View) -> Self {
        let (caption, words) = match (&view.permutation, view.classes) {
            (Some(_), _) => ("permuted".into(), "with its pixels permuted".into()),
            (None, Some(set)) => {
                let classes: Vec<String> = set.classes().map(|c| c.to_string()).collect();
                let noun = if classes.len() == 1 {
                    "class"
                } else {
                    "classes"
                };
                (
                    format!("{noun} {}", classes.join(", ")),
                    format!("with {noun} {}", listed(&classes)),
                )
            }
            (None, None) => (
                format!("{:.0}°", view.angle),
                format!("turned by {:.0} degrees", view.angle),
            ),
        };
        Self { caption, words }
    }
}

/// "one", "a and b", "a, b and c".
pub(crate) fn listed(of: &[String]) -> String {
    match of {
        [] => "none".into(),
        [one] => one.clone(),
        [all @ .., last] => format!("{} and {last}", all.join(", ")),
    }
}

/// Which of two pathways side by side a layer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Pathway {
    /// L, the paper's monosynaptic-like one.
    Left,
    /// R, the other one: the last of the hidden layers.
    Right,
}

/// A hidden layer.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct LayerDescription {
    /// Its name: h1, h2, ...; of pathways h4_L and h4_R, with their own depth.
    pub name: String,
    /// Its width.
    pub units: u32,
    /// k of the k-th largest pre-activation, which sets the strength of inhibition.
    pub k: u32,
    /// The index of its matrix.
    pub matrix: u32,
    /// Where its input comes from: the image, or a layer by its index.
    pub reads: Source,
    /// Layers below it: 0 at the bottom; pathways have the same.
    pub depth: u32,
    /// Which pathway it is, if it is one.
    pub pathway: Option<Pathway>,
}

/// A weight matrix.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct MatrixDescription {
    /// Its name in files.
    pub name: String,
    /// Its name for people: of the hidden layer it leads to, or of the head, with the pathway it comes from.
    pub label: String,
    /// Where its input comes from: the image, or a layer by its index.
    pub from: Source,
    /// Where its product goes: a layer or a head, by its index.
    pub to: Target,
}

/// An output head.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct HeadDescription {
    /// Its name: category or item.
    pub name: String,
    /// How many classes it tells apart.
    pub classes: u32,
    /// The accuracy of guessing, 0 to 1: of a category see [`Config::chance`].
    pub chance: f64,
}

/// What an evaluation leaves out of the network.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct LesionDescription {
    /// Which, as records name it.
    pub lesion: Lesion,
    /// Its name for people, with the layer's own.
    pub name: String,
    /// The index of the layer whose units are silenced; none of the intact network.
    pub layer: Option<u32>,
    /// How many of its units are silenced.
    pub units: u32,
}

/// A lesion's name for people; `layers` are the hidden layers' names, the pathways' last.
pub fn lesion_name(lesion: Lesion, layers: &[impl AsRef<str>]) -> String {
    let [.., left, right] = layers else {
        return lesion.name().to_owned();
    };
    let (left, right) = (left.as_ref(), right.as_ref());
    match lesion {
        Lesion::Intact => lesion.name().to_owned(),
        Lesion::WithoutL => format!("without {left}"),
        Lesion::WithoutR => format!("without {right}"),
        Lesion::WithoutSomeL => format!("without some of {left}"),
    }
}

impl RunDescription {
    /// Of a configuration whose first seed's tasks have these views.
    pub fn new(
        experiment: Option<String>,
        config: &Config,
        model: &Model,
        data: &DataInfo,
        views: &[View],
    ) -> Self {
        Self {
            experiment,
            layers: layers(model),
            matrices: matrices(model),
            heads: heads(model, config),
            lesions: lesions(model),
            lanes: config.lanes(),
            steps: config.steps(),
            config: config.clone(),
            tasks: views.iter().map(TaskDescription::of).collect(),
            image_side: data.side,
        }
    }

    /// The hidden layers' names, in beta's order.
    pub fn layer_names(&self) -> Vec<String> {
        self.layers.iter().map(|l| l.name.clone()).collect()
    }
}

fn layers(model: &Model) -> Vec<LayerDescription> {
    let count = model.layers.len();
    let pathway = |l: usize| match count - l {
        2 if model.pathways => Some(Pathway::Left),
        1 if model.pathways => Some(Pathway::Right),
        _ => None,
    };
    let described = model.layers.iter().enumerate().map(|(l, layer)| {
        let pathway = pathway(l);
        LayerDescription {
            name: layer.name.clone(),
            units: layer.units as u32,
            k: layer.k as u32,
            matrix: layer.matrix as u32,
            reads: layer.source,
            depth: (l - usize::from(pathway == Some(Pathway::Right))) as u32,
            pathway,
        }
    });
    described.collect()
}

fn matrices(model: &Model) -> Vec<MatrixDescription> {
    let label = |source: Source, target: Target| match target {
        Target::Layer(l) => model.layers[l].name.clone(),
        Target::Head(h) => {
            let head = if model.heads.len() > 1 {
                model.heads[h].name
            } else {
                "readout"
            };
            match source {
                Source::Layer(l) if model.pathways => {
                    format!("{head} from {}", model.layers[l].name)
                }
                _ => head.to_owned(),
            }
        }
    };
    let described = model.matrices.iter().map(|m| MatrixDescription {
        name: m.name.clone(),
        label: label(m.source, m.target),
        from: m.source,
        to: m.target,
    });
    described.collect()
}

fn heads(model: &Model, config: &Config) -> Vec<HeadDescription> {
    let described = model.heads.iter().enumerate().map(|(h, head)| {
        let classes = head.classes as u32;
        HeadDescription {
            name: head.name.to_owned(),
            classes,
            chance: match h {
                0 => config.chance(classes),
                _ => 1.0 / f64::from(classes.max(1)),
            },
        }
    });
    described.collect()
}

fn lesions(model: &Model) -> Vec<LesionDescription> {
    let names: Vec<&str> = model.layers.iter().map(|l| l.name.as_str()).collect();
    let count = model.layers.len();
    let units = |l: usize| model.layers.get(l).map_or(0, |layer| layer.units as u32);
    let described = model.lesions().iter().map(|&lesion| {
        let silenced = match lesion {
            Lesion::Intact => None,
            Lesion::WithoutL => Some((count - 2, units(count - 2))),
            Lesion::WithoutR => Some((count - 1, units(count - 1))),
            Lesion::WithoutSomeL => Some((count - 2, units(count - 1))),
        };
        LesionDescription {
            lesion,
            name: lesion_name(lesion, &names),
            layer: silenced.map(|(l, _)| l as u32),
            units: silenced.map_or(0, |(_, units)| units),
        }
    });
    described.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tasks_are_told_by_what_tells_them_apart() {
        let told = |view: View| {
            let TaskDescription { caption, words } = TaskDescription::of(&view);
            [caption, words]
        };
        let turned = View {
            angle: 62.7,
            ..View::default()
        };
        assert_eq!(told(turned), ["63°", "turned by 63 degrees"]);
        let permuted = View {
            permutation: Some(vec![1, 0].into()),
            ..View::default()
        };
        assert_eq!(told(permuted), ["permuted", "with its pixels permuted"]);
        let of = |classes: &[u32]| View {
            classes: Some(classes.iter().copied().collect()),
            ..View::default()
        };
        assert_eq!(told(of(&[3])), ["class 3", "with class 3"]);
        let three = ["classes 0, 3, 7", "with classes 0, 3 and 7"];
        assert_eq!(told(of(&[7, 3, 0])), three);
    }

    #[test]
    fn chance_is_of_what_there_is_to_choose_from() {
        let config = |tasks, own_heads| Config {
            stream: crate::config::TaskKind::Classes,
            tasks,
            own_heads,
            ..Config::default()
        };
        assert_eq!(config(5, false).chance(10), 0.1);
        assert_eq!(config(5, true).chance(10), 0.5);
        // Of ten classes in four tasks two have three and two have two.
        assert_eq!(config(4, true).chance(10), (1.0 / 3.0 + 0.5) / 2.0);
    }

    #[test]
    fn pathways_stand_side_by_side_and_lesions_carry_their_names() {
        let model = Model::of_shape(784, &[64, 32], Some([40, 10]), 10, 200, 0.01);
        let named = |lesion: usize| lesions(&model)[lesion].name.clone();
        assert_eq!(named(1), "without h3_L");
        assert_eq!(named(3), "without some of h3_L");
        assert_eq!(lesions(&model)[3].units, 10);
        let depths: Vec<u32> = layers(&model).iter().map(|l| l.depth).collect();
        assert_eq!(depths, [0, 1, 2, 2]);
        let labels: Vec<String> = matrices(&model).into_iter().map(|m| m.label).collect();
        assert_eq!(labels[3..5], ["h3_R", "category from h3_L"]);
        let plain = Model::of_shape(784, &[64, 32], None, 10, 0, 0.01);
        assert_eq!(lesions(&plain).len(), 1);
        assert_eq!(matrices(&plain)[2].label, "readout");
        let equal = Model::of_shape(784, &[64], Some([20, 20]), 10, 0, 0.01);
        assert_eq!(lesions(&equal).len(), 3);
    }
}
