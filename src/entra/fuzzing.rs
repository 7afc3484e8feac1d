//! Ways into this room for the fuzz targets (`fuzz/`). Nothing else compiles them.

use http::Response;

use super::graph::of_graph;
use super::id_token::{Expected, verify};
use super::{EntraFailure, IdToken, InvalidToken, Metadata, TokenAnswer, token_endpoint};
use crate::platform::UnixTime;
use crate::settings::Client;
use crate::terms::{Origin, Secret};

/// Reads an answer of the token endpoint.
///
/// # Errors
/// When it brings no tokens.
pub fn token_answer(response: &Response<Vec<u8>>) -> Result<TokenAnswer, EntraFailure> {
    token_endpoint::read(response)
}

/// The address of a next page of groups. Nothing if it is not Graph's.
pub fn next_page(graph: &Origin, link: &str) -> Option<String> {
    of_graph(graph, link).ok()
}

/// Validates an ID token at `now`, with a clock tolerance of a minute.
///
/// # Errors
/// With the first property that is wrong.
pub fn id_token(
    token: &str,
    client: &Client,
    metadata: &Metadata,
    nonce: &Secret,
    now: UnixTime,
) -> Result<IdToken, InvalidToken> {
    let expected = Expected {
        client,
        metadata,
        nonce: Some(nonce),
        now,
        clock_tolerance: 60,
    };
    verify(token, &expected)
}
