package io.foursight.storage.logs.block.v1;

import io.foursight.storage.encoding.ByteWriter;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;

/// The ways of printing a time that lines commonly use, as one byte: style in bits 0-1, comma
/// instead of point in bit 2, digits of the fraction (0..9) in bits 3-6.
///
/// ```
/// 0  2026-11-23T22:33:31.123     1  2026-11-23 22:33:31,123
/// 2  23/Nov/2026:22:33:31        3  1123 22:33:31.123456   (the year of the entry's time)
/// ```
///
/// A printed time is a number of units of its last digit since the epoch, as if it were UTC.
/// Instances keep the last day seen and belong to one thread.
final class TimeLayout {
  private static final int ISO_T = 0;
  private static final int ISO_SPACE = 1;
  private static final int ACCESS_LOG = 2;
  private static final int KLOG = 3;
  private static final int COMMA = 4;
  private static final String MONTHS = "JanFebMarAprMayJunJulAugSepOctNovDec";
  private static final long[] POWERS = new long[10];

  static {
    POWERS[0] = 1;
    for (int i = 1; i < POWERS.length; i++) {
      POWERS[i] = POWERS[i - 1] * 10;
    }
  }

  private int parsedLength;
  private int parsedLayout;
  private long parsedDelta;
  private int yearOfDay = Integer.MIN_VALUE;
  private int monthOfDay;
  private int dayOfDay;
  private long epochDay;

  /// The first 17 bytes of the date and clock read last, which is all but the seconds, and what
  /// they say; style -1 before the first.
  private long knownHead;

  private long knownMiddle;
  private byte knownLast;
  private int knownStyle = -1;
  private long knownDay;
  private long knownMinute;
  private long shownSecond = Long.MIN_VALUE;
  private int shownStyle = -1;
  private final ByteWriter shown = new ByteWriter(24);
  private final byte[] fractionBytes = new byte[10];
  private long shownDay = Long.MIN_VALUE;
  private int shownYear;
  private int shownMonth;
  private int shownDayOfMonth;

  static boolean isValid(int layout) {
    return layout >= 0 && layout >>> 3 <= 9;
  }

  /// Nanoseconds of the last digit.
  static long unit(int layout) {
    return POWERS[9 - (layout >>> 3)];
  }

  /// Of the fraction.
  static int digits(int layout) {
    return layout >>> 3;
  }

  static long power(int digits) {
    return POWERS[digits];
  }

  static int withoutFraction(int layout) {
    return layout & 7;
  }

  int length() {
    return parsedLength;
  }

  int layout() {
    return parsedLayout;
  }

  /// Printed time minus the entry's time, in units of the last digit.
  long delta() {
    return parsedDelta;
  }

  /// Whether a time begins at `at`, which is then told by the accessors.
  boolean parse(byte[] b, int at, int to, long time) {
    if (to - at < 14 || !isDigit(b[at]) || !isDigit(b[at + 1])) {
      return false;
    }
    if (to - at >= 20
        && Bytes.at(b, at) == knownHead
        && Bytes.at(b, at + 8) == knownMiddle
        && b[at + 16] == knownLast
        && knownStyle >= 0) {
      int seconds = at + (knownStyle == ACCESS_LOG ? 18 : 17);
      epochDay = knownDay;
      // What the fields of the day say belongs to another text.
      yearOfDay = Integer.MIN_VALUE;
      return b[seconds - 1] == ':' && second(b, at, seconds, to, knownStyle, knownMinute, time);
    }
    if (b[at + 2] == '/') {
      return accessLog(b, at, to, time);
    }
    if (!isDigit(b[at + 2]) || !isDigit(b[at + 3])) {
      return false;
    }
    if (b[at + 4] == '-') {
      return iso(b, at, to, time);
    }
    return b[at + 4] == ' ' && b[at + 7] == ':' && klog(b, at, to, time);
  }

  private boolean iso(byte[] b, int at, int to, long time) {
    if (to - at < 19 || b[at + 7] != '-') {
      return false;
    }
    int style = b[at + 10] == 'T' ? ISO_T : ISO_SPACE;
    if (style == ISO_SPACE && b[at + 10] != ' ') {
      return false;
    }
    int year = two(b, at) * 100 + two(b, at + 2);
    return two(b, at) >= 0
        && two(b, at + 2) >= 0
        && day(year, two(b, at + 5), two(b, at + 8))
        && clock(b, at, at + 11, to, style, time);
  }

  private boolean accessLog(byte[] b, int at, int to, long time) {
    if (to - at < 20 || b[at + 6] != '/' || b[at + 11] != ':') {
      return false;
    }
    int month = 0;
    while (month < 12
        && (b[at + 3] != MONTHS.charAt(3 * month)
            || b[at + 4] != MONTHS.charAt(3 * month + 1)
            || b[at + 5] != MONTHS.charAt(3 * month + 2))) {
      month++;
    }
    int high = two(b, at + 7);
    int low = two(b, at + 9);
    return high >= 0
        && low >= 0
        && day(high * 100 + low, month + 1, two(b, at))
        && clock(b, at, at + 12, to, ACCESS_LOG, time);
  }

  private boolean klog(byte[] b, int at, int to, long time) {
    show(Math.floorDiv(time, 86_400_000_000_000L));
    return day(shownYear, two(b, at), two(b, at + 2)) && clock(b, at, at + 5, to, KLOG, time);
  }

  private boolean day(int year, int month, int day) {
    if (year == yearOfDay && month == monthOfDay && day == dayOfDay) {
      return true;
    }
    if (year < 0 || year > 9999 || month < 1 || month > 12 || day < 1) {
      return false;
    }
    var first = LocalDate.of(year, month, 1);
    if (day > first.lengthOfMonth()) {
      return false;
    }
    yearOfDay = year;
    monthOfDay = month;
    dayOfDay = day;
    epochDay = first.toEpochDay() + day - 1;
    return true;
  }

  private boolean clock(byte[] b, int start, int at, int to, int style, long time) {
    if (to - at < 8 || b[at + 2] != ':' || b[at + 5] != ':') {
      return false;
    }
    int hour = two(b, at);
    int minute = two(b, at + 3);
    if (hour < 0 || hour > 23 || minute < 0 || minute > 59) {
      return false;
    }
    long minutes = epochDay * 86_400 + hour * 3600L + minute * 60L;
    if (style != KLOG) {
      knownHead = Bytes.at(b, start);
      knownMiddle = Bytes.at(b, start + 8);
      knownLast = b[start + 16];
      knownStyle = style;
      knownDay = epochDay;
      knownMinute = minutes;
    }
    return second(b, start, at + 6, to, style, minutes, time);
  }

  /// @param minutes seconds since the epoch up to the minute
  private boolean second(byte[] b, int start, int at, int to, int style, long minutes, long time) {
    int second = two(b, at);
    if (second < 0 || second > 59) {
      return false;
    }
    long value = minutes + second;
    int p = at + 2;
    int digits = 0;
    int layout = style;
    if (p + 1 < to && (b[p] == '.' || b[p] == ',') && isDigit(b[p + 1])) {
      layout |= b[p] == ',' ? COMMA : 0;
      p++;
      while (p < to && digits < 9 && isDigit(b[p])) {
        value = value * 10 + b[p++] - '0';
        digits++;
      }
    }
    if (p < to && isDigit(b[p])) {
      return false;
    }
    // Past the range of nanoseconds in a long, units of the fraction would overflow.
    if (Math.abs(epochDay) > 106_000) {
      return false;
    }
    parsedLayout = layout | digits << 3;
    parsedLength = p - start;
    parsedDelta = value - Math.floorDiv(time, unit(parsedLayout));
    return true;
  }

  private static boolean isDigit(byte b) {
    return b >= '0' && b <= '9';
  }

  /// -1 when these are no two digits.
  private static int two(byte[] b, int at) {
    return isDigit(b[at]) && isDigit(b[at + 1]) ? (b[at] - '0') * 10 + b[at + 1] - '0' : -1;
  }

  private void show(long day) {
    if (day != shownDay) {
      var date = LocalDate.ofEpochDay(day);
      shownDay = day;
      shownYear = date.getYear();
      shownMonth = date.getMonthValue();
      shownDayOfMonth = date.getDayOfMonth();
    }
  }

  /// Prints a time.
  void print(int layout, long value, ByteWriter out) {
    int digits = layout >>> 3;
    long seconds = Math.floorDiv(value, POWERS[digits]);
    long fraction = value - seconds * POWERS[digits];
    if (seconds != shownSecond || (layout & 3) != shownStyle) {
      shownSecond = seconds;
      shownStyle = layout & 3;
      shown.clear();
      printSecond(seconds, shown);
    }
    out.bytes(shown.array(), 0, shown.size());
    if (digits > 0) {
      fractionBytes[0] = (byte) ((layout & COMMA) != 0 ? ',' : '.');
      int left = (int) fraction;
      for (int d = digits; d > 0; d--) {
        fractionBytes[d] = (byte) ('0' + left % 10);
        left /= 10;
      }
      out.bytes(fractionBytes, 0, digits + 1);
    }
  }

  private void printSecond(long seconds, ByteWriter out) {
    long day = Math.floorDiv(seconds, 86_400L);
    int clock = (int) (seconds - day * 86_400);
    show(day);
    switch (shownStyle) {
      case ACCESS_LOG -> {
        two(shownDayOfMonth, out);
        out.u8('/');
        for (int i = 0; i < 3; i++) {
          out.u8(MONTHS.charAt(3 * shownMonth - 3 + i));
        }
        out.u8('/');
        year(out);
        out.u8(':');
      }
      case KLOG -> {
        two(shownMonth, out);
        two(shownDayOfMonth, out);
        out.u8(' ');
      }
      default -> {
        year(out);
        out.u8('-');
        two(shownMonth, out);
        out.u8('-');
        two(shownDayOfMonth, out);
        out.u8(shownStyle == ISO_T ? 'T' : ' ');
      }
    }
    two(clock / 3600, out);
    out.u8(':');
    two(clock / 60 % 60, out);
    out.u8(':');
    two(clock % 60, out);
  }

  private void year(ByteWriter out) {
    two(Math.floorMod(shownYear / 100, 100), out);
    two(Math.floorMod(shownYear, 100), out);
  }

  private static void two(int value, ByteWriter out) {
    out.u8('0' + value / 10);
    out.u8('0' + value % 10);
  }

  /// Whether the letter at `i` and those around it may be a piece of a month's name.
  private static boolean isInMonth(byte[] part, int i) {
    int from = i;
    while (from > 0 && Character.isLetter(part[from - 1])) {
      from--;
    }
    int to = i;
    while (to < part.length && Character.isLetter(part[to])) {
      to++;
    }
    if (to == i || to - from > 3) {
      return false;
    }
    var run = new String(part, from, to - from, StandardCharsets.ISO_8859_1);
    for (int m = 0; m < MONTHS.length(); m += 3) {
      if (MONTHS.substring(m, m + 3).contains(run)) {
        return true;
      }
    }
    return false;
  }

  /// Whether a byte string may be a piece of a time printed in this layout, by its bytes alone.
  static boolean possible(byte[] part, int layout) {
    int points = 0;
    for (int i = 0; i < part.length; i++) {
      byte b = part[i];
      boolean fits =
          isDigit(b)
              || b == ':'
              || switch (layout & 3) {
                case ACCESS_LOG -> b == '/' || isInMonth(part, i);
                case KLOG -> b == ' ';
                case ISO_T -> b == '-' || b == 'T';
                default -> b == '-' || b == ' ';
              }
              || layout >>> 3 > 0 && b == ((layout & COMMA) != 0 ? ',' : '.');
      points += b == '.' || b == ',' ? 1 : 0;
      if (!fits || points > 1) {
        return false;
      }
    }
    return part.length > 0 && part.length <= 30;
  }
}
