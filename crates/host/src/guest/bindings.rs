//! What a component imports beyond WASI, generated from `wit/`.

wasmtime::component::bindgen!({
    path: "wit",
    world: "imports",
    imports: {
        "wasi:keyvalue/store": async | trappable,
        "wasi:keyvalue/atomics": async | trappable,
        "wasi:keyvalue/batch": async | trappable,
        default: trappable,
    },
    with: {
        "wasi:keyvalue/store.bucket": crate::guest::bucket::Bucket,
        "wasi:keyvalue/atomics.cas": crate::guest::bucket::Cas,
    },
});
