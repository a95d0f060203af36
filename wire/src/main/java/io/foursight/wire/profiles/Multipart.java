package io.foursight.wire.profiles;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// The parts of a `multipart/form-data` body by their names ([RFC
/// 7578](https://www.rfc-editor.org/rfc/rfc7578)); of several with one name the first.
final class Multipart {
  private static final int MAX_PARTS = 100;

  private final Map<String, byte[]> parts = new LinkedHashMap<>();

  private Multipart() {}

  static boolean isMultipart(String contentType) {
    return contentType.toLowerCase(Locale.ROOT).contains("multipart/form-data");
  }

  /// @throws io.foursight.model.FoursightException `BAD_DATA`
  static Multipart parse(String contentType, byte[] body) {
    byte[] boundary = ("--" + boundary(contentType)).getBytes(StandardCharsets.ISO_8859_1);
    var multipart = new Multipart();
    int at = find(body, 0, boundary);
    if (at < 0) {
      throw PprofFile.bad("multipart: the boundary is not in the body");
    }
    at += boundary.length;
    while (!startsWith(body, at, "--")) {
      at = afterLine(body, at);
      int headersEnd = at;
      String name = "";
      while (true) {
        int lineEnd = afterLine(body, headersEnd);
        String line =
            new String(body, headersEnd, lineEnd - headersEnd, StandardCharsets.UTF_8).strip();
        headersEnd = lineEnd;
        if (line.isEmpty()) {
          break;
        }
        if (line.toLowerCase(Locale.ROOT).startsWith("content-disposition:")) {
          name = parameter(line, "name").orElse("");
        }
      }
      int next = find(body, headersEnd, boundary);
      if (next < 0) {
        throw PprofFile.bad("multipart: part \"" + name + "\" has no end");
      }
      int end = next;
      if (end > headersEnd && body[end - 1] == '\n') {
        end--;
      }
      if (end > headersEnd && body[end - 1] == '\r') {
        end--;
      }
      multipart.parts.putIfAbsent(name, Arrays.copyOfRange(body, headersEnd, end));
      if (multipart.parts.size() > MAX_PARTS) {
        throw PprofFile.bad("multipart: more than " + MAX_PARTS + " parts");
      }
      at = next + boundary.length;
    }
    return multipart;
  }

  private static String boundary(String contentType) {
    return parameter(contentType, "boundary")
        .filter(boundary -> !boundary.isEmpty())
        .orElseThrow(() -> PprofFile.bad("multipart: the content type names no boundary"));
  }

  /// `; key=value` or `; key="value"`.
  private static Optional<String> parameter(String header, String key) {
    for (int at = header.indexOf(';'); at >= 0; ) {
      int equals = header.indexOf('=', at);
      if (equals < 0) {
        return Optional.empty();
      }
      String name = header.substring(at + 1, equals).strip();
      int start = equals + 1;
      int end;
      String value;
      if (start < header.length() && header.charAt(start) == '"') {
        end = header.indexOf('"', start + 1);
        if (end < 0) {
          return Optional.empty();
        }
        value = header.substring(start + 1, end);
      } else {
        end = header.indexOf(';', start);
        end = end < 0 ? header.length() : end;
        value = header.substring(start, end).strip();
      }
      if (name.equalsIgnoreCase(key)) {
        return Optional.of(value);
      }
      at = header.indexOf(';', end);
    }
    return Optional.empty();
  }

  private static boolean startsWith(byte[] body, int at, String text) {
    for (int i = 0; i < text.length(); i++) {
      if (at + i >= body.length || body[at + i] != text.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  private static int afterLine(byte[] body, int from) {
    for (int i = from; i < body.length; i++) {
      if (body[i] == '\n') {
        return i + 1;
      }
    }
    throw PprofFile.bad("multipart: the body ends inside the headers of a part");
  }

  private static int find(byte[] body, int from, byte[] boundary) {
    int last = body.length - boundary.length;
    for (int i = from; i <= last; i++) {
      if (body[i] == boundary[0]
          && Arrays.equals(body, i, i + boundary.length, boundary, 0, boundary.length)) {
        return i;
      }
    }
    return -1;
  }

  Optional<byte[]> part(String name) {
    return Optional.ofNullable(parts.get(name));
  }
}
