import com.posthog.java.PostHog;
import com.posthog.java.shaded.org.json.JSONArray;
import com.posthog.java.shaded.org.json.JSONObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Sends the known set with com.posthog.java:posthog. Usage: Send URL TOKEN KNOWN_SET */
class Send {
  public static void main(String[] args) throws Exception {
    PostHog client = new PostHog.Builder(args[1]).host(args[0]).build();
    for (Object each : new JSONArray(Files.readString(Path.of(args[2])))) {
      JSONObject known = (JSONObject) each;
      client.capture(known.getString("distinct_id"), known.getString("event"), known.getJSONObject("properties").toMap());
    }
    for (int i = 0; i < 30; i++) client.capture("many-" + i % 7, "many", Map.of("mark", "m-" + i));
    client.identify("user-1", Map.of("plan", "größer 🎉"), Map.of("first", true));
    client.alias("anonymous-1", "user-1");
    client.set("user-1", Map.of("plan", "free"));
    client.setOnce("user-1", Map.of("first", true));
    client.shutdown();
  }
}
