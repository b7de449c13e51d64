//! Any text as a scheme file: it is read or refused with faults, and its examples are worked out, without a panic.

#![no_main]

use libfuzzer_sys::fuzz_target;
use rules::scheme::Scheme;

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    match Scheme::read(text) {
        Err(faults) => assert!(!faults.is_empty() && faults.iter().all(|fault| !fault.message.is_empty())),
        Ok(scheme) => {
            // A check that finds nothing, and examples that hold or say what does not.
            for fault in scheme.failing_examples(text) {
                assert!(fault.line > 0 && fault.column > 0 && !fault.message.is_empty());
            }
        }
    }
});
