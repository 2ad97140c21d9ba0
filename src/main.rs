//! The command `etape`; everything stands in the library's `cli`.

use std::process::ExitCode;

fn main() -> ExitCode {
    etape::cli::run()
}
