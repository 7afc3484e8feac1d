//! Changes to JSON objects.

use serde_json::Value;

/// Sets what `changes` has, and removes what is `null` in it.
pub(crate) fn merge(object: &mut Value, changes: &Value) {
    let (Some(object), Some(changes)) = (object.as_object_mut(), changes.as_object()) else {
        return;
    };
    for (name, value) in changes {
        if value.is_null() {
            object.remove(name);
        } else {
            object.insert(name.clone(), value.clone());
        }
    }
}
