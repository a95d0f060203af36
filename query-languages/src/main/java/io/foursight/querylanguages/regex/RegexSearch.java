package io.foursight.querylanguages.regex;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.querylanguages.text.ByteSearch;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.lucene.util.automaton.Automata;
import org.apache.lucene.util.automaton.Automaton;
import org.apache.lucene.util.automaton.Operations;
import org.apache.lucene.util.automaton.TooComplexToDeterminizeException;
import org.apache.lucene.util.automaton.UTF32ToUTF8;

/// An RE2 expression sought anywhere in UTF-8 bytes, `.` not matching a newline: the meaning of
/// `|~` in LogQL. Time is linear in the text. Immutable, safe from any thread.
public final class RegexSearch {
  private static final int MAX_SUBSTRINGS = 8;

  /// A change of flags to one under which `^` and `$` mean lines.
  private static final Pattern MULTI_LINE = Pattern.compile("\\(\\?[a-zA-Z]*m");

  /// The road that was taken.
  private sealed interface Road {}

  /// Any of these is contained.
  private record Substrings(byte[][] texts) implements Road {}

  /// A deterministic automaton over bytes, of which only the end of a match is asked.
  private record Machine(ByteMachine machine) implements Road {}

  private record General(Pattern pattern) implements Road {}

  private final String expression;
  private final Road road;
  private final List<byte[]> required;
  private final byte[] longest;

  private RegexSearch(String expression, Road road, List<byte[]> required) {
    this.expression = expression;
    this.road = road;
    this.required = required;
    byte[] best = new byte[0];
    for (byte[] literal : required) {
      best = literal.length > best.length ? literal : best;
    }
    this.longest = best;
  }

  /// @throws FoursightException `BAD_DATA` with the message of Go's regexp package for a malformed
  ///   expression, or when it is too large
  public static RegexSearch compile(String expression) {
    Node whole = RegexParser.parse(expression, false).node();
    RegexMatcher.checkSize(whole);
    Pattern pattern = pattern(expression);
    Shape shape = Shape.of(expression, whole);
    List<byte[]> required =
        RequiredLiterals.of(shape.node).stream()
            .map(s -> s.getBytes(StandardCharsets.UTF_8))
            .toList();
    Optional<Road> fast = shape.isFree() ? substrings(shape.node) : Optional.empty();
    if (fast.isEmpty()) {
      fast = machine(shape);
    }
    return new RegexSearch(expression, fast.orElseGet(() -> new General(pattern)), required);
  }

  private static Pattern pattern(String expression) {
    try {
      return Pattern.compile(expression);
    } catch (PatternSyntaxException e) {
      throw new FoursightException(ErrorKind.BAD_DATA, e.getMessage(), e);
    } catch (StackOverflowError e) {
      throw FoursightException.badData("error parsing regexp: expression nests too deeply");
    }
  }

  /// An expression without the anchors at its ends.
  private record Shape(Node node, boolean start, boolean end) {
    static Shape of(String expression, Node whole) {
      String flags = expression.startsWith("(?i)") ? "(?i)" : "";
      String body = expression.substring(flags.length());
      boolean start = body.startsWith("^");
      boolean end = body.endsWith("$") && !body.endsWith("\\$") && body.length() > 1;
      boolean special = body.contains("\\Q") || MULTI_LINE.matcher(body).find();
      if ((!start && !end) || special) {
        return new Shape(whole, false, false);
      }
      body = flags + body.substring(start ? 1 : 0, body.length() - (end ? 1 : 0));
      Node inner = RegexParser.parse(body, false).node();
      // The anchors of a top-level alternative are not those of the whole.
      return inner instanceof Node.Alternate
          ? new Shape(whole, false, false)
          : new Shape(inner, start, end);
    }

    boolean isFree() {
      return !start && !end;
    }
  }

  private static Optional<Road> substrings(Node node) {
    Set<String> texts = RegexMatcher.literals(node);
    if (texts.isEmpty() || texts.size() > MAX_SUBSTRINGS) {
      return Optional.empty();
    }
    return Optional.of(
        new Substrings(
            texts.stream().map(t -> t.getBytes(StandardCharsets.UTF_8)).toArray(byte[][]::new)));
  }

  private static Optional<Road> machine(Shape shape) {
    if (RegexMatcher.count(shape.node) > RegexMatcher.MAX_AUTOMATON_NODES) {
      return Optional.empty();
    }
    try {
      Optional<Automaton> built = RegexMatcher.automaton(shape.node);
      if (built.isEmpty()) {
        return Optional.empty();
      }
      Automaton bytes = new UTF32ToUTF8().convert(built.get());
      if (!shape.start) {
        bytes = Operations.concatenate(List.of(Automata.makeAnyBinary(), bytes));
      }
      Automaton deterministic = Operations.determinize(bytes, RegexMatcher.DETERMINIZE_WORK);
      return Optional.of(new Machine(new ByteMachine(deterministic, shape.end)));
    } catch (TooComplexToDeterminizeException e) {
      return Optional.empty();
    }
  }

  public String expression() {
    return expression;
  }

  /// Whether the expression matches somewhere in the slice.
  public boolean find(byte[] bytes, int offset, int length) {
    int end = offset + length;
    if (road instanceof Substrings s) {
      for (byte[] text : s.texts) {
        if (ByteSearch.indexOf(bytes, offset, end, text) >= 0) {
          return true;
        }
      }
      return false;
    }
    if (longest.length > 0 && ByteSearch.indexOf(bytes, offset, end, longest) < 0) {
      return false;
    }
    if (road instanceof Machine m) {
      return m.machine.find(bytes, offset, end);
    }
    // RE2/J looks for borders of words and texts in bytes only where these are ASCII.
    return ((General) road)
        .pattern
        .matcher(new String(bytes, offset, length, StandardCharsets.UTF_8))
        .find();
  }

  /// When the expression means nothing but "contains this": that.
  public Optional<byte[]> substring() {
    return road instanceof Substrings s && s.texts.length == 1
        ? Optional.of(s.texts[0])
        : Optional.empty();
  }

  /// Byte strings that every matching text contains, all of them.
  public List<byte[]> requiredLiterals() {
    return required;
  }
}
