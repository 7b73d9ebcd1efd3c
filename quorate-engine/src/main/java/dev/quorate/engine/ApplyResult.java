package dev.quorate.engine;

import dev.quorate.raft.LogId;
import dev.quorate.spi.Bytes;

/**
 * What applying one entry gave.
 *
 * @param id the entry
 * @param response the state machine's answer; empty for entries that are not commands
 */
public record ApplyResult(LogId id, Bytes response) {}
