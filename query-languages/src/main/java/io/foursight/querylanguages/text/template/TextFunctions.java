package io.foursight.querylanguages.text.template;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.foursight.querylanguages.regex.GoExpand;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Locale;

/// Functions on texts. Those with a capital come from Go's `strings` and take the subject first;
/// those of sprig take it last, for use behind a bar.
final class TextFunctions {
  private static final int MAX_REPEAT = 1 << 20;

  private TextFunctions() {}

  static void addTo(Functions f) {
    f.add("ToLower", 1, a -> a.text(0).toLowerCase(Locale.ROOT));
    f.add("ToUpper", 1, a -> a.text(0).toUpperCase(Locale.ROOT));
    f.add("lower", 1, a -> a.text(0).toLowerCase(Locale.ROOT));
    f.add("upper", 1, a -> a.text(0).toUpperCase(Locale.ROOT));
    f.add("title", 1, a -> title(a.text(0)));
    f.add("Replace", 4, a -> replace(a.text(0), a.text(1), a.text(2), a.whole(3)));
    f.add("replace", 3, a -> replace(a.text(2), a.text(0), a.text(1), -1));
    f.add("Trim", 2, a -> trim(a.text(0), a.text(1), true, true));
    f.add("TrimLeft", 2, a -> trim(a.text(0), a.text(1), true, false));
    f.add("TrimRight", 2, a -> trim(a.text(0), a.text(1), false, true));
    f.add("TrimPrefix", 2, a -> trimPrefix(a.text(0), a.text(1)));
    f.add("TrimSuffix", 2, a -> trimSuffix(a.text(0), a.text(1)));
    f.add("TrimSpace", 1, a -> a.text(0).strip());
    f.add("trim", 1, a -> a.text(0).strip());
    f.add("trimAll", 2, a -> trim(a.text(1), a.text(0), true, true));
    f.add("trimPrefix", 2, a -> trimPrefix(a.text(1), a.text(0)));
    f.add("trimSuffix", 2, a -> trimSuffix(a.text(1), a.text(0)));
    f.add("contains", 2, a -> a.text(1).contains(a.text(0)));
    f.add("hasPrefix", 2, a -> a.text(1).startsWith(a.text(0)));
    f.add("hasSuffix", 2, a -> a.text(1).endsWith(a.text(0)));
    f.add("indent", 2, a -> indent(a.whole(0), a.text(1)));
    f.add("nindent", 2, a -> "\n" + indent(a.whole(0), a.text(1)));
    f.add("repeat", 2, TextFunctions::repeat);
    f.add("trunc", 2, a -> trunc(a.whole(0), a.text(1)));
    f.add("substr", 3, TextFunctions::substr);
    f.add("alignLeft", 2, a -> align(a.whole(0), a.text(1), true));
    f.add("alignRight", 2, a -> align(a.whole(0), a.text(1), false));
    f.add("count", 2, TextFunctions::count);
    f.add("regexReplaceAll", 3, a -> regexReplace(a, false));
    f.add("regexReplaceAllLiteral", 3, a -> regexReplace(a, true));
    f.add("urlencode", 1, a -> urlEncode(a.text(0)));
    f.add("urldecode", 1, TextFunctions::urlDecode);
    f.add("b64enc", 1, a -> encode64(a.text(0)));
    f.add("b64dec", 1, TextFunctions::decode64);
    f.addVariadic(
        "default", 1, a -> a.size() == 1 || !Values.isTrue(a.get(1)) ? a.get(0) : a.get(1));
    f.add("fromJson", 1, a -> JsonValue.parse(a.text(0)));
  }

  private static String title(String s) {
    var out = new StringBuilder();
    int before = ' ';
    for (int c : s.codePoints().toArray()) {
      boolean start = !Character.isLetterOrDigit(before) && before != '_' && before != '\'';
      out.appendCodePoint(start ? Character.toTitleCase(c) : c);
      before = c;
    }
    return out.toString();
  }

  private static String replace(String s, String old, String fresh, int limit) {
    if (limit < 0 && !old.isEmpty()) {
      return s.replace(old, fresh);
    }
    var out = new StringBuilder();
    int at = 0;
    for (int n = 0; limit < 0 || n < limit; n++) {
      // An empty text is found before every character and at the end.
      int found = old.isEmpty() ? (n == 0 ? 0 : next(s, at)) : s.indexOf(old, at);
      if (found < 0) {
        break;
      }
      out.append(s, at, found).append(fresh);
      at = found + old.length();
    }
    return out.append(s, at, s.length()).toString();
  }

  private static int next(String s, int at) {
    return at >= s.length() ? -1 : s.offsetByCodePoints(at, 1);
  }

  private static String trim(String s, String cutset, boolean left, boolean right) {
    int from = 0;
    int to = s.length();
    while (left && from < to && cutset.indexOf(s.codePointAt(from)) >= 0) {
      from += Character.charCount(s.codePointAt(from));
    }
    while (right && to > from && cutset.indexOf(s.codePointBefore(to)) >= 0) {
      to -= Character.charCount(s.codePointBefore(to));
    }
    return s.substring(from, to);
  }

  private static String trimPrefix(String s, String prefix) {
    return s.startsWith(prefix) ? s.substring(prefix.length()) : s;
  }

  private static String trimSuffix(String s, String suffix) {
    return s.endsWith(suffix) ? s.substring(0, s.length() - suffix.length()) : s;
  }

  private static String indent(int blanks, String s) {
    String pad = " ".repeat(Math.clamp(blanks, 0, MAX_REPEAT));
    return pad + s.replace("\n", "\n" + pad);
  }

  private static Object repeat(Args a) {
    int times = a.whole(0);
    String s = a.text(1);
    if (times < 0) {
      throw a.failed("strings: negative Repeat count");
    }
    if ((long) times * s.length() > MAX_REPEAT) {
      throw a.failed("the result is longer than " + MAX_REPEAT);
    }
    return s.repeat(times);
  }

  private static String trunc(int length, String s) {
    byte[] b = s.getBytes(StandardCharsets.UTF_8);
    if (length < 0 && b.length + length > 0) {
      return new String(b, b.length + length, -length, StandardCharsets.UTF_8);
    }
    return length >= 0 && b.length > length ? new String(b, 0, length, StandardCharsets.UTF_8) : s;
  }

  private static Object substr(Args a) {
    int from = a.whole(0);
    int to = a.whole(1);
    byte[] b = a.text(2).getBytes(StandardCharsets.UTF_8);
    int start = Math.max(0, from);
    int end = from >= 0 && (to < 0 || to > b.length) ? b.length : to;
    if (end > b.length || end < start) {
      throw a.failed("slice bounds out of range [" + start + ":" + end + "]");
    }
    return new String(b, start, end - start, StandardCharsets.UTF_8);
  }

  /// Cut or padded to so many characters; the text stays at the named side.
  private static String align(int width, String s, boolean left) {
    int length = s.codePointCount(0, s.length());
    if (width < 0 || length == width) {
      return s;
    }
    if (length < width) {
      String pad = " ".repeat(Math.min(width - length, MAX_REPEAT));
      return left ? s + pad : pad + s;
    }
    return left
        ? s.substring(0, s.offsetByCodePoints(0, width))
        : s.substring(s.offsetByCodePoints(0, length - width));
  }

  private static Pattern pattern(Args a, String expression) {
    try {
      return Pattern.compile(expression);
    } catch (PatternSyntaxException e) {
      throw a.failed(e.getMessage());
    }
  }

  private static Object count(Args a) {
    var matcher = pattern(a, a.text(0)).matcher(a.text(1));
    long n = 0;
    while (matcher.find()) {
      n++;
    }
    return n;
  }

  private static Object regexReplace(Args a, boolean literal) {
    var matcher = pattern(a, a.text(0)).matcher(a.text(1));
    String replacement = a.text(2);
    var out = new StringBuilder();
    int at = 0;
    while (matcher.find()) {
      out.append(a.text(1), at, matcher.start());
      out.append(literal ? replacement : GoExpand.expand(replacement, matcher));
      at = matcher.end();
    }
    return out.append(a.text(1), at, a.text(1).length()).toString();
  }

  static String urlEncode(String s) {
    return URLEncoder.encode(s, StandardCharsets.UTF_8).replace("*", "%2A").replace("%7E", "~");
  }

  private static Object urlDecode(Args a) {
    try {
      return URLDecoder.decode(a.text(0), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw a.failed("invalid URL escape: " + e.getMessage());
    }
  }

  private static String encode64(String s) {
    return Base64.getEncoder().encodeToString(s.getBytes(StandardCharsets.UTF_8));
  }

  private static Object decode64(Args a) {
    for (var decoder : List.of(Base64.getDecoder(), Base64.getUrlDecoder())) {
      try {
        return new String(decoder.decode(a.text(0)), StandardCharsets.UTF_8);
      } catch (IllegalArgumentException e) {
        // Not this alphabet.
      }
    }
    throw a.failed("illegal base64 data");
  }
}
