//! Files that come as gzip, unpacked at the edge; in a browser the page does it with the browser's own means.

use std::io::{Error, ErrorKind, Read};

use flate2::read::MultiGzDecoder;

/// The bytes as they are, or what their gzip stream holds.
///
/// # Errors
/// If the stream is damaged, or would unpack to more than `most` bytes.
pub fn unpack(bytes: Vec<u8>, most: u64) -> Result<Vec<u8>, Error> {
    if !bytes.starts_with(&[0x1f, 0x8b]) {
        return Ok(bytes);
    }
    let mut plain = Vec::new();
    MultiGzDecoder::new(bytes.as_slice())
        .take(most + 1)
        .read_to_end(&mut plain)
        .map_err(|e| Error::new(e.kind(), format!("the gzip data is damaged: {e}")))?;
    if plain.len() as u64 > most {
        let words = format!("it unpacks to more than the {most} bytes that are read");
        return Err(Error::new(ErrorKind::FileTooLarge, words));
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
        // As `cat a.gz b.gz` makes it.
        let two = [gzip(&plain[..100]), gzip(&plain[100..])].concat();
        assert_eq!(unpack(two, 9000).unwrap(), plain);
    }

    #[test]
    fn every_cut_and_every_bomb_is_found() {
        let packed = gzip(&[7; 5000]);
        for cut in 2..packed.len() {
            assert!(unpack(packed[..cut].to_vec(), 5000).is_err(), "{cut}");
        }
        let said = unpack(packed, 4999).unwrap_err().to_string();
        assert!(said.contains("more than"), "{said}");
    }
}
