//! What the page tells of the GPU and finds lane workers by, before an engine is opened.

use std::rc::Rc;

use super::lane_workers;
use super::page::{Page, awaited};
use super::session::RunHandle;
use crate::engine::Hints;
use crate::engine::info::EngineChoice;
use crate::engine::spread::{Finder, Sought};
use crate::gpu::patience::Rest;
use crate::gpu::tuning::{Remembers, Tuning};
use crate::gpu::{Patience, Tunings};

/// The adapter as the browser names it.
#[derive(Default, serde::Deserialize)]
struct Named {
    name: String,
    is_software: bool,
    silent: Option<u32>,
    /// What this browser remembers of it.
    tuning: Option<Tuning>,
}

/// What this browser remembers of the adapter, and what remembers it.
struct Remembered {
    recalled: Option<Tuning>,
    page: Page,
}

impl Remembers for Remembered {
    fn recall(&self, _: &str) -> Option<Tuning> {
        self.recalled
    }

    fn remember(&self, adapter: &str, tuning: Tuning) {
        let _ = self.page.remember(adapter, &super::record(&tuning));
    }
}

impl RunHandle {
    /// What is known of the GPU here; nothing is asked where none is wanted.
    pub(super) async fn hints(&self, choice: EngineChoice) -> Hints {
        let page = self.session.borrow().page.clone();
        let named: Named = match choice {
            EngineChoice::Auto | EngineChoice::Gpu => {
                let named = awaited(page.adapter()).await;
                serde_wasm_bindgen::from_value(named).unwrap_or_default()
            }
            EngineChoice::Cpu | EngineChoice::Reference => Named::default(),
        };
        let finder = self.clone();
        let find = move || -> Sought {
            let handle = finder.clone();
            Box::pin(async move { lane_workers::find(&handle, true).await })
        };
        let clock = page.clone();
        let timer: Rest = Rc::new(move |seconds| {
            let passed = clock.rest(seconds);
            Box::pin(async move {
                awaited(passed).await;
            })
        });
        Hints {
            adapter: (!named.name.is_empty()).then_some(named.name),
            is_software: named.is_software,
            silent: named.silent,
            patience: Patience::timed(timer),
            tunings: Tunings::of(Remembered {
                recalled: named.tuning,
                page,
            }),
            workers: Some(Finder(Rc::new(find))),
        }
    }
}
