package io.foursight.querylanguages.regex;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.foursight.model.FoursightException;
import io.foursight.model.TextMatcher;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.lucene.util.automaton.Automata;
import org.apache.lucene.util.automaton.Automaton;
import org.apache.lucene.util.automaton.ByteRunAutomaton;
import org.apache.lucene.util.automaton.CharacterRunAutomaton;
import org.apache.lucene.util.automaton.Operations;
import org.apache.lucene.util.automaton.TooComplexToDeterminizeException;

/// A fully anchored RE2 expression whose `.` matches a newline: the meaning of `=~` in PromQL. Time
/// is linear in the text, memory bounded. Immutable, safe from any thread.
public final class RegexMatcher implements TextMatcher {
  private static final int MAX_LITERALS = 100_000;
  private static final int MAX_PRODUCT = 1024;
  private static final int MAX_GENERAL_NODES = 10_000;
  static final int DETERMINIZE_WORK = 20_000;
  static final int MAX_AUTOMATON_NODES = 4_000;

  /// The road that was taken.
  private sealed interface Road {}

  private record AnyText(boolean emptyToo) implements Road {}

  /// Prefix, part and suffix with anything around; `minLength` keeps them from overlapping.
  private record Fixed(String prefix, String part, String suffix, boolean exactEnds)
      implements Road {}

  private record Literals(Set<String> texts) implements Road {}

  /// The byte form is made when it is first asked for; two threads may make it twice.
  private static final class Machine implements Road {
    private final Automaton deterministic;
    private final CharacterRunAutomaton chars;
    private volatile Optional<ByteRunAutomaton> bytes = Optional.empty();

    Machine(Automaton deterministic) {
      this.deterministic = deterministic;
      this.chars = new CharacterRunAutomaton(deterministic);
    }

    ByteRunAutomaton bytes() {
      Optional<ByteRunAutomaton> made = bytes;
      if (made.isEmpty()) {
        made = Optional.of(new ByteRunAutomaton(deterministic));
        bytes = made;
      }
      return made.get();
    }
  }

  private record General(Pattern pattern) implements Road {}

  private final String expression;
  private final Road road;
  private final Optional<Set<String>> literals;
  private final String prefix;

  private RegexMatcher(
      String expression, Road road, Optional<Set<String>> literals, String prefix) {
    this.expression = expression;
    this.road = road;
    this.literals = literals;
    this.prefix = prefix;
  }

  /// @throws FoursightException `BAD_DATA` with the message of Go's regexp package for a malformed
  ///   expression, or when it is too large
  public static RegexMatcher compile(String expression) {
    RegexParser.Parsed parsed = RegexParser.parse(expression, true);
    Node node = parsed.node();
    if (!parsed.plain()) {
      checkSize(node);
      // For its judgement of the syntax, whatever road is taken below.
      pattern(expression);
    }
    var texts = literals(node);
    Optional<Set<String>> literals =
        texts.isEmpty() ? Optional.empty() : Optional.of(Set.copyOf(texts));
    return new RegexMatcher(expression, road(node, literals, expression), literals, prefix(node));
  }

  /// RE2/J's compiler takes seconds beyond some ten thousand steps.
  static void checkSize(Node node) {
    long nodes = count(node);
    if (nodes > MAX_GENERAL_NODES) {
      throw FoursightException.badData(
          "error parsing regexp: expression too large: it has "
              + nodes
              + " steps, the limit is "
              + MAX_GENERAL_NODES
              + " unless it only lists literals");
    }
  }

  static Pattern pattern(String expression) {
    try {
      return Pattern.compile("^(?s:" + expression + ")$");
    } catch (PatternSyntaxException e) {
      throw new FoursightException(io.foursight.model.ErrorKind.BAD_DATA, e.getMessage(), e);
    } catch (StackOverflowError e) {
      throw FoursightException.badData("error parsing regexp: expression nests too deeply");
    }
  }

  private static Road road(Node node, Optional<Set<String>> texts, String expression) {
    if (texts.isPresent()) {
      return new Literals(texts.get());
    }
    List<Node> parts = node instanceof Node.Concat c ? c.parts() : List.of(node);
    if (parts.size() == 1 && isAnything(parts.getFirst(), 0)) {
      return new AnyText(true);
    }
    if (parts.size() == 1 && isAnything(parts.getFirst(), 1)) {
      return new AnyText(false);
    }
    Optional<Road> fixed = fixed(parts);
    if (fixed.isPresent()) {
      return fixed.get();
    }
    Optional<Machine> machine = machine(node);
    if (machine.isPresent()) {
      return machine.get();
    }
    checkSize(node);
    return new General(pattern(expression));
  }

  private static boolean isAnything(Node node, int min) {
    return node instanceof Node.Repeat r
        && r.min() == min
        && r.max() == -1
        && r.node() instanceof Node.Chars chars
        && chars.isAny();
  }

  /// `abc.*`, `.*abc`, `.*abc.*` and `abc.*def`.
  private static Optional<Road> fixed(List<Node> parts) {
    var runs = new ArrayList<String>();
    var run = new StringBuilder();
    int gaps = 0;
    for (Node part : parts) {
      if (part instanceof Node.Chars chars && chars.isSingle()) {
        run.appendCodePoint(chars.ranges()[0]);
      } else if (isAnything(part, 0)) {
        runs.add(run.toString());
        run.setLength(0);
        gaps++;
      } else {
        return Optional.empty();
      }
    }
    runs.add(run.toString());
    return switch (gaps) {
      case 1 -> Optional.of(new Fixed(runs.get(0), "", runs.get(1), true));
      case 2 ->
          runs.get(0).isEmpty() && runs.get(2).isEmpty()
              ? Optional.of(new Fixed("", runs.get(1), "", false))
              : Optional.empty();
      default -> Optional.empty();
    };
  }

  private static Optional<Machine> machine(Node node) {
    if (count(node) > MAX_AUTOMATON_NODES) {
      return Optional.empty();
    }
    try {
      Optional<Automaton> built = automaton(node);
      if (built.isEmpty()) {
        return Optional.empty();
      }
      Automaton deterministic = Operations.determinize(built.get(), DETERMINIZE_WORK);
      return Optional.of(new Machine(deterministic));
    } catch (TooComplexToDeterminizeException e) {
      return Optional.empty();
    }
  }

  static long count(Node node) {
    return switch (node) {
      case Node.Concat c -> 1 + c.parts().stream().mapToLong(RegexMatcher::count).sum();
      case Node.Alternate a -> 1 + a.options().stream().mapToLong(RegexMatcher::count).sum();
      case Node.Repeat r -> Math.max(1, Math.max(r.min(), r.max())) * count(r.node());
      default -> 1;
    };
  }

  static Optional<Automaton> automaton(Node node) {
    return switch (node) {
      case Node.Empty e -> Optional.of(Automata.makeEmptyString());
      case Node.Chars c -> Optional.of(chars(c.ranges()));
      case Node.Opaque o -> Optional.empty();
      case Node.Concat c -> automata(c.parts()).map(Operations::concatenate);
      case Node.Alternate a -> automata(a.options()).map(Operations::union);
      case Node.Repeat r ->
          automaton(r.node())
              .map(a ->
                  r.max() < 0
                      ? Operations.repeat(a, r.min())
                      : Operations.repeat(a, r.min(), r.max()));
    };
  }

  private static Optional<List<Automaton>> automata(List<Node> nodes) {
    var out = new ArrayList<Automaton>(nodes.size());
    for (Node node : nodes) {
      Optional<Automaton> one = automaton(node);
      if (one.isEmpty()) {
        return Optional.empty();
      }
      out.add(one.get());
    }
    return Optional.of(out);
  }

  private static Automaton chars(int[] ranges) {
    if (ranges.length == 0) {
      return Automata.makeEmpty();
    }
    var options = new ArrayList<Automaton>();
    for (int i = 0; i < ranges.length; i += 2) {
      options.add(Automata.makeCharRange(ranges[i], ranges[i + 1]));
    }
    return options.size() == 1 ? options.getFirst() : Operations.union(options);
  }

  /// The finitely many texts of a node; empty when there are too many or infinitely many.
  static Set<String> literals(Node node) {
    return switch (node) {
      case Node.Empty e -> Set.of("");
      case Node.Chars c -> c.isSingle() ? Set.of(Character.toString(c.ranges()[0])) : members(c);
      case Node.Opaque o -> Set.of();
      case Node.Repeat r -> r.min() == 0 && r.max() == 1 ? withEmpty(literals(r.node())) : Set.of();
      case Node.Alternate a -> {
        var all = new LinkedHashSet<String>();
        for (Node option : a.options()) {
          var some = literals(option);
          if (some.isEmpty() || all.size() + some.size() > MAX_LITERALS) {
            yield Set.of();
          }
          all.addAll(some);
        }
        yield all;
      }
      case Node.Concat c -> product(c.parts());
    };
  }

  private static Set<String> withEmpty(Set<String> texts) {
    if (texts.isEmpty()) {
      return texts;
    }
    var all = new LinkedHashSet<>(texts);
    all.add("");
    return all;
  }

  private static Set<String> members(Node.Chars chars) {
    var all = new LinkedHashSet<String>();
    int[] ranges = chars.ranges();
    for (int i = 0; i < ranges.length; i += 2) {
      if (ranges[i + 1] - ranges[i] > 16) {
        return Set.of();
      }
      for (int c = ranges[i]; c <= ranges[i + 1]; c++) {
        all.add(Character.toString(c));
      }
    }
    return all.size() > 64 ? Set.of() : all;
  }

  private static Set<String> product(List<Node> parts) {
    Set<String> all = Set.of("");
    for (Node part : parts) {
      var some = literals(part);
      if (some.isEmpty() || (long) all.size() * some.size() > MAX_PRODUCT) {
        return Set.of();
      }
      var next = new LinkedHashSet<String>();
      for (String left : all) {
        for (String right : some) {
          next.add(left + right);
        }
      }
      all = next;
    }
    return all;
  }

  private static String prefix(Node node) {
    var out = new StringBuilder();
    List<Node> parts = node instanceof Node.Concat c ? c.parts() : List.of(node);
    for (Node part : parts) {
      if (!(part instanceof Node.Chars chars && chars.isSingle())) {
        break;
      }
      out.appendCodePoint(chars.ranges()[0]);
    }
    return out.toString();
  }

  public String expression() {
    return expression;
  }

  @Override
  public boolean matches(String text) {
    return switch (road) {
      case AnyText any -> any.emptyToo || !text.isEmpty();
      case Literals l -> l.texts.contains(text);
      case Fixed f ->
          f.exactEnds
              ? text.length() >= f.prefix.length() + f.suffix.length()
                  && text.startsWith(f.prefix)
                  && text.endsWith(f.suffix)
              : text.contains(f.part);
      case Machine m -> m.chars.run(text);
      case General g -> g.pattern.matches(text);
    };
  }

  /// Matches UTF-8 bytes without making a String where the road allows it.
  public boolean matches(byte[] bytes, int offset, int length) {
    if (road instanceof Machine m) {
      return m.bytes().run(bytes, offset, length);
    }
    return matches(new String(bytes, offset, length, StandardCharsets.UTF_8));
  }

  @Override
  public Optional<Set<String>> literals() {
    return literals;
  }

  @Override
  public String prefix() {
    return prefix;
  }

  @Override
  public String toString() {
    return expression;
  }
}
