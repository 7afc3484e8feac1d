//! How HTTP values are written in messages, and strictly read.

use std::fmt::Display;
use std::str::FromStr;

use http::{HeaderMap, HeaderName, HeaderValue};
use serde::{Deserialize, Deserializer, Serialize, Serializer, ser};

/// Values in one text.
pub(crate) mod text {
    use super::{Deserialize, Deserializer, Display, FromStr, Serializer};
    use serde::de::Error as _;

    pub(crate) fn serialize<T, S>(value: &T, serializer: S) -> Result<S::Ok, S::Error>
    where
        T: Display,
        S: Serializer,
    {
        serializer.collect_str(value)
    }

    pub(crate) fn deserialize<'de, T, D>(deserializer: D) -> Result<T, D::Error>
    where
        T: FromStr<Err: Display>,
        D: Deserializer<'de>,
    {
        String::deserialize(deserializer)?
            .parse()
            .map_err(D::Error::custom)
    }
}

/// A target: path and query alone.
pub(crate) mod target {
    use http::uri::PathAndQuery;
    use serde::de::Error as _;

    use super::{Deserializer, Serializer, text};

    pub(crate) fn serialize<S: Serializer>(
        value: &PathAndQuery,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        text::serialize(value, serializer)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<PathAndQuery, D::Error> {
        let written: String = text::deserialize(deserializer)?;
        if !written.starts_with('/') {
            return Err(D::Error::custom("a target that is no path"));
        }
        written.parse().map_err(D::Error::custom)
    }
}

/// Headers, as pairs of name and value.
pub(crate) mod headers {
    use super::{
        Deserialize, Deserializer, HeaderMap, HeaderName, HeaderValue, Serialize, Serializer, ser,
    };
    use serde::de::Error as _;

    pub(crate) fn serialize<S: Serializer>(
        headers: &HeaderMap,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        let mut pairs = Vec::with_capacity(headers.len());
        for (name, value) in headers {
            let value = str::from_utf8(value.as_bytes());
            pairs.push((name.as_str(), value.map_err(ser::Error::custom)?));
        }
        pairs.serialize(serializer)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<HeaderMap, D::Error> {
        let pairs = Vec::<(String, String)>::deserialize(deserializer)?;
        let mut headers = HeaderMap::with_capacity(pairs.len());
        for (name, value) in pairs {
            let name = HeaderName::try_from(name).map_err(D::Error::custom)?;
            let value = HeaderValue::try_from(value).map_err(D::Error::custom)?;
            headers.append(name, value);
        }
        Ok(headers)
    }
}

/// Names of headers.
pub(crate) mod names {
    use super::{Deserialize, Deserializer, HeaderName, Serializer};
    use serde::de::Error as _;

    pub(crate) fn serialize<S: Serializer>(
        names: &[HeaderName],
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(names.iter().map(HeaderName::as_str))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Vec<HeaderName>, D::Error> {
        let names = Vec::<String>::deserialize(deserializer)?.into_iter();
        let names = names.map(HeaderName::try_from);
        names.collect::<Result<_, _>>().map_err(D::Error::custom)
    }
}

/// A time, in milliseconds.
pub(crate) mod milliseconds {
    use std::time::Duration;

    use super::{Deserialize, Deserializer, Serialize, Serializer};

    pub(crate) fn serialize<S: Serializer>(
        time: &Duration,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        whole(*time).serialize(serializer)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Duration, D::Error> {
        u64::deserialize(deserializer).map(Duration::from_millis)
    }

    pub(super) fn whole(time: Duration) -> u64 {
        u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
    }
}

/// A time in milliseconds, or no limit.
pub(crate) mod milliseconds_if_any {
    use std::time::Duration;

    use super::{Deserialize, Deserializer, Serialize, Serializer, milliseconds};

    pub(crate) fn serialize<S: Serializer>(
        time: &Option<Duration>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        time.map(milliseconds::whole).serialize(serializer)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Duration>, D::Error> {
        let time = Option::<u64>::deserialize(deserializer)?;
        Ok(time.map(Duration::from_millis))
    }
}
