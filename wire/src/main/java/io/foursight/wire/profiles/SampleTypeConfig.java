package io.foursight.wire.profiles;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// What an agent says about the sample types of a pprof file, `{"type": {"display-name": ...,
/// "units": ..., ...}}`. Only the display name matters here: it names the kind of profile.
record SampleTypeConfig(Map<String, String> displayNames) {
  /// What holds when an agent says nothing: Go's types. Its mutex and block profiles have the same
  /// types and cannot be told apart.
  static final SampleTypeConfig DEFAULT =
      new SampleTypeConfig(
          Map.of(
              "samples",
              "cpu",
              "goroutine",
              "goroutines",
              "contentions",
              "mutex_count",
              "delay",
              "mutex_duration"));

  private static final JsonFactory JSON = new JsonFactory();

  SampleTypeConfig {
    displayNames = Map.copyOf(displayNames);
  }

  /// @throws io.foursight.model.FoursightException `BAD_DATA`
  static SampleTypeConfig parse(byte[] json) {
    var names = new HashMap<String, String>();
    try (JsonParser in = JSON.createParser(json)) {
      if (in.nextToken() != JsonToken.START_OBJECT) {
        throw PprofFile.bad("sample_type_config is not an object");
      }
      while (in.nextToken() != JsonToken.END_OBJECT) {
        String type = in.currentName();
        if (in.nextToken() != JsonToken.START_OBJECT) {
          throw PprofFile.bad("sample_type_config: \"" + type + "\" is not an object");
        }
        names.put(type, "");
        while (in.nextToken() != JsonToken.END_OBJECT) {
          String field = in.currentName();
          JsonToken value = in.nextToken();
          if (field.equals("display-name") && value == JsonToken.VALUE_STRING) {
            names.put(type, in.getText());
          } else {
            in.skipChildren();
          }
        }
      }
    } catch (IOException e) {
      throw PprofFile.bad(
          "sample_type_config: " + String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
    }
    return new SampleTypeConfig(names);
  }

  boolean knows(String type) {
    return displayNames.containsKey(type);
  }

  /// The name of the kind of profile, by its sample types.
  ///
  /// @param types names without units, in the order of the file; the last decides when none is
  ///   known
  String profileName(List<String> types) {
    if (types.contains("wall")) {
      return "wall";
    }
    String last = "";
    for (String type : types) {
      String display = displayNames.getOrDefault(type, "");
      last = display.isEmpty() ? type : display;
      if (last.contains("cpu")) {
        return "process_cpu";
      }
      if (last.contains("alloc_")
          || last.contains("inuse_")
          || last.equals("space")
          || last.equals("objects")) {
        return "memory";
      }
      if (last.contains("mutex_")) {
        return "mutex";
      }
      if (last.contains("block_")) {
        return "block";
      }
      if (last.contains("goroutines")) {
        return "goroutines";
      }
    }
    return last;
  }
}
