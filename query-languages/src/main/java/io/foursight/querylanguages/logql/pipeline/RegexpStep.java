package io.foursight.querylanguages.logql.pipeline;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import io.foursight.querylanguages.regex.RegexSearch;

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
    byte[] text = row.offset == 0 && row.length == row.line.length ? row.line : row.lineCopy();
    if (!matcher.reset(text).find()) {
      return true;
    }
    for (int i = 0; i < labels.length; i++) {
      int start = Math.max(0, matcher.start(groups[i]));
      int end = Math.max(0, matcher.end(groups[i]));
      texts.plain(text, start, end);
      row.labels.addParsed(labels[i], texts.bytes, texts.offset, texts.length);
    }
    return true;
  }
}
