//! Files that come as gzip, unpacked at the edge: of one member or several, filled up with zeros or not.

use std::io::Read;

use flate2::bufread::GzDecoder;

/// Why gzip data is of no use.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GzipError {
    /// It is cut short, or its bytes are not those that were packed.
    #[error("the gzip data is damaged: {0}")]
    Damaged(String),
    /// Something that is no gzip data follows it.
    #[error(
        "the gzip data ends {0} bytes before the file does, and no gzip data follows: it was changed"
    )]
    Trailing(usize),
    /// It holds more than is read.
    #[error("it unpacks to more than the {0} bytes that are read")]
    TooLarge(u64),
}

/// Whether bytes begin as gzip data does.
pub fn is_packed(bytes: &[u8]) -> bool {
    bytes.starts_with(&[0x1f, 0x8b])
}

/// The first bytes, at most so many, of what a file holds, packed or not. The file may end at any point.
///
/// # Errors
/// If it is damaged so early that nothing can be had of it.
pub fn head(bytes: &[u8], most: usize) -> Result<Vec<u8>, GzipError> {
    if !is_packed(bytes) {
        return Ok(bytes.iter().take(most).copied().collect());
    }
    let mut plain = Vec::new();
    let mut rest = bytes;
    while is_packed(rest) && plain.len() < most {
        let left = (most - plain.len()) as u64;
        let read = GzDecoder::new(&mut rest).take(left).read_to_end(&mut plain);
        match read {
            Err(e) if plain.is_empty() => return Err(GzipError::Damaged(e.to_string())),
            Err(_) => break,
            Ok(_) => {}
        }
    }
    Ok(plain)
}

/// The bytes as they are, or what their gzip data hold. Nothing is kept beyond `most` bytes.
///
/// # Errors
/// If the data are damaged, followed by anything but zeros, or would unpack to more than `most` bytes.
pub fn unpack(bytes: Vec<u8>, most: u64) -> Result<Vec<u8>, GzipError> {
    if !is_packed(&bytes) {
        return Ok(bytes);
    }
    let mut plain = Vec::new();
    let mut rest = bytes.as_slice();
    while is_packed(rest) {
        let left = (most + 1).saturating_sub(plain.len() as u64);
        GzDecoder::new(&mut rest)
            .take(left)
            .read_to_end(&mut plain)
            .map_err(|e| GzipError::Damaged(e.to_string()))?;
        if plain.len() as u64 > most {
            return Err(GzipError::TooLarge(most));
        }
    }
    // Tapes and some servers fill files up.
    if rest.iter().any(|&byte| byte != 0) {
        return Err(GzipError::Trailing(rest.len()));
    }
    Ok(plain)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn plain_and_packed_come_out_alike() {
        let plain: Vec<u8> = (0..9000_u32).map(|i| (i % 251) as u8).collect();
        assert_eq!(unpack(plain.clone(), 9000).unwrap(), plain);
        assert_eq!(unpack(gzip(&plain), 9000).unwrap(), plain);
        // As `cat a.gz b.gz` makes it, with an empty one between; and filled up to a block.
        let two = [gzip(&plain[..100]), gzip(&[]), gzip(&plain[100..])].concat();
        assert_eq!(unpack(two.clone(), 9000).unwrap(), plain);
        assert_eq!(unpack([two, vec![0; 512]].concat(), 9000).unwrap(), plain);
    }

    #[test]
    fn every_cut_and_every_bomb_is_found() {
        let packed = gzip(&[7; 5000]);
        for cut in 2..packed.len() {
            assert!(unpack(packed[..cut].to_vec(), 5000).is_err(), "{cut}");
        }
        assert_eq!(unpack(packed.clone(), 4999), Err(GzipError::TooLarge(4999)));
        let two = [gzip(&[7; 2500]), gzip(&[7; 2500])].concat();
        assert_eq!(unpack(two, 4999), Err(GzipError::TooLarge(4999)));
        for (after, left) in [(&b"more"[..], 4), (b"\0\0\x1f\x8b", 4), (b"\n", 1)] {
            let garbage = [packed.as_slice(), after].concat();
            assert_eq!(unpack(garbage, 5000), Err(GzipError::Trailing(left)));
        }
        let mut changed = packed;
        let last = changed.len() - 6;
        changed[last] ^= 1;
        assert!(matches!(unpack(changed, 5000), Err(GzipError::Damaged(_))));
    }

    #[test]
    fn a_head_needs_only_the_files_own() {
        let plain: Vec<u8> = (0..60_000_u32).map(|i| (i * i % 251) as u8).collect();
        let packed = gzip(&plain);
        assert_eq!(head(&packed[..400], 16).unwrap(), plain[..16]);
        assert_eq!(head(&plain[..20], 16).unwrap(), plain[..16]);
        assert_eq!(head(&plain[..3], 16).unwrap(), plain[..3]);
        assert!(head(&[], 16).unwrap().is_empty());
        assert!(matches!(head(&packed[..8], 16), Err(GzipError::Damaged(_))));
    }
}
