//! What a device does at its best, measured by small kernels: the floors that a step is held against, and
//! what tells a real GPU from one that is a program.

use web_time::Instant;

use super::device::Gpu;
use super::fault::GpuError;

/// Operations of one thread of kernel `compute`: a vector of four multiplied and added to, sixteen times in
/// 64 turns.
const OPERATIONS: u64 = 64 * 16 * 4 * 2;
/// Threads of a workgroup.
const GROUP: u64 = 64;
/// Workgroups in a row: a dispatch of more has several rows.
const ROW: u64 = 65_535;
/// Seconds that one measurement takes at least.
const SECONDS: f64 = 0.05;

/// What a device does at its best.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Floors {
    /// Bytes read and bytes written a second, together, by a copy of 64 MiB.
    pub copied_bytes: f64,
    /// Multiplications and additions a second, in registers.
    pub operations: f64,
    /// Seconds of a dispatch that does next to nothing, among many.
    pub dispatch: f64,
}

/// The kernels, with what they bind.
struct Probe<'a> {
    gpu: &'a Gpu,
    module: wgpu::ShaderModule,
    source: wgpu::Buffer,
    copied: wgpu::Buffer,
}

impl<'a> Probe<'a> {
    fn new(gpu: &'a Gpu, bytes: u64) -> Self {
        let buffer = || {
            gpu.buffer(&wgpu::BufferDescriptor {
                label: Some("probe"),
                size: bytes,
                usage: wgpu::BufferUsages::STORAGE,
                mapped_at_creation: false,
            })
        };
        let module = gpu
            .device
            .create_shader_module(wgpu::ShaderModuleDescriptor {
                label: Some("probe"),
                source: wgpu::ShaderSource::Wgsl(
                    include_str!(concat!(env!("OUT_DIR"), "/shaders/probe.wgsl")).into(),
                ),
            });
        Self {
            gpu,
            module,
            source: buffer(),
            copied: buffer(),
        }
    }

    /// Seconds that one dispatch of a kernel takes: of as many, doubled until they take long enough, at most
    /// `most`.
    async fn seconds(&self, kernel: &str, groups: u64, most: u32) -> Result<f64, GpuError> {
        let device = &self.gpu.device;
        let pipeline = device.create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
            label: Some(kernel),
            layout: None,
            module: &self.module,
            entry_point: Some(kernel),
            compilation_options: Default::default(),
            cache: None,
        });
        let group = device.create_bind_group(&wgpu::BindGroupDescriptor {
            label: Some(kernel),
            layout: &pipeline.get_bind_group_layout(0),
            entries: &[
                wgpu::BindGroupEntry {
                    binding: 0,
                    resource: self.source.as_entire_binding(),
                },
                wgpu::BindGroupEntry {
                    binding: 1,
                    resource: self.copied.as_entire_binding(),
                },
            ],
        });
        let run = async |times: u32| {
            let start = Instant::now();
            let mut encoder = device.create_command_encoder(&Default::default());
            {
                let mut pass = encoder.begin_compute_pass(&Default::default());
                pass.set_pipeline(&pipeline);
                pass.set_bind_group(0, &group, &[]);
                for _ in 0..times {
                    pass.dispatch_workgroups(
                        groups.min(ROW) as u32,
                        groups.div_ceil(ROW) as u32,
                        1,
                    );
                }
            }
            self.gpu.queue.submit([encoder.finish()]);
            self.gpu.wait().await?;
            Ok::<f64, GpuError>(start.elapsed().as_secs_f64())
        };
        // The first compiles.
        run(1).await?;
        let mut times = 1;
        loop {
            let seconds = run(times).await?;
            if seconds >= SECONDS || times >= most {
                return Ok(seconds / f64::from(times));
            }
            times *= 2;
        }
    }
}

impl Gpu {
    /// Measures what the device does at its best: some tenths of a second.
    ///
    /// # Errors
    /// If the device failed.
    pub async fn floors(&self) -> Result<Floors, GpuError> {
        let bytes = (64 << 20).min(self.largest_buffer());
        let probe = Probe::new(self, bytes);
        let copy = probe.seconds("copy", bytes / 16 / GROUP, 1 << 12).await?;
        let groups = 1 << 12;
        let compute = probe.seconds("compute", groups, 1 << 12).await?;
        let dispatch = probe.seconds("nothing", 1, 1 << 12).await?;
        Ok(Floors {
            copied_bytes: 2.0 * bytes as f64 / copy,
            operations: (groups * GROUP * OPERATIONS) as f64 / compute,
            dispatch,
        })
    }

    /// Operations a second of a quarter of a thousand million of them, submitted and waited for once.
    ///
    /// # Errors
    /// If the device failed.
    pub(super) async fn rough_speed(&self) -> Result<f64, GpuError> {
        let groups = 1 << 9;
        let probe = Probe::new(self, 1 << 16);
        let seconds = probe.seconds("compute", groups, 1).await?;
        Ok((groups * GROUP * OPERATIONS) as f64 / seconds)
    }
}
