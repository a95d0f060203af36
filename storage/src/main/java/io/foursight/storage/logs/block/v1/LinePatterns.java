package io.foursight.storage.logs.block.v1;

import io.foursight.model.logs.LogsPattern;
import io.foursight.model.logs.LogsSelect;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Message patterns of lines that are in no block yet, by the same rules as a block finds its
/// templates: what is the same in all lines of a pattern is part of it, and patterns of fewer than
/// four lines are left out where there are many. Charges the budget. Owned by one thread.
public final class LinePatterns {
  private static final int MAX_PATTERNS = 4096;
  private static final int MANY = 64;
  private static final int MIN_LINES = 4;

  /// A template, the variables of its first line, and what is counted by level.
  private static final class Found {
    final TemplateDraft draft;
    final byte[][] values;
    final boolean[] varies;
    final Map<String, long[]> counts = new HashMap<>();

    Found(TemplateDraft draft, byte[] bytes, Tokenizer tokens) {
      this.draft = draft;
      values = new byte[tokens.count][];
      varies = new boolean[tokens.count];
      for (int i = 0; i < values.length; i++) {
        values[i] = Arrays.copyOfRange(bytes, tokens.starts[i], tokens.ends[i]);
      }
    }

    void compare(byte[] bytes, Tokenizer tokens) {
      for (int i = 0; i < values.length; i++) {
        varies[i] =
            varies[i]
                || !Arrays.equals(
                    values[i], 0, values[i].length, bytes, tokens.starts[i], tokens.ends[i]);
      }
    }

    byte[][] literals() {
      var literals = new ArrayList<byte[]>();
      var literal = new ByteArrayOutputStream();
      for (int i = 0; i < values.length; i++) {
        literal.writeBytes(draft.literals[i]);
        if (varies[i] || draft.layouts[i] != Tokenizer.NO_LAYOUT) {
          literals.add(literal.toByteArray());
          literal.reset();
        } else {
          literal.writeBytes(values[i]);
        }
      }
      literal.writeBytes(draft.literals[values.length]);
      literals.add(literal.toByteArray());
      return literals.toArray(new byte[0][]);
    }
  }

  private final PatternCounts counts;
  private final Tokenizer tokenizer = new Tokenizer();
  private final Map<Long, List<Found>> byHash = new HashMap<>();
  private final List<Found> found = new ArrayList<>();
  private long lines;

  public LinePatterns(LogsSelect select, long stepNanos) {
    counts = new PatternCounts(select, stepNanos);
  }

  /// Counts a line of the range.
  ///
  /// @param level its detected level, or empty
  public void add(byte[] bytes, int from, int length, long time, String level) {
    lines++;
    int to = from + length;
    if (!tokenizer.line(bytes, from, to, time)) {
      return;
    }
    long hash = TemplateDraft.hash(bytes, from, to, tokenizer);
    List<Found> candidates = byHash.computeIfAbsent(hash, h -> new ArrayList<>(1));
    Found own = null;
    for (Found candidate : candidates) {
      if (candidate.draft.fits(bytes, from, to, tokenizer)) {
        own = candidate;
        break;
      }
    }
    if (own == null) {
      if (found.size() == MAX_PATTERNS) {
        return;
      }
      own = new Found(new TemplateDraft(hash, bytes, from, to, tokenizer), bytes, tokenizer);
      candidates.add(own);
      found.add(own);
    } else {
      own.compare(bytes, tokenizer);
    }
    own.draft.rows++;
    own.counts.computeIfAbsent(level, l -> counts.charged())[counts.bucket(time)]++;
  }

  /// Most frequent first. Ends the use of this object.
  public List<LogsPattern> most(int limit) {
    int least = lines >= MANY ? MIN_LINES : 1;
    for (Found one : found) {
      byte[][] literals = one.literals();
      String text = PatternCounts.text(literals);
      boolean counts = one.draft.rows >= least && !PatternCounts.isNothing(literals);
      one.counts.forEach((level, sums) -> {
        if (counts) {
          this.counts.add(text, level, sums);
        } else {
          this.counts.discard();
        }
      });
    }
    return counts.most(limit);
  }
}
