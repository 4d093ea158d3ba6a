//! A run in progress as files, so that whatever stops it costs no measurement: the lanes that ended ([`log`])
//! and those in progress ([`checkpoint`]). What holds the files, a disk or a browser's storage, is the
//! shells'.

pub mod checkpoint;
pub mod log;
pub mod pace;
pub mod units;
