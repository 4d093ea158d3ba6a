//! `metacls info`: what there is to run, and on what.

use metacls::experiments;
use metacls::gpu::device::adapters;

use super::{Failure, print};

/// The registry as JSON, as the page takes it: a list of [`experiments::Experiment`].
pub(super) fn catalog() -> Result<(), Failure> {
    let json = serde_json::to_string_pretty(&experiments::all()).map_err(Failure::failed)?;
    print(&json)
}

pub(super) fn info() {
    println!("metacls {}", env!("CARGO_PKG_VERSION"));
    println!("\nPresets");
    for e in experiments::all() {
        println!("  {:<9} {}", e.id, e.sentence);
    }
    println!("\nEngines");
    println!("  gpu        WGSL compute shaders in float32; first order");
    println!("  cpu        matrix products on all cores, float32; first and second order");
    println!("  reference  the method in plain loops, all cores; first and second order");
    println!("\nGPU adapters");
    let all = pollster::block_on(adapters());
    if all.is_empty() {
        println!("  none: engine gpu can't be used, auto takes the cpu");
    }
    for adapter in all {
        let fitness = adapter
            .missing
            .map_or("usable".into(), |m| format!("lacks {m}"));
        println!("  {} ({}): {fitness}", adapter.name, adapter.backend);
    }
}

/// Every knob, group by group.
pub(super) fn knobs() {
    let mut group = "";
    for field in experiments::knobs::fields() {
        if field.group != group {
            group = field.group;
            println!("\n{group}");
        }
        let unit = match field.unit {
            "" => String::new(),
            unit => format!(" ({unit})"),
        };
        println!("  {}: {}{unit}. {}", field.name, field.label, field.meaning);
        println!(
            "      Allowed: {}. Figures: {}.",
            field.kind.allowed(),
            field.paper
        );
    }
}
