//! What a render costs, as ratios to what reading the same bytes costs anybody.
//!
//! In: synthetic descriptions made here, and GitHub's where `../shared/corpus` lies beside the
//! project. Out: a table on standard output.
//! Ratios, because they hold on other machines: both sides are measured in turn in one run. It
//! judges and never fails: exit code 0.
//! Run with `cargo bench --bench ratios`; `-- --stages` prints where the time goes, too.
#![expect(
    clippy::disallowed_methods,
    reason = "a benchmark makes files and looks at the clock"
)]
#![expect(clippy::print_stdout, reason = "the table is the result")]

mod inputs;

use std::fs;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use inputs::operations;

use gwgen::source::{FilesInMemory, RelativePath, SourceFile, Sources};

/// Runs of each measurement; the median counts.
const ROUNDS: usize = 9;

/// With this argument the benchmark is the bar: a program that reads the file that follows into a
/// `Value`, and nothing else.
const BAR: &str = "--bar";

/// A blueprint beside a description, in a folder of its own.
struct Case {
    name: &'static str,
    folder: PathBuf,
    spec: &'static str,
    description: Vec<u8>,
    blueprint: String,
}

/// Medians of a case.
struct Measured {
    /// `serde_json` into `Value`, in this process.
    bar: Duration,
    /// The same in a program of its own, with its start and its end, as the program is measured.
    bar_program: Duration,
    /// The program, with its start and its end.
    program: Duration,
    /// The same command in this process.
    library: Duration,
    /// Peak of the program's resident memory. Unit: bytes.
    peak: Option<u64>,
    stages: Vec<(&'static str, Duration)>,
}

fn main() {
    if let Some(file) = std::env::args().skip_while(|it| it != BAR).nth(1) {
        let bytes = fs::read(file).expect("the file was just written");
        black_box(serde_json::from_slice::<serde_json::Value>(&bytes).expect("it is JSON"));
        // Taking the value apart is no part of reading it.
        std::process::exit(0);
    }
    let scratch = tempfile::tempdir().expect("a temporary folder can be made");
    let shows_stages = std::env::args().any(|it| it == "--stages");
    let blueprint = operations::blueprint().to_string();
    let small = operations::description(3_000);
    let large = operations::description(10_000);
    let yaml = operations::yaml(&serde_json::from_slice(&large).expect("it was just written"));
    let cases = [
        Case::new(
            scratch.path(),
            "synthetic 3,000",
            "openapi.json",
            small,
            &blueprint,
        ),
        Case::new(
            scratch.path(),
            "synthetic 10,000",
            "openapi.json",
            large,
            &blueprint,
        ),
    ];
    let measured: Vec<Measured> = cases.iter().map(Case::measure).collect();
    println!("{:<58} {:>8} {:>8}", "", "ratio", "target");
    for (case, it) in cases.iter().zip(&measured) {
        report(case, it);
    }
    let exponent = |of: fn(&Measured) -> Duration| {
        (seconds(of(&measured[1])) / seconds(of(&measured[0]))).ln() / (10_f64 / 3.0).ln()
    };
    row(
        "exponent of time, 3,000 to 10,000, program",
        exponent(|it| it.program),
        1.1,
    );
    row(
        "exponent of time, 3,000 to 10,000, library",
        exponent(|it| it.library),
        1.1,
    );
    report_yaml(
        &Case::new(
            scratch.path(),
            "synthetic 10,000 YAML",
            "openapi.yaml",
            yaml.into_bytes(),
            &blueprint,
        ),
        &cases[1],
    );
    report_github(scratch.path(), shows_stages);
    if shows_stages {
        cases
            .iter()
            .zip(&measured)
            .for_each(|(case, it)| stages(case, it));
    }
}

fn report_github(scratch: &Path, shows_stages: bool) {
    let Some(github) = inputs::github() else {
        println!("GitHub's description is not beside the project: not measured");
        return;
    };
    let blueprint = String::from_utf8(github.blueprint).expect("it was written as text");
    let case = Case::new(
        scratch,
        "GitHub",
        "openapi.json",
        github.description,
        &blueprint,
    );
    let measured = case.measure();
    report(&case, &measured);
    if shows_stages {
        stages(&case, &measured);
    }
}

fn report(case: &Case, it: &Measured) {
    let megabytes = case.description.len() as f64 / 1e6;
    println!(
        "{}: {megabytes:.1} MB; bar {:.1} ms, as a program {:.1} ms; program {:.1} ms, library {:.1} ms",
        case.name,
        ms(it.bar),
        ms(it.bar_program),
        ms(it.program),
        ms(it.library)
    );
    row(
        &format!("{}: program / program of the bar", case.name),
        seconds(it.program) / seconds(it.bar_program),
        1.5,
    );
    row(
        &format!("{}: library / bar in this process", case.name),
        seconds(it.library) / seconds(it.bar),
        1.5,
    );
    match it.peak {
        Some(peak) => row(
            &format!("{}: peak memory / size of the file", case.name),
            peak as f64 / case.description.len() as f64,
            6.0,
        ),
        None => println!("  peak memory: only Linux tells it (/proc), not measured"),
    }
}

/// What YAML costs over JSON, by what its events alone cost.
fn report_yaml(yaml: &Case, json: &Case) {
    let text = std::str::from_utf8(&yaml.description).expect("it was written as text");
    let mut times = [const { Vec::new() }; 3];
    for _ in 0..ROUNDS {
        times[0].push(timed(|| events(text)));
        times[1].push(yaml.library());
        times[2].push(json.library());
    }
    let [events, yaml_time, json_time] = times.map(median);
    println!(
        "{}: {:.1} MB; events {:.1} ms, YAML {:.1} ms, JSON {:.1} ms",
        yaml.name,
        text.len() as f64 / 1e6,
        ms(events),
        ms(yaml_time),
        ms(json_time)
    );
    row(
        "(YAML - JSON) / events of the YAML alone",
        (seconds(yaml_time) - seconds(json_time)) / seconds(events),
        1.6,
    );
    if let Some(peak) = yaml.peak() {
        println!(
            "  {:<56} {:>8.2}",
            "YAML: peak memory / size of the file (no target)",
            peak as f64 / text.len() as f64
        );
    }
}

fn events(text: &str) -> usize {
    let mut parser = saphyr_parser::Parser::new_from_str(text);
    let mut count = 0;
    while let Some(event) = parser.next_event() {
        black_box(event.expect("it was just written"));
        count += 1;
    }
    count
}

fn row(what: &str, ratio: f64, target: f64) {
    println!(
        "  {what:<56} {ratio:>8.2} {target:>8.2}  {}",
        if ratio <= target {
            "holds"
        } else {
            "FALLS SHORT"
        }
    );
}

fn stages(case: &Case, it: &Measured) {
    println!("{}: stages", case.name);
    for (stage, time) in &it.stages {
        println!(
            "  {stage:<12} {:>8.2} ms {:>6.1} %",
            ms(*time),
            100.0 * seconds(*time) / seconds(it.library)
        );
    }
}

impl Case {
    fn new(
        scratch: &Path,
        name: &'static str,
        spec: &'static str,
        description: Vec<u8>,
        blueprint: &str,
    ) -> Self {
        let folder = scratch.join(name.replace([' ', ','], "-"));
        fs::create_dir(&folder).expect("a folder can be made");
        let blueprint = blueprint.replace("openapi.json", spec);
        fs::write(folder.join(spec), &description).expect("a file can be written");
        fs::write(folder.join("gwgen.yaml"), &blueprint).expect("a file can be written");
        Self {
            name,
            folder,
            spec,
            description,
            blueprint,
        }
    }

    fn measure(&self) -> Measured {
        let mut times = [const { Vec::new() }; 4];
        let mut stages: Vec<(&'static str, Vec<Duration>)> = Vec::new();
        for _ in 0..ROUNDS {
            // Left where it is, as the command leaves its plan and stack: neither side gets used
            // memory back.
            times[0].push(timed(|| {
                std::mem::forget(
                    serde_json::from_slice::<serde_json::Value>(&self.description)
                        .expect("it is JSON"),
                )
            }));
            times[1].push(self.program());
            times[2].push(self.library());
            times[3].push(self.bar_program());
            for (position, (stage, time)) in self.stages().into_iter().enumerate() {
                if stages.len() <= position {
                    stages.push((stage, Vec::new()));
                }
                stages[position].1.push(time);
            }
        }
        let [bar, program, library, bar_program] = times.map(median);
        let mut stages: Vec<_> = stages
            .into_iter()
            .map(|(stage, times)| (stage, median(times)))
            .collect();
        let pure: Duration = stages.iter().map(|(_, time)| *time).sum();
        stages.push(("disk", library.saturating_sub(pure)));
        Measured {
            bar,
            bar_program,
            program,
            library,
            peak: self.peak(),
            stages,
        }
    }

    fn fresh(&self) {
        drop(fs::remove_dir_all(self.folder.join("generated")));
    }

    fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_gwgen"));
        command
            .args(["render", "--quiet"])
            .current_dir(&self.folder)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        command
    }

    /// A program that reads the description into a `Value`, from its start to its end.
    fn bar_program(&self) -> Duration {
        let mut command =
            Command::new(std::env::current_exe().expect("a program knows where it is"));
        command
            .arg(BAR)
            .arg(self.folder.join(self.spec))
            .stdin(Stdio::null())
            .stdout(Stdio::null());
        let start = Instant::now();
        let status = command.status().expect("the program runs");
        let time = start.elapsed();
        assert!(status.success());
        time
    }

    /// The program, from its start to its end, into a fresh folder.
    fn program(&self) -> Duration {
        self.fresh();
        let start = Instant::now();
        let status = self.command().status().expect("the program runs");
        let time = start.elapsed();
        assert!(
            status.success(),
            "{} does not render; run `gwgen render` in a copy of it",
            self.name
        );
        time
    }

    /// The same command in this process.
    fn library(&self) -> Duration {
        self.fresh();
        let surroundings = gwgen::cli::Surroundings {
            arguments: vec!["gwgen".into(), "render".into(), "--quiet".into()],
            folder: self.folder.clone(),
            colours: gwgen::cli::Colours::default(),
        };
        let start = Instant::now();
        let code = gwgen::cli::run(surroundings, &mut std::io::sink(), &mut std::io::sink())
            .expect("a sink takes everything");
        let time = start.elapsed();
        assert_eq!(code, 0);
        time
    }

    /// Highest resident memory of the program, asked of Linux while it runs.
    fn peak(&self) -> Option<u64> {
        self.fresh();
        let mut child = self.command().spawn().expect("the program runs");
        let status = format!("/proc/{}/status", child.id());
        let mut peak = None;
        while child
            .try_wait()
            .expect("a child can be waited for")
            .is_none()
        {
            peak = high_water(&status).or(peak);
            std::thread::sleep(Duration::from_micros(200));
        }
        peak
    }

    /// Each stage of `gwgen::compile` by itself.
    fn stages(&self) -> Vec<(&'static str, Duration)> {
        let mut clock = Clock {
            last: Instant::now(),
            stages: Vec::new(),
        };
        let path = |name: &str| RelativePath::join("", name).expect("a plain name");
        let files =
            FilesInMemory([("gwgen.yaml".to_owned(), self.blueprint.clone().into_bytes())].into());
        let blueprint = gwgen::blueprint::read(
            &files,
            path("gwgen.yaml"),
            "gwgen.yaml".into(),
            &mut Sources::default(),
        );
        let blueprint = blueprint.value.expect("it is a blueprint");
        clock.stop("blueprint");
        let bytes = self.description.clone();
        clock.skip();
        let file = Arc::new(
            SourceFile::of(bytes, path(self.spec), self.spec.into()).expect("it is JSON or YAML"),
        );
        clock.stop("read");
        let library = gwgen::source::Library::new(&files);
        let apis = [gwgen::openapi::read(&file, &library)
            .value
            .expect("it is a description")];
        clock.stop("openapi");
        let plan = gwgen::plan::plan(&apis, &blueprint, &gwgen::memory::Memory::default())
            .value
            .expect("it can be planned");
        clock.stop("plan");
        black_box(gwgen::lint::lint(&gwgen::lint::Facts {
            apis: &apis,
            blueprint: &blueprint,
            plan: &plan,
        }));
        clock.stop("lint");
        drop(apis);
        clock.stop("drop api");
        let assembled = gwgen::assemble::assemble(&plan);
        clock.stop("assemble");
        black_box(gwgen::walk::walk(&plan, &assembled));
        clock.stop("walk");
        black_box(gwgen::limits::limits(&plan, &assembled.stack));
        clock.stop("limits");
        let tree = gwgen::emit::files(&plan, &assembled.stack, "gwgen.yaml");
        clock.stop("emit");
        drop((assembled, plan));
        clock.stop("drop stack");
        black_box(tree);
        clock.stages
    }
}

/// Cuts time into stages.
struct Clock {
    last: Instant,
    stages: Vec<(&'static str, Duration)>,
}

impl Clock {
    fn stop(&mut self, stage: &'static str) {
        self.stages.push((stage, self.last.elapsed()));
        self.skip();
    }

    fn skip(&mut self) {
        self.last = Instant::now();
    }
}

fn high_water(status: &str) -> Option<u64> {
    let text = fs::read_to_string(status).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim()
        .strip_suffix(" kB")?
        .trim()
        .parse::<u64>()
        .ok()
        .map(|kilobytes| kilobytes * 1024)
}

/// Time of the work, without dropping what it made.
fn timed<T>(work: impl FnOnce() -> T) -> Duration {
    let start = Instant::now();
    let made = black_box(work());
    let time = start.elapsed();
    drop(made);
    time
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

fn seconds(time: Duration) -> f64 {
    time.as_secs_f64()
}

fn ms(time: Duration) -> f64 {
    seconds(time) * 1e3
}
