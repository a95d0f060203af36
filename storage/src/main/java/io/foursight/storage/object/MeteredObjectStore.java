package io.foursight.storage.object;

import io.foursight.storage.object.ObjectStoreMetrics.Operation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/// Counts requests, failures and bytes of the store below.
final class MeteredObjectStore implements ObjectStore {
  private final ObjectStore store;
  private final ObjectStoreMetrics metrics;

  MeteredObjectStore(ObjectStore store, ObjectStoreMetrics metrics) {
    this.store = store;
    this.metrics = metrics;
  }

  private <T> T timed(Operation operation, Supplier<T> request) {
    long start = System.nanoTime();
    boolean done = false;
    try {
      T result = request.get();
      done = true;
      return result;
    } finally {
      metrics.requests(operation).record(System.nanoTime() - start, TimeUnit.NANOSECONDS);
      if (!done) {
        metrics.failures(operation).increment();
      }
    }
  }

  private void timed(Operation operation, Runnable request) {
    timed(
        operation,
        () -> {
          request.run();
          return true;
        });
  }

  private Optional<byte[]> read(Optional<byte[]> bytes) {
    bytes.ifPresent(b -> metrics.readBytes.increment(b.length));
    return bytes;
  }

  @Override
  public Optional<byte[]> get(String key) {
    return read(timed(Operation.GET, () -> store.get(key)));
  }

  @Override
  public Optional<byte[]> get(String key, long offset, int length) {
    return read(timed(Operation.GET_RANGE, () -> store.get(key, offset, length)));
  }

  @Override
  public Optional<ObjectInfo> head(String key) {
    return timed(Operation.HEAD, () -> store.head(key));
  }

  @Override
  public void put(String key, byte[] bytes) {
    timed(Operation.PUT, () -> store.put(key, bytes));
    metrics.writtenBytes.increment(bytes.length);
  }

  @Override
  public void put(String key, Path file) {
    timed(Operation.PUT, () -> store.put(key, file));
    try {
      metrics.writtenBytes.increment(Files.size(file));
    } catch (IOException e) {
      return; // the object is there; only its size stays uncounted
    }
  }

  @Override
  public boolean putIfAbsent(String key, byte[] bytes) {
    boolean created = timed(Operation.PUT_IF_ABSENT, () -> store.putIfAbsent(key, bytes));
    metrics.writtenBytes.increment(created ? bytes.length : 0);
    return created;
  }

  @Override
  public List<ObjectInfo> list(String prefix) {
    return timed(Operation.LIST, () -> store.list(prefix));
  }

  @Override
  public Listing listFolder(String prefix) {
    return timed(Operation.LIST, () -> store.listFolder(prefix));
  }

  @Override
  public void delete(String key) {
    timed(Operation.DELETE, () -> store.delete(key));
  }

  @Override
  public void close() {
    store.close();
  }

  @Override
  public String toString() {
    return store.toString();
  }
}
