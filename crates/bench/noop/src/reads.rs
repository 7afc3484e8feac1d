//! The reads of `/whoami`: the handle's record, the closing counter, the idle mark, the tokens.

use spin_sdk::wit::wasi::keyvalue::store::{self, Bucket, Error};

/// Two records of the grant and one of the handle, each with its key.
pub(crate) struct Records<'a> {
    /// The handle, in base64url: it opens its record.
    pub(crate) handle: &'a str,
    pub(crate) session: Record<'a>,
    pub(crate) idle: Record<'a>,
    pub(crate) tokens: Record<'a>,
}

/// A sealed value and its key.
pub(crate) struct Record<'a> {
    pub(crate) key: &'a str,
    pub(crate) sealed: Vec<u8>,
}

/// Reads in the order in which `/whoami` does; `query` is the handle and the four keys.
pub(crate) fn records(query: &str) -> Result<Records<'_>, String> {
    let mut words = query.split(',');
    let mut word = || words.next().ok_or("the query is a handle and four keys");
    let (handle, session, closing, idle, tokens) = (word()?, word()?, word()?, word()?, word()?);
    let bucket = open()?;
    let session = get(&bucket, session)?;
    if bucket.exists(closing).map_err(text)? {
        return Err(format!("{closing} is there"));
    }
    Ok(Records {
        handle,
        session,
        idle: get(&bucket, idle)?,
        tokens: get(&bucket, tokens)?,
    })
}

/// All keys, one on each line.
pub(crate) fn keys() -> Result<String, String> {
    let keys = open()?.list_keys(None).map_err(text)?.keys;
    Ok(keys.join("\n"))
}

fn open() -> Result<Bucket, String> {
    store::open("default").map_err(text)
}

fn get<'a>(bucket: &Bucket, key: &'a str) -> Result<Record<'a>, String> {
    let sealed = bucket.get(key).map_err(text)?;
    let sealed = sealed.ok_or_else(|| format!("{key} is not there"))?;
    Ok(Record { key, sealed })
}

fn text(error: Error) -> String {
    format!("the store: {error:?}")
}
