package io.foursight.wire.profiles;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import io.foursight.model.FoursightException;
import io.foursight.wire.protobuf.ProtoReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/// A request of Pyroscope's `push.v1.PusherService/Push`.
///
/// ```
/// PushRequest      { repeated RawProfileSeries series = 1; }
/// RawProfileSeries { repeated LabelPair labels = 1; repeated RawSample samples = 2; }
/// LabelPair        { string name = 1; string value = 2; }
/// RawSample        { bytes raw_profile = 1; string ID = 2; }
/// ```
///
/// As JSON in the manner of proto3: `rawProfile` is base64, names may be in snake case, unknown
/// ones are passed over.
public record PushMessage(List<Series> series) {
  private static final JsonFactory JSON =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(32)
                  .maxStringLength(Integer.MAX_VALUE)
                  .build())
          .build();

  public record Label(String name, String value) {}

  /// @param profile a pprof file, perhaps in gzip
  /// @param id the UUID that the sender gave it; may be empty
  public record Sample(byte[] profile, String id) {}

  public record Series(List<Label> labels, List<Sample> samples) {
    public Series {
      labels = List.copyOf(labels);
      samples = List.copyOf(samples);
    }
  }

  public PushMessage {
    series = List.copyOf(series);
  }

  /// @throws FoursightException `BAD_DATA`
  public static PushMessage decode(byte[] message) {
    var all = new ArrayList<Series>();
    var in = new ProtoReader(message);
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      if (tag == (1 << 3 | ProtoReader.BYTES)) {
        int outer = in.enter();
        all.add(series(in));
        in.leave(outer);
      } else {
        in.skip(tag);
      }
    }
    return new PushMessage(all);
  }

  private static Series series(ProtoReader in) {
    var labels = new ArrayList<Label>();
    var samples = new ArrayList<Sample>();
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      switch (tag) {
        case 1 << 3 | ProtoReader.BYTES -> {
          String name = "";
          String value = "";
          int outer = in.enter();
          for (int inner = in.tag(); inner != 0; inner = in.tag()) {
            switch (inner) {
              case 1 << 3 | ProtoReader.BYTES -> name = in.string();
              case 2 << 3 | ProtoReader.BYTES -> value = in.string();
              default -> in.skip(inner);
            }
          }
          in.leave(outer);
          labels.add(new Label(name, value));
        }
        case 2 << 3 | ProtoReader.BYTES -> {
          byte[] profile = {};
          String id = "";
          int outer = in.enter();
          for (int inner = in.tag(); inner != 0; inner = in.tag()) {
            switch (inner) {
              case 1 << 3 | ProtoReader.BYTES -> profile = in.bytes();
              case 2 << 3 | ProtoReader.BYTES -> id = in.string();
              default -> in.skip(inner);
            }
          }
          in.leave(outer);
          samples.add(new Sample(profile, id));
        }
        default -> in.skip(tag);
      }
    }
    return new Series(labels, samples);
  }

  /// @throws FoursightException `BAD_DATA` with line and column
  public static PushMessage decodeJson(byte[] json) {
    try (JsonParser in = JSON.createParser(json)) {
      var reading = new Reading(in);
      in.nextToken();
      PushMessage message = reading.message();
      if (in.nextToken() != null) {
        throw reading.bad("something behind the object");
      }
      return message;
    } catch (IOException e) {
      throw FoursightException.badData(
          "malformed JSON: " + String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
    }
  }

  private record Reading(JsonParser in) {
    /// Reads the value of a field at which the parser stands.
    interface Field {
      void read(String name) throws IOException;
    }

    PushMessage message() throws IOException {
      var all = new ArrayList<Series>();
      object(name -> {
        if (name.equals("series")) {
          array(() -> all.add(series()));
        } else {
          in.skipChildren();
        }
      });
      return new PushMessage(all);
    }

    private Series series() throws IOException {
      var labels = new ArrayList<Label>();
      var samples = new ArrayList<Sample>();
      object(name -> {
        switch (name) {
          case "labels" -> array(() -> labels.add(label()));
          case "samples" -> array(() -> samples.add(sample()));
          default -> in.skipChildren();
        }
      });
      return new Series(labels, samples);
    }

    private Label label() throws IOException {
      var pair = new String[] {"", ""};
      object(name -> {
        switch (name) {
          case "name" -> pair[0] = text();
          case "value" -> pair[1] = text();
          default -> in.skipChildren();
        }
      });
      return new Label(pair[0], pair[1]);
    }

    private Sample sample() throws IOException {
      var profile = new byte[1][0];
      var id = new String[] {""};
      object(name -> {
        switch (name) {
          case "rawProfile", "raw_profile" -> profile[0] = bytes();
          case "ID", "id" -> id[0] = text();
          default -> in.skipChildren();
        }
      });
      return new Sample(profile[0], id[0]);
    }

    private void object(Field field) throws IOException {
      if (in.currentToken() != JsonToken.START_OBJECT) {
        throw bad("expected an object");
      }
      while (in.nextToken() != JsonToken.END_OBJECT) {
        String name = in.currentName();
        if (in.nextToken() != JsonToken.VALUE_NULL) {
          field.read(name);
        }
      }
    }

    private interface Item {
      void read() throws IOException;
    }

    private void array(Item item) throws IOException {
      if (in.currentToken() != JsonToken.START_ARRAY) {
        throw bad("expected an array");
      }
      while (in.nextToken() != JsonToken.END_ARRAY) {
        item.read();
      }
    }

    private String text() throws IOException {
      if (in.currentToken() != JsonToken.VALUE_STRING) {
        throw bad("expected a string");
      }
      return in.getText();
    }

    /// Of the usual alphabet or that of URLs.
    private byte[] bytes() throws IOException {
      if (in.currentToken() != JsonToken.VALUE_STRING) {
        throw bad("expected a string");
      }
      String text = in.getText();
      boolean url = text.indexOf('-') >= 0 || text.indexOf('_') >= 0;
      try {
        return (url ? Base64.getUrlDecoder() : Base64.getDecoder()).decode(text);
      } catch (IllegalArgumentException e) {
        throw bad("rawProfile is not base64");
      }
    }

    FoursightException bad(String what) {
      var at = in.currentTokenLocation();
      return FoursightException.badData(
          "malformed JSON at line "
              + at.getLineNr()
              + ", column "
              + at.getColumnNr()
              + ": "
              + what);
    }
  }
}
