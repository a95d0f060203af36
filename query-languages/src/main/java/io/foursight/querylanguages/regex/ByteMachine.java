package io.foursight.querylanguages.regex;

import io.foursight.querylanguages.text.ByteSearch;
import java.util.Arrays;
import org.apache.lucene.util.automaton.Automaton;
import org.apache.lucene.util.automaton.ByteRunAutomaton;

/// A deterministic automaton over bytes as one flat table, for telling whether a text contains a
/// match. A row of `next` per state, a column per class of bytes; entries are the next row's
/// offset, or [#FOUND], or [#DEAD]. Most bytes of most texts leave it in its first state, so it
/// looks for the first byte that does not before it begins to step: eight at a time when only few
/// bytes do so. Immutable, safe from any thread.
final class ByteMachine {
  private static final int DEAD = -1;
  private static final int FOUND = -2;
  private static final int MAX_LEAVING = 3;

  private final byte[] classes;
  private final int[] next;
  private final boolean[] accepting;
  private final int stride;
  private final boolean atEnd;

  /// Whether a byte takes the machine out of its first state.
  private final boolean[] leaves = new boolean[256];

  /// Those bytes, when they are few; else empty.
  private final byte[] leaving;

  /// @param deterministic over bytes
  /// @param atEnd whether only a match that ends with the text counts
  ByteMachine(Automaton deterministic, boolean atEnd) {
    this.atEnd = atEnd;
    var automaton = new ByteRunAutomaton(deterministic, true);
    int states = automaton.getSize();
    int[] starts = automaton.getCharIntervals();
    classes = new byte[256];
    for (int c = 0; c < 256; c++) {
      int found = Arrays.binarySearch(starts, c);
      classes[c] = (byte) (found >= 0 ? found : -found - 2);
    }
    stride = starts.length;
    next = new int[states * stride];
    accepting = new boolean[states];
    for (int s = 0; s < states; s++) {
      accepting[s] = automaton.isAccept(s);
      for (int k = 0; k < stride; k++) {
        // The last interval may begin behind the last byte.
        int to = starts[k] < 256 ? automaton.step(s, starts[k]) : DEAD;
        next[s * stride + k] =
            to < 0 ? DEAD : !atEnd && automaton.isAccept(to) ? FOUND : to * stride;
      }
    }
    var few = new byte[256];
    int count = 0;
    for (int c = 0; c < 256; c++) {
      leaves[c] = next[classes[c] & 0xff] != 0;
      if (leaves[c]) {
        few[count++] = (byte) c;
      }
    }
    leaving = count > 0 && count <= MAX_LEAVING ? Arrays.copyOf(few, count) : new byte[0];
  }

  /// Whether the slice contains a match (or ends with one).
  boolean find(byte[] bytes, int from, int to) {
    if (accepting[0] && !atEnd) {
      return true;
    }
    int state = 0;
    int i = from;
    while (i < to) {
      if (state == 0) {
        i = firstLeaving(bytes, i, to);
        if (i == to) {
          break;
        }
      }
      state = next[state + (classes[bytes[i++] & 0xff] & 0xff)];
      if (state < 0) {
        return state == FOUND;
      }
    }
    return atEnd && accepting[state / stride];
  }

  private int firstLeaving(byte[] bytes, int from, int to) {
    if (leaving.length > 0) {
      int found = ByteSearch.indexOfAny(bytes, from, to, leaving);
      return found < 0 ? to : found;
    }
    int i = from;
    while (i < to && !leaves[bytes[i] & 0xff]) {
      i++;
    }
    return i;
  }
}
