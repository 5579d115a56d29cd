//! Twins that are called while this is built: by a procedural macro, and by a build script.

#[test]
fn a_procedural_macro_asks_a_server() {
    assert_eq!(attribute::answer!(who is there), "WHO IS THERE");
}

#[test]
fn a_build_script_reads_a_file() {
    let counted: usize = include_str!(concat!(env!("OUT_DIR"), "/lines.txt"))
        .parse()
        .unwrap();
    assert_eq!(counted, include_str!("../build.rs").lines().count());
}
