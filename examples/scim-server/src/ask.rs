//! A request for users or groups, as far as all such requests are alike.

use std::collections::HashMap;
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{FromRequest, FromRequestParts, Path, Request};
use axum::http::HeaderMap;
use scim_query::{ListQuery, Part, Projection};
use serde_json::{Map, Value};

use crate::App;
use crate::body::{Reader, object};
use crate::failure::Failure;
use crate::kind::Kind;

pub(crate) struct Ask {
    pub(crate) app: Arc<App>,
    /// Which of the kinds.
    kind: usize,
    /// Empty where none is named.
    pub(crate) id: String,
    pub(crate) query: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl FromRequest<Arc<App>> for Ask {
    type Rejection = Failure;

    async fn from_request(request: Request, app: &Arc<App>) -> Result<Ask, Failure> {
        let (mut parts, body) = request.into_parts();
        let names = Path::<HashMap<String, String>>::from_request_parts(&mut parts, app).await;
        let Path(mut names) = names.map_err(|_| Failure::not_found())?;
        let kind = app.kinds.iter().position(|kind| names.get("kind").is_some_and(|name| kind.endpoint == name));
        let (query, headers) = (parts.uri.query().unwrap_or_default().to_owned(), parts.headers.clone());
        Ok(Ask {
            app: Arc::clone(app),
            kind: kind.ok_or_else(Failure::not_found)?,
            id: names.remove("id").unwrap_or_default(),
            query,
            headers,
            body: whole(Bytes::from_request(Request::from_parts(parts, body), app).await)?,
        })
    }
}

impl Ask {
    pub(crate) fn kind(&self) -> &Kind {
        &self.app.kinds[self.kind]
    }

    pub(crate) fn reader(&self) -> Reader<'_> {
        Reader { kind: self.kind(), lenient: &self.app.settings.lenient }
    }

    pub(crate) fn object(&self) -> Result<Map<String, Value>, Failure> {
        object(&self.body)
    }

    /// What is returned of a single resource (RFC 7644 section 3.9): of the query only that counts.
    pub(crate) fn projection(&self) -> Result<Projection, Failure> {
        let given = ListQuery::parse(&self.query, &self.app.profile)?;
        let mut query = ListQuery::new(&self.app.profile);
        for part in [Part::Attributes, Part::ExcludedAttributes] {
            if let Some(value) = given.get(part) {
                query.give(part, value)?;
            }
        }
        Ok(query.check_with(&self.kind().schema, &self.app.settings.lenient.options)?.projection().clone())
    }
}

/// A body, unless it is too large or broken off.
pub(crate) fn whole(body: Result<Bytes, BytesRejection>) -> Result<Bytes, Failure> {
    body.map_err(|rejection| Failure::new(rejection.status(), None, "the body is too large or not complete"))
}
