//! The adapter and its device: what is asked for, and in words what is missing.

use std::ops::Range;
use std::sync::{Arc, OnceLock};

use super::fault::{Failures, GpuError, Refusal, Refusals};
use super::kernels::{self, STAGES, Stage};
use super::patience::Patience;
use super::staging::Staging;
use super::tuning::{Tuning, Tunings};

/// An adapter with its device, ready to make buffers; stages are compiled when they are met first.
#[derive(Debug)]
pub struct Gpu {
    pub(super) device: wgpu::Device,
    pub(super) queue: wgpu::Queue,
    /// In the order of [`STAGES`].
    pipelines: Vec<OnceLock<wgpu::ComputePipeline>>,
    tuning: Tuning,
    /// The adapter's name; a browser may keep it to itself.
    pub name: String,
    /// The graphics interface beneath.
    pub backend: String,
    /// Whether it is a program on the CPU; a browser does not tell.
    pub is_software: bool,
    failures: Arc<Failures>,
    refusals: Refusals,
}

/// One adapter, for `metacls info`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AdapterInfo {
    /// Its name, as the driver gives it.
    pub name: String,
    /// The graphics interface beneath.
    pub backend: String,
    /// What it lacks; none if it can be used.
    pub missing: Option<String>,
}

fn instance() -> wgpu::Instance {
    wgpu::Instance::new(wgpu::InstanceDescriptor::new_without_display_handle())
}

/// All adapters of this machine, with what they lack.
#[cfg(not(target_arch = "wasm32"))]
pub async fn adapters() -> Vec<AdapterInfo> {
    let all = instance().enumerate_adapters(wgpu::Backends::all()).await;
    all.iter()
        .map(|adapter| {
            let info = adapter.get_info();
            AdapterInfo {
                name: info.name.clone(),
                backend: info.backend.to_string(),
                missing: missing(&adapter.limits()),
            }
        })
        .collect()
}

/// What an adapter's limits lack, in words.
fn missing(limits: &wgpu::Limits) -> Option<String> {
    let need = wgpu::Limits::default();
    let wants = [
        (
            "compute workgroups of 64",
            limits.max_compute_workgroup_size_x >= 64,
        ),
        (
            "64 threads in a workgroup",
            limits.max_compute_invocations_per_workgroup >= 64,
        ),
        (
            "8 storage buffers in a shader",
            limits.max_storage_buffers_per_shader_stage >= 8,
        ),
        (
            "65535 workgroups in a dispatch",
            limits.max_compute_workgroups_per_dimension >= 65_535,
        ),
        (
            "16 KB of shared memory",
            limits.max_compute_workgroup_storage_size >= need.max_compute_workgroup_storage_size,
        ),
    ];
    let lacks: Vec<&str> = wants.iter().filter(|w| !w.1).map(|w| w.0).collect();
    (!lacks.is_empty()).then(|| lacks.join(", "))
}

impl Gpu {
    /// Takes the best adapter there is. What it likes is what is remembered of it; else it is measured, and
    /// remembered. `named` is the adapter's name where a browser tells the page what wgpu can't see.
    ///
    /// # Errors
    /// If there is none, if it does not answer, if it lacks something, or if it fails at once.
    pub async fn open(
        patience: &Patience,
        named: Option<&str>,
        tunings: &Tunings,
    ) -> Result<Self, GpuError> {
        let adapter = adapter(patience).await?;
        let info = adapter.get_info();
        let offered = adapter.limits();
        if let Some(missing) = missing(&offered) {
            return Err(GpuError::Lacking {
                adapter: info.name,
                missing,
            });
        }
        // The web's own limits, but buffers as large as the adapter allows, up to 1 GiB.
        let most = 1_u64 << 30;
        let base = wgpu::Limits::default();
        let limits = wgpu::Limits {
            max_storage_buffer_binding_size: offered
                .max_storage_buffer_binding_size
                .min(most)
                .max(base.max_storage_buffer_binding_size),
            max_buffer_size: offered.max_buffer_size.min(most).max(base.max_buffer_size),
            ..base
        };
        let asked = async move {
            let wanted = wgpu::DeviceDescriptor {
                label: Some("metacls"),
                required_limits: limits,
                ..Default::default()
            };
            adapter.request_device(&wanted).await
        };
        let (device, queue) = patience
            .answer("a device", asked)
            .await?
            .map_err(|e| GpuError::NoDevice(e.to_string()))?;
        let failures = Arc::new(Failures::default());
        let noted = failures.clone();
        // Also one that we destroy ourselves: nobody asks one that was dropped.
        device.set_device_lost_callback(move |_, words| noted.note(GpuError::Lost(words)));
        let noted = failures.clone();
        device.on_uncaptured_error(Arc::new(move |e: wgpu::Error| noted.note(e.into())));
        // With another driver it is another adapter.
        let own = format!("{} {} {}", info.name, info.driver, info.driver_info);
        let mut gpu = Self {
            device,
            queue,
            pipelines: STAGES.iter().map(|_| OnceLock::new()).collect(),
            tuning: Tuning::SOFTWARE,
            name: if info.name.is_empty() {
                "GPU".into()
            } else {
                info.name
            },
            backend: info.backend.to_string(),
            is_software: info.device_type == wgpu::DeviceType::Cpu,
            failures,
            refusals: Refusals::default(),
        };
        let adapter = named.unwrap_or_else(|| own.trim());
        if let Some(tuning) = tunings.recall(adapter) {
            gpu.tuning = tuning;
        } else if !gpu.is_software {
            // A browser does not tell which kind an adapter is: it is measured.
            gpu.tuning = Tuning::of_walks(gpu.walks().await?);
            tunings.remember(adapter, gpu.tuning);
        }
        Ok(gpu)
    }

    /// A stage, compiled when it is met first. Who watches the device is told if it does not compile.
    pub(super) fn pipeline(&self, stage: &Stage) -> &wgpu::ComputePipeline {
        let position = STAGES.iter().position(|s| s.name == stage.name);
        self.pipelines[position.unwrap_or(STAGES.len())]
            .get_or_init(|| compile(&self.device, stage, self.walking()))
    }

    /// How many stages every run needs: a first-order step by walks, and evaluations.
    pub fn stages_of_every_run() -> usize {
        kernels::of_every_run().count()
    }

    /// Compiles one of [`Self::stages_of_every_run`], by its number, if it is not compiled yet; returns when
    /// that is done.
    ///
    /// # Errors
    /// If it does not compile on this device.
    pub async fn compile(&self, number: usize) -> Result<(), GpuError> {
        let watch = self.watch();
        if let Some(stage) = kernels::of_every_run().nth(number) {
            self.pipeline(stage);
        }
        watch.end().await
    }

    /// Compiles every stage, which are otherwise compiled when they are met first.
    ///
    /// # Errors
    /// If one does not compile on this device.
    pub async fn compile_all(&self) -> Result<(), GpuError> {
        let watch = self.watch();
        for stage in STAGES {
            self.pipeline(stage);
        }
        watch.end().await
    }

    /// Threads of a workgroup that walks a list of passes: as the device was found to like them.
    pub fn walking(&self) -> u32 {
        self.tuning.threads_of_a_walk
    }

    /// What went wrong on the device, if anything has.
    ///
    /// # Errors
    /// That thing.
    pub fn check(&self) -> Result<(), GpuError> {
        self.failures.check()
    }

    /// Watches what is done on the device until [`Watch::end`]. Whatever uses the device between the two must
    /// not wait: errors are looked for in the order in which watches began.
    pub(crate) fn watch(&self) -> Watch<'_> {
        let scope = |filter| self.device.push_error_scope(filter);
        let memory = scope(wgpu::ErrorFilter::OutOfMemory);
        let driver = scope(wgpu::ErrorFilter::Internal);
        let invalid = scope(wgpu::ErrorFilter::Validation);
        Watch {
            gpu: self,
            invalid,
            driver,
            memory,
        }
    }

    /// Makes a buffer. One that finds no memory is handed out all the same: who watches is told.
    pub(super) fn buffer(&self, wanted: &wgpu::BufferDescriptor<'_>) -> wgpu::Buffer {
        match self.refusals.refuses(wanted.size) {
            true => self.refused(wanted.size),
            false => self.device.create_buffer(wanted),
        }
    }

    /// A buffer that is none, as one without memory is; who watches is told.
    fn refused(&self, bytes: u64) -> wgpu::Buffer {
        let words = format!("{bytes} bytes were refused, as asked for");
        self.failures.note(GpuError::OutOfMemory(words));
        let scope = self.device.push_error_scope(wgpu::ErrorFilter::Validation);
        let buffer = self.device.create_buffer(&NOTHING);
        drop(scope.pop());
        buffer
    }

    /// Destroys the device, as a driver's reset would: for trying out what follows a loss.
    pub fn lose(&self) {
        self.device.destroy();
    }

    /// Refuses memory from now on, as a device without any would; none: no more.
    pub fn refuse(&self, refusal: Option<Refusal>) {
        self.refusals.set(refusal);
    }

    /// Asks for what no device does: for trying out what follows an error of this program.
    pub fn misuse(&self) {
        drop(self.device.create_buffer(&NOTHING));
    }

    /// Bytes that one buffer may have.
    pub fn largest_buffer(&self) -> u64 {
        let limits = self.device.limits();
        limits
            .max_storage_buffer_binding_size
            .min(limits.max_buffer_size)
    }

    /// Bytes that all buffers together may have. WebGPU does not say how much memory a GPU has, nor how much
    /// of it is free; the largest buffer that it offers is all that grows with it. Twice that, 256 MiB to 2
    /// GiB, leaves room for the desktop on GPUs of 4 GB and on those that share the computer's memory. Where
    /// even that is not there, the driver halves the wave.
    pub fn budget(&self) -> u64 {
        2 * self.largest_buffer()
    }

    /// Waits until all that was submitted is done.
    ///
    /// # Errors
    /// If the device failed.
    pub async fn wait(&self) -> Result<(), GpuError> {
        self.done().await;
        self.check()
    }

    async fn done(&self) {
        let (done, when_done) = futures_channel::oneshot::channel();
        self.queue.on_submitted_work_done(move || {
            let _ = done.send(());
        });
        self.poll();
        let _ = when_done.await;
    }

    /// Natively, polls the device until its callbacks have been called; a browser does so by itself.
    fn poll(&self) {
        #[cfg(not(target_arch = "wasm32"))]
        let _ = self.device.poll(wgpu::PollType::wait_indefinitely());
    }

    /// Copies a range of a buffer, in f32 elements, to the host, by one of the buffers of `staging`.
    ///
    /// # Errors
    /// If the device failed.
    pub(super) async fn read(
        &self,
        staging: &Staging,
        buffer: &wgpu::Buffer,
        at: u64,
        len: u64,
    ) -> Result<Vec<u32>, GpuError> {
        let words = bytemuck::pod_collect_to_vec;
        self.read_by(staging, len, buffer, at..at + len, words)
            .await
    }

    /// Copies a range of a buffer, in f32 elements, and hands its bytes out where they lie: in one of the
    /// buffers of `staging` that has room for `most` elements, made if there is none.
    ///
    /// # Errors
    /// If the device failed.
    pub(super) async fn read_by<T>(
        &self,
        staging: &Staging,
        most: u64,
        buffer: &wgpu::Buffer,
        range: Range<u64>,
        with: impl FnOnce(&[u8]) -> T,
    ) -> Result<T, GpuError> {
        let watch = self.watch();
        let through = self.staging_buffer(staging, most * 4);
        let bytes = (range.end - range.start) * 4;
        // One that found no memory is smaller; the watch tells.
        let mapped = ..bytes.min(through.size());
        let mut encoder = self.device.create_command_encoder(&Default::default());
        encoder.copy_buffer_to_buffer(buffer, range.start * 4, &through, 0, bytes);
        self.queue.submit([encoder.finish()]);
        let (done, when_done) = futures_channel::oneshot::channel();
        through.map_async(wgpu::MapMode::Read, mapped, move |result| {
            let _ = done.send(result);
        });
        watch.end().await?;
        let lost = |words: String| self.check().err().unwrap_or(GpuError::Lost(words));
        match when_done.await {
            Ok(Ok(())) => {}
            Ok(Err(e)) => return Err(lost(e.to_string())),
            Err(_) => return Err(lost("its answer never came".into())),
        }
        self.check()?;
        let view = through
            .get_mapped_range(mapped)
            .map_err(|e| lost(e.to_string()))?;
        let got = with(&view);
        drop(view);
        through.unmap();
        staging.keep(most * 4, through);
        Ok(got)
    }

    /// A buffer of so many bytes for a read. Refused memory is refused to one that is there, too: so every
    /// read is tried out.
    fn staging_buffer(&self, staging: &Staging, bytes: u64) -> wgpu::Buffer {
        if self.refusals.refuses(bytes) {
            return self.refused(bytes);
        }
        let make = || {
            self.device.create_buffer(&wgpu::BufferDescriptor {
                label: Some("readback"),
                size: bytes,
                usage: wgpu::BufferUsages::MAP_READ | wgpu::BufferUsages::COPY_DST,
                mapped_at_creation: false,
            })
        };
        staging.take(bytes).unwrap_or_else(make)
    }
}

/// A buffer of no use: no device makes one.
const NOTHING: wgpu::BufferDescriptor<'_> = wgpu::BufferDescriptor {
    label: Some("nothing"),
    size: 4,
    usage: wgpu::BufferUsages::empty(),
    mapped_at_creation: false,
};

/// Looks for errors of what is done on a device from its beginning to its end. Dropped, it forgets them.
#[must_use = "what is watched and not ended is not told"]
pub(crate) struct Watch<'a> {
    gpu: &'a Gpu,
    // In the order in which they are dropped: the last that began is the first to end.
    invalid: wgpu::ErrorScopeGuard,
    driver: wgpu::ErrorScopeGuard,
    memory: wgpu::ErrorScopeGuard,
}

impl Watch<'_> {
    /// Waits until what was watched is done.
    ///
    /// # Errors
    /// If anything of it failed.
    pub(crate) async fn end(self) -> Result<(), GpuError> {
        let [invalid, driver, memory] = [self.invalid, self.driver, self.memory].map(|s| s.pop());
        self.gpu.done().await;
        for fault in [memory, driver, invalid] {
            if let Some(error) = fault.await {
                self.gpu.failures.note(error.into());
            }
        }
        self.gpu.check()
    }
}

/// The best adapter there is. A browser may have none at first, while its GPU process begins again: it is
/// asked again.
async fn adapter(patience: &Patience) -> Result<wgpu::Adapter, GpuError> {
    let mut found = Err(GpuError::NoAdapter(String::new()));
    for left in (0..patience.tries()).rev() {
        let asked = async {
            let wanted = wgpu::RequestAdapterOptions {
                power_preference: wgpu::PowerPreference::HighPerformance,
                ..Default::default()
            };
            instance().request_adapter(&wanted).await
        };
        found = patience
            .answer("an adapter", asked)
            .await?
            .map_err(|e| GpuError::NoAdapter(e.to_string()));
        if found.is_ok() || left == 0 {
            break;
        }
        patience.pause().await;
    }
    found
}

fn compile(device: &wgpu::Device, stage: &Stage, walking: u32) -> wgpu::ComputePipeline {
    let described = wgpu::ShaderModuleDescriptor {
        label: Some(stage.name),
        source: wgpu::ShaderSource::Wgsl(stage.source(walking).into()),
    };
    // Natively wgpu ends every loop after so many turns, by a counter that costs an observe step a seventh
    // (docs/gpu.md); a browser takes the shader as it is. Indices are checked as ever.
    let checks = wgpu::ShaderRuntimeChecks {
        force_loop_bounding: false,
        ..wgpu::ShaderRuntimeChecks::checked()
    };
    // SAFETY: without that counter a loop without end would be undefined behaviour. Every loop in `shaders/`
    // counts up, down or by halves to a bound that it does not change.
    #[allow(unsafe_code)]
    let module = unsafe { device.create_shader_module_trusted(described, checks) };
    device.create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
        label: Some(stage.name),
        layout: None,
        module: &module,
        entry_point: Some(stage.entry),
        compilation_options: Default::default(),
        cache: None,
    })
}
