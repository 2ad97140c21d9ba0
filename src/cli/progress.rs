//! The bar that shows how pictures get on, on a terminal and only when it takes time.

use std::sync::OnceLock;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::pipeline::Progress;

/// Builds that are done sooner show no bar.
const PATIENCE: Duration = Duration::from_millis(400);

/// A bar that goes when it is dropped.
pub struct Bar {
    bar: ProgressBar,
    start: Instant,
    /// Whether it may be shown at all.
    allowed: bool,
    shown: OnceLock<()>,
}

impl Bar {
    /// A bar that isn't to be seen yet.
    pub fn new(allowed: bool) -> Self {
        let bar = ProgressBar::with_draw_target(Some(0), ProgressDrawTarget::hidden());
        if let Ok(style) = ProgressStyle::with_template("{bar:24} {pos} of {len} screens, {eta} left: {wide_msg}") {
            bar.set_style(style);
        }
        Self { bar, start: Instant::now(), allowed, shown: OnceLock::new() }
    }
}

impl Progress for Bar {
    fn expect_picture(&self) {
        self.bar.inc_length(1);
    }

    fn begin_picture(&self, name: &str) {
        if !self.allowed {
            return;
        }
        self.bar.set_message(name.to_owned());
        if self.start.elapsed() > PATIENCE {
            self.shown.get_or_init(|| self.bar.set_draw_target(ProgressDrawTarget::stderr()));
        }
    }

    fn end_picture(&self) {
        self.bar.inc(1);
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
