//! The adapter and its device: what is asked for, and in words what is missing.

use std::sync::{Arc, Mutex, PoisonError};

use super::kernels::{STAGES, Stage};

/// What the GPU can't do or did wrong.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GpuError {
    /// There is no adapter at all.
    #[error("no GPU adapter was found ({0})")]
    NoAdapter(String),
    /// The adapter lacks something the shaders need.
    #[error("the GPU {adapter} lacks what is needed: {missing}")]
    Lacking {
        /// The adapter's name.
        adapter: String,
        /// What it lacks, in words.
        missing: String,
    },
    /// The adapter would not give a device.
    #[error("the GPU gave no device: {0}")]
    NoDevice(String),
    /// The device went away: a driver's reset, sleep, too little memory.
    #[error("the GPU was lost: {0}")]
    Lost(String),
    /// Too little memory for even one seed.
    #[error(
        "one seed of this network needs a buffer of {needed} MB, but the GPU allows {allowed} MB"
    )]
    TooLarge {
        /// Megabytes needed.
        needed: u64,
        /// Megabytes allowed.
        allowed: u64,
    },
    /// More inner steps than the shaders take.
    #[error("a step has {asked} inner steps, but the GPU engine takes at most {most}")]
    InnerSteps {
        /// Current samples of a step.
        asked: u32,
        /// The most they take.
        most: u32,
    },
    /// Asked for something that only other engines do.
    #[error("the GPU engine does not do second-order meta-gradients yet; use the CPU engine")]
    SecondOrder,
}

/// An adapter with its device, ready to make buffers, and every stage compiled.
#[derive(Debug)]
pub struct Gpu {
    pub(super) device: wgpu::Device,
    pub(super) queue: wgpu::Queue,
    /// In the order of [`STAGES`].
    pipelines: Vec<wgpu::ComputePipeline>,
    /// The adapter's name; a browser may keep it to itself.
    pub name: String,
    /// The graphics interface beneath.
    pub backend: String,
    /// Whether it is a program on the CPU; a browser does not tell.
    pub is_software: bool,
    failure: Arc<Mutex<Option<GpuError>>>,
}

/// One adapter, for `metacls info`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AdapterInfo {
    /// Its name.
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
    /// Takes the best adapter there is and compiles every stage.
    ///
    /// # Errors
    /// If there is none, if it lacks something, or if a shader does not compile on it.
    pub async fn open() -> Result<Self, GpuError> {
        let adapter = instance()
            .request_adapter(&wgpu::RequestAdapterOptions {
                power_preference: wgpu::PowerPreference::HighPerformance,
                ..Default::default()
            })
            .await
            .map_err(|e| GpuError::NoAdapter(e.to_string()))?;
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
        let (device, queue) = adapter
            .request_device(&wgpu::DeviceDescriptor {
                label: Some("metacls"),
                required_limits: limits,
                ..Default::default()
            })
            .await
            .map_err(|e| GpuError::NoDevice(e.to_string()))?;
        let failure = Arc::new(Mutex::new(None));
        let note = |failure: &Arc<Mutex<Option<GpuError>>>, words: String| {
            let mut held = failure.lock().unwrap_or_else(PoisonError::into_inner);
            held.get_or_insert(GpuError::Lost(words));
        };
        let noted = failure.clone();
        device.set_device_lost_callback(move |reason, words| {
            // A device that we drop ourselves is no loss.
            if reason != wgpu::DeviceLostReason::Destroyed {
                note(&noted, words);
            }
        });
        let noted = failure.clone();
        device.on_uncaptured_error(Arc::new(move |e: wgpu::Error| note(&noted, e.to_string())));
        let pipelines = STAGES.iter().map(|s| compile(&device, s)).collect();
        let gpu = Self {
            device,
            queue,
            pipelines,
            name: if info.name.is_empty() {
                "GPU".into()
            } else {
                info.name
            },
            backend: info.backend.to_string(),
            is_software: info.device_type == wgpu::DeviceType::Cpu,
            failure,
        };
        gpu.wait().await?;
        Ok(gpu)
    }

    /// A stage, compiled.
    pub(super) fn pipeline(&self, stage: &Stage) -> &wgpu::ComputePipeline {
        let position = STAGES.iter().position(|s| s.name == stage.name);
        &self.pipelines[position.unwrap_or(STAGES.len())]
    }

    /// The first thing that went wrong on the device, if any has.
    ///
    /// # Errors
    /// That thing.
    pub fn check(&self) -> Result<(), GpuError> {
        match &*self.failure.lock().unwrap_or_else(PoisonError::into_inner) {
            Some(e) => Err(e.clone()),
            None => Ok(()),
        }
    }

    /// Destroys the device, as a driver's reset would: for trying out what follows a loss.
    pub fn lose(&self) {
        self.device.destroy();
    }

    /// Bytes that one buffer may have.
    pub fn largest_buffer(&self) -> u64 {
        let limits = self.device.limits();
        limits
            .max_storage_buffer_binding_size
            .min(limits.max_buffer_size)
    }

    /// Waits until all that was submitted is done.
    ///
    /// # Errors
    /// If the device failed.
    pub async fn wait(&self) -> Result<(), GpuError> {
        let (done, when_done) = futures_channel::oneshot::channel();
        self.queue.on_submitted_work_done(move || {
            let _ = done.send(());
        });
        self.poll();
        let _ = when_done.await;
        self.check()
    }

    /// Natively, polls the device until its callbacks have been called; a browser does so by itself.
    fn poll(&self) {
        #[cfg(not(target_arch = "wasm32"))]
        let _ = self.device.poll(wgpu::PollType::wait_indefinitely());
    }

    /// Copies a range of a buffer, in f32 elements, to the host.
    ///
    /// # Errors
    /// If the device failed.
    pub(super) async fn read(
        &self,
        buffer: &wgpu::Buffer,
        at: u64,
        len: u64,
    ) -> Result<Vec<u32>, GpuError> {
        let staging = self.device.create_buffer(&wgpu::BufferDescriptor {
            label: Some("readback"),
            size: len * 4,
            usage: wgpu::BufferUsages::MAP_READ | wgpu::BufferUsages::COPY_DST,
            mapped_at_creation: false,
        });
        let mut encoder = self.device.create_command_encoder(&Default::default());
        encoder.copy_buffer_to_buffer(buffer, at * 4, &staging, 0, len * 4);
        self.queue.submit([encoder.finish()]);
        let (done, when_done) = futures_channel::oneshot::channel();
        staging.map_async(wgpu::MapMode::Read, .., move |result| {
            let _ = done.send(result);
        });
        self.poll();
        let lost = |words: String| self.check().err().unwrap_or(GpuError::Lost(words));
        match when_done.await {
            Ok(Ok(())) => {}
            Ok(Err(e)) => return Err(lost(e.to_string())),
            Err(_) => return Err(lost("its answer never came".into())),
        }
        self.check()?;
        let view = staging
            .get_mapped_range(..)
            .map_err(|e| lost(e.to_string()))?;
        Ok(bytemuck::pod_collect_to_vec(&view))
    }
}

fn compile(device: &wgpu::Device, stage: &Stage) -> wgpu::ComputePipeline {
    let module = device.create_shader_module(wgpu::ShaderModuleDescriptor {
        label: Some(stage.name),
        source: wgpu::ShaderSource::Wgsl(stage.source().into()),
    });
    device.create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
        label: Some(stage.name),
        layout: None,
        module: &module,
        entry_point: Some(stage.name),
        compilation_options: Default::default(),
        cache: None,
    })
}
