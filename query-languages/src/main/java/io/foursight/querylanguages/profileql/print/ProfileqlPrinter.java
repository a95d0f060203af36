package io.foursight.querylanguages.profileql.print;

import io.foursight.model.LabelMatcher;
import io.foursight.model.profiles.ProfileType;
import io.foursight.querylanguages.profileql.ast.ProfileSelector;
import io.foursight.querylanguages.text.GoStrings;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// Prints a selector so that it parses as the same. Stateless; safe from any thread.
public final class ProfileqlPrinter {
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

  private ProfileqlPrinter() {}

  public static String print(ProfileSelector selector) {
    return selector.type().map(ProfileType::id).orElse("")
        + selector.matchers().stream()
            .map(ProfileqlPrinter::print)
            .collect(Collectors.joining(", ", "{", "}"));
  }

  private static String print(LabelMatcher matcher) {
    String name = matcher.name();
    return (PLAIN.matcher(name).matches() ? name : GoStrings.quote(name))
        + matcher.type().symbol()
        + GoStrings.quote(matcher.value());
  }
}
