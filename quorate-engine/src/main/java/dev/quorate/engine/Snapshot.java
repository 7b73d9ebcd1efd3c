package dev.quorate.engine;

import dev.quorate.spi.SnapshotMetadata;
import java.nio.file.Path;

/** A finished, durable snapshot and its file. */
public record Snapshot(SnapshotMetadata metadata, Path path) {}
