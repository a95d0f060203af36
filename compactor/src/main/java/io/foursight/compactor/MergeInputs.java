package io.foursight.compactor;

import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.storage.object.FileRangedReader;
import io.foursight.storage.object.RangedReader;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/// What a merge holds open: downloaded files of its inputs and whatever reads them, closed in
/// reverse. Owned by one thread.
public final class MergeInputs implements AutoCloseable {
  private final List<AutoCloseable> open = new ArrayList<>();

  /// The files of an input by name.
  public Function<String, RangedReader> files(BlockMerger.Input input) {
    return name -> opened(new FileRangedReader(input.directory().resolve(name)));
  }

  /// Closes it with the others.
  public <T extends AutoCloseable> T opened(T one) {
    open.add(one);
    return one;
  }

  /// @throws FoursightException `CANCELED`
  public static void check(BooleanSupplier cancelled) {
    if (cancelled.getAsBoolean()) {
      throw new FoursightException(ErrorKind.CANCELED, "merge stopped");
    }
  }

  @Override
  public void close() {
    for (AutoCloseable closeable : open.reversed()) {
      try {
        closeable.close();
      } catch (Exception e) {
        throw new FoursightException(ErrorKind.INTERNAL, "cannot close a merged block: " + e, e);
      }
    }
  }
}
