//! What the trainer's commands set and its run reads, turn by turn of the worker's event loop.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use futures_channel::oneshot;

use super::page::{Page, awaited};
use crate::data::Dataset;
use crate::driver::Driver;
use crate::inspect::{self, Probe};
use crate::messages::Words;
use crate::protocol::{Event, Export, KeptRun, RunRequest, State, StepUnit};
use crate::stream::View;

/// The trainer's state between commands.
pub(super) struct Session {
    pub(super) page: Page,
    pub(super) data: Option<Arc<Dataset>>,
    /// The newest run's number; 0 before the first.
    pub(super) newest: u32,
    pub(super) asked: Option<RunRequest>,
    /// What the run that is begun next goes on from.
    pub(super) kept: Option<KeptRun>,
    pub(super) paused: bool,
    pub(super) step: Option<StepUnit>,
    pub(super) probe: Probe,
    /// What tells the newest run's tasks apart, for the probe's strip.
    pub(super) views: Vec<View>,
    pub(super) requests: Vec<LaneRequest>,
    /// Why there are fewer lane workers than were wanted, in words, if there are.
    pub(super) short_of_workers: Option<String>,
    wake: Option<oneshot::Sender<()>>,
    /// Whether something came to look at while no run waited.
    called: bool,
}

/// What is asked of a run's lanes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LaneRequest {
    /// Everything measured so far, as a file.
    Export(Export),
    /// The watched lanes' units now.
    Snapshot,
    /// The weights of a unit of the first layer.
    Receptive { lane: u32, unit: u32 },
    /// A walk through a lane's next step.
    Trace { lane: u32 },
}

impl Session {
    pub(super) fn new(page: Page) -> Self {
        Self {
            page,
            data: None,
            newest: 0,
            asked: None,
            kept: None,
            paused: false,
            step: None,
            probe: Probe::default(),
            views: Vec::new(),
            requests: Vec::new(),
            short_of_workers: None,
            wake: None,
            called: false,
        }
    }

    /// Posts what is of no run: images, and what was seen wrong before one began.
    pub(super) fn post(&self, event: &Event) {
        self.send(None, event);
    }

    fn send(&self, run: Option<u32>, event: &Event) {
        // Nobody is left to be told if posting fails.
        let _ = self.page.post(run, &super::record(event));
    }

    /// Fails a command that began no run.
    pub(super) fn fail(&self, words: Words) {
        self.post(&Event::State {
            state: State::Failed,
            words: words.what.clone(),
        });
        self.post(&Event::Failed(words));
    }

    /// Lets a run that waits look again; one that is at work looks again before it waits.
    pub(super) fn wake(&mut self) {
        match self.wake.take() {
            Some(wake) => {
                let _ = wake.send(());
            }
            None => self.called = true,
        }
    }

    /// Asks something of the newest run's lanes.
    pub(super) fn request(&mut self, request: LaneRequest) {
        if !self.requests.contains(&request) {
            self.requests.push(request);
        }
        self.wake();
    }

    /// Lets go of what was asked of lanes that can't be asked any more; who waits for a file is told.
    pub(super) fn refuse_requests(&mut self) {
        for request in std::mem::take(&mut self.requests) {
            if let LaneRequest::Export(export) = request {
                self.refuse(export);
            }
        }
    }

    /// Says that a file can't be made.
    pub(super) fn refuse(&self, export: Export) {
        self.post(&Event::NotExported {
            number: export.number,
        });
    }

    /// What is watched from now on.
    pub(super) fn probed(&self) -> Event {
        Event::Probed {
            probe: self.probe,
            pixels: self.probe.pixels(),
            strip: inspect::strip(self.probe.digit, &self.views),
        }
    }
}

/// One run's end of the session: what it posts carries its number, and once it is not the newest any more it
/// says nothing.
#[derive(Clone)]
pub(super) struct RunHandle {
    pub(super) session: Rc<RefCell<Session>>,
    number: u32,
}

impl RunHandle {
    /// Begins a run: the one before it is not the newest any more.
    pub(super) fn begin(session: &Rc<RefCell<Session>>, paused: bool) -> Self {
        let mut held = session.borrow_mut();
        held.newest += 1;
        held.paused = paused;
        held.step = None;
        held.refuse_requests();
        // A run that waits must see that it is not the newest any more.
        held.wake();
        Self {
            session: session.clone(),
            number: held.newest,
        }
    }

    /// The run that is the newest now.
    pub(super) fn newest(session: &Rc<RefCell<Session>>) -> Self {
        Self {
            session: session.clone(),
            number: session.borrow().newest,
        }
    }

    pub(super) fn is_newest(&self) -> bool {
        self.session.borrow().newest == self.number
    }

    pub(super) fn post(&self, event: &Event) {
        if self.is_newest() {
            self.session.borrow().send(Some(self.number), event);
        }
    }

    pub(super) fn state(&self, state: State, words: impl Into<String>) {
        self.post(&Event::State {
            state,
            words: words.into(),
        });
    }

    pub(super) fn fail(&self, words: Words) {
        self.state(State::Failed, words.what.clone());
        self.post(&Event::Failed(words));
    }

    /// Says which engine trains.
    pub(super) fn engine(&self, driver: &Driver, notice: Option<String>) {
        self.post(&Event::Engine {
            info: driver.engine().clone(),
            workers: driver.workers(),
            notice,
            changes: driver.results().engine_changes(),
        });
    }

    /// Lets the worker's event loop turn once.
    pub(super) async fn breathe(&self) {
        let turn = self.session.borrow().page.breathe();
        awaited(turn).await;
    }

    /// Lets so many seconds pass.
    pub(super) async fn rest(&self, seconds: f64) {
        let passed = self.session.borrow().page.rest(seconds);
        awaited(passed).await;
    }

    /// Waits until a command wakes the run. What came while the run was at work counts too: it may have come
    /// after the run looked.
    pub(super) async fn sleep(&self) {
        let (wake, woken) = oneshot::channel();
        {
            let mut session = self.session.borrow_mut();
            if std::mem::take(&mut session.called) || session.newest != self.number {
                return;
            }
            session.wake = Some(wake);
        }
        let _ = woken.await;
    }
}
