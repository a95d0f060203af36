package io.foursight.querylanguages.logql.pipeline;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import io.foursight.querylanguages.regex.RegexSearch;
import java.nio.charset.StandardCharsets;

/// `| regexp "(?P<name>...)"`: the named groups of the first match anywhere in the line.
final class RegexpStep implements Step {
  private final RegexSearch search;
  private final Matcher matcher;
  private final int[] labels;
  private final int[] groups;
  private final Texts texts;

  /// @param search of the same expression, to turn most lines away cheaply
  RegexpStep(Pattern pattern, RegexSearch search, Names names, Texts texts) {
    this.search = search;
    this.matcher = pattern.matcher(new byte[0]);
    this.texts = texts;
    var named = pattern.namedGroups();
    labels = new int[named.size()];
    groups = new int[named.size()];
    int i = 0;
    for (var entry : named.entrySet()) {
      labels[i] = names.id(entry.getKey());
      groups[i++] = entry.getValue();
    }
  }

  @Override
  public boolean apply(Row row) {
    row.labels.beginPass();
    if (!search.find(row.line, row.offset, row.length)) {
      return true;
    }
    if (isAscii(row)) {
      ascii(row);
    } else {
      other(row);
    }
    return true;
  }

  private static boolean isAscii(Row row) {
    for (int i = row.offset; i < row.offset + row.length; i++) {
      if (row.line[i] < 0) {
        return false;
      }
    }
    return true;
  }

  private void ascii(Row row) {
    byte[] text = row.offset == 0 && row.length == row.line.length ? row.line : row.lineCopy();
    if (!matcher.reset(text).find()) {
      return;
    }
    for (int i = 0; i < labels.length; i++) {
      int start = Math.max(0, matcher.start(groups[i]));
      int end = Math.max(0, matcher.end(groups[i]));
      row.labels.addParsed(labels[i], text, start, end - start);
    }
  }

  /// RE2/J finds borders of words and texts in bytes only where these are ASCII.
  private void other(Row row) {
    String text = new String(row.line, row.offset, row.length, StandardCharsets.UTF_8);
    Matcher found = matcher.pattern().matcher(text);
    if (!found.find()) {
      return;
    }
    for (int i = 0; i < labels.length; i++) {
      String value = found.start(groups[i]) < 0 ? "" : found.group(groups[i]);
      byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
      texts.plain(bytes, 0, bytes.length);
      row.labels.addParsed(labels[i], texts.bytes, texts.offset, texts.length);
    }
  }
}
