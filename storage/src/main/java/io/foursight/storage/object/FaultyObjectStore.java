package io.foursight.storage.object;

import io.foursight.model.FoursightException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/// **For tests**: a store that does what a [Script] says before it asks the store below, and writes
/// down every request. Lives in the main code so that the tests of every module can use it.
public final class FaultyObjectStore implements ObjectStore {
  /// One request. `operation` is the method's name; `listFolder` and `list` have the prefix as key.
  public record Request(long number, String operation, String key) {
    /// Whether it changes the store.
    public boolean writes() {
      return operation.startsWith("put") || operation.equals("delete");
    }
  }

  /// What happens to a request.
  public enum Fault {
    /// Nothing unusual.
    NONE,
    /// The store below is never asked; `UNAVAILABLE`.
    REFUSED,
    /// The store below does it, but the answer is lost: `UNAVAILABLE`.
    ANSWER_LOST,
    /// A read gives the first half of its bytes.
    TRUNCATED,
    /// An [Killed] error, as if the process died before the request.
    KILLED_BEFORE,
    /// As above, after the request.
    KILLED_AFTER
  }

  /// Decides for each request; may sleep to be slow. Called from any thread.
  @FunctionalInterface
  public interface Script {
    Fault fault(Request request);
  }

  /// The simulated death of the process; no code under test catches it to go on.
  public static final class Killed extends Error {
    private static final long serialVersionUID = 1;

    Killed(Request request) {
      super("killed at " + request);
    }
  }

  private final ObjectStore store;
  private final List<Request> requests = new ArrayList<>();
  private volatile Script script = request -> Fault.NONE;

  public FaultyObjectStore(ObjectStore store) {
    this.store = store;
  }

  public void script(Script next) {
    script = next;
  }

  /// Every request since the last [#forgetRequests], in order.
  public synchronized List<Request> requests() {
    return List.copyOf(requests);
  }

  public synchronized void forgetRequests() {
    requests.clear();
  }

  private synchronized Request record(String operation, String key) {
    var request = new Request(requests.size(), operation, key);
    requests.add(request);
    return request;
  }

  private <T> T run(String operation, String key, Supplier<T> ask) {
    return run(operation, key, ask, result -> result);
  }

  private <T> T run(String operation, String key, Supplier<T> ask, UnaryOperator<T> truncation) {
    Request request = record(operation, key);
    Fault fault = script.fault(request);
    if (fault == Fault.REFUSED) {
      throw FoursightException.unavailable("503 for " + request);
    }
    if (fault == Fault.KILLED_BEFORE) {
      throw new Killed(request);
    }
    T result = ask.get();
    return switch (fault) {
      case NONE, REFUSED, KILLED_BEFORE -> result;
      case TRUNCATED -> truncation.apply(result);
      case ANSWER_LOST -> throw FoursightException.unavailable("no answer to " + request);
      case KILLED_AFTER -> throw new Killed(request);
    };
  }

  private static Optional<byte[]> half(Optional<byte[]> bytes) {
    return bytes.map(b -> Arrays.copyOf(b, b.length / 2));
  }

  @Override
  public Optional<byte[]> get(String key) {
    return run("get", key, () -> store.get(key), FaultyObjectStore::half);
  }

  @Override
  public Optional<byte[]> get(String key, long offset, int length) {
    return run("getRange", key, () -> store.get(key, offset, length), FaultyObjectStore::half);
  }

  @Override
  public Optional<ObjectInfo> head(String key) {
    return run("head", key, () -> store.head(key));
  }

  @Override
  public void put(String key, byte[] bytes) {
    run(
        "put",
        key,
        () -> {
          store.put(key, bytes);
          return true;
        });
  }

  @Override
  public void put(String key, Path file) {
    run(
        "putFile",
        key,
        () -> {
          store.put(key, file);
          return true;
        });
  }

  @Override
  public boolean putIfAbsent(String key, byte[] bytes) {
    return run("putIfAbsent", key, () -> store.putIfAbsent(key, bytes));
  }

  @Override
  public List<ObjectInfo> list(String prefix) {
    return run("list", prefix, () -> store.list(prefix));
  }

  @Override
  public Listing listFolder(String prefix) {
    return run("listFolder", prefix, () -> store.listFolder(prefix));
  }

  @Override
  public void delete(String key) {
    run(
        "delete",
        key,
        () -> {
          store.delete(key);
          return true;
        });
  }

  @Override
  public void close() {
    store.close();
  }

  @Override
  public String toString() {
    return "faulty:" + store;
  }
}
