//! MNIST's files from a mirror into a folder that keeps them: each is verified before it is kept, and none is
//! fetched again that is there.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, anyhow};
use ureq::Agent;

use crate::mnist::{File, verified};

/// The public copy that the page offers too (www/src/images.ts), at a fixed revision.
pub const PINNED: &str = include_str!("../../src/data/mnist.mirror").trim_ascii();

/// No file of MNIST has more bytes packed.
const LARGEST: u64 = 16 << 20;

/// How long a mirror may say nothing, and how long it may take for one file.
const SILENCE: Duration = Duration::from_secs(30);
const WHOLE: Duration = Duration::from_secs(300);

/// Where files are fetched from, and how much is waited for and read.
pub struct Mirror {
    /// What stands before the files' names.
    address: String,
    agent: Agent,
    /// The most bytes of a file.
    largest: u64,
}

impl Mirror {
    /// A mirror whose files' addresses begin so.
    pub fn new(address: &str) -> Self {
        Self::within(address, SILENCE, WHOLE, LARGEST)
    }

    fn within(address: &str, silence: Duration, whole: Duration, largest: u64) -> Self {
        let config = Agent::config_builder()
            .timeout_connect(Some(silence))
            .timeout_per_read(Some(silence))
            .timeout_global(Some(whole))
            // The files are packed already.
            .accept_encoding("identity")
            .build();
        Self {
            address: format!("{}/", address.trim_end_matches('/')),
            agent: config.into(),
            largest,
        }
    }

    /// Has each of these files in the folder, packed as the mirror has them.
    ///
    /// # Errors
    /// At the first that does not come or is another. Those before it are kept.
    pub fn fetch(&self, files: &[File], folder: &Path) -> Result<()> {
        std::fs::create_dir_all(folder)
            .with_context(|| format!("{} can't be made", folder.display()))?;
        for file in files {
            let name = format!("{}.gz", file.name);
            let path = folder.join(&name);
            if std::fs::read(&path).is_ok_and(|bytes| verified(bytes, file).is_ok()) {
                println!("{name} is kept in {}", folder.display());
                continue;
            }
            let address = format!("{}{name}", self.address);
            println!("fetching {address}");
            let bytes = self
                .download(&address)
                .map_err(|e| anyhow!("{address}: {}", self.words(&e)))?;
            verified(bytes.clone(), file).context(address)?;
            put(&path, &bytes).with_context(|| format!("{} can't be written", path.display()))?;
        }
        Ok(())
    }

    fn download(&self, address: &str) -> Result<Vec<u8>, ureq::Error> {
        let mut answer = self.agent.get(address).call()?;
        let body = answer.body_mut().with_config().limit(self.largest);
        body.read_to_vec()
    }

    /// Why a file did not come.
    fn words(&self, error: &ureq::Error) -> String {
        match error {
            ureq::Error::StatusCode(code) => format!("the server answered {code}"),
            ureq::Error::BodyExceedsLimit(_) => {
                format!(
                    "it has more than {} bytes, so it is no file of MNIST's",
                    self.largest
                )
            }
            ureq::Error::Timeout(of) => format!("the server took too long ({of})"),
            ureq::Error::HostNotFound => "its host was not found".to_owned(),
            ureq::Error::BadUri(_) => "this is no address".to_owned(),
            ureq::Error::Io(e) => format!("the connection failed ({e})"),
            other => other.to_string(),
        }
    }
}

/// Writes a file whole: a name never stands for half of it.
fn put(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let part = path.with_extension("part");
    std::fs::write(&part, bytes)?;
    std::fs::rename(&part, path)
}

#[cfg(test)]
mod tests {
    use std::io::{BufRead, BufReader, Write};
    use std::net::{TcpListener, TcpStream};
    use std::path::PathBuf;
    use std::sync::mpsc::{Receiver, channel};

    use flate2::{Compression, write::GzEncoder};
    use sha2::{Digest, Sha256};

    use super::*;

    /// A server on this machine that answers each request for a path by what `answer` writes. Gives its
    /// address and the paths that it was asked for.
    fn serve(
        answer: fn(&str, &mut TcpStream) -> std::io::Result<()>,
    ) -> (String, Receiver<String>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}/raw/", listener.local_addr().unwrap());
        let (asked, paths) = channel();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let lines = BufReader::new(stream.try_clone().unwrap()).lines();
                let head: Vec<String> = lines
                    .map_while(Result::ok)
                    .take_while(|line| !line.is_empty())
                    .collect();
                let path = head[0].split(' ').nth(1).unwrap().to_owned();
                if asked.send(path.clone()).is_err() {
                    return;
                }
                // Who has heard enough goes away.
                let _ = answer(&path, &mut stream);
            }
        });
        (address, paths)
    }

    fn whole(to: &mut TcpStream, status: &str, body: &[u8]) -> std::io::Result<()> {
        let length = body.len();
        write!(
            to,
            "HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"
        )?;
        to.write_all(body)
    }

    fn packed(content: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(content).unwrap();
        encoder.finish().unwrap()
    }

    fn digest(content: &[u8]) -> String {
        let bytes = Sha256::digest(content);
        bytes.iter().map(|b| format!("{b:02x}")).collect()
    }

    /// An empty folder of the test's own.
    fn folder(name: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("metacls-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        folder
    }

    const ONE: &[u8] = b"one file's content";
    const TWO: &[u8] = b"another's";

    /// Fetches two files into an empty folder, within a quarter of a second of silence, two seconds and a
    /// kilobyte each. Gives what the folder holds, and the error in words.
    fn fetched(name: &str, address: &str) -> (Vec<String>, Option<String>) {
        let folder = folder(name);
        let outcome = fetch(address, &folder);
        let mut held: Vec<String> = std::fs::read_dir(&folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        held.sort();
        std::fs::remove_dir_all(&folder).unwrap();
        (held, outcome.err().map(|e| format!("{e:#}")))
    }

    fn fetch(address: &str, folder: &Path) -> Result<()> {
        let [silence, whole] = [250, 2000].map(Duration::from_millis);
        let [one, two] = [ONE, TWO].map(digest);
        let files = [("one", &one), ("two", &two)].map(|(name, sha256)| File { name, sha256 });
        Mirror::within(address, silence, whole, 1000).fetch(&files, folder)
    }

    fn right(path: &str, to: &mut TcpStream) -> std::io::Result<()> {
        match path {
            "/raw/one.gz" => whole(to, "200 OK", &packed(ONE)),
            "/raw/two.gz" => whole(to, "200 OK", &packed(TWO)),
            _ => whole(to, "404 Not Found", b""),
        }
    }

    #[test]
    fn the_pinned_mirror_is_an_address_of_a_folder() {
        assert!(PINNED.starts_with("https://") && PINNED.ends_with("/raw/"));
        assert!(!PINNED.contains(char::is_whitespace));
    }

    #[test]
    fn what_verifies_is_kept_and_not_fetched_again() {
        let (address, asked) = serve(right);
        let folder = folder("kept");
        // With or without a slash at its end.
        fetch(address.trim_end_matches('/'), &folder).unwrap();
        assert_eq!(
            asked.try_iter().collect::<Vec<_>>(),
            ["/raw/one.gz", "/raw/two.gz"]
        );
        assert_eq!(std::fs::read(folder.join("one.gz")).unwrap(), packed(ONE));
        fetch(&address, &folder).unwrap();
        assert_eq!(asked.try_iter().count(), 0);
        // One that is damaged meanwhile is.
        std::fs::write(folder.join("two.gz"), packed(ONE)).unwrap();
        fetch(&address, &folder).unwrap();
        assert_eq!(asked.try_iter().collect::<Vec<_>>(), ["/raw/two.gz"]);
        assert_eq!(std::fs::read(folder.join("two.gz")).unwrap(), packed(TWO));
        std::fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn another_files_bytes_are_not_kept() {
        let (address, _asked) = serve(|path, to| match path {
            "/raw/two.gz" => whole(to, "200 OK", &packed(b"another'z")),
            path => right(path, to),
        });
        let (held, words) = fetched("wrong", &address);
        assert_eq!(held, ["one.gz"]);
        let words = words.unwrap();
        assert!(
            words.contains("two.gz: it is not MNIST's two: its SHA-256 is"),
            "{words}"
        );
    }

    #[test]
    fn what_does_not_come_is_said() {
        let (address, _asked) = serve(|path, to| match path {
            "/raw/one.gz" => whole(to, "404 Not Found", b"<html>"),
            path => right(path, to),
        });
        let (held, words) = fetched("missing", &address);
        assert_eq!(held, [""; 0]);
        let words = words.unwrap();
        assert!(
            words.contains("/raw/one.gz: the server answered 404"),
            "{words}"
        );
        // A page in a file's stead is not the file.
        let (address, _asked) = serve(|_, to| whole(to, "200 OK", b"<html>"));
        let words = fetched("page", &address).1.unwrap();
        assert!(words.contains("it is not MNIST's one"), "{words}");
    }

    #[test]
    fn a_body_without_an_end_is_not_read_to_it() {
        let (address, _asked) = serve(|_, to| {
            write!(to, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")?;
            loop {
                to.write_all(&[0; 100])?;
            }
        });
        let (held, words) = fetched("endless", &address);
        assert_eq!(held, [""; 0]);
        let words = words.unwrap();
        assert!(words.contains("it has more than 1000 bytes"), "{words}");
    }

    #[test]
    fn a_server_that_stops_or_drips_is_not_waited_for() {
        // Half of what it promised, and then nothing.
        let (address, _asked) = serve(|_, to| {
            write!(to, "HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\nhalf")?;
            std::thread::sleep(Duration::from_secs(3));
            Ok(())
        });
        let words = fetched("silent", &address).1.unwrap();
        assert!(words.contains("took too long (per read)"), "{words}");
        // A byte every tenth of a second.
        let (address, _asked) = serve(|_, to| {
            write!(to, "HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n")?;
            loop {
                to.write_all(b"x")?;
                std::thread::sleep(Duration::from_millis(100));
            }
        });
        let words = fetched("dripping", &address).1.unwrap();
        assert!(words.contains("took too long (global)"), "{words}");
        // Half, and the connection closed.
        let (address, _asked) = serve(|_, to| {
            write!(
                to,
                "HTTP/1.1 200 OK\r\nContent-Length: 900\r\nConnection: close\r\n\r\nhalf"
            )
        });
        let words = fetched("cut", &address).1.unwrap();
        assert!(words.contains("one.gz: "), "{words}");
    }

    #[test]
    fn no_server_is_said() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}/", listener.local_addr().unwrap());
        drop(listener);
        let words = fetched("nobody", &address).1.unwrap();
        assert!(words.contains("the connection failed"), "{words}");
        let words = fetched("no-address", "not an address").1.unwrap();
        assert!(words.contains("not an address/one.gz: "), "{words}");
    }
}
