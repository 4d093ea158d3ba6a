//! `metacls verify`: an engine against conformance vectors.

use std::path::Path;
use std::sync::Arc;

use metacls::conformance::{Candidate, Report, Vector, check};
use metacls::engine::Device;
use metacls::engine::info::EngineChoice;
use metacls::formats;
use metacls::gpu::{Gpu, Patience, Tunings};
use metacls::messages;

use super::Failure;
use super::voice::print;

pub(super) fn verify(dir: &Path, engine: EngineChoice) -> Result<(), Failure> {
    let entries = std::fs::read_dir(dir)
        .map_err(|e| Failure::Usage(format!("{}: can't be read ({e})", dir.display())))?;
    let mut files: Vec<_> = entries
        .filter_map(|e| e.ok().map(|e| e.path()))
        .filter(|p| is_json(p))
        .collect();
    files.sort();
    if files.is_empty() {
        return Err(Failure::Usage(format!(
            "{}: there are no .json files",
            dir.display()
        )));
    }
    let device = match engine {
        EngineChoice::Gpu => Device::Gpu(Arc::new(
            pollster::block_on(Gpu::open(&Patience::default(), None, &Tunings::default()))
                .map_err(|e| Failure::failed(messages::gpu(&e)))?,
        )),
        EngineChoice::Cpu => Device::Cpu,
        EngineChoice::Auto | EngineChoice::Reference => Device::Reference,
    };
    let bound = match &device {
        Device::Gpu(gpu) => {
            print(&format!(
                "engine: gpu, {} ({}), bound 1e-3",
                gpu.name, gpu.backend
            ))?;
            1e-3
        }
        Device::Cpu | Device::Spread(_) => {
            print("engine: cpu in float32, bound 1e-4")?;
            1e-4
        }
        Device::Reference => {
            print("engine: reference in float64, bound 1e-9")?;
            1e-9
        }
    };
    let mut failures = 0;
    for file in &files {
        let name = file.file_stem().unwrap_or_default().to_string_lossy();
        let verdict = match judge(file, &device) {
            Ok(report) if report.deviation <= bound => {
                format!("{:>9.1e}  ok", report.deviation)
            }
            Ok(report) => {
                failures += 1;
                format!("{:>9.1e}  FAILED at {}", report.deviation, report.location)
            }
            Err(words) => {
                failures += 1;
                format!("FAILED: {words}")
            }
        };
        print(&format!("{name:<36} {verdict}"))?;
    }
    if failures > 0 {
        return Err(Failure::Failed(format!(
            "{failures} of {} files failed",
            files.len()
        )));
    }
    Ok(())
}

/// Whether a file is named as JSON, packed or not.
fn is_json(file: &Path) -> bool {
    let name = file.to_string_lossy().to_ascii_lowercase();
    name.ends_with(".json") || name.ends_with(".json.gz")
}

fn judge(file: &Path, device: &Device) -> Result<Report, String> {
    let name = file.display().to_string();
    let text = formats::bytes(file).and_then(|bytes| formats::text_of(&name, bytes));
    let vector = Vector::from_json(&name, &text.map_err(|e| e.to_string())?);
    let vector = vector.map_err(|e| e.to_string())?;
    let mut engine = match device {
        Device::Gpu(gpu) => Candidate::gpu(gpu.clone(), &vector).map_err(|e| e.to_string())?,
        Device::Cpu | Device::Spread(_) => Candidate::cpu(&vector),
        Device::Reference => Candidate::oracle(&vector),
    };
    let report = pollster::block_on(check(&vector, &mut engine));
    report.map_err(|e| e.to_string())
}
