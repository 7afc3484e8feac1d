//! Spans as they are exported: what is in them, and what never is.

use std::future::ready;
use std::net::IpAddr;
use std::sync::{Arc, Mutex};

use http::{HeaderMap, Method, Request, StatusCode, Version};
use opentelemetry::trace::{SpanKind, Status};
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{Sampler, SdkTracerProvider, SpanData, SpanExporter};

use crate::settings::Propagation;
use crate::trust::Trust;
use crate::{Call, Counts, Peer, Served, Trace, Traces};

const PARENT: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
const UNSAMPLED: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00";
const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";
const INGRESS: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(10, 0, 0, 7));
const CLIENT: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 1));

/// Keeps what is exported.
#[derive(Clone, Debug, Default)]
struct Kept(Arc<Mutex<Vec<SpanData>>>);

impl SpanExporter for Kept {
    fn export(&self, batch: Vec<SpanData>) -> impl Future<Output = OTelSdkResult> + Send {
        self.0.lock().unwrap().extend(batch);
        ready(Ok(()))
    }
}

impl Kept {
    fn spans(&self) -> Vec<SpanData> {
        self.0.lock().unwrap().clone()
    }

    fn only(&self) -> SpanData {
        let spans = self.spans();
        let [span] = &spans[..] else {
            panic!("{spans:?}");
        };
        span.clone()
    }
}

fn traces_with(sampler: Sampler, propagation: Propagation) -> (Traces, Kept) {
    let kept = Kept::default();
    let provider = SdkTracerProvider::builder()
        .with_sampler(sampler)
        .with_simple_exporter(kept.clone())
        .build();
    let trust = Trust {
        propagation,
        proxies: vec!["10.0.0.0/8".parse().unwrap()],
    };
    (Traces::of(provider, trust, Counts::new()), kept)
}

/// As the defaults have it.
fn traces() -> (Traces, Kept) {
    let sampler = Sampler::ParentBased(Box::new(Sampler::AlwaysOn));
    traces_with(sampler, Propagation::Own)
}

/// A request with all that must be in no span.
fn request() -> Request<()> {
    Request::get("/callback/secret-path?code=secret-code&state=secret-state")
        .version(Version::HTTP_2)
        .header("host", "secret-host")
        .header("cookie", "proxy_session=secret-cookie")
        .header("authorization", "Bearer secret-token")
        .header("user-agent", "secret-agent")
        .header("traceparent", PARENT)
        .header("tracestate", "vendor=secret-state")
        .header("baggage", "user=secret-user")
        .body(())
        .unwrap()
}

fn begin(traces: &Traces) -> Served {
    traces.request(&request(), true, Peer::Address(CLIENT))
}

fn call(trace: &Trace) -> crate::Span {
    let uri = "https://login.example/secret-tenant/oauth2/v2.0/token?x=secret";
    trace.call(&Call::of(&Method::POST, &uri.parse().unwrap()))
}

/// The attributes in the order of their names, as text.
fn attributes(span: &SpanData) -> Vec<(String, String)> {
    let attributes = span.attributes.iter();
    let mut attributes: Vec<_> = attributes
        .map(|attribute| {
            let value = attribute.value.as_str().into_owned();
            (attribute.key.to_string(), value)
        })
        .collect();
    attributes.sort();
    attributes
}

fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    let pairs = pairs.iter();
    pairs
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

#[test]
fn a_request_is_a_server_span_with_method_route_and_status() {
    let (traces, kept) = traces();
    let served = begin(&traces);
    served.leads_to("/callback");
    served.answered(StatusCode::FOUND);
    let span = kept.only();
    assert_eq!(
        (span.name.as_ref(), &span.span_kind),
        ("GET /callback", &SpanKind::Server)
    );
    assert_eq!(span.status, Status::Unset);
    let expected = [
        ("http.request.method", "GET"),
        ("http.response.status_code", "302"),
        ("http.route", "/callback"),
        ("network.protocol.version", "2"),
        ("url.scheme", "https"),
    ];
    assert_eq!(attributes(&span), pairs(&expected));
}

#[test]
fn a_request_that_leads_nowhere_has_no_route_and_a_strange_method_is_not_told() {
    let (traces, kept) = traces();
    let strange = Request::builder().method("SECRET").uri("/secret").body(());
    let served = traces.request(&strange.unwrap(), false, Peer::Stranger);
    served.answered(StatusCode::NOT_FOUND);
    let span = kept.only();
    assert_eq!((span.name.as_ref(), &span.status), ("HTTP", &Status::Unset));
    let expected = [
        ("http.request.method", "_OTHER"),
        ("http.response.status_code", "404"),
        ("network.protocol.version", "1.1"),
        ("url.scheme", "http"),
    ];
    assert_eq!(attributes(&span), pairs(&expected));
}

#[test]
fn only_what_the_server_does_wrong_is_its_error() {
    for (status, error) in [
        (400, None),
        (429, None),
        (500, Some("500")),
        (503, Some("503")),
    ] {
        let (traces, kept) = traces();
        begin(&traces).answered(StatusCode::from_u16(status).unwrap());
        let span = kept.only();
        let named = attributes(&span);
        let named = named.iter().find(|(name, _)| name == "error.type");
        assert_eq!(named.map(|(_, value)| value.as_str()), error, "{status}");
        assert_eq!(span.status != Status::Unset, error.is_some(), "{status}");
    }
}

#[test]
fn a_client_that_goes_before_the_answer_is_told_of() {
    let (traces, kept) = traces();
    drop(begin(&traces));
    let expected = ("error.type".to_owned(), "client_gone".to_owned());
    assert!(attributes(&kept.only()).contains(&expected));
}

#[test]
fn calls_and_operations_are_client_spans_below_that_of_the_request() {
    let (traces, kept) = traces();
    let served = begin(&traces);
    call(served.trace()).answered(StatusCode::BAD_REQUEST);
    call(served.trace()).failed("timeout");
    served.trace().operation("redis", "get").done();
    drop(call(served.trace()));
    served.answered(StatusCode::OK);
    let spans = kept.spans();
    let [refused, late, got, given_up, request] = &spans[..] else {
        panic!("{spans:?}");
    };
    for span in [refused, late, got, given_up] {
        assert_eq!(span.parent_span_id, request.span_context.span_id());
        assert_eq!(
            span.span_context.trace_id(),
            request.span_context.trace_id()
        );
        assert_eq!(span.span_kind, SpanKind::Client);
    }
    assert_eq!(refused.name, "POST /{tenant}/oauth2/v2.0/token");
    let expected = [
        ("error.type", "400"),
        ("http.request.method", "POST"),
        ("http.response.status_code", "400"),
        ("server.address", "login.example"),
        ("server.port", "443"),
        ("url.scheme", "https"),
        ("url.template", "/{tenant}/oauth2/v2.0/token"),
    ];
    assert_eq!(attributes(refused), pairs(&expected));
    assert_eq!(refused.status, Status::error(""));
    for (span, word) in [(late, "timeout"), (given_up, "given_up")] {
        let expected = ("error.type".to_owned(), word.to_owned());
        assert!(attributes(span).contains(&expected), "{word}");
    }
    assert_eq!(
        (got.name.as_ref(), &got.status),
        ("get redis", &Status::Unset)
    );
    let expected = [("db.operation.name", "get"), ("db.system.name", "redis")];
    assert_eq!(attributes(got), pairs(&expected));
}

#[test]
fn nothing_of_a_request_that_is_not_in_a_table_is_in_any_span() {
    let (traces, kept) = traces_with(Sampler::AlwaysOn, Propagation::FromProxies);
    let served = traces.request(&request(), true, Peer::Address(INGRESS));
    served.leads_to("/callback");
    call(served.trace()).answered(StatusCode::OK);
    served.trace().event("sign_in", "ok");
    served.trace().found_by("secret id");
    served
        .trace()
        .found_by("secret-id-that-is-longer-than-any-of-ours");
    served.trace().found_by("");
    served.answered(StatusCode::OK);
    let all = format!("{:?}", kept.spans());
    assert!(all.contains(TRACE), "{all}");
    for word in [
        "secret",
        "code=",
        "proxy_session",
        "Bearer",
        "192.0.2.1",
        "10.0.0.7",
    ] {
        assert!(!all.contains(word), "{word}: {all}");
    }
}

#[test]
fn events_and_the_id_in_the_log_are_noted() {
    let (traces, kept) = traces();
    let served = begin(&traces);
    assert!(served.trace().is_kept());
    served.trace().event("sign_in", "ok");
    served.trace().found_by("kOPH0_RWAZ9sMkQD");
    let id = served.trace().id();
    served.answered(StatusCode::OK);
    let span = kept.only();
    assert_eq!(id, Some(span.span_context.trace_id().to_string()));
    let [event] = &span.events[..] else {
        panic!("{:?}", span.events);
    };
    assert_eq!(event.name, "sign_in");
    let outcome = event.attributes.first().unwrap();
    assert_eq!(outcome.key.as_str(), "aks_oauth_proxy.outcome");
    assert_eq!(outcome.value.as_str(), "ok");
    let expected = (
        "aks_oauth_proxy.request_id".to_owned(),
        "kOPH0_RWAZ9sMkQD".to_owned(),
    );
    assert!(attributes(&span).contains(&expected));
}

#[test]
fn a_strangers_trace_is_not_ours() {
    for (propagation, peer, is_ours) in [
        (Propagation::Own, Peer::Address(CLIENT), false),
        (Propagation::Own, Peer::Address(INGRESS), false),
        (Propagation::Own, Peer::Stranger, false),
        (Propagation::Own, Peer::Own, true),
        (Propagation::FromProxies, Peer::Address(CLIENT), false),
        (Propagation::FromProxies, Peer::Address(INGRESS), true),
        (Propagation::None, Peer::Own, false),
    ] {
        let sampler = Sampler::ParentBased(Box::new(Sampler::AlwaysOn));
        let (traces, kept) = traces_with(sampler, propagation);
        traces
            .request(&request(), false, peer)
            .answered(StatusCode::OK);
        let context = kept.only().span_context;
        let is_same = context.trace_id().to_string() == TRACE;
        assert_eq!(is_same, is_ours, "{propagation:?} {peer:?}");
        assert_eq!(context.trace_state().header(), "");
    }
}

#[test]
fn whether_a_trace_is_kept_is_the_word_of_whom_we_believe_and_of_nobody_else() {
    let mut unsampled = request();
    unsampled
        .headers_mut()
        .insert("traceparent", UNSAMPLED.parse().unwrap());
    for (peer, count) in [(Peer::Own, 0), (Peer::Address(CLIENT), 1)] {
        let (traces, kept) = traces();
        traces
            .request(&unsampled, false, peer)
            .answered(StatusCode::OK);
        assert_eq!(kept.spans().len(), count, "{peer:?}");
    }
    let never = Sampler::ParentBased(Box::new(Sampler::AlwaysOff));
    let (traces, kept) = traces_with(never, Propagation::Own);
    begin(&traces).answered(StatusCode::OK);
    assert_eq!(kept.spans().len(), 0);
}

#[test]
fn a_header_that_says_two_things_or_nonsense_says_nothing() {
    for values in [&[PARENT, PARENT][..], &["nonsense"], &[""], &["00-0-0-01"]] {
        let (traces, kept) = traces();
        let mut request = request();
        request.headers_mut().remove("traceparent");
        for value in values {
            let value = value.parse().unwrap();
            request.headers_mut().append("traceparent", value);
        }
        traces
            .request(&request, false, Peer::Own)
            .answered(StatusCode::OK);
        let id = kept.only().span_context.trace_id().to_string();
        assert_ne!(id, TRACE, "{values:?}");
    }
}

#[test]
fn whom_is_called_is_told_of_our_trace_in_place_of_the_clients() {
    let (traces, kept) = traces();
    let served = begin(&traces);
    let mut headers = request().headers().clone();
    let span = call(served.trace());
    span.pass_on(&mut headers);
    span.answered(StatusCode::OK);
    let context = kept.only().span_context;
    let expected = format!("00-{}-{}-01", context.trace_id(), context.span_id());
    assert_eq!(headers.get("traceparent").unwrap(), &expected);
    assert_eq!(headers.get_all("traceparent").iter().count(), 1);
    assert!(!headers.contains_key("tracestate"));
}

#[test]
fn nobody_is_told_where_that_is_turned_off() {
    let (traces, _) = traces_with(Sampler::AlwaysOn, Propagation::None);
    let mut headers = HeaderMap::new();
    call(begin(&traces).trace()).pass_on(&mut headers);
    assert!(headers.is_empty());
}

#[test]
fn whom_is_called_hears_that_a_trace_is_not_kept() {
    let (traces, kept) = traces_with(Sampler::AlwaysOff, Propagation::Own);
    let served = begin(&traces);
    let mut headers = HeaderMap::new();
    call(served.trace()).pass_on(&mut headers);
    let told = headers.get("traceparent").unwrap().to_str().unwrap();
    assert!(told.ends_with("-00"), "{told}");
    assert!(served.trace().id().is_none());
    let mut question = request();
    question.extensions_mut().insert(served.trace().clone());
    let asked = traces.request(&question, false, Peer::Stranger);
    let mut others = HeaderMap::new();
    call(asked.trace()).pass_on(&mut others);
    assert_eq!(headers, others);
    drop((asked, served));
    assert!(kept.spans().is_empty());
}

#[test]
fn a_question_within_a_request_is_a_span_below_it_whatever_its_head_says() {
    let (traces, kept) = traces();
    let served = begin(&traces);
    let mut question = request();
    question.extensions_mut().insert(served.trace().clone());
    let asked = traces.request(&question, false, Peer::Stranger);
    asked.leads_to("/-/tunnel");
    asked.trace().operation("sqlite", "get").done();
    asked.answered(StatusCode::OK);
    served.answered(StatusCode::OK);
    let spans = kept.spans();
    let [operation, asked, request] = &spans[..] else {
        panic!("{spans:?}");
    };
    assert_eq!(
        (asked.name.as_ref(), &asked.span_kind),
        ("GET /-/tunnel", &SpanKind::Internal)
    );
    assert_eq!(asked.parent_span_id, request.span_context.span_id());
    assert_eq!(operation.parent_span_id, asked.span_context.span_id());
}

#[test]
fn what_is_asked_within_nothing_is_not_traced() {
    let (traces, kept) = traces();
    let mut question = request();
    question.extensions_mut().insert(Trace::default());
    traces
        .request(&question, false, Peer::Stranger)
        .answered(StatusCode::OK);
    assert!(kept.spans().is_empty());
}

#[test]
fn probes_are_not_traced() {
    let (traces, kept) = traces();
    for path in ["/livez", "/readyz?verbose", "/healthz"] {
        let probe = Request::get(path).body(()).unwrap();
        traces
            .request(&probe, false, Peer::Stranger)
            .answered(StatusCode::OK);
    }
    assert!(kept.spans().is_empty());
}

#[test]
fn a_request_has_so_many_spans_and_no_more() {
    let (traces, kept) = traces();
    let served = begin(&traces);
    for _ in 0..500 {
        served.trace().operation("sqlite", "get").done();
    }
    let mut headers = HeaderMap::new();
    call(served.trace()).pass_on(&mut headers);
    served.answered(StatusCode::OK);
    let spans = kept.spans();
    assert_eq!(spans.len(), 101);
    let context = &spans.last().unwrap().span_context;
    let expected = format!("00-{}-{}-01", context.trace_id(), context.span_id());
    assert_eq!(headers.get("traceparent").unwrap(), &expected);
}

#[test]
fn without_traces_nothing_is_told_and_nothing_changes() {
    let traces = Traces::default();
    let served = begin(&traces);
    served.leads_to("/callback");
    served.trace().event("sign_in", "ok");
    assert!(served.trace().id().is_none() && !served.trace().is_kept());
    let mut headers = request().headers().clone();
    call(served.trace()).pass_on(&mut headers);
    assert_eq!(&headers, request().headers());
    served.answered(StatusCode::OK);
}
