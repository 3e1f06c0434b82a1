// Sends the known set with posthog-go. Usage: driver URL TOKEN KNOWN_SET MODE…
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"time"

	"github.com/posthog/posthog-go"
)

type known struct {
	Event      string             `json:"event"`
	DistinctId string             `json:"distinct_id"`
	Uuid       string             `json:"uuid"`
	Timestamp  string             `json:"timestamp"`
	Properties posthog.Properties `json:"properties"`
}

func main() {
	url, token, file, modes := os.Args[1], os.Args[2], os.Args[3], os.Args[4:]
	client, err := posthog.NewWithConfig(token, posthog.Config{
		Endpoint:            url,
		Interval:            500 * time.Millisecond,
		BatchSize:           20,
		HistoricalMigration: slices.Contains(modes, "historical"),
	})
	must(err)

	content, err := os.ReadFile(file)
	must(err)
	var set []known
	decoder := json.NewDecoder(bytes.NewReader(content))
	// A number stays as it is written: the SDK then writes the same text.
	decoder.UseNumber()
	must(decoder.Decode(&set))
	for _, k := range set {
		capture := posthog.Capture{Event: k.Event, DistinctId: k.DistinctId, Uuid: k.Uuid, Properties: k.Properties}
		if k.Timestamp != "" {
			capture.Timestamp, err = time.Parse(time.RFC3339, k.Timestamp)
			must(err)
		}
		must(client.Enqueue(capture))
	}
	must(client.Enqueue(posthog.Capture{
		Event: "in groups", DistinctId: "user-1", Groups: posthog.NewGroups().Set("company", "c-1"),
		Properties: posthog.NewProperties().Set("mark", "groups"),
	}))
	for i := range 30 {
		must(client.Enqueue(posthog.Capture{
			Event: "many", DistinctId: fmt.Sprintf("many-%d", i%7),
			Properties: posthog.NewProperties().Set("mark", fmt.Sprintf("m-%d", i)),
		}))
	}
	must(client.Enqueue(posthog.Identify{DistinctId: "user-1", Properties: posthog.NewProperties().Set("plan", "größer 🎉")}))
	must(client.Enqueue(posthog.Alias{DistinctId: "user-1", Alias: "anonymous-1"}))
	must(client.Enqueue(posthog.GroupIdentify{Type: "company", Key: "c-1", Properties: posthog.NewProperties().Set("seats", 3)}))
	// A client that is closed while a send fails drops its batch: time for a retry.
	time.Sleep(1500 * time.Millisecond)
	must(client.Close())
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}
