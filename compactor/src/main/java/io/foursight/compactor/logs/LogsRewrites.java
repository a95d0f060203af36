package io.foursight.compactor.logs;

import io.foursight.compactor.logs.LogsCompactorLimits.DeletionMode;
import io.foursight.config.TenantLimits;
import io.foursight.model.LabelMatcher;
import io.foursight.model.Labels;
import io.foursight.model.QueryBudget;
import io.foursight.model.TenantId;
import io.foursight.model.logs.LogsPage;
import io.foursight.model.logs.LogsSelect;
import io.foursight.storage.block.BlockMeta;
import io.foursight.storage.block.ObjectBlockStore;
import io.foursight.storage.logs.StreamRetention;
import io.foursight.storage.logs.block.v1.LogsBlockReader;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// Which entries have to go: by delete requests and by the retention of their stream; and which
/// blocks have any. A block that was written while a request was there says so in its statistics
/// (`delete_request.<id>`), so that it is looked through once. Safe from any thread.
final class LogsRewrites {
  private static final String DONE = "delete_request.";
  private static final long DAY_MILLIS = 86_400_000;
  private static final int MAX_COMPILED = 10_000;

  private final ObjectBlockStore blocks;
  private final DeleteRequests requests;
  private final TenantLimits<LogsCompactorLimits> limits;
  private final EntryFilter.Compiler compiler;
  private final InstantSource clock;
  private final Map<String, EntryFilter> compiled = new ConcurrentHashMap<>();

  /// Blocks that had nothing to go, by what was asked of them.
  private final Map<String, List<String>> clean = new ConcurrentHashMap<>();

  LogsRewrites(
      ObjectBlockStore blocks,
      DeleteRequests requests,
      TenantLimits<LogsCompactorLimits> limits,
      EntryFilter.Compiler compiler,
      InstantSource clock) {
    this.blocks = blocks;
    this.requests = requests;
    this.limits = limits;
    this.compiler = compiler;
    this.clock = clock;
  }

  private EntryFilter filter(String query) {
    if (compiled.size() > MAX_COMPILED) {
      compiled.clear();
    }
    return compiled.computeIfAbsent(query, compiler::compile);
  }

  private List<DeleteRequest> active(TenantId tenant) {
    return limits.of(tenant).deletionMode() != DeletionMode.FILTER_AND_DELETE
        ? List.of()
        : requests.all(tenant).stream().filter(r -> !r.processed()).toList();
  }

  /// Whether entries of the block have to go.
  boolean isNeeded(TenantId tenant, BlockMeta block) {
    var asks = new ArrayList<Ask>();
    for (DeleteRequest request : active(tenant)) {
      if (!block.stats().containsKey(DONE + request.id())
          && block.minTimeMillis() <= Math.floorDiv(request.endNanos(), 1_000_000L)
          && block.maxTimeMillis() >= Math.floorDiv(request.startNanos(), 1_000_000L)) {
        asks.add(
            new Ask(
                false,
                filter(request.query()).matchers(),
                request.startNanos(),
                request.endNanos() == Long.MAX_VALUE ? Long.MAX_VALUE : request.endNanos() + 1));
      }
    }
    for (Rule rule : rules(tenant)) {
      if (rule.cutoffNanos > block.minTimeMillis() * 1_000_000) {
        asks.add(new Ask(true, rule.matchers, Long.MIN_VALUE, rule.cutoffNanos));
      }
    }
    if (asks.isEmpty()) {
      return false;
    }
    String key = tenant + "/" + block.id();
    var signature = asks.stream().map(Ask::signature).toList();
    if (signature.equals(clean.get(key))) {
      return false;
    }
    try (var reader = LogsBlockReader.open(block, name -> blocks.open(tenant, block, name))) {
      for (Ask ask : asks) {
        var select =
            new LogsSelect(
                tenant, ask.startNanos, ask.endNanos, ask.matchers, QueryBudget.unlimited());
        if (reader.stats(select).entries() > 0 && hasOwn(tenant, reader, select, ask)) {
          return true;
        }
      }
    }
    if (clean.size() > MAX_COMPILED) {
      clean.clear();
    }
    clean.put(key, signature);
    return false;
  }

  /// A stream that a rule's selector matches may belong to an earlier rule.
  private boolean hasOwn(TenantId tenant, LogsBlockReader reader, LogsSelect select, Ask ask) {
    if (!ask.byRule) {
      return true;
    }
    for (Labels labels : reader.series(select)) {
      long cutoff = cutoff(rules(tenant), labels);
      var own = new LogsSelect(tenant, Long.MIN_VALUE, cutoff, exactly(labels), select.budget());
      if (cutoff > Long.MIN_VALUE && reader.stats(own).entries() > 0) {
        return true;
      }
    }
    return false;
  }

  private static List<LabelMatcher> exactly(Labels labels) {
    var matchers = new ArrayList<LabelMatcher>();
    labels.forEach((name, value) -> matchers.add(LabelMatcher.equal(name, value)));
    return matchers;
  }

  /// @param byRule whether a rule of retention asks, of which an earlier one may take precedence
  private record Ask(boolean byRule, List<LabelMatcher> matchers, long startNanos, long endNanos) {
    String signature() {
      return matchers + " " + startNanos + " " + endNanos;
    }
  }

  /// Entries of matching streams older than the cutoff go; `MIN_VALUE` keeps all.
  private record Rule(List<LabelMatcher> matchers, long cutoffNanos) {}

  /// In order of precedence. Without rules by stream whole blocks go by age, and none is rewritten.
  private List<Rule> rules(TenantId tenant) {
    LogsCompactorLimits l = limits.of(tenant);
    if (l.retentionStream().isEmpty()) {
      return List.of();
    }
    var rules = new ArrayList<Rule>();
    StreamRetention.byPrecedence(l.retentionStream())
        .forEach(
            rule -> rules.add(new Rule(filter(rule.selector()).matchers(), cutoff(rule.period()))));
    rules.add(new Rule(List.of(), cutoff(l.retentionPeriod())));
    return rules;
  }

  /// Moves on a few times a period, at most once a day: a block is not rewritten for every minute.
  private long cutoff(Duration period) {
    if (period.isZero() || period.isNegative()) {
      return Long.MIN_VALUE;
    }
    long step = Math.clamp(period.toMillis() / 4, 1, DAY_MILLIS);
    return Math.floorDiv(clock.millis() - period.toMillis(), step) * step * 1_000_000;
  }

  private static long cutoff(List<Rule> rules, Labels labels) {
    for (Rule rule : rules) {
      if (rule.matchers.stream().allMatch(m -> m.matches(labels.get(m.name())))) {
        return rule.cutoffNanos;
      }
    }
    return Long.MIN_VALUE;
  }

  /// What a block that is written now says about itself.
  Map<String, Long> statistics(TenantId tenant, Map<String, Long> written) {
    var all = new HashMap<>(written);
    active(tenant).forEach(request -> all.put(DONE + request.id(), 1L));
    return all;
  }

  /// Marks requests as done whose time is over: what was in a head when they were accepted is in
  /// blocks by then, and those have been written anew.
  void finish(TenantId tenant, List<BlockMeta> live, Duration settled) {
    for (DeleteRequest request : active(tenant)) {
      boolean old = clock.millis() - request.createdMillis() > settled.toMillis();
      if (old && live.stream().noneMatch(block -> isNeeded(tenant, block))) {
        requests.done(tenant, request);
      }
    }
  }

  /// For one merge, which one thread does.
  Check start(TenantId tenant) {
    return new Check(active(tenant), rules(tenant));
  }

  /// Whether entries stay.
  final class Check {
    private final List<DeleteRequest> deletes;
    private final List<EntryFilter.Check> checks = new ArrayList<>();
    private final List<Rule> rules;
    private LogsPage page;
    private Labels known = Labels.EMPTY;
    private long cutoff = Long.MIN_VALUE;

    private Check(List<DeleteRequest> deletes, List<Rule> rules) {
      this.deletes = deletes;
      this.rules = rules;
      for (DeleteRequest delete : deletes) {
        checks.add(filter(delete.query()).start());
      }
    }

    void page(LogsPage next) {
      page = next;
      checks.forEach(check -> check.page(next));
    }

    boolean stays(int row) {
      long time = page.timestamps()[row];
      if (!rules.isEmpty()) {
        Labels labels = page.labels(row);
        if (labels != known) {
          known = labels;
          cutoff = cutoff(rules, labels);
        }
        if (time < cutoff) {
          return false;
        }
      }
      for (int i = 0; i < checks.size(); i++) {
        DeleteRequest delete = deletes.get(i);
        if (time >= delete.startNanos()
            && time <= delete.endNanos()
            && checks.get(i).matches(row)) {
          return false;
        }
      }
      return true;
    }
  }
}
