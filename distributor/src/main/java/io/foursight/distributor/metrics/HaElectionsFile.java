package io.foursight.distributor.metrics;

import io.foursight.distributor.metrics.LocalHaElections.Saved;
import io.foursight.model.Deadline;
import io.foursight.model.FoursightException;
import io.foursight.model.TenantId;
import io.foursight.runtime.Service;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32C;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps elections over a restart, so that it changes nobody's replica: read at the start, written
/// every few seconds when something changed and at the stop, always whole and by rename. A file
/// that cannot be read is as good as none. What a crash loses is a few seconds of "seen", or an
/// election that is held again.
///
/// ```
/// | magic u64 | crc u32 (CRC-32C of the rest) | count u32 | tenant utf, cluster utf, replica utf, seen i64 ... |   big-endian
/// ```
final class HaElectionsFile implements Service {
  private static final Logger LOG = LoggerFactory.getLogger(HaElectionsFile.class);
  private static final long MAGIC = 0x466f757248413031L;
  private static final Duration INTERVAL = Duration.ofSeconds(5);

  private final LocalHaElections elections;
  private final Path file;
  private Set<Saved> written = Set.of();
  private ScheduledExecutorService timer;

  HaElectionsFile(LocalHaElections elections, Path file) {
    this.elections = elections;
    this.file = file;
  }

  @Override
  public synchronized void start() {
    elections.restore(read());
    timer =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("ha-elections-file").factory());
    timer.scheduleWithFixedDelay(
        this::write, INTERVAL.toMillis(), INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
  }

  @Override
  public synchronized void stop(Deadline deadline) {
    if (timer != null) {
      timer.shutdown();
      timer = null;
      write();
    }
  }

  private List<Saved> read() {
    try (var in = new DataInputStream(new ByteArrayInputStream(Files.readAllBytes(file)))) {
      if (in.readLong() != MAGIC) {
        throw new IOException("it has another magic");
      }
      int crc = in.readInt();
      byte[] rest = in.readAllBytes();
      if (crc != checksum(rest)) {
        throw new IOException("it fails its checksum");
      }
      return decode(rest);
    } catch (NoSuchFileException e) {
      return List.of();
    } catch (IOException | FoursightException e) {
      LOG.warn("HA elections of the last run are forgotten file={} error={}", file, e.toString());
      return List.of();
    }
  }

  private static List<Saved> decode(byte[] bytes) throws IOException {
    var in = new DataInputStream(new ByteArrayInputStream(bytes));
    var all = new ArrayList<Saved>();
    for (int n = in.readInt(); n > 0; n--) {
      all.add(new Saved(new TenantId(in.readUTF()), in.readUTF(), in.readUTF(), in.readLong()));
    }
    return all;
  }

  private synchronized void write() {
    Set<Saved> now = new HashSet<>(elections.snapshot());
    if (now.equals(written)) {
      return;
    }
    try {
      byte[] rest = encode(now);
      var out = new ByteArrayOutputStream();
      var data = new DataOutputStream(out);
      data.writeLong(MAGIC);
      data.writeInt(checksum(rest));
      data.write(rest);
      Files.createDirectories(file.getParent());
      Path next = file.resolveSibling(file.getFileName() + ".next");
      Files.write(next, out.toByteArray());
      Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      written = now;
    } catch (IOException e) {
      LOG.warn("HA elections are not kept file={} error={}", file, e.toString());
    }
  }

  private static byte[] encode(Set<Saved> all) throws IOException {
    var out = new ByteArrayOutputStream();
    var data = new DataOutputStream(out);
    data.writeInt(all.size());
    for (Saved s : all) {
      data.writeUTF(s.tenant().value());
      data.writeUTF(s.cluster());
      data.writeUTF(s.replica());
      data.writeLong(s.seenMillis());
    }
    return out.toByteArray();
  }

  private static int checksum(byte[] bytes) {
    var crc = new CRC32C();
    crc.update(bytes);
    return (int) crc.getValue();
  }
}
