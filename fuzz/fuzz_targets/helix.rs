#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| twitchwire_fuzz::helix(data));
