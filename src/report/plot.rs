//! Small plots of several runs side by side: over one setting as marks with their spread, over two as a map
//! of cells. The terminal draws them as SVG, the page as its charts.

use serde::Serialize;

use crate::config::Condition;

/// The most plots of one document, and of one sweep on the page.
pub const MOST_PLOTS: usize = 96;

/// A number with its spread.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(rename = "PlotMark"))]
pub struct Mark {
    /// Which run it is of, by its place in the list of all of them, from 0; of a course after how many tasks.
    pub point: u32,
    /// A mean over seeds, or the effect of a claim's part.
    pub value: f64,
    /// Where its spread begins and ends; none where it has none.
    pub ends: Option<[f64; 2]>,
    /// Whether it stands out: filled, or framed in a map.
    pub strong: bool,
}

/// A line of marks, one for each place along the axis below; none where nothing was measured.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(rename = "PlotSeries"))]
pub struct Series {
    /// Its name; empty for the only one.
    pub name: String,
    /// Whose colour it has.
    pub condition: Condition,
    /// Whether it is what the others are held against: pale and dashed.
    pub is_behind: bool,
    /// For each of the plot's names a mark; none where nothing was measured.
    pub marks: Vec<Option<Mark>>,
}

/// What a plot shows.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(rename = "PlotShown"))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Shown {
    /// Marks over one setting.
    Lines {
        /// A line for each condition, for trunk and branch, or a single one.
        series: Vec<Series>,
        /// Whether a line joins the marks: the places are numbers, and what lies between them has a meaning.
        is_joined: bool,
    },
    /// Cells over two: row by row, from below.
    Map {
        /// What the rows are.
        label: String,
        /// Their names, from below.
        rows: Vec<String>,
        /// For each row a mark for each column.
        cells: Vec<Vec<Option<Mark>>>,
    },
}

/// A small plot with the words around it.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(rename = "SmallPlot"))]
pub struct Plot {
    /// What stands over it.
    pub title: String,
    /// The line under that.
    pub note: String,
    /// The number of the claim that it is a part of, and marks stand out where that holds; none of a measure.
    pub claim: Option<u32>,
    /// What is measured: it stands along the upright axis of lines.
    pub measure: String,
    /// What the places along the axis below are.
    pub label: String,
    /// Their names.
    pub names: Vec<String>,
    /// Lines over one setting, or a map over two.
    pub shown: Shown,
}
