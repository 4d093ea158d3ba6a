//! Text as people's programs write it: UTF-8 with or without a byte-order mark, and UTF-16.

/// Why bytes are no text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// They are neither UTF-8 nor marked as UTF-16.
    #[error("it is no text: byte {0} can't stand there in UTF-8")]
    NotUtf8(usize),
    /// They are marked as UTF-16, but are not.
    #[error("it begins as UTF-16 does, but is none")]
    NotUtf16,
}

/// The text that bytes hold, without its byte-order mark. UTF-16 is known by its mark.
///
/// # Errors
/// If the bytes are no text in the encoding that they begin with.
pub fn decode(mut bytes: Vec<u8>) -> Result<String, TextError> {
    match bytes.as_slice() {
        [0xff, 0xfe, text @ ..] => utf16(text, u16::from_le_bytes),
        [0xfe, 0xff, text @ ..] => utf16(text, u16::from_be_bytes),
        _ => {
            if bytes.starts_with(&[0xef, 0xbb, 0xbf]) {
                bytes.drain(..3);
            }
            let wrong =
                |e: std::string::FromUtf8Error| TextError::NotUtf8(e.utf8_error().valid_up_to());
            String::from_utf8(bytes).map_err(wrong)
        }
    }
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<String, TextError> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    if !rest.is_empty() {
        return Err(TextError::NotUtf16);
    }
    let text = char::decode_utf16(pairs.iter().map(|&pair| unit(pair)));
    text.collect::<Result<_, _>>()
        .map_err(|_| TextError::NotUtf16)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_of_writing_is_read_as_the_same() {
        let text = "{\"name\": \"Zahlen äöü 数 🙂\"}";
        let marked = |mark: &[u8], bytes: Vec<u8>| [mark, &bytes].concat();
        let units = |write: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(write).collect();
        for bytes in [
            text.as_bytes().to_vec(),
            marked(&[0xef, 0xbb, 0xbf], text.as_bytes().to_vec()),
            marked(&[0xff, 0xfe], units(u16::to_le_bytes)),
            marked(&[0xfe, 0xff], units(u16::to_be_bytes)),
        ] {
            assert_eq!(decode(bytes).as_deref(), Ok(text));
        }
        assert_eq!(decode(Vec::new()).as_deref(), Ok(""));
        assert_eq!(decode(vec![0xff, 0xfe]).as_deref(), Ok(""));
    }

    #[test]
    fn what_is_no_text_is_said() {
        assert_eq!(decode(vec![b'{', 0x80]), Err(TextError::NotUtf8(1)));
        assert_eq!(decode(vec![0xff, 0xfe, b'{']), Err(TextError::NotUtf16));
        // Half of a pair of surrogates.
        let half = vec![0xff, 0xfe, 0x00, 0xd8];
        assert_eq!(decode(half), Err(TextError::NotUtf16));
        assert_eq!(
            decode(vec![0xef, 0xbb, 0xbf, 0xff]),
            Err(TextError::NotUtf8(0))
        );
    }
}
