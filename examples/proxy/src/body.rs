//! A body on its way from the upstream to the caller, chunk by chunk.

use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::body::Bytes;
use http_body::{Body, Frame, SizeHint};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use tokio::time::{Instant, Sleep, sleep};

use crate::Problem;
use crate::envelope::Page;

/// Any error cuts the connection: what has passed cannot be called back, and must not look complete.
pub(crate) struct Passing {
    upstream: Incoming,
    /// None: everything passes.
    filter: Option<Page>,
    /// How long the upstream may take for each chunk.
    patience: Duration,
    patience_ends: Pin<Box<Sleep>>,
    waits: bool,
    /// What was read to see whether there is an answer at all.
    first: Option<Bytes>,
    done: bool,
}

impl Passing {
    /// Begins with what passes first, while an error can still be told by a status.
    pub(crate) async fn begin(
        upstream: Incoming,
        filter: Option<Page>,
        patience: Duration,
    ) -> Result<Passing, Problem> {
        let patience_ends = Box::pin(sleep(patience));
        let mut passing = Passing { upstream, filter, patience, patience_ends, waits: false, first: None, done: false };
        if passing.filter.is_some() {
            passing.first = passing.frame().await.transpose()?.and_then(|frame| frame.into_data().ok());
        }
        Ok(passing)
    }

    /// The upstream's next chunk.
    fn chunk(&mut self, context: &mut Context<'_>) -> Poll<Result<Option<Bytes>, Problem>> {
        match Pin::new(&mut self.upstream).poll_frame(context) {
            Poll::Ready(frame) => {
                self.waits = false;
                // Trailers end here.
                let data = |frame: Frame<Bytes>| frame.into_data().unwrap_or_default();
                Poll::Ready(frame.map(|frame| Ok(data(frame?))).transpose())
            }
            Poll::Pending => {
                // A caller that reads slowly takes none of the upstream's time.
                if !std::mem::replace(&mut self.waits, true) {
                    self.patience_ends.as_mut().reset(Instant::now() + self.patience);
                }
                ready!(self.patience_ends.as_mut().poll(context));
                Poll::Ready(Err("the upstream does not go on".into()))
            }
        }
    }

    /// What passes of a chunk, or of the end.
    fn passed(&mut self, chunk: Option<Bytes>) -> Result<Bytes, Problem> {
        self.done = chunk.is_none();
        match (&mut self.filter, chunk) {
            (None, chunk) => Ok(chunk.unwrap_or_default()),
            (Some(filter), Some(chunk)) => Ok(filter.push(&chunk)?.into()),
            (Some(_), None) => {
                self.filter.take().map(Page::finish).transpose()?;
                Ok(Bytes::new())
            }
        }
    }
}

impl Body for Passing {
    type Data = Bytes;
    type Error = Problem;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Problem>>> {
        if let Some(first) = self.first.take() {
            return Poll::Ready(Some(Ok(Frame::data(first))));
        }
        if self.done {
            return Poll::Ready(None);
        }
        let passed = ready!(self.chunk(context)).and_then(|chunk| self.passed(chunk));
        match passed {
            Ok(bytes) if bytes.is_empty() && self.done => Poll::Ready(None),
            // Others run before the next chunk is looked at.
            Ok(bytes) if bytes.is_empty() => {
                context.waker().wake_by_ref();
                Poll::Pending
            }
            Ok(bytes) => Poll::Ready(Some(Ok(Frame::data(bytes)))),
            Err(problem) => {
                self.done = true;
                eprintln!("scim-proxy: a response ends here: {problem}");
                Poll::Ready(Some(Err(problem)))
            }
        }
    }

    fn size_hint(&self) -> SizeHint {
        if self.filter.is_none() { self.upstream.size_hint() } else { SizeHint::default() }
    }
}
