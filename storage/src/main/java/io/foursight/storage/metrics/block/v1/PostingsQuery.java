package io.foursight.storage.metrics.block.v1;

import io.foursight.model.LabelMatcher;
import io.foursight.model.QueryBudget;
import io.foursight.storage.encoding.ByteReader;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.roaringbitmap.RoaringBitmap;

/// Finds the series that satisfy matchers, by postings. An absent label has the empty value. One
/// use, one thread.
final class PostingsQuery {
  private final BlockIndex index;
  private final QueryBudget budget;
  private final PostingsCodec codec = new PostingsCodec();

  PostingsQuery(BlockIndex index, QueryBudget budget) {
    this.index = index;
    this.budget = budget;
  }

  RoaringBitmap find(List<LabelMatcher> matchers) {
    var found = new RoaringBitmap();
    found.add(0L, index.seriesCount());
    // Cheap and selective conditions first.
    List<LabelMatcher> ordered =
        matchers.stream().sorted(Comparator.comparingInt(PostingsQuery::cost)).toList();
    for (LabelMatcher m : ordered) {
      if (found.isEmpty()) {
        break;
      }
      apply(m, found);
    }
    return found;
  }

  private static int cost(LabelMatcher m) {
    return switch (m.type()) {
      case EQUAL -> 0;
      case REGEX -> m.matcher().literals().isPresent() ? 1 : m.matcher().prefix().isEmpty() ? 3 : 2;
      case NOT_EQUAL -> 4;
      case NOT_REGEX -> 5;
    };
  }

  private void apply(LabelMatcher m, RoaringBitmap found) {
    int name = index.ordinal(m.name());
    if (name < 0) {
      if (!m.matchesEmpty()) {
        found.clear();
      }
      return;
    }
    // With the empty value matching, what is left out is looked for, and the other way round.
    boolean exclude = m.matchesEmpty();
    var listed = new RoaringBitmap();
    boolean textMatches = exclude == m.isNegative();
    if (textMatches && m.matcher().literals().isPresent()) {
      Set<String> literals = new TreeSet<>(m.matcher().literals().orElseThrow());
      for (String literal : literals) {
        if (!literal.isEmpty() && m.matches(literal) != exclude) {
          addValue(name, literal, listed);
        }
      }
    } else {
      addMatching(m, name, exclude, textMatches ? m.matcher().prefix() : "", listed);
    }
    if (exclude) {
      found.andNot(listed);
    } else {
      found.and(listed);
    }
  }

  private void addValue(int name, String value, RoaringBitmap into) {
    ValuePage page = index.valuePage(name, index.label(name).pageOf(value));
    int row = page.find(value);
    if (row >= 0) {
      codec.decode(page.postings(row, index), index.seriesCount(), into);
    }
  }

  /// Tests every value, or those with the prefix; a label of which all values are listed is taken
  /// as a whole.
  private void addMatching(
      LabelMatcher m, int name, boolean exclude, String prefix, RoaringBitmap into) {
    LabelIndex label = index.label(name);
    int first = prefix.isEmpty() ? 0 : label.pageOf(prefix);
    var wanted = new TreeSet<Integer>();
    boolean all = prefix.isEmpty();
    int perPage = MetricsBlockFormat.VALUES_PER_PAGE;
    for (int p = first; p < label.pageCount(); p++) {
      budget.check();
      ValuePage page = index.valuePage(name, p);
      for (int row = 0; row < page.size(); row++) {
        String value = page.value(row);
        if (m.matches(value) != exclude) {
          wanted.add(p * perPage + row);
        } else {
          all = false;
        }
      }
      if (!prefix.isEmpty() && page.size() > 0 && isBehind(page.value(page.size() - 1), prefix)) {
        break;
      }
    }
    if (all) {
      into.or(withLabel(name));
      return;
    }
    for (int rank : wanted) {
      ByteReader list = index.valuePage(name, rank / perPage).postings(rank % perPage, index);
      codec.decode(list, index.seriesCount(), into);
    }
  }

  /// Whether a value lies behind all that start with the prefix.
  private static boolean isBehind(String value, String prefix) {
    return !value.startsWith(prefix) && io.foursight.model.Labels.compareText(value, prefix) > 0;
  }

  /// All series that have the label.
  RoaringBitmap withLabel(int name) {
    var set = new RoaringBitmap();
    codec.decode(index.label(name).all(), index.seriesCount(), set);
    return set;
  }

  /// Series with one value, by its rank.
  RoaringBitmap withValue(int name, int rank) {
    var set = new RoaringBitmap();
    int perPage = MetricsBlockFormat.VALUES_PER_PAGE;
    codec.decode(
        index.valuePage(name, rank / perPage).postings(rank % perPage, index),
        index.seriesCount(),
        set);
    return set;
  }
}
