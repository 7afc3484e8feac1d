//! Keeps places.

use std::collections::BTreeMap;

use super::holder::Holder;
use super::place::{Place, is_due};
use super::renewals::{Renewals, TOGETHER};
use crate::platform::Platform;
use crate::store::{Records, StoreFailure};

/// The places whose renewals stand in one note: their holder and block.
type Blocks<'p> = BTreeMap<(Holder, u64), Vec<&'p mut Place>>;

/// Keeps `places`, which are looked at together. One by itself is renewed in its own note. Several of one holder
/// are one read, and one write if one of them is due. So is one of which only the name is known.
///
/// # Errors
/// When the store fails.
pub async fn renew<P: Platform>(
    records: &Records<'_, P>,
    places: Vec<&mut Place>,
) -> Result<(), StoreFailure> {
    let now = records.platform.now();
    let mut blocks = Blocks::new();
    for place in places {
        let block = (place.of.clone(), place.number / TOGETHER);
        blocks.entry(block).or_default().push(place);
    }
    blocks.retain(|_, places| places.iter().any(|place| is_due(place.noted(), now)));
    for places in blocks.values_mut() {
        if let [alone] = places.as_mut_slice()
            && !alone.is_named
        {
            alone.renew(records).await?;
        }
    }
    blocks.retain(|_, places| places.len() > 1 || places.iter().any(|place| place.is_named));
    renew_together(records, &blocks).await
}

async fn renew_together<P: Platform>(
    records: &Records<'_, P>,
    blocks: &Blocks<'_>,
) -> Result<(), StoreFailure> {
    let now = records.platform.now();
    let keys: Vec<String> = blocks
        .keys()
        .map(|(of, block)| Renewals::key(of, *block))
        .collect();
    let sealed = records.sealed_all(&keys).await?;
    for (((of, block), places), (key, sealed)) in blocks.iter().zip(keys.iter().zip(sealed)) {
        let renewals = Renewals::opened(records, key, sealed.as_deref());
        let last = |place: &Place| renewals.last(place).max(place.noted());
        // Those that are not due come along, so that all are due at the same time from now on.
        if places.iter().any(|place| is_due(last(place), now)) {
            renewals.renew(records, of, *block, places).await?;
        }
    }
    Ok(())
}
