//! Sends the known set with posthog-rs 0.3. Usage: driver URL TOKEN KNOWN_SET
use chrono::DateTime;
use posthog_rs::{client, ClientOptionsBuilder, Event};
use serde_json::Value;

#[tokio::main]
async fn main() {
    let args: Vec<String> = std::env::args().collect();
    // This version is given a whole address, not a host.
    let endpoint = format!("{}/i/v0/e/", args[1]);
    let options = ClientOptionsBuilder::default().api_endpoint(endpoint).api_key(args[2].clone()).build().unwrap();
    let client = client(options).await;

    let known: Vec<Value> = serde_json::from_str(&std::fs::read_to_string(&args[3]).unwrap()).unwrap();
    let mut batch = Vec::new();
    for (i, k) in known.iter().enumerate() {
        let mut event = Event::new(k["event"].as_str().unwrap(), k["distinct_id"].as_str().unwrap());
        for (key, value) in k["properties"].as_object().unwrap() {
            event.insert_prop(key, value).unwrap();
        }
        if let Some(time) = k["timestamp"].as_str() {
            // It refuses times to come.
            if event.set_timestamp(DateTime::parse_from_rfc3339(time).unwrap()).is_err() {
                continue;
            }
        }
        if i < 3 {
            client.capture(event).await.unwrap();
        } else {
            batch.push(event);
        }
    }
    for i in 0..30 {
        let mut event = Event::new("many".to_string(), format!("many-{}", i % 7));
        event.insert_prop("mark", format!("m-{i}")).unwrap();
        batch.push(event);
    }
    let mut event = Event::new("in groups", "user-1");
    event.insert_prop("mark", "groups").unwrap();
    event.add_group("company", "c-1");
    batch.push(event);
    client.capture_batch(batch).await.unwrap();
}
