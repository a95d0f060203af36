package io.foursight.benchmarks.logql;

import io.foursight.model.Labels;
import io.foursight.model.logs.LogsPage;
import io.foursight.querylanguages.logql.ast.Expr.RangeAggregation;
import io.foursight.querylanguages.logql.ast.Grouping;
import io.foursight.querylanguages.logql.parse.LogqlParser;
import io.foursight.querylanguages.logql.pipeline.LabelGroups;
import io.foursight.querylanguages.logql.pipeline.Pipeline;
import io.foursight.querylanguages.logql.pipeline.PipelineRun;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// One page of 8192 entries of 8 streams through a pipeline, each that passes put into its group by
/// `status`; the score is nanoseconds an entry. Lines are JSON objects or logfmt of about 200
/// bytes.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class PipelineBenchmark {
  private static final int ROWS = 8192;

  @Param({
    "",
    "|= \"never there\"",
    "|~ \"(?i)NEVER there\"",
    "|~ \"user=[0-9]+9 .*denied\"",
    "|> \"<_>method=<_> never<_>\"",
    "| logfmt",
    "| logfmt | status >= 500",
    "| logfmt | line_format \"{{.method}} {{.path}}\"",
    "| json",
    "| json | status=\"503\"",
    "| json s=\"status\"",
    "| pattern \"<_> method=<method> path=<path> <_>\"",
    "| regexp \"method=(?P<method>[A-Z]+)\""
  })
  public String stages;

  private LogsPage page;
  private PipelineRun run;
  private LabelGroups groups;

  @Setup
  public void prepare() {
    page = page(stages.contains("json"), new Random(42));
    var query = (RangeAggregation) LogqlParser.parse("rate({a=\"b\"} " + stages + " [1m])");
    run =
        Pipeline.compile(
                query.range().query().stages(),
                Optional.empty(),
                Optional.of(Set.of("status")),
                InstantSource.system())
            .startUnfiltered();
    groups = new LabelGroups(run, Optional.of(new Grouping(List.of("status"), false)));
  }

  private static LogsPage page(boolean json, Random random) {
    var streams =
        IntStream.range(0, 8)
            .mapToObj(i -> Labels.of("app", "shop", "env", "prod", "pod", "shop-" + i))
            .toList();
    var text = new ByteArrayOutputStream();
    var starts = new int[ROWS];
    var lengths = new int[ROWS];
    var streamOf = new int[ROWS];
    var times = new long[ROWS];
    for (int i = 0; i < ROWS; i++) {
      byte[] line = line(json, random).getBytes(StandardCharsets.UTF_8);
      starts[i] = text.size();
      lengths[i] = line.length;
      streamOf[i] = i / (ROWS / 8);
      times[i] = i;
      text.writeBytes(line);
    }
    return new LogsPage(
        ROWS, times, streams, streamOf, text.toByteArray(), starts, lengths, List.of());
  }

  private static String line(boolean json, Random random) {
    String format =
        json
            ? "{\"level\":\"%s\",\"ts\":\"2026-11-23T10:00:%02d.123Z\",\"method\":\"%s\","
                + "\"path\":\"/api/v1/orders/%d\",\"status\":%d,\"duration\":\"%dms\","
                + "\"user\":{\"id\":%d,\"name\":\"somebody\"},\"msg\":\"request served\"}"
            : "level=%s ts=2026-11-23T10:00:%02d.123Z method=%s path=/api/v1/orders/%d status=%d"
                + " duration=%dms user=%d caller=http.go:241 msg=\"request served, nothing to"
                + " add\"";
    return String.format(
        format,
        random.nextInt(10) == 0 ? "error" : "info",
        random.nextInt(60),
        random.nextBoolean() ? "GET" : "POST",
        random.nextInt(1_000_000),
        List.of(200, 204, 404, 500, 503).get(random.nextInt(5)),
        random.nextInt(5000),
        random.nextInt(100_000));
  }

  @Benchmark
  @OperationsPerInvocation(ROWS)
  public long pageThroughPipeline() {
    run.page(page);
    long sum = 0;
    for (int row = 0; row < ROWS; row++) {
      if (run.row(row)) {
        sum += groups.group() + 1;
      }
    }
    return sum;
  }
}
