package io.foursight.querylanguages.text.template;

import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.LocalDateTime;
import java.time.Month;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.TextStyle;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Times written and read by example, as Go's `time` package does: a layout shows how Mon Jan 2
/// 15:04:05 MST 2006 would look.
final class GoTimeLayout {
  /// Longer ones before those that they begin with.
  private static final List<String> ELEMENTS =
      List.of(
          "January",
          "Monday",
          "-07:00:00",
          "Z07:00:00",
          "-07:00",
          "Z07:00",
          "-070000",
          "Z070000",
          "-0700",
          "Z0700",
          "2006",
          "__2",
          "002",
          "Jan",
          "Mon",
          "MST",
          "-07",
          "Z07",
          "01",
          "02",
          "03",
          "04",
          "05",
          "06",
          "15",
          "_2",
          "PM",
          "pm",
          "1",
          "2",
          "3",
          "4",
          "5");

  private GoTimeLayout() {}

  static String format(String layout, ZonedDateTime t) {
    var out = new StringBuilder();
    int i = 0;
    while (i < layout.length()) {
      int fraction = fraction(layout, i);
      if (fraction > 0) {
        appendFraction(out, layout.substring(i, i + fraction), t.getNano());
        i += fraction;
        continue;
      }
      String element = element(layout, i);
      if (element.isEmpty()) {
        out.append(layout.charAt(i++));
        continue;
      }
      out.append(write(element, t));
      i += element.length();
    }
    return out.toString();
  }

  private static String element(String layout, int at) {
    for (String element : ELEMENTS) {
      if (layout.startsWith(element, at)
          && !(element.equals("Jan") && isLower(layout, at + 3))
          && !(element.equals("Mon") && isLower(layout, at + 3))
          && !(element.equals("_2") && layout.startsWith("_2006", at))) {
        return element;
      }
    }
    return "";
  }

  private static boolean isLower(String s, int at) {
    return at < s.length() && s.charAt(at) >= 'a' && s.charAt(at) <= 'z';
  }

  /// Length of `.000` or `,999` and the like at this place; no digit may follow.
  private static int fraction(String layout, int at) {
    char c = layout.charAt(at);
    if ((c != '.' && c != ',') || at + 1 >= layout.length()) {
      return 0;
    }
    char digit = layout.charAt(at + 1);
    if (digit != '0' && digit != '9') {
      return 0;
    }
    int end = at + 1;
    while (end < layout.length() && layout.charAt(end) == digit) {
      end++;
    }
    return end < layout.length() && isDigit(layout.charAt(end)) ? 0 : end - at;
  }

  private static void appendFraction(StringBuilder out, String element, int nanos) {
    int digits = Math.min(9, element.length() - 1);
    String text = String.format("%09d", nanos).substring(0, digits);
    if (element.charAt(1) == '9') {
      text = text.replaceAll("0+$", "");
      if (text.isEmpty()) {
        return;
      }
    }
    out.append(element.charAt(0)).append(text);
  }

  private static String write(String element, ZonedDateTime t) {
    int hour12 = t.getHour() % 12 == 0 ? 12 : t.getHour() % 12;
    return switch (element) {
      case "January" -> t.getMonth().getDisplayName(TextStyle.FULL, Locale.ENGLISH);
      case "Jan" -> t.getMonth().getDisplayName(TextStyle.SHORT, Locale.ENGLISH);
      case "Monday" -> t.getDayOfWeek().getDisplayName(TextStyle.FULL, Locale.ENGLISH);
      case "Mon" -> t.getDayOfWeek().getDisplayName(TextStyle.SHORT, Locale.ENGLISH);
      case "2006" -> String.format("%04d", t.getYear());
      case "06" -> two(t.getYear() % 100);
      case "01" -> two(t.getMonthValue());
      case "1" -> "" + t.getMonthValue();
      case "02" -> two(t.getDayOfMonth());
      case "_2" -> String.format("%2d", t.getDayOfMonth());
      case "2" -> "" + t.getDayOfMonth();
      case "002" -> String.format("%03d", t.getDayOfYear());
      case "__2" -> String.format("%3d", t.getDayOfYear());
      case "15" -> two(t.getHour());
      case "03" -> two(hour12);
      case "3" -> "" + hour12;
      case "04" -> two(t.getMinute());
      case "4" -> "" + t.getMinute();
      case "05" -> two(t.getSecond());
      case "5" -> "" + t.getSecond();
      case "PM" -> t.getHour() >= 12 ? "PM" : "AM";
      case "pm" -> t.getHour() >= 12 ? "pm" : "am";
      case "MST" -> zoneName(t);
      default -> offset(element, t.getOffset().getTotalSeconds());
    };
  }

  private static String zoneName(ZonedDateTime t) {
    if (t.getOffset().getTotalSeconds() == 0 && t.getZone() instanceof ZoneOffset) {
      return "UTC";
    }
    String name = DateTimeFormatter.ofPattern("zzz", Locale.ENGLISH).format(t);
    return name.contains(":") ? offset("-0700", t.getOffset().getTotalSeconds()) : name;
  }

  private static String offset(String element, int seconds) {
    if (element.charAt(0) == 'Z' && seconds == 0) {
      return "Z";
    }
    int abs = Math.abs(seconds);
    boolean colons = element.indexOf(':') > 0;
    long fields =
        element.chars().filter(c -> c == '0').count() > 3 ? 3 : element.length() > 3 ? 2 : 1;
    var out = new StringBuilder(seconds < 0 ? "-" : "+").append(two(abs / 3600));
    if (fields > 1) {
      out.append(colons ? ":" : "").append(two(abs / 60 % 60));
    }
    if (fields > 2) {
      out.append(colons ? ":" : "").append(two(abs % 60));
    }
    return out.toString();
  }

  private static String two(int n) {
    return n < 10 ? "0" + n : "" + n;
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  /// @param zone of times that name none
  static Optional<ZonedDateTime> parse(String layout, String value, ZoneId zone) {
    return new Reading(value, zone).read(layout);
  }

  /// One text being read.
  private static final class Reading {
    private final String s;
    private ZoneId zone;
    private int at;
    private int year = 0;
    private int month = 1;
    private int day = 1;
    private int dayOfYear;
    private int hour;
    private int minute;
    private int second;
    private int nanos;
    private boolean pm;
    private boolean halves;

    Reading(String s, ZoneId zone) {
      this.s = s;
      this.zone = zone;
    }

    Optional<ZonedDateTime> read(String layout) {
      try {
        int i = 0;
        while (i < layout.length()) {
          int fraction = GoTimeLayout.fraction(layout, i);
          if (fraction > 0) {
            fraction(layout.charAt(i + 1) == '9');
            i += fraction;
            continue;
          }
          String element = element(layout, i);
          if (element.isEmpty()) {
            literal(layout.charAt(i++));
            continue;
          }
          take(element);
          i += element.length();
          // A fraction of seconds may follow even where the layout shows none.
          if ((element.equals("05") || element.equals("5")) && !isFraction(layout, i)) {
            optionalFraction();
          }
        }
        if (at != s.length()) {
          return Optional.empty();
        }
        if (halves) {
          hour = hour % 12 + (pm ? 12 : 0);
        }
        var local = LocalDateTime.of(year, month, day, hour, minute, second, nanos);
        return Optional.of((dayOfYear > 0 ? local.withDayOfYear(dayOfYear) : local).atZone(zone));
      } catch (DateTimeException | IndexOutOfBoundsException | NumberFormatException e) {
        return Optional.empty();
      }
    }

    private static boolean isFraction(String layout, int at) {
      return at < layout.length() && GoTimeLayout.fraction(layout, at) > 0;
    }

    private void literal(char c) {
      if (c == ' ' && at < s.length() && s.charAt(at) == ' ') {
        while (at < s.length() && s.charAt(at) == ' ') {
          at++;
        }
        return;
      }
      if (s.charAt(at++) != c) {
        throw new DateTimeException("expected " + c);
      }
    }

    private void optionalFraction() {
      if (at + 1 < s.length()
          && (s.charAt(at) == '.' || s.charAt(at) == ',')
          && isDigit(s.charAt(at + 1))) {
        fraction(true);
      }
    }

    private void fraction(boolean optional) {
      if (at >= s.length() || (s.charAt(at) != '.' && s.charAt(at) != ',')) {
        if (optional) {
          return;
        }
        throw new DateTimeException("expected a fraction");
      }
      int start = ++at;
      while (at < s.length() && isDigit(s.charAt(at))) {
        at++;
      }
      String digits = (s.substring(start, at) + "000000000").substring(0, 9);
      nanos = Integer.parseInt(digits);
    }

    private void take(String element) {
      switch (element) {
        case "2006" -> year = digits(4, 4);
        case "06" -> {
          int two = digits(2, 2);
          year = two >= 69 ? 1900 + two : 2000 + two;
        }
        case "01" -> month = digits(2, 2);
        case "1" -> month = digits(1, 2);
        case "January" -> month = name(true);
        case "Jan" -> month = name(false);
        case "Monday", "Mon" -> weekday(element.length() > 3);
        case "02" -> day = digits(2, 2);
        case "_2", "2" -> {
          skipBlanks();
          day = digits(1, 2);
        }
        case "002" -> dayOfYear = digits(3, 3);
        case "__2" -> {
          skipBlanks();
          dayOfYear = digits(1, 3);
        }
        case "15" -> hour = digits(2, 2);
        case "03" -> hour = digits(2, 2);
        case "3" -> hour = digits(1, 2);
        case "04" -> minute = digits(2, 2);
        case "4" -> minute = digits(1, 2);
        case "05" -> second = digits(2, 2);
        case "5" -> second = digits(1, 2);
        case "PM", "pm" -> {
          String half = s.substring(at, at + 2);
          if (!half.equalsIgnoreCase("am") && !half.equalsIgnoreCase("pm")) {
            throw new DateTimeException(half);
          }
          pm = half.equalsIgnoreCase("pm");
          halves = true;
          at += 2;
        }
        case "MST" -> {
          int start = at;
          while (at < s.length() && Character.isUpperCase(s.charAt(at))) {
            at++;
          }
          if (at - start < 3) {
            throw new DateTimeException("no zone");
          }
          String abbreviation = s.substring(start, at);
          zone = abbreviation.equals("UTC") || abbreviation.equals("GMT") ? ZoneOffset.UTC : zone;
        }
        default -> offset(element);
      }
    }

    private void skipBlanks() {
      while (at < s.length() && s.charAt(at) == ' ') {
        at++;
      }
    }

    private int digits(int min, int max) {
      int start = at;
      while (at < s.length() && at < start + max && isDigit(s.charAt(at))) {
        at++;
      }
      if (at - start < min) {
        throw new DateTimeException("expected digits");
      }
      return Integer.parseInt(s.substring(start, at));
    }

    private int name(boolean full) {
      for (var m : Month.values()) {
        String name = m.getDisplayName(full ? TextStyle.FULL : TextStyle.SHORT, Locale.ENGLISH);
        if (s.regionMatches(true, at, name, 0, name.length())) {
          at += name.length();
          return m.getValue();
        }
      }
      throw new DateTimeException("no month");
    }

    private void weekday(boolean full) {
      for (var d : DayOfWeek.values()) {
        String name = d.getDisplayName(full ? TextStyle.FULL : TextStyle.SHORT, Locale.ENGLISH);
        if (s.regionMatches(true, at, name, 0, name.length())) {
          at += name.length();
          return;
        }
      }
      throw new DateTimeException("no day of the week");
    }

    private void offset(String element) {
      if (element.charAt(0) == 'Z' && at < s.length() && s.charAt(at) == 'Z') {
        at++;
        zone = ZoneOffset.UTC;
        return;
      }
      char sign = s.charAt(at++);
      if (sign != '+' && sign != '-') {
        throw new DateTimeException("no offset");
      }
      int seconds = digits(2, 2) * 3600;
      boolean colons = element.indexOf(':') > 0;
      if (element.length() > 3) {
        if (colons) {
          literal(':');
        }
        seconds += digits(2, 2) * 60;
      }
      zone = ZoneOffset.ofTotalSeconds(sign == '-' ? -seconds : seconds);
    }
  }
}
