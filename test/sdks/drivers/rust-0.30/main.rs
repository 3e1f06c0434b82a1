//! Sends the known set with posthog-rs 0.30. Usage: driver URL TOKEN KNOWN_SET MODE…
//! Modes: gzip, deflate, br, zstd, historical. The strict protocol is a feature of the build.
use chrono::DateTime;
use posthog_rs::{client, CaptureCompression, ClientOptionsBuilder, Event};
use serde_json::{json, Value};

#[tokio::main]
async fn main() {
    let args: Vec<String> = std::env::args().collect();
    let has = |mode: &str| args[4..].iter().any(|given| given == mode);
    let mut options = ClientOptionsBuilder::default();
    options.api_key(args[2].clone()).host(args[1].clone()).flush_at(20).max_batch_size(20).flush_interval_ms(500);
    for (mode, compression) in [
        ("gzip", CaptureCompression::Gzip),
        ("deflate", CaptureCompression::Deflate),
        ("br", CaptureCompression::Br),
        ("zstd", CaptureCompression::Zstd),
    ] {
        if has(mode) {
            options.capture_compression(compression);
        }
    }
    let client = client(options.build().unwrap()).await;

    let known: Vec<Value> = serde_json::from_str(&std::fs::read_to_string(&args[3]).unwrap()).unwrap();
    let mut events = Vec::new();
    for k in &known {
        let mut event = Event::new(k["event"].as_str().unwrap(), k["distinct_id"].as_str().unwrap());
        for (key, value) in k["properties"].as_object().unwrap() {
            event.insert_prop(key, value).unwrap();
        }
        if let Some(uuid) = k["uuid"].as_str() {
            event.set_uuid(uuid.parse().unwrap());
        }
        if let Some(time) = k["timestamp"].as_str() {
            // It refuses times to come.
            if event.set_timestamp(DateTime::parse_from_rfc3339(time).unwrap()).is_err() {
                continue;
            }
        }
        events.push(event);
    }
    for i in 0..30 {
        let mut event = Event::new("many".to_string(), format!("many-{}", i % 7));
        event.insert_prop("mark", format!("m-{i}")).unwrap();
        events.push(event);
    }
    let mut event = Event::new("in groups", "user-1");
    event.insert_prop("mark", "groups").unwrap();
    event.add_group("company", "c-1");
    events.push(event);
    if has("historical") {
        client.capture_batch(events, true);
    } else {
        for event in events {
            client.capture(event);
        }
    }
    client.alias("anonymous-1", "user-1");
    client.group_identify("company", "c-1", json!({"seats": 3})).unwrap();
    client.shutdown().await;
}
