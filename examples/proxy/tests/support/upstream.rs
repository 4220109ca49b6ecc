//! An upstream that answers byte for byte what it is told to.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

#[derive(Clone)]
pub enum Step {
    Send(Vec<u8>),
    /// The same so many times.
    Repeat(Vec<u8>, usize),
    Wait(Duration),
}

pub struct Upstream {
    pub url: String,
    /// The heads of the requests.
    heads: Arc<Mutex<Vec<String>>>,
}

impl Upstream {
    pub async fn start(steps: Vec<Step>) -> Upstream {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let heads = Arc::new(Mutex::new(Vec::new()));
        let seen = heads.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(answer(stream, steps.clone(), seen.clone()));
            }
        });
        Upstream { url, heads }
    }

    /// One that answers a page of JSON, in chunks as they are.
    pub async fn page(chunks: &[&[u8]]) -> Upstream {
        let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n";
        let mut steps = vec![Step::Send(head.into())];
        for chunk in chunks.iter().filter(|chunk| !chunk.is_empty()) {
            steps.push(Step::Send([format!("{:x}\r\n", chunk.len()).as_bytes(), chunk, b"\r\n"].concat()));
        }
        steps.push(Step::Send(b"0\r\n\r\n".to_vec()));
        Upstream::start(steps).await
    }

    /// One whose whole answer is a text.
    pub async fn text(answer: &str) -> Upstream {
        Upstream::start(vec![Step::Send(answer.into())]).await
    }

    pub fn heads(&self) -> Vec<String> {
        self.heads.lock().expect("heads").clone()
    }
}

async fn answer(mut stream: TcpStream, steps: Vec<Step>, heads: Arc<Mutex<Vec<String>>>) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read_u8().await {
            Ok(byte) => head.push(byte),
            Err(_) => return,
        }
    }
    heads.lock().expect("heads").push(String::from_utf8_lossy(&head).into_owned());
    for step in steps {
        let (bytes, times) = match step {
            Step::Send(bytes) => (bytes, 1),
            Step::Repeat(bytes, times) => (bytes, times),
            Step::Wait(time) => {
                tokio::time::sleep(time).await;
                continue;
            }
        };
        for _ in 0..times {
            if stream.write_all(&bytes).await.is_err() {
                return;
            }
        }
    }
    let _ = stream.shutdown().await;
    // What the proxy still sends is read, so that nothing that was sent is lost.
    let _ = tokio::time::timeout(Duration::from_secs(2), stream.read_to_end(&mut head)).await;
}
