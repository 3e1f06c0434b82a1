import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.ToNumberPolicy;
import com.posthog.server.PostHog;
import com.posthog.server.PostHogCaptureOptions;
import com.posthog.server.PostHogConfig;
import com.posthog.server.PostHogInterface;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;

/** Sends the known set with com.posthog:posthog-server. Usage: Send URL TOKEN KNOWN_SET */
class Send {
  record Known(String event, String distinct_id, String timestamp, Map<String, Object> properties) {}

  public static void main(String[] args) throws Exception {
    PostHogConfig config = PostHogConfig.builder(args[1]).host(args[0]).flushAt(20).flushIntervalSeconds(1)
      .preloadFeatureFlags(false).remoteConfig(false).build();
    PostHogInterface client = PostHog.with(config);
    Gson gson = new GsonBuilder().setObjectToNumberStrategy(ToNumberPolicy.LAZILY_PARSED_NUMBER).create();
    for (Known known : gson.fromJson(Files.readString(Path.of(args[2])), Known[].class)) {
      PostHogCaptureOptions.Builder options = PostHogCaptureOptions.builder().properties(known.properties());
      if (known.timestamp() != null) options.timestamp(OffsetDateTime.parse(known.timestamp()).toInstant());
      client.capture(known.distinct_id(), known.event(), options.build());
    }
    client.capture("user-1", "in groups", PostHogCaptureOptions.builder().property("mark", "groups").group("company", "c-1").build());
    for (int i = 0; i < 30; i++) {
      client.capture("many-" + i % 7, "many", PostHogCaptureOptions.builder().property("mark", "m-" + i).build());
    }
    client.identify("user-1", Map.of("plan", "größer 🎉"), Map.of("first", true));
    client.alias("user-1", "anonymous-1");
    client.group("user-1", "company", "c-1", Map.of("seats", 3));
    client.captureException(new IllegalStateException("broken 🎉"), "user-1", Map.of("mark", "exception"));
    client.flush();
    // Sending goes on in the background, and close() does not wait for it. A refused batch rests for seconds.
    for (int second = 0; second < (List.of(args).contains("patient") ? 12 : 2); second++) {
      Thread.sleep(1000);
      client.flush();
    }
    client.close();
    System.exit(0);
  }
}
