//! What a device does, measured by small kernels: at its best, which a step is held against, and how its
//! workgroups wait, which tells a real GPU from one that is a program.

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
/// Units and columns of a plain product's tile, and inputs.
const TILE: u32 = 64;
const TILE_INPUTS: u32 = 16;
/// Bytes of a plain product's largest operand, at most.
const OPERAND: u64 = 128 << 20;
/// Seconds that one measurement takes at least.
const SECONDS: f64 = 0.05;
/// Workgroups of a short walk: so few that a small GPU has room for all at once, of 256 threads too.
const WALKERS: [u32; 3] = [4, 1, 1];
/// How often a floor is measured.
const SAMPLES: usize = 5;

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

/// A plain product as large as one of an evaluation's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProductSize {
    /// Lanes, each with a matrix of its own.
    pub lanes: u32,
    /// Lanes that share their columns, at least 1.
    pub per_seed: u32,
    /// Units of the matrix.
    pub units: u32,
    /// Its inputs.
    pub fan_in: u32,
    /// Columns of a lane.
    pub columns: u32,
}

impl ProductSize {
    /// Rounded up to whole tiles, and with so many lanes less that each operand fits into a buffer of `most`
    /// bytes: they are made beside a wave's.
    fn tiled(self, most: u64) -> Self {
        let tiled = |n: u32, tile: u32| n.max(1).div_ceil(tile).saturating_mul(tile);
        let [units, columns] = [self.units, self.columns].map(|n| tiled(n, TILE));
        let fan_in = tiled(self.fan_in, TILE_INPUTS);
        let [u, c, f] = [units, columns, fan_in].map(u64::from);
        let of_lane = 4 * (u * f).max(u * c).max(f * c);
        let capacity = u32::try_from(most / of_lane).unwrap_or(u32::MAX);
        Self {
            // A dispatch has no more workgroups along one side.
            lanes: self.lanes.min(capacity).clamp(1, ROW as u32),
            per_seed: self.per_seed.max(1),
            units,
            fan_in,
            columns,
        }
    }

    /// Additions and multiplications.
    fn operations(&self) -> f64 {
        let sides = [self.lanes, self.units, self.fan_in, self.columns];
        2.0 * sides.into_iter().map(f64::from).product::<f64>()
    }
}

/// The kernels of one file, with what they bind.
struct Probe<'a> {
    gpu: &'a Gpu,
    module: wgpu::ShaderModule,
    /// By their binding numbers.
    buffers: Vec<wgpu::Buffer>,
}

impl<'a> Probe<'a> {
    /// With storage buffers of so many bytes.
    fn new(gpu: &'a Gpu, label: &str, source: &str, sizes: &[u64]) -> Self {
        let buffer = |&size: &u64| {
            gpu.buffer(&wgpu::BufferDescriptor {
                label: Some(label),
                size,
                usage: wgpu::BufferUsages::STORAGE
                    | wgpu::BufferUsages::COPY_SRC
                    | wgpu::BufferUsages::COPY_DST,
                mapped_at_creation: false,
            })
        };
        let module = gpu
            .device
            .create_shader_module(wgpu::ShaderModuleDescriptor {
                label: Some(label),
                source: wgpu::ShaderSource::Wgsl(source.into()),
            });
        Self {
            gpu,
            module,
            buffers: sizes.iter().map(buffer).collect(),
        }
    }

    /// The kernels that the floors are measured by, on two buffers of so many bytes.
    fn of_floors(gpu: &'a Gpu, bytes: u64) -> Self {
        let source = include_str!(concat!(env!("OUT_DIR"), "/shaders/probe.wgsl"));
        Self::new(gpu, "probe", source, &[bytes; 2])
    }

    /// The kernels of a plain product of whole tiles.
    fn of_product(gpu: &'a Gpu, size: &ProductSize) -> Self {
        let source = include_str!(concat!(env!("OUT_DIR"), "/shaders/plain_product.wgsl"));
        let [lanes, units, fan_in, columns] =
            [size.lanes, size.units, size.fan_in, size.columns].map(u64::from);
        let seeds = lanes.div_ceil(size.per_seed.into());
        let operands = [lanes * units * fan_in, seeds * fan_in * columns];
        let sizes = [operands[0], operands[1], lanes * units * columns].map(|n| n * 4);
        let mut probe = Self::new(gpu, "plain product", source, &sizes);
        let words = gpu.buffer(&wgpu::BufferDescriptor {
            label: Some("sizes"),
            size: 16,
            usage: wgpu::BufferUsages::UNIFORM | wgpu::BufferUsages::COPY_DST,
            mapped_at_creation: false,
        });
        let sizes = [size.units / 4, size.columns / 4, size.fan_in, size.per_seed];
        gpu.queue
            .write_buffer(&words, 0, bytemuck::cast_slice(&sizes));
        probe.buffers.insert(0, words);
        probe
    }

    /// One of the kernels, ready to be measured: as many dispatches at once as take long enough, at most
    /// `most`.
    async fn kernel(
        &self,
        name: &str,
        groups: [u32; 3],
        most: u32,
    ) -> Result<Kernel<'a>, GpuError> {
        let device = &self.gpu.device;
        let pipeline = device.create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
            label: Some(name),
            layout: None,
            module: &self.module,
            entry_point: Some(name),
            compilation_options: Default::default(),
            cache: None,
        });
        let buffers = (0..).zip(&self.buffers);
        let entries: Vec<_> = buffers
            .map(|(binding, buffer)| wgpu::BindGroupEntry {
                binding,
                resource: buffer.as_entire_binding(),
            })
            .collect();
        let bound = device.create_bind_group(&wgpu::BindGroupDescriptor {
            label: Some(name),
            layout: &pipeline.get_bind_group_layout(0),
            entries: &entries,
        });
        let mut kernel = Kernel {
            gpu: self.gpu,
            pipeline,
            bound,
            groups,
            times: 1,
        };
        // The first compiles.
        kernel.seconds().await?;
        while kernel.times < most && kernel.seconds().await? * f64::from(kernel.times) < SECONDS {
            kernel.times *= 2;
        }
        Ok(kernel)
    }

    /// Seconds that one dispatch of a kernel takes, the least of some samples: a floor is not of a busy
    /// moment.
    async fn seconds(&self, name: &str, groups: [u32; 3]) -> Result<f64, GpuError> {
        let kernel = self.kernel(name, groups, 1 << 12).await?;
        let mut least = f64::INFINITY;
        for _ in 0..SAMPLES {
            least = least.min(kernel.seconds().await?);
        }
        Ok(least)
    }
}

/// A kernel with what it binds.
struct Kernel<'a> {
    gpu: &'a Gpu,
    pipeline: wgpu::ComputePipeline,
    bound: wgpu::BindGroup,
    groups: [u32; 3],
    /// Dispatches that are measured together.
    times: u32,
}

impl Kernel<'_> {
    /// Seconds that one dispatch takes now.
    async fn seconds(&self) -> Result<f64, GpuError> {
        let start = Instant::now();
        let mut encoder = self.gpu.device.create_command_encoder(&Default::default());
        {
            let mut pass = encoder.begin_compute_pass(&Default::default());
            pass.set_pipeline(&self.pipeline);
            pass.set_bind_group(0, &self.bound, &[]);
            for _ in 0..self.times {
                let [x, y, z] = self.groups;
                pass.dispatch_workgroups(x, y, z);
            }
        }
        self.gpu.queue.submit([encoder.finish()]);
        self.gpu.wait().await?;
        Ok(start.elapsed().as_secs_f64() / f64::from(self.times))
    }
}

/// A plain product, ready to be measured.
pub struct PlainProduct<'a> {
    /// By tiles in shared memory, and in registers.
    kernels: [Kernel<'a>; 2],
    operations: f64,
}

impl PlainProduct<'_> {
    /// Operations a second that it does now, by whichever kernel is faster here.
    ///
    /// # Errors
    /// If the device failed.
    pub async fn rate(&self) -> Result<f64, GpuError> {
        let [shared, registers] = &self.kernels;
        let least = shared.seconds().await?.min(registers.seconds().await?);
        Ok(self.operations / least)
    }
}

impl Gpu {
    /// Measures what the device does at its best: some tenths of a second.
    ///
    /// # Errors
    /// If the device failed.
    pub async fn floors(&self) -> Result<Floors, GpuError> {
        let bytes = (64 << 20).min(self.largest_buffer());
        let probe = Probe::of_floors(self, bytes);
        let all = bytes / 16 / GROUP;
        let copying = [all.min(ROW) as u32, all.div_ceil(ROW) as u32, 1];
        let copy = probe.seconds("copy", copying).await?;
        let groups = 1 << 12;
        let compute = probe.seconds("compute", [groups, 1, 1]).await?;
        let dispatch = probe.seconds("nothing", [1; 3]).await?;
        Ok(Floors {
            copied_bytes: 2.0 * bytes as f64 / copy,
            operations: (u64::from(groups) * GROUP * OPERATIONS) as f64 / compute,
            dispatch,
        })
    }

    /// A plain product of about that size: rounded up to whole tiles, and of fewer lanes where more than
    /// 128 MiB would be needed for one operand.
    ///
    /// # Errors
    /// If the device failed.
    pub async fn plain_product(&self, size: ProductSize) -> Result<PlainProduct<'_>, GpuError> {
        let size = size.tiled(OPERAND.min(self.largest_buffer()));
        let probe = Probe::of_product(self, &size);
        let groups = [size.units / TILE, size.columns / TILE, size.lanes];
        let shared = probe.kernel("by_shared", groups, 1 << 12).await?;
        let registers = probe.kernel("by_registers", groups, 1 << 12).await?;
        Ok(PlainProduct {
            kernels: [shared, registers],
            operations: size.operations(),
        })
    }

    /// Seconds of a short walk by workgroups of 64 threads and of 256, which wait for each other all the
    /// time: of each the least of three, in turn, for what is remembered should not be of a busy moment.
    ///
    /// # Errors
    /// If the device failed.
    pub(super) async fn walks(&self) -> Result<[f64; 2], GpuError> {
        let probe = Probe::of_floors(self, 1 << 16);
        let kernels = [
            probe.kernel("walk_of_64", WALKERS, 1 << 8).await?,
            probe.kernel("walk_of_256", WALKERS, 1 << 8).await?,
        ];
        let mut least = [f64::INFINITY; 2];
        for _ in 0..3 {
            for (least, kernel) in least.iter_mut().zip(&kernels) {
                *least = least.min(kernel.seconds().await?);
            }
        }
        Ok(least)
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::gpu::staging::Staging;
    use crate::gpu::{Patience, Tunings};

    fn size([lanes, per_seed, units, fan_in, columns]: [u32; 5]) -> ProductSize {
        ProductSize {
            lanes,
            per_seed,
            units,
            fan_in,
            columns,
        }
    }

    #[test]
    fn a_plain_product_is_of_whole_tiles_and_has_room() {
        let tiled = size([80, 5, 250, 784, 100]).tiled(OPERAND);
        assert_eq!(tiled, size([80, 5, 256, 784, 128]));
        assert_eq!(tiled.operations(), 2.0 * 80.0 * 256.0 * 784.0 * 128.0);
        let wide = size([80, 0, 4096, 4096, 1]).tiled(OPERAND);
        assert_eq!(wide, size([2, 1, 4096, 4096, 64]));
        // Even where one lane has none.
        assert_eq!(size([0, 0, 0, 0, 0]).tiled(1), size([1, 1, 64, 16, 64]));
    }

    /// Both kernels make the product that they are measured by.
    #[test]
    fn plain_products_are_right() {
        let Ok(gpu) =
            pollster::block_on(Gpu::open(&Patience::default(), None, &Tunings::default()))
        else {
            assert!(std::env::var_os("REQUIRE_GPU").is_none(), "no GPU");
            eprintln!("no GPU: skipped");
            return;
        };
        let size = size([3, 2, 128, 32, 64]);
        let [units, fan_in, columns] = [size.units, size.fan_in, size.columns].map(|n| n as usize);
        let number = |i: usize| (i.wrapping_mul(2_654_435_761) >> 7) as u8 as f32;
        let weights: Vec<f32> = (0..3 * fan_in * units).map(number).collect();
        let inputs: Vec<f32> = (5..5 + 2 * fan_in * columns).map(number).collect();
        let product = |at: usize| {
            let (lane, column, unit) = (at / units / columns, at / units % columns, at % units);
            let terms = (0..fan_in).map(|i| {
                let w = weights[(lane * fan_in + i) * units + unit];
                w * inputs[(lane / 2 * fan_in + i) * columns + column]
            });
            terms.sum::<f32>()
        };
        let expected: Vec<f32> = (0..3 * columns * units).map(product).collect();
        for kernel in ["by_shared", "by_registers"] {
            let probe = Probe::of_product(&gpu, &size);
            let write = |to: usize, what: &[f32]| {
                gpu.queue
                    .write_buffer(&probe.buffers[to], 0, bytemuck::cast_slice(what));
            };
            write(1, &weights);
            write(2, &inputs);
            let groups = [units as u32 / TILE, columns as u32 / TILE, 3];
            let ready = pollster::block_on(probe.kernel(kernel, groups, 1)).unwrap();
            assert_eq!(ready.times, 1);
            let (staging, len) = (Staging::default(), expected.len() as u64);
            let read = gpu.read(&staging, &probe.buffers[3], 0, len);
            let words = pollster::block_on(read).unwrap();
            // Whole numbers below 2^24: exact in any order.
            assert!(
                bytemuck::cast_slice::<u32, f32>(&words) == expected,
                "{kernel}"
            );
        }
    }
}
