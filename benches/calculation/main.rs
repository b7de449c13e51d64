//! How long a calculation takes, alone and written out: the first example with costs or posts of some schemes, on one core.

use criterion::Criterion;
use rules::calculation::{Request, calculate};
use rules::scheme::{Example, Scheme};
use std::error::Error;
use std::fs;
use std::hint::black_box;
use std::path::Path;

/// A scheme, and how the name of the example begins that is worked out.
const CASES: [(&str, &str); 4] = [("raise-plus", ""), ("tvp", ""), ("ess", ""), ("rth-nias", "")];

fn main() -> Result<(), Box<dyn Error>> {
    let mut criterion = Criterion::default().configure_from_args();
    for (name, example) in CASES {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../seeds/schemes").join(name).with_extension("toml");
        let scheme = Scheme::read(&fs::read_to_string(path)?).map_err(|faults| format!("{faults:?}"))?;
        let example = chosen(&scheme, example).ok_or_else(|| format!("{name} has no example \"{example}\""))?;
        measure(&mut criterion, name, &scheme, example)?;
    }
    criterion.final_summary();
    Ok(())
}

/// The example with that beginning of a name; among several, the one that asks for most.
fn chosen<'a>(scheme: &'a Scheme, beginning: &str) -> Option<&'a Example> {
    let named = scheme.file.example.iter().map(|example| example.get_ref());
    let lines = |example: &&Example| {
        example
            .given
            .project
            .stages
            .iter()
            .map(|stage| {
                stage.costs.as_ref().map_or(0, Vec::len)
                    + stage.contributions.as_ref().map_or(0, Vec::len)
                    + stage.posts.as_ref().map_or(0, Vec::len)
            })
            .sum::<usize>()
    };
    named.filter(|example| example.name.starts_with(beginning)).max_by_key(lines)
}

fn measure(criterion: &mut Criterion, name: &str, scheme: &Scheme, example: &Example) -> Result<(), Box<dyn Error>> {
    let (request, on) = (&example.given, example.on);
    let text = serde_json::to_vec(request)?;
    let calculation = calculate(scheme, request, on).map_err(|faults| format!("{faults:?}"))?;
    println!(
        "{name}: \"{}\", {} stages, {} steps",
        example.name,
        request.project.stages.len(),
        calculation.steps.len()
    );
    criterion.bench_function(&format!("{name}/calculate"), |bencher| {
        bencher.iter(|| calculate(black_box(scheme), black_box(request), on));
    });
    criterion
        .bench_function(&format!("{name}/answer"), |bencher| bencher.iter(|| black_box(&calculation).answer(request)));
    criterion.bench_function(&format!("{name}/read"), |bencher| bencher.iter(|| Request::from_json(black_box(&text))));
    Ok(())
}
