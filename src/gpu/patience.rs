//! How long an adapter or a device is waited for. A driver that hangs, or a browser whose GPU process does,
//! may leave the question open for ever: after some seconds it counts as a no.

use std::pin::{Pin, pin};
use std::rc::Rc;
use std::task::Poll;

use super::fault::GpuError;

/// Seconds after which a question counts as not answered. An answer takes well under a second; a cold start
/// of a browser's GPU process on a slow computer two or three.
pub const SECONDS: u32 = 8;
/// Seconds before an adapter is asked for again where there was none.
const PAUSE: f64 = 0.5;

/// Lets so many seconds pass.
pub type Rest = Rc<dyn Fn(f64) -> Pin<Box<dyn Future<Output = ()>>>>;

/// How long it is waited, and by which clock.
#[derive(Clone)]
pub struct Patience {
    seconds: u32,
    rest: Option<Rest>,
}

impl Default for Patience {
    /// By a thread of its own; in a browser, where there is none, for ever.
    fn default() -> Self {
        Self {
            seconds: SECONDS,
            rest: None,
        }
    }
}

impl std::fmt::Debug for Patience {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Patience({} s)", self.seconds)
    }
}

/// What a future's output must be to come from another thread; in a browser there is none.
#[cfg(not(target_arch = "wasm32"))]
mod sent {
    pub trait Sent: Send + 'static {}
    impl<T: Send + 'static> Sent for T {}
}
#[cfg(target_arch = "wasm32")]
mod sent {
    pub trait Sent: 'static {}
    impl<T: 'static> Sent for T {}
}
use sent::Sent;

impl Patience {
    /// By a timer of the caller's, which lets seconds pass.
    pub fn timed(rest: Rest) -> Self {
        Self {
            seconds: SECONDS,
            rest: Some(rest),
        }
    }

    /// How often an adapter is asked for: a browser may have none at first. Natively what there is does not
    /// change.
    pub(super) fn tries(&self) -> u32 {
        if self.rest.is_some() { 2 } else { 1 }
    }

    /// Waits before an adapter is asked for again.
    pub(super) async fn pause(&self) {
        if let Some(rest) = &self.rest {
            rest(PAUSE).await;
        }
    }

    /// The answer to a question.
    ///
    /// # Errors
    /// If it does not come in time.
    pub(super) async fn answer<T: Sent>(
        &self,
        asked: &'static str,
        question: impl Future<Output = T> + Sent,
    ) -> Result<T, GpuError> {
        let seconds = self.seconds;
        let silent = GpuError::Silent { asked, seconds };
        match &self.rest {
            Some(rest) => first(question, rest(seconds.into())).await,
            None => unaided(question, seconds).await,
        }
        .ok_or(silent)
    }
}

/// What comes of work that may block its thread; none after so many seconds.
#[cfg(not(target_arch = "wasm32"))]
async fn unaided<T: Sent>(work: impl Future<Output = T> + Sent, seconds: u32) -> Option<T> {
    let (done, when_done) = std::sync::mpsc::channel();
    // Left to itself where it hangs: it ends with the program.
    std::thread::spawn(move || {
        let _ = done.send(pollster::block_on(work));
    });
    let time = std::time::Duration::from_secs(seconds.into());
    when_done.recv_timeout(time).ok()
}

#[cfg(target_arch = "wasm32")]
async fn unaided<T: Sent>(work: impl Future<Output = T> + Sent, _: u32) -> Option<T> {
    Some(work.await)
}

/// What comes of work, unless the time is over first.
async fn first<T>(work: impl Future<Output = T>, time: impl Future<Output = ()>) -> Option<T> {
    let (mut work, mut time) = (pin!(work), pin!(time));
    std::future::poll_fn(move |context| {
        if let Poll::Ready(done) = work.as_mut().poll(context) {
            return Poll::Ready(Some(done));
        }
        time.as_mut().poll(context).map(|()| None)
    })
    .await
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;

    fn asked<T: Sent>(
        patience: &Patience,
        question: impl Future<Output = T> + Sent,
    ) -> Result<T, GpuError> {
        pollster::block_on(patience.answer("an adapter", question))
    }

    #[test]
    fn who_does_not_answer_is_not_waited_for() {
        let silent = |seconds| GpuError::Silent {
            asked: "an adapter",
            seconds,
        };
        // A timer that is over at once, and one that never is.
        let over = Patience::timed(Rc::new(|_| Box::pin(std::future::ready(()))));
        let never = Patience::timed(Rc::new(|_| Box::pin(std::future::pending())));
        let hangs = std::future::pending::<u8>;
        assert_eq!(asked(&over, hangs()), Err(silent(SECONDS)));
        for patience in [&over, &never, &Patience::default()] {
            assert_eq!(asked(patience, async { 7 }), Ok(7));
        }
        // By a thread: also one that blocks in the driver.
        let short = Patience {
            seconds: 1,
            rest: None,
        };
        let blocks = async { std::thread::sleep(std::time::Duration::from_secs(60)) };
        assert_eq!(asked(&short, blocks), Err(silent(1)));
        assert_eq!(asked(&short, hangs()), Err(silent(1)));
        assert_eq!((never.tries(), short.tries()), (2, 1));
    }
}
