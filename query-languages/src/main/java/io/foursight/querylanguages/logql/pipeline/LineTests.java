package io.foursight.querylanguages.logql.pipeline;

import io.foursight.model.FoursightException;
import io.foursight.model.logs.LineFilter;
import io.foursight.model.logs.LineTest;
import io.foursight.querylanguages.logql.ast.Stage;
import io.foursight.querylanguages.logql.ast.Stage.LineFilter.Operator;
import io.foursight.querylanguages.logql.ast.Stage.LineFilter.Term;
import io.foursight.querylanguages.regex.RegexSearch;
import io.foursight.querylanguages.text.ByteSearch;
import io.foursight.querylanguages.text.GoStrings;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// The tests of line filters. What they call themselves (`text()`) is LogQL, so that a filter can
/// be sent as text and compiled again at the other end.
public final class LineTests {
  private LineTests() {}

  /// @throws FoursightException `BAD_DATA` when a term is malformed, or is an address with an
  ///   operator that takes none
  public static LineFilter compile(Stage.LineFilter stage) {
    return new LineFilter(
        stage.operator().isNegative(),
        stage.terms().stream().map(t -> test(stage.operator(), t)).toList());
  }

  private static LineTest test(Operator operator, Term term) {
    if (term.address()) {
      if (operator != Operator.CONTAINS && operator != Operator.NOT_CONTAINS) {
        throw FoursightException.badData(
            "ip filter: operator " + operator.symbol() + " is not supported, only |= and !=");
      }
      return new Address(AddressRange.parse(term.text()), term.text());
    }
    return switch (operator) {
      case CONTAINS, NOT_CONTAINS -> new Substring(term.text());
      case MATCHES, NOT_MATCHES -> new Regex(RegexSearch.compile(term.text()));
      case PATTERN, NOT_PATTERN -> LinePattern.compile(term.text());
    };
  }

  /// The line contains a text.
  private record Substring(byte[] substring, String text) implements LineTest {
    Substring(String sought) {
      this(sought.getBytes(StandardCharsets.UTF_8), "|= " + GoStrings.quote(sought));
    }

    @Override
    public boolean matches(byte[] bytes, int offset, int length) {
      return ByteSearch.indexOf(bytes, offset, offset + length, substring) >= 0;
    }

    @Override
    public List<byte[]> requiredLiterals() {
      return substring.length == 0 ? List.of() : List.of(substring);
    }
  }

  private record Regex(RegexSearch search) implements LineTest {
    @Override
    public boolean matches(byte[] bytes, int offset, int length) {
      return search.find(bytes, offset, length);
    }

    @Override
    public String text() {
      return "|~ " + GoStrings.quote(search.expression());
    }

    @Override
    public byte[] substring() {
      return search.substring().orElse(new byte[0]);
    }

    @Override
    public List<byte[]> requiredLiterals() {
      return search.requiredLiterals();
    }
  }

  /// Some address in the line lies in a range.
  private record Address(AddressRange range, String written) implements LineTest {
    @Override
    public boolean matches(byte[] bytes, int offset, int length) {
      return range.isIn(bytes, offset, length);
    }

    @Override
    public String text() {
      return "|= ip(" + GoStrings.quote(written) + ")";
    }

    @Override
    public byte[] substring() {
      return new byte[0];
    }

    @Override
    public List<byte[]> requiredLiterals() {
      return List.of();
    }
  }
}
