//! The bar that shows how pictures get on, on a terminal and only when it takes time.

use std::sync::OnceLock;
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::pipeline::Progress;

/// Pictures that are done sooner show no bar.
const PATIENCE: Duration = Duration::from_millis(400);

/// How often the estimate is looked at again while one picture takes long.
const TICK: Duration = Duration::from_millis(500);

/// A bar that goes when it is dropped.
pub struct Bar {
    bar: ProgressBar,
    /// Whether it may be shown at all.
    allowed: bool,
    /// Shows it after a while, unless the sender is dropped before.
    waiting: OnceLock<(Sender<()>, JoinHandle<()>)>,
}

impl Bar {
    /// A bar that isn't to be seen yet.
    pub fn new(allowed: bool) -> Self {
        let bar = ProgressBar::with_draw_target(Some(0), ProgressDrawTarget::hidden());
        if let Ok(style) = ProgressStyle::with_template("{bar:24} {pos} of {len} screens, {eta} left: {wide_msg}") {
            bar.set_style(style);
        }
        Self { bar, allowed, waiting: OnceLock::new() }
    }

    fn wait(&self) -> (Sender<()>, JoinHandle<()>) {
        let (end, ended) = mpsc::channel();
        let bar = self.bar.clone();
        let waiting = thread::spawn(move || {
            if ended.recv_timeout(PATIENCE) == Err(RecvTimeoutError::Timeout) {
                bar.set_draw_target(ProgressDrawTarget::stderr());
                bar.tick();
                bar.enable_steady_tick(TICK);
            }
        });
        (end, waiting)
    }
}

impl Progress for Bar {
    fn expect_picture(&self) {
        self.bar.inc_length(1);
    }

    fn begin_picture(&self, name: &str) {
        if self.allowed {
            self.bar.set_message(name.to_owned());
            self.waiting.get_or_init(|| self.wait());
        }
    }

    fn end_picture(&self) {
        self.bar.inc(1);
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        if let Some((end, waiting)) = self.waiting.take() {
            drop(end);
            // it has nothing to tell
            let _ = waiting.join();
        }
        self.bar.finish_and_clear();
    }
}
