package io.foursight.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.foursight.model.logs.LogsBatch;
import io.foursight.wire.logs.PushDecoder;
import io.foursight.wire.logs.PushJson;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The checker makes the entries anew, so they must depend on nothing but the options; and no two
/// of a stream may be equal, since these count once.
class LogWorkloadTest {
  private static final long START = 1_790_000_000_000_000_000L;

  @Test
  void theSameOptions_giveTheSameEntries() {
    var a = new LogWorkload(3, 24, START).streams();
    var b = new LogWorkload(3, 24, START).streams();
    var x = new LogText();
    var y = new LogText();
    for (int s = 0; s < a.size(); s++) {
      for (int i = 0; i < 200; i++) {
        x.clear();
        y.clear();
        long time = a.get(s).time();
        assertThat(time).isEqualTo(b.get(s).time());
        a.get(s).line(x);
        b.get(s).line(y);
        assertThat(x).hasToString(y.toString());
        assertThat(a.get(s).time()).isGreaterThan(time);
      }
    }
  }

  @Test
  void bothEncodings_sayTheSame() {
    List<String> json = entries(false);
    assertThat(json).hasSizeGreaterThan(1000).isEqualTo(entries(true));
  }

  private static List<String> entries(boolean protobuf) {
    var entries = new ArrayList<String>();
    for (byte[] body :
        LogBodies.requests(new LogWorkload(5, 24, START), protobuf, 300_000, 50_000)) {
      var batch = new LogsBatch(body);
      if (protobuf) {
        new PushDecoder().decode(body, batch);
      } else {
        new PushJson().decode(body, batch);
      }
      for (int s = 0; s < batch.streamCount(); s++) {
        for (int e = batch.entryStart(s); e < batch.entryEnd(s); e++) {
          var line =
              new String(
                  batch.body(), batch.lineOffset(e), batch.lineLength(e), StandardCharsets.UTF_8);
          entries.add(batch.labels(s) + " " + batch.timestamps()[e] + " " + line);
        }
      }
    }
    return entries;
  }
}
