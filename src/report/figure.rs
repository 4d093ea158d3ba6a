//! The figures as SVG, panel by panel: every seed a point, means with their standard error.
//!
//! Text stays text, the ground stays clear, and colours are given for light or for dark surroundings.

use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use crate::analysis::stats::Estimate;
use crate::config::Condition;
use crate::model::Lesion;
use crate::results::record::TaskRecord;
use crate::results::{LaneResults, Results};

/// Why a figure could not be drawn.
#[derive(Debug, thiserror::Error)]
pub enum FigureError {
    /// No lane reached the end of the stream.
    #[error("no lane reached the end of the stream: there is nothing to draw")]
    Empty,
    /// The plotting crate's part.
    #[error("the figure could not be drawn: {0}")]
    Drawing(String),
}

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;

fn drawing(error: impl std::fmt::Display) -> FigureError {
    FigureError::Drawing(error.to_string())
}

/// Colours for light or dark surroundings.
#[derive(Clone, Copy, Debug)]
pub struct Theme {
    text: RGBColor,
    grid: RGBColor,
    baseline: RGBColor,
    meta: RGBColor,
    others: [RGBColor; 3],
}

impl Theme {
    /// For a light page.
    pub const LIGHT: Self = Self {
        text: RGBColor(28, 28, 28),
        grid: RGBColor(205, 203, 198),
        baseline: RGBColor(92, 104, 115),
        meta: RGBColor(179, 63, 8),
        others: [
            RGBColor(94, 60, 153),
            RGBColor(20, 120, 90),
            RGBColor(30, 95, 165),
        ],
    };
    /// For a dark page.
    pub const DARK: Self = Self {
        text: RGBColor(232, 230, 225),
        grid: RGBColor(72, 74, 80),
        baseline: RGBColor(160, 172, 184),
        meta: RGBColor(255, 150, 80),
        others: [
            RGBColor(188, 158, 240),
            RGBColor(110, 205, 170),
            RGBColor(120, 180, 250),
        ],
    };

    fn of(&self, condition: Condition) -> RGBColor {
        match condition {
            Condition::Baseline => self.baseline,
            Condition::Meta => self.meta,
            Condition::Rates => self.others[0],
            Condition::Sparsity => self.others[1],
            Condition::Frozen => self.others[2],
        }
    }

    fn font(&self, size: f64) -> TextStyle<'static> {
        ("sans-serif", size).into_font().color(&self.text)
    }
}

/// Values of every seed, by place along an axis.
struct Group {
    name: String,
    color: RGBColor,
    /// For each place, one value for each seed.
    values: Vec<Vec<f64>>,
}

/// What a panel shows.
struct Panel {
    title: String,
    y: String,
    x: Axis,
    groups: Vec<Group>,
    /// A dotted line: chance.
    line: Option<f64>,
}

enum Axis {
    /// Places with names; every seed a point.
    Names(Vec<String>),
    /// The stream, from before it to its end; means with a band.
    Tasks,
}

struct Source<'a> {
    results: &'a Results,
    theme: Theme,
}

impl Source<'_> {
    fn lanes(&self, condition: Condition) -> Vec<&LaneResults> {
        let tasks = self.results.config.tasks;
        let done = |l: &&LaneResults| l.records.last().is_some_and(|r| r.tasks_learned == tasks);
        let all = self.results.lanes.iter();
        all.filter(|l| l.condition == condition)
            .filter(done)
            .collect()
    }

    fn conditions(&self) -> Vec<Condition> {
        let all = self.results.config.conditions.iter().copied();
        all.filter(|&c| !self.lanes(c).is_empty()).collect()
    }

    /// A panel of what `pick` finds at the end of the stream, at named places.
    fn at_end(
        &self,
        title: &str,
        y: &str,
        names: &[String],
        conditions: &[Condition],
        pick: impl Fn(&TaskRecord, usize) -> Option<f64>,
    ) -> Panel {
        let group = |&condition: &Condition| Group {
            name: condition.name().into(),
            color: self.theme.of(condition),
            values: (0..names.len())
                .map(|place| {
                    let lanes = self.lanes(condition).into_iter();
                    lanes
                        .filter_map(|l| pick(l.records.last()?, place))
                        .collect()
                })
                .collect(),
        };
        Panel {
            title: title.into(),
            y: y.into(),
            x: Axis::Names(names.to_vec()),
            groups: conditions.iter().map(group).collect(),
            line: None,
        }
    }

    /// A condition's values over the stream.
    fn course(
        &self,
        condition: Condition,
        name: String,
        color: RGBColor,
        pick: impl Fn(&TaskRecord) -> Option<f64>,
    ) -> Group {
        let lanes = self.lanes(condition);
        let times = self.results.config.tasks as usize + 1;
        Group {
            name,
            color,
            values: (0..times)
                .map(|t| {
                    let at = |l: &&LaneResults| l.records.get(t).and_then(&pick);
                    lanes.iter().filter_map(at).collect()
                })
                .collect(),
        }
    }

    fn accuracy_course(&self) -> Panel {
        let course = |c: Condition| {
            self.course(c, c.name().into(), self.theme.of(c), |r| {
                accuracy(r, 0, Lesion::Intact)
            })
        };
        Panel {
            title: "Accuracy on all tasks".into(),
            y: "accuracy".into(),
            x: Axis::Tasks,
            groups: self.conditions().into_iter().map(course).collect(),
            line: Some(0.1),
        }
    }

    /// A shade for each layer, the deepest strongest.
    fn layer_color(&self, layer: usize) -> RGBColor {
        let count = self.results.layers.len().max(2) - 1;
        let mix = |a: u8, b: u8| {
            let share = 0.25 + 0.75 * layer as f64 / count as f64;
            (f64::from(a) * (1.0 - share) + f64::from(b) * share) as u8
        };
        let (a, b) = (self.theme.grid, self.theme.others[0]);
        RGBColor(mix(a.0, b.0), mix(a.1, b.1), mix(a.2, b.2))
    }

    /// Trajectories of a rate by layer under meta.
    fn trajectories(&self, title: &str, y: &str, pick: fn(&TaskRecord) -> &[f64]) -> Panel {
        let layers = self.results.layers.iter().enumerate();
        Panel {
            title: title.into(),
            y: y.into(),
            x: Axis::Tasks,
            groups: layers
                .map(|(l, name)| {
                    let color = self.layer_color(l);
                    self.course(Condition::Meta, name.clone(), color, |r| {
                        pick(r).get(l).copied()
                    })
                })
                .collect(),
            line: None,
        }
    }

    fn panels(&self) -> Vec<Panel> {
        let layers = &self.results.layers;
        let both = self.conditions();
        let pair: Vec<Condition> = [Condition::Baseline, Condition::Meta]
            .into_iter()
            .filter(|c| both.contains(c))
            .collect();
        let active = |r: &TaskRecord, l: usize| r.evaluation.as_ref()?.active.get(l).copied();
        let active = self.at_end("Units active", "share of units", layers, &pair, active);
        let alpha = |r: &TaskRecord, l: usize| r.alpha.get(l).copied();
        let alpha = self.at_end("Learning rate", "alpha", layers, &pair, alpha);
        if self.results.config.pathways.is_some() {
            let lesions = [
                (Lesion::Intact, "intact"),
                (Lesion::WithoutL, "no L"),
                (Lesion::WithoutSomeL, "L - 250"),
                (Lesion::WithoutR, "no R"),
            ];
            let names = lesions.map(|(_, name)| name.to_owned());
            let lesioned = |head: u32, title: &str, chance: f64| Panel {
                line: Some(chance),
                ..self.at_end(title, "accuracy", &names, &pair, |r, i| {
                    accuracy(r, head, lesions[i].0)
                })
            };
            let items = f64::from(self.results.config.items().max(1));
            return vec![
                active,
                alpha,
                lesioned(1, "Items under lesions", 1.0 / items),
                lesioned(0, "Digits under lesions", 0.1),
            ];
        }
        if layers.len() <= 2 {
            let names: Vec<String> = both.iter().map(|c| c.name().to_owned()).collect();
            let end = Panel {
                line: Some(0.1),
                groups: both
                    .iter()
                    .enumerate()
                    .map(|(i, &c)| {
                        let mut values = vec![Vec::new(); both.len()];
                        let lanes = self.lanes(c).into_iter();
                        values[i] = lanes
                            .filter_map(|l| accuracy(l.records.last()?, 0, Lesion::Intact))
                            .collect();
                        Group {
                            name: String::new(),
                            color: self.theme.of(c),
                            values,
                        }
                    })
                    .collect(),
                ..self.at_end("Accuracy at the end", "accuracy", &names, &[], |_, _| None)
            };
            return vec![self.accuracy_course(), end, active, alpha];
        }
        vec![
            active,
            alpha,
            self.trajectories("Inhibition, meta", "beta", |r| &r.beta),
            self.trajectories("Learning rate, meta", "alpha", |r| &r.alpha),
            self.accuracy_course(),
        ]
    }
}

fn accuracy(record: &TaskRecord, head: u32, lesion: Lesion) -> Option<f64> {
    let all = &record.evaluation.as_ref()?.accuracy;
    all.iter()
        .find(|a| (a.head, a.lesion) == (head, lesion))
        .map(|a| a.mean)
}

/// A run's figure as an SVG document.
///
/// # Errors
/// If there is nothing to draw.
pub fn svg(results: &Results, theme: Theme) -> Result<String, FigureError> {
    let source = Source { results, theme };
    if source.conditions().is_empty() {
        return Err(FigureError::Empty);
    }
    let panels = source.panels();
    let mut text = String::new();
    {
        let size = (300 * panels.len() as u32, 270);
        let root = SVGBackend::with_string(&mut text, size).into_drawing_area();
        let areas = root.split_evenly((1, panels.len()));
        for ((panel, area), letter) in panels.iter().zip(&areas).zip('a'..) {
            draw(panel, letter, area, theme)?;
        }
        root.present().map_err(drawing)?;
    }
    Ok(text)
}

fn draw(panel: &Panel, letter: char, area: &Area<'_>, theme: Theme) -> Result<(), FigureError> {
    let title = format!("{letter}  {}", panel.title);
    area.draw(&Text::new(title, (8, 6), theme.font(15.0)))
        .map_err(drawing)?;
    let all = || panel.groups.iter().flat_map(|g| g.values.iter().flatten());
    let low = all().copied().fold(0.0, f64::min);
    let high = all().copied().chain(panel.line).fold(0.0, f64::max);
    let room = 0.06 * (high - low).max(1e-9);
    let low = if low < 0.0 { low - room } else { 0.0 };
    let places = panel.groups.first().map_or(1, |g| g.values.len());
    let x = match &panel.x {
        Axis::Names(names) => -0.5..names.len() as f64 - 0.5,
        Axis::Tasks => 0.0..(places as f64 - 1.0) * 1.22,
    };
    let mut chart = ChartBuilder::on(area)
        .margin_top(30)
        .margin_right(8)
        .x_label_area_size(34)
        .y_label_area_size(52)
        .build_cartesian_2d(x, low..high + room)
        .map_err(drawing)?;
    let mut mesh = chart.configure_mesh();
    mesh.disable_x_mesh()
        .light_line_style(TRANSPARENT)
        .bold_line_style(theme.grid)
        .axis_style(theme.grid)
        .label_style(theme.font(11.0))
        .axis_desc_style(theme.font(12.0))
        .y_labels(5)
        .y_desc(&panel.y);
    match &panel.x {
        Axis::Names(names) => {
            let label = |at: &f64| {
                let whole = (at - at.round()).abs() < 1e-6 && *at >= 0.0;
                let name = names.get(at.round().max(0.0) as usize).filter(|_| whole);
                name.cloned().unwrap_or_default()
            };
            mesh.x_labels(2 * names.len() + 1)
                .x_label_formatter(&label)
                .draw()
                .map_err(drawing)?;
        }
        Axis::Tasks => {
            let tasks = (places - 1) as f64;
            let label = |at: &f64| {
                if *at <= tasks {
                    format!("{at:.0}")
                } else {
                    String::new()
                }
            };
            mesh.x_labels(6)
                .x_label_formatter(&label)
                .x_desc("tasks learned")
                .draw()
                .map_err(drawing)?;
        }
    }
    if let Some(line) = panel.line {
        let ends = match &panel.x {
            Axis::Names(names) => (-0.5, names.len() as f64 - 0.5),
            Axis::Tasks => (0.0, places as f64 - 1.0),
        };
        let dashed = DashedLineSeries::new(
            [(ends.0, line), (ends.1, line)],
            3,
            3,
            theme.text.stroke_width(1),
        );
        chart.draw_series(dashed).map_err(drawing)?;
    }
    let count = panel.groups.len();
    let mut ends: Vec<(f64, usize)> = Vec::new();
    for (g, group) in panel.groups.iter().enumerate() {
        let estimates: Vec<Option<Estimate>> =
            group.values.iter().map(|v| Estimate::of(v)).collect();
        let spread = |e: &Estimate| e.sem.unwrap_or(0.0);
        match &panel.x {
            Axis::Tasks => {
                let points: Vec<(f64, Estimate)> = (0..places)
                    .filter_map(|t| Some((t as f64, estimates[t]?)))
                    .collect();
                let up = points.iter().map(|(t, e)| (*t, e.mean + spread(e)));
                let down = points.iter().rev().map(|(t, e)| (*t, e.mean - spread(e)));
                let band = Polygon::new(up.chain(down).collect::<Vec<_>>(), group.color.mix(0.2));
                chart.draw_series([band]).map_err(drawing)?;
                let line = points.iter().map(|(t, e)| (*t, e.mean));
                chart
                    .draw_series(LineSeries::new(line, group.color.stroke_width(2)))
                    .map_err(drawing)?;
                if let Some((_, e)) = points.last() {
                    ends.push((e.mean, g));
                }
            }
            Axis::Names(_) => {
                // Groups stand side by side, seeds spread a little by their index.
                let alone = group.name.is_empty();
                let side = if alone {
                    0.0
                } else {
                    (g as f64 - (count as f64 - 1.0) / 2.0) * 0.34
                };
                for (place, values) in group.values.iter().enumerate() {
                    let middle = place as f64 + side;
                    let dots = values.iter().enumerate().map(|(i, &y)| {
                        let jitter = ((i * 7 % 13) as f64 / 12.0 - 0.5) * 0.18;
                        Circle::new((middle + jitter, y), 2, group.color.mix(0.35).filled())
                    });
                    chart.draw_series(dots).map_err(drawing)?;
                    if let Some(e) = &estimates[place] {
                        let mark = |y: f64, half: f64, width: u32| {
                            PathElement::new(
                                [(middle - half, y), (middle + half, y)],
                                theme.text.stroke_width(width),
                            )
                        };
                        let error = PathElement::new(
                            [(middle, e.mean - spread(e)), (middle, e.mean + spread(e))],
                            theme.text.stroke_width(1),
                        );
                        chart
                            .draw_series([mark(e.mean, 0.13, 2), error])
                            .map_err(drawing)?;
                    }
                }
            }
        }
    }
    match &panel.x {
        Axis::Tasks => {
            // Names stand at the lines' ends, a line's height apart.
            let height = (high + room - low) / 206.0 * 12.0;
            ends.sort_by(|a, b| a.0.total_cmp(&b.0));
            let mut floor = f64::NEG_INFINITY;
            for (y, g) in ends {
                let at = y.max(floor + height);
                floor = at;
                let group = &panel.groups[g];
                let style = TextStyle {
                    color: group.color.to_backend_color(),
                    ..theme.font(11.0)
                };
                let style = style.pos(Pos::new(HPos::Left, VPos::Center));
                let place = ((places as f64 - 1.0) * 1.02, at);
                let label = Text::new(group.name.clone(), place, style);
                chart.draw_series([label]).map_err(drawing)?;
            }
        }
        Axis::Names(_) => {
            let named = panel.groups.iter().filter(|g| !g.name.is_empty());
            for (i, group) in named.enumerate() {
                let style = TextStyle {
                    color: group.color.to_backend_color(),
                    ..theme.font(12.0)
                };
                let place = (178 + 58 * i as i32, 8);
                area.draw(&Text::new(group.name.clone(), place, style))
                    .map_err(drawing)?;
            }
        }
    }
    Ok(())
}
