package dev.quorate.engine;

import dev.quorate.raft.LogId;
import dev.quorate.raft.Membership;
import java.util.Optional;

/**
 * What the state machine holds when the node starts; made by {@link StartupRestore}.
 *
 * @param applied the last entry in the state, {@link LogId#ZERO} for an empty one
 * @param timeMillis the cluster time of that entry, 0 when there is none
 * @param membership the membership at that entry
 * @param quarantine why this replica must not serve reads
 * @param resetLogTo when present, the log does not reach or does not contain this position, because a crash came
 *     between the restoring of a streamed snapshot and the reset of the log: reset the log to it before the core starts
 * @param sessions the client sessions at that entry; owned by whoever gets this
 */
record RecoveredHandlerState(
        LogId applied,
        long timeMillis,
        Membership membership,
        Optional<String> quarantine,
        Optional<LogId> resetLogTo,
        SessionTable sessions) {}
