//! The program: surroundings in, exit code out.
//!
//! A reader that closes its end (`| head`) is no error: the work goes on with the same exit code.

use std::io::{self, ErrorKind, Write};
use std::process::ExitCode;

use anstream::{AutoStream, ColorChoice};
use gwgen::cli::{Colours, Surroundings, run};

/// The exit code where a stream or the working directory fails.
const UNREACHABLE: u8 = 3;

/// A render makes some hundred thousand small allocations.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    // What `--color` says is known later: the streams pass on colours, which `run` writes where it may.
    let colours = Colours {
        out: AutoStream::choice(&io::stdout()) != ColorChoice::Never,
        err: AutoStream::choice(&io::stderr()) != ColorChoice::Never,
    };
    let mut out = Unbroken {
        inner: io::BufWriter::new(AutoStream::always(io::stdout().lock())),
        is_broken: false,
    };
    let mut err = Unbroken {
        inner: io::BufWriter::new(AutoStream::always(io::stderr().lock())),
        is_broken: false,
    };
    let done = std::env::current_dir().and_then(|folder| {
        let arguments = std::env::args_os().collect();
        run(
            Surroundings {
                arguments,
                folder,
                colours,
            },
            &mut out,
            &mut err,
        )
    });
    let flushed = out.flush().and(err.flush());
    let code = done
        .and_then(|code| flushed.map(|()| code))
        .unwrap_or_else(|error| {
            // Where standard error fails, too, the error cannot be reported.
            drop(writeln!(err, "error: {error}").and_then(|()| err.flush()));
            UNREACHABLE
        });
    ExitCode::from(code)
}

/// A writer that swallows everything once its reader is gone.
struct Unbroken<W> {
    inner: W,
    is_broken: bool,
}

impl<W: Write> Unbroken<W> {
    fn unless_broken<T>(
        &mut self,
        otherwise: T,
        write: impl FnOnce(&mut W) -> io::Result<T>,
    ) -> io::Result<T> {
        if self.is_broken {
            return Ok(otherwise);
        }
        match write(&mut self.inner) {
            Err(error) if error.kind() == ErrorKind::BrokenPipe => {
                self.is_broken = true;
                Ok(otherwise)
            }
            done => done,
        }
    }
}

impl<W: Write> Write for Unbroken<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.unless_broken(bytes.len(), |inner| inner.write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.unless_broken((), Write::flush)
    }
}
