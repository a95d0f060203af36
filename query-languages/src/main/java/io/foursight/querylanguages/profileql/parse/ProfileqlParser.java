package io.foursight.querylanguages.profileql.parse;

import io.foursight.model.FoursightException;
import io.foursight.model.LabelMatcher;
import io.foursight.model.Labels;
import io.foursight.model.profiles.ProfileType;
import io.foursight.querylanguages.profileql.ast.ProfileSelector;
import io.foursight.querylanguages.regex.RegexMatcher;
import io.foursight.querylanguages.text.GoStrings;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Parses selectors of profiles. Stateless; safe from any thread.
public final class ProfileqlParser {
  private static final int MAX_LENGTH = 131_072;

  private final String text;
  private int position;

  private ProfileqlParser(String text) {
    this.text = text;
  }

  /// A selector with or without a type. Empty text selects everything.
  ///
  /// @throws ProfileqlParseException when it is malformed or longer than 128 Ki characters
  public static ProfileSelector parse(String text) {
    if (text.length() > MAX_LENGTH) {
      throw ProfileqlParseException.at(
          text, 0, "the selector has " + text.length() + " characters, at most " + MAX_LENGTH);
    }
    return new ProfileqlParser(text).selector();
  }

  /// The conditions of a selector, its type among them.
  ///
  /// @throws ProfileqlParseException as [#parse]
  public static List<LabelMatcher> parseMatchers(String text) {
    return parse(text).conditions();
  }

  /// A selector that must name a type, as the older API carries both in one text.
  ///
  /// @throws ProfileqlParseException as [#parse], and when there is no type
  public static ProfileSelector parseTyped(String text) {
    ProfileSelector selector = parse(text);
    if (selector.type().isEmpty()) {
      throw ProfileqlParseException.at(
          text,
          0,
          "expected a profile type <name>:<type>:<unit>:<period_type>:<period_unit> before the"
              + " matchers");
    }
    return selector;
  }

  private ProfileSelector selector() {
    skipSpace();
    int start = position;
    while (position < text.length() && isTypeCharacter(text.charAt(position))) {
      position++;
    }
    String head = text.substring(start, position);
    Optional<ProfileType> type = Optional.empty();
    var matchers = new ArrayList<LabelMatcher>();
    if (head.indexOf(':') >= 0) {
      type = Optional.of(type(head, start));
    } else if (!head.isEmpty()) {
      matchers.add(LabelMatcher.equal(Labels.METRIC_NAME, head));
    }
    skipSpace();
    if (take('{')) {
      matchers(matchers);
    }
    skipSpace();
    if (position < text.length()) {
      throw unexpected(head.isEmpty() && start == position ? "\"{\"" : "the end");
    }
    return new ProfileSelector(type, matchers);
  }

  private ProfileType type(String id, int at) {
    try {
      return ProfileType.parse(id);
    } catch (FoursightException e) {
      throw ProfileqlParseException.at(text, at, e.getMessage());
    }
  }

  /// Units and names of types are free texts, as long as they need no quotes.
  private static boolean isTypeCharacter(char c) {
    return c > ' ' && "{}\"'`,=!~".indexOf(c) < 0 && !Character.isWhitespace(c);
  }

  private void matchers(List<LabelMatcher> into) {
    while (true) {
      skipSpace();
      if (take('}')) {
        return;
      }
      into.add(matcher());
      skipSpace();
      if (take('}')) {
        return;
      }
      if (!take(',')) {
        throw unexpected("\",\" or \"}\"");
      }
    }
  }

  private LabelMatcher matcher() {
    int start = position;
    boolean quoted = position < text.length() && isQuote(text.charAt(position));
    String name = quoted ? string("a label name") : identifier();
    skipSpace();
    if (quoted && (lookingAt(",") || lookingAt("}"))) {
      return LabelMatcher.equal(Labels.METRIC_NAME, name);
    }
    if (name.isEmpty()) {
      throw ProfileqlParseException.at(text, start, "a label name must not be empty");
    }
    LabelMatcher.Type type = operator();
    skipSpace();
    String value = string("a quoted string");
    return switch (type) {
      case EQUAL -> LabelMatcher.equal(name, value);
      case NOT_EQUAL -> LabelMatcher.notEqual(name, value);
      case REGEX, NOT_REGEX -> regex(name, value, type, start);
    };
  }

  private LabelMatcher regex(String name, String value, LabelMatcher.Type type, int at) {
    try {
      return LabelMatcher.regex(
          name, value, type == LabelMatcher.Type.NOT_REGEX, RegexMatcher.compile(value));
    } catch (FoursightException e) {
      throw ProfileqlParseException.at(
          text, at, e.getMessage().replace("^(?s:" + value + ")$", value));
    }
  }

  /// Dots are let through: labels of resources have them.
  private String identifier() {
    int start = position;
    while (position < text.length() && isNameCharacter(text.charAt(position))) {
      position++;
    }
    if (position == start || Character.isDigit(text.charAt(start))) {
      position = start;
      throw unexpected("a label name or \"}\"");
    }
    return text.substring(start, position);
  }

  private static boolean isNameCharacter(char c) {
    return c == '_' || c == '.' || c == ':' || Character.isLetterOrDigit(c);
  }

  private LabelMatcher.Type operator() {
    for (var type :
        List.of(
            LabelMatcher.Type.REGEX,
            LabelMatcher.Type.NOT_REGEX,
            LabelMatcher.Type.NOT_EQUAL,
            LabelMatcher.Type.EQUAL)) {
      if (lookingAt(type.symbol())) {
        position += type.symbol().length();
        return type;
      }
    }
    throw unexpected("one of \"=\", \"!=\", \"=~\", \"!~\"");
  }

  private String string(String expected) {
    int start = position;
    if (position >= text.length() || !isQuote(text.charAt(position))) {
      throw unexpected(expected);
    }
    char quote = text.charAt(position++);
    while (position < text.length() && text.charAt(position) != quote) {
      position += quote != '`' && text.charAt(position) == '\\' ? 2 : 1;
    }
    if (position >= text.length()) {
      throw ProfileqlParseException.at(text, start, "unterminated quoted string");
    }
    position++;
    String quoted = text.substring(start, position);
    return GoStrings.unquote(quoted)
        .orElseThrow(
            () -> ProfileqlParseException.at(text, start, "invalid quoted string " + quoted));
  }

  private static boolean isQuote(char c) {
    return c == '"' || c == '\'' || c == '`';
  }

  private boolean lookingAt(String what) {
    return text.startsWith(what, position);
  }

  private boolean take(char c) {
    if (position < text.length() && text.charAt(position) == c) {
      position++;
      return true;
    }
    return false;
  }

  private void skipSpace() {
    while (position < text.length() && Character.isWhitespace(text.charAt(position))) {
      position++;
    }
  }

  private ProfileqlParseException unexpected(String expected) {
    String found =
        position >= text.length()
            ? "end of the selector"
            : GoStrings.quote(Character.toString(text.codePointAt(position)));
    return ProfileqlParseException.at(
        text, position, "unexpected " + found + ", expected " + expected);
  }
}
