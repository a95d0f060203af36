package io.foursight.storage.wal;

import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/// The files of a log: which segments there are, new ones (from spares where possible), and the
/// lock. Guarded by its own monitor.
final class WalDirectory implements AutoCloseable {
  /// Finished files kept for another life.
  private static final int MAX_SPARES = 2;

  private final Path path;
  private final RandomGenerator random;
  private final long segmentSize;
  private final NavigableMap<Long, Long> sizes = new TreeMap<>();
  private final Deque<Path> spares = new ArrayDeque<>();
  private FileChannel lockChannel;
  private FileLock lock;
  private long lastNumber;

  WalDirectory(Path path, long segmentSize, RandomGenerator random) {
    this.path = path;
    this.segmentSize = segmentSize;
    this.random = random;
  }

  /// A new segment, ready for frames.
  record Segment(long number, long seed, Path file, FileChannel channel) {}

  /// Takes the lock and lists what is there.
  ///
  /// @throws FoursightException `CONFLICT` when another process has it, `CORRUPT` when a segment is
  ///   missing in the middle
  synchronized void open() {
    try {
      Files.createDirectories(path);
      lockChannel =
          FileChannel.open(
              path.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      try {
        lock = lockChannel.tryLock();
      } catch (OverlappingFileLockException e) {
        lock = null;
      }
      if (lock == null) {
        lockChannel.close();
        throw new FoursightException(
            ErrorKind.CONFLICT, "the write-ahead log in " + path + " is in use by another process");
      }
      list();
    } catch (IOException e) {
      throw failed("open", path, e);
    } catch (FoursightException e) {
      close();
      throw e;
    }
  }

  private void list() throws IOException {
    sizes.clear();
    spares.clear();
    try (var files = Files.newDirectoryStream(path)) {
      for (Path file : files) {
        String name = file.getFileName().toString();
        if (name.endsWith(WalFormat.SPARE_SUFFIX)) {
          spares.add(file);
        } else if (name.matches("\\d{16,19}\\.wal")) {
          long number = Long.parseLong(name.substring(0, name.indexOf('.')));
          sizes.put(number, Files.size(file));
        }
      }
    }
    while (spares.size() > MAX_SPARES) {
      Files.deleteIfExists(spares.poll());
    }
    long expected = sizes.isEmpty() ? 0 : sizes.firstKey();
    for (long number : sizes.keySet()) {
      if (number != expected) {
        throw FoursightException.corrupt(
            "the write-ahead log in "
                + path
                + " has no segment "
                + expected
                + ", but later ones up to "
                + sizes.lastKey());
      }
      expected++;
    }
    lastNumber = sizes.isEmpty() ? 0 : sizes.lastKey();
  }

  synchronized NavigableMap<Long, Long> segments() {
    return new TreeMap<>(sizes);
  }

  Path file(long number) {
    return path.resolve(WalFormat.segmentName(number));
  }

  /// Begins the next segment. A spare is given its new header before its new name, so a segment
  /// name always stands on a valid header.
  synchronized Segment create() throws IOException {
    long number = lastNumber + 1;
    long seed = random.nextLong();
    Path spare = spares.poll();
    boolean fresh = spare == null;
    if (fresh) {
      spare = path.resolve("new-" + number + WalFormat.SPARE_SUFFIX);
    }
    FileChannel channel =
        FileChannel.open(
            spare, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    try {
      if (fresh) {
        preallocate(channel);
      }
      writeFully(channel, ByteBuffer.wrap(WalFormat.segmentHeader(number, seed)), 0);
      channel.force(true);
      Files.move(spare, file(number), StandardCopyOption.ATOMIC_MOVE);
      syncFolder();
    } catch (IOException | RuntimeException e) {
      channel.close();
      Files.deleteIfExists(spare);
      throw e;
    }
    lastNumber = number;
    sizes.put(number, (long) WalFormat.SEGMENT_HEADER);
    return new Segment(number, seed, file(number), channel);
  }

  /// Reserves the length (not the blocks: a full disk is met, and survived, at the write).
  private void preallocate(FileChannel channel) throws IOException {
    writeFully(channel, ByteBuffer.wrap(new byte[1]), segmentSize - 1);
  }

  synchronized void size(long number, long bytes) {
    sizes.replace(number, bytes);
  }

  synchronized long sizeBytes() {
    long sum = 0;
    for (long size : sizes.values()) {
      sum += size;
    }
    return sum;
  }

  /// Recycles or deletes the segments below `limit`, lowest first, so that no gap can appear.
  synchronized void truncate(long limit) {
    while (!sizes.isEmpty() && sizes.firstKey() < limit) {
      long number = sizes.firstKey();
      Path file = file(number);
      try {
        if (spares.size() < MAX_SPARES && Files.size(file) == segmentSize) {
          Path spare = path.resolve(number + WalFormat.SPARE_SUFFIX);
          Files.move(file, spare, StandardCopyOption.ATOMIC_MOVE);
          spares.add(spare);
        } else {
          Files.deleteIfExists(file);
        }
        syncFolder();
      } catch (IOException e) {
        throw failed("remove", file, e);
      }
      sizes.remove(number);
    }
  }

  private void syncFolder() throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  static void writeFully(FileChannel channel, ByteBuffer bytes, long at) throws IOException {
    long offset = at;
    while (bytes.hasRemaining()) {
      offset += channel.write(bytes, offset);
    }
  }

  static FoursightException failed(String what, Path path, IOException e) {
    String reason =
        e instanceof FileSystemException f && f.getReason() != null ? f.getReason() : e.toString();
    return new FoursightException(
        ErrorKind.UNAVAILABLE, "write-ahead log: cannot " + what + " " + path + ": " + reason, e);
  }

  @Override
  public synchronized void close() {
    try {
      if (lock != null && lock.isValid()) {
        lock.release();
      }
      if (lockChannel != null) {
        lockChannel.close();
      }
    } catch (IOException e) {
      throw failed("unlock", path, e);
    }
  }

  @Override
  public String toString() {
    return path.toString();
  }
}
