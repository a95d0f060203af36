package io.foursight.runtime.server;

import io.foursight.runtime.http.HttpHandler;
import io.foursight.runtime.http.HttpRoutes.ErrorShape;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// Routes of one door as a tree of path segments. A literal segment wins over `{name}`, that over
/// `{name...}`; a choice that leads nowhere is taken back. Filled before the server starts, then
/// read from any thread.
final class RouteTable {
  /// @param always answers while the program is starting and stopping, too
  /// @param own whether it is a reason to open the door
  record Route(
      String name,
      String pattern,
      ErrorShape errors,
      HttpHandler handler,
      boolean always,
      boolean own) {}

  /// What a path leads to: its routes by method, and the decoded segments by name.
  record Match(Map<String, Route> methods, Map<String, String> parameters) {
    Set<String> allowed() {
      return new TreeSet<>(methods.keySet());
    }

    /// `HEAD` is answered wherever `GET` is.
    Optional<Route> route(String method) {
      Route exact = methods.get(method);
      return Optional.ofNullable(
          exact == null && method.equals("HEAD") ? methods.get("GET") : exact);
    }
  }

  private static final class Node {
    final Map<String, Node> literals = new HashMap<>();
    Node any;
    Node rest;
    final Map<String, Route> methods = new TreeMap<>();
    List<String> names = List.of();
  }

  private final Node root = new Node();
  private boolean hasOwnRoutes;

  /// @throws IllegalArgumentException when method and pattern are taken, or the pattern is wrong
  void add(Set<String> methods, String pattern, Route route) {
    if (!pattern.startsWith("/")) {
      throw new IllegalArgumentException("pattern " + pattern + " does not start with /");
    }
    Node node = root;
    List<String> names = new ArrayList<>();
    List<String> segments = segments(pattern);
    for (int i = 0; i < segments.size(); i++) {
      String segment = segments.get(i);
      if (segment.startsWith("{") && segment.endsWith("...}")) {
        if (i != segments.size() - 1) {
          throw new IllegalArgumentException(pattern + ": {name...} must be the last segment");
        }
        names.add(segment.substring(1, segment.length() - 4));
        node.rest = node.rest == null ? new Node() : node.rest;
        node = node.rest;
      } else if (segment.startsWith("{") && segment.endsWith("}")) {
        names.add(segment.substring(1, segment.length() - 1));
        node.any = node.any == null ? new Node() : node.any;
        node = node.any;
      } else {
        node = node.literals.computeIfAbsent(segment, s -> new Node());
      }
    }
    if (!node.methods.isEmpty() && !node.names.equals(names)) {
      throw new IllegalArgumentException(pattern + " names its segments differently elsewhere");
    }
    node.names = List.copyOf(names);
    for (String method : methods) {
      if (node.methods.put(method, route) != null) {
        throw new IllegalArgumentException(method + " " + pattern + " is registered twice");
      }
    }
    hasOwnRoutes |= route.own();
  }

  /// Whether a component registered something here.
  boolean hasOwnRoutes() {
    return hasOwnRoutes;
  }

  /// @param path raw, still percent-encoded
  Optional<Match> find(String path) {
    List<String> values = new ArrayList<>();
    List<String> segments = segments(path);
    Node node = find(root, segments, 0, values);
    if (node == null) {
      return Optional.empty();
    }
    Map<String, String> parameters = new HashMap<>();
    for (int i = 0; i < node.names.size(); i++) {
      parameters.put(node.names.get(i), decode(values.get(i)));
    }
    return Optional.of(new Match(node.methods, parameters));
  }

  private static Node find(Node node, List<String> segments, int i, List<String> values) {
    if (i == segments.size()) {
      return node.methods.isEmpty() ? null : node;
    }
    Node literal = node.literals.get(segments.get(i));
    Node found = literal == null ? null : find(literal, segments, i + 1, values);
    if (found == null && node.any != null && !segments.get(i).isEmpty()) {
      int before = values.size();
      values.add(segments.get(i));
      found = find(node.any, segments, i + 1, values);
      if (found == null) {
        values.subList(before, values.size()).clear();
      }
    }
    if (found == null && node.rest != null) {
      values.add(String.join("/", segments.subList(i, segments.size())));
      return node.rest;
    }
    return found;
  }

  private static List<String> segments(String path) {
    return List.of(path.substring(path.startsWith("/") ? 1 : 0).split("/", -1));
  }

  /// Undoes `%XX`; a `%` that starts no escape stays. Unlike in forms, `+` is a plus.
  static String decode(String segment) {
    if (segment.indexOf('%') < 0) {
      return segment;
    }
    byte[] in = segment.getBytes(StandardCharsets.UTF_8);
    ByteBuffer out = ByteBuffer.allocate(in.length);
    for (int i = 0; i < in.length; i++) {
      int high = i + 2 < in.length ? Character.digit(in[i + 1], 16) : -1;
      int low = i + 2 < in.length ? Character.digit(in[i + 2], 16) : -1;
      if (in[i] == '%' && high >= 0 && low >= 0) {
        out.put((byte) (high * 16 + low));
        i += 2;
      } else {
        out.put(in[i]);
      }
    }
    return new String(out.array(), 0, out.position(), StandardCharsets.UTF_8);
  }
}
