package io.foursight.storage.metrics.block.v1;

import io.foursight.model.metrics.Exemplar;
import io.foursight.model.metrics.SeriesCursor;
import java.util.List;

/// All series of a block in [MetricsBlockFormat#SERIES_ORDER] (not in label order), with their
/// exemplars.
public interface BlockScan extends SeriesCursor {
  /// Exemplars of the current series, ascending by time; often none. Those outside the scanned
  /// range are left out.
  List<Exemplar> exemplars();
}
