//! `metacls info`: what there is to run, and on what.

use metacls::data::DataSet;
use metacls::experiments;
use metacls::gpu::device::adapters;

use super::Failure;
use super::voice::print;

/// The registry as JSON, as the page takes it: [`experiments::Catalog`].
pub(super) fn catalog() -> Result<(), Failure> {
    let json = serde_json::to_string_pretty(&experiments::catalog()).map_err(Failure::failed)?;
    print(&json)
}

pub(super) fn info() -> Result<(), Failure> {
    print(&format!("metacls {}", env!("CARGO_PKG_VERSION")))?;
    print("\nPresets")?;
    for e in experiments::all() {
        print(&format!("  {:<9} {}", e.id, e.sentence))?;
    }
    print("\nEngines")?;
    print("  gpu        WGSL compute shaders in float32; first and second order")?;
    print(
        "  cpu        all cores, float32, the same bits on every processor; first and second order",
    )?;
    print("  reference  the method in plain loops, all cores; first and second order")?;
    print("\nGPU adapters")?;
    let all = pollster::block_on(adapters());
    if all.is_empty() {
        print("  none: engine gpu can't be used, auto takes the cpu")?;
    }
    for adapter in all {
        let fitness = adapter
            .missing
            .map_or("usable".into(), |m| format!("lacks {m}"));
        print(&format!(
            "  {} ({}): {fitness}",
            adapter.name, adapter.backend
        ))?;
    }
    Ok(())
}

/// Every knob, group by group.
pub(super) fn knobs() -> Result<(), Failure> {
    let mut group = "";
    for field in experiments::knobs::fields() {
        if field.group != group {
            group = field.group;
            print(&format!("\n{group}"))?;
        }
        let unit = match field.unit {
            "" => String::new(),
            unit => format!(" ({unit})"),
        };
        print(&format!(
            "  {}: {}{unit}. {}",
            field.name, field.label, field.meaning
        ))?;
        print(&format!(
            "      Allowed: {}. Figures: {}.",
            field.kind.allowed(),
            field.paper
        ))?;
    }
    Ok(())
}

/// Every data set of the catalogue.
pub(super) fn data_sets() -> Result<(), Failure> {
    for set in DataSet::ALL {
        let row = set.row();
        print(&format!("{}: {}, {}", set.word(), row.title, row.extent()))?;
        print(&format!("    licence: {}", row.licence))?;
        let Some(files) = row.files else { continue };
        print(&format!(
            "    files, plain or .gz{}; SHA-256 unpacked:",
            row.reading()
        ))?;
        for (place, file) in files.iter().enumerate() {
            let sum = row
                .sha256(place)
                .unwrap_or("not on record: can't be verified");
            print(&format!("        {file}: {sum}"))?;
        }
    }
    Ok(())
}
