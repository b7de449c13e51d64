//! Documents: a code that a request can name, and a size that can be taken.

use super::*;

#[test]
fn a_document_has_a_code_that_can_be_named_and_a_size_that_can_be_taken() {
    let with = |code: &str, size: &str| {
        let name = "name = { en = \"Plan\", zh-Hant = \"計劃書\", zh-Hans = \"计划书\" }";
        Sample::new().add(&format!("[document.{code}]\n{name}\nmebibytes_max = {size}"))
    };
    with("plan_2", "1024").read();
    for code in ["Plan", "business-plan"] {
        assert_fault(&with(code, "1"), &format!("[document.{code}]: write the code in 1 to 60 small letters"));
    }
    for size in ["▸0", "▸1025"] {
        assert_fault(&with("plan", size), "write a whole number of MiB from 1 to 1024");
    }
}
