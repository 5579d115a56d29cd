//! Lets the symbols of Node.js be found when it loads the module.

fn main() {
    napi_build::setup();
}
