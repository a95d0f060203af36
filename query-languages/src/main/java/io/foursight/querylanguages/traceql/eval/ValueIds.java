package io.foursight.querylanguages.traceql.eval;

import io.foursight.model.traces.SpanColumn;
import io.foursight.model.traces.SpanTexts;
import io.foursight.model.traces.SpanValue;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Numbers for the values of one field, 0 for those spans that have none. Texts of a page are
/// looked up once each.
final class ValueIds {
  private static final int TYPES = 9;

  private final List<SpanValue> values = new ArrayList<>(List.of(new SpanValue.Nil()));
  private final Map<String, Integer> texts = new HashMap<>();
  private final LongIntMap[] numbers = new LongIntMap[TYPES];
  private SpanTexts cached = SpanTexts.NONE;
  private int[] codes = {};

  int size() {
    return values.size();
  }

  SpanValue value(int id) {
    return values.get(id);
  }

  int of(Cell cell, int i) {
    if (cell.count() == 0) {
      return 0;
    }
    byte type = cell.type(i);
    if (type == SpanColumn.OTHER) {
      return 0;
    }
    if (type != SpanColumn.TEXT) {
      if (numbers[type] == null) {
        numbers[type] = new LongIntMap(8);
      }
      int id = numbers[type].putIfAbsent(cell.number(i), values.size());
      return added(id, cell, i);
    }
    SpanTexts own = cell.texts();
    if (own == SpanTexts.NONE) {
      return text(cell, i);
    }
    if (own != cached) {
      cached = own;
      codes = new int[own.size()];
      Arrays.fill(codes, -1);
    }
    int code = (int) cell.number(i);
    if (codes[code] < 0) {
      codes[code] = text(cell, i);
    }
    return codes[code];
  }

  private int text(Cell cell, int i) {
    return added(texts.computeIfAbsent(cell.text(i), t -> values.size()), cell, i);
  }

  private int added(int id, Cell cell, int i) {
    if (id == values.size()) {
      values.add(cell.value(i));
    }
    return id;
  }
}
