//! How long a calculation takes on one core, alone and written out: of some schemes, the example that asks for most.

use criterion::Criterion;
use rules::calculation::{Request, Stage, calculate};
use rules::scheme::{Example, Scheme};
use std::error::Error;
use std::fs;
use std::hint::black_box;
use std::path::Path;

/// Two stages, versions by date, caps and brackets, posts at unit rates.
const SCHEMES: [&str; 4] = ["raise-plus", "tvp", "ess", "rth-nias"];

fn main() -> Result<(), Box<dyn Error>> {
    let mut criterion = Criterion::default().configure_from_args();
    for name in SCHEMES {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../seeds/schemes").join(name).with_extension("toml");
        let scheme = Scheme::read(&fs::read_to_string(path)?).map_err(|faults| format!("{faults:?}"))?;
        let examples = scheme.file.example.iter().map(|example| example.get_ref());
        let example = examples.max_by_key(|example| lines(example)).ok_or("a scheme without an example")?;
        measure(&mut criterion, name, &scheme, example)?;
    }
    criterion.final_summary();
    Ok(())
}

/// How many lines the request of an example has.
fn lines(example: &Example) -> usize {
    let of_stage = |stage: &Stage| {
        let (costs, given, posts) = (stage.costs.as_ref(), stage.contributions.as_ref(), stage.posts.as_ref());
        1 + costs.map_or(0, Vec::len) + given.map_or(0, Vec::len) + posts.map_or(0, Vec::len)
    };
    example.given.project.stages.iter().map(of_stage).sum()
}

fn measure(criterion: &mut Criterion, name: &str, scheme: &Scheme, example: &Example) -> Result<(), Box<dyn Error>> {
    let (request, on) = (&example.given, example.on);
    let text = serde_json::to_vec(request)?;
    let calculation = calculate(scheme, request, on).map_err(|faults| format!("{faults:?}"))?;
    let (stages, steps) = (request.project.stages.len(), calculation.steps.len());
    println!("{name}: \"{}\", {stages} stages, {} lines, {steps} steps", example.name, lines(example));
    criterion.bench_function(&format!("{name}/read the request"), |bencher| {
        bencher.iter(|| Request::from_json(black_box(&text)));
    });
    criterion.bench_function(&format!("{name}/calculate with steps"), |bencher| {
        bencher.iter(|| calculate(black_box(scheme), black_box(request), on));
    });
    criterion.bench_function(&format!("{name}/sentences of the steps"), |bencher| {
        let sentences = || {
            black_box(&calculation)
                .steps
                .iter()
                .map(|step| step.kind.sentence(calculation.scheme.file.kind))
                .collect::<Vec<_>>()
        };
        bencher.iter(sentences);
    });
    criterion.bench_function(&format!("{name}/answer with sentences and trace"), |bencher| {
        bencher.iter(|| black_box(&calculation).answer(request));
    });
    Ok(())
}
