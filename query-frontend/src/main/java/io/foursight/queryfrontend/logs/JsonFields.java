package io.foursight.queryfrontend.logs;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/// Fields of a line that is a JSON object, named as LogQL's `json` parser names them: nested keys
/// joined by `_`, other characters replaced by `_`; arrays and nulls are no fields.
final class JsonFields {
  private static final JsonFactory FACTORY = new JsonFactory();

  /// @param path the keys as they stand in the line, outermost first
  record Field(String name, String value, List<String> path) {}

  private JsonFields() {}

  /// Empty when the line is no JSON object.
  static Optional<List<Field>> of(byte[] line) {
    int first = 0;
    while (first < line.length && (line[first] == ' ' || line[first] == '\t')) {
      first++;
    }
    if (first == line.length || line[first] != '{') {
      return Optional.empty();
    }
    var fields = new ArrayList<Field>();
    try (JsonParser parser = FACTORY.createParser(line)) {
      parser.nextToken();
      Deque<String> path = new ArrayDeque<>();
      object(parser, path, fields);
      return Optional.of(fields);
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static void object(JsonParser parser, Deque<String> path, List<Field> into)
      throws IOException {
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      path.addLast(parser.currentName());
      switch (parser.nextToken()) {
        case START_OBJECT -> object(parser, path, into);
        case START_ARRAY -> parser.skipChildren();
        case VALUE_NULL -> {}
        default -> into.add(new Field(name(path), parser.getText(), List.copyOf(path)));
      }
      path.removeLast();
    }
  }

  private static String name(Deque<String> path) {
    var name = new StringBuilder();
    for (String key : path) {
      if (!name.isEmpty()) {
        name.append('_');
      }
      for (int i = 0; i < key.length(); i++) {
        char c = key.charAt(i);
        boolean digit = c >= '0' && c <= '9';
        boolean letter = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_';
        if (digit && name.isEmpty()) {
          name.append('_');
        }
        name.append(digit || letter ? c : '_');
      }
    }
    return name.toString();
  }
}
