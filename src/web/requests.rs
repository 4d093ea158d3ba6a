//! What is asked of a run's lanes, done between two slices.

use super::notes::measured;
use super::session::{LaneRequest, RunHandle};
use crate::driver::Driver;
use crate::protocol::Event;

/// Stands in for a run that could not be opened, until another is begun: it has no lanes to ask.
pub(super) async fn refuse(handle: &RunHandle) {
    while handle.is_newest() {
        handle.session.borrow_mut().refuse_requests();
        handle.sleep().await;
    }
}

/// Does what was asked since the last turn.
pub(super) async fn serve(handle: &RunHandle, driver: &mut Driver) {
    let (requests, probe) = {
        let mut session = handle.session.borrow_mut();
        (std::mem::take(&mut session.requests), session.probe)
    };
    if !requests.is_empty() {
        // What fails here fails again in the next slice, which says so.
        let _ = driver.prepare().await;
    }
    for request in requests {
        match request {
            LaneRequest::Export(export) if handle.is_newest() => {
                handle.post(&measured(driver, Some(export)));
            }
            LaneRequest::Export(export) => handle.session.borrow().refuse(export),
            LaneRequest::Snapshot => {
                driver.watch(&probe, driver.pair());
                // What can't be seen now (a lost device) is seen when the run goes on.
                for (lane, snapshot) in driver.snapshots().await.unwrap_or_default() {
                    handle.post(&Event::Snapshot {
                        lane: lane as u32,
                        tasks_learned: None,
                        snapshot,
                    });
                }
            }
            LaneRequest::Trace { lane } => {
                if let Ok(Some(trace)) = driver.trace(lane as usize).await {
                    let trace = Box::new(trace);
                    handle.post(&Event::Traced { lane, trace });
                }
            }
            LaneRequest::Receptive { lane, unit } => {
                let seen = driver.receptive(lane as usize, unit as usize).await;
                if let Ok(Some([weights, learned])) = seen {
                    handle.post(&Event::Receptive {
                        lane,
                        unit,
                        weights,
                        learned,
                    });
                }
            }
        }
    }
}
