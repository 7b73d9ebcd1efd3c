package dev.quorate.examples;

import dev.quorate.engine.QuorateNode;
import dev.quorate.engine.ReadConsistency;
import dev.quorate.wal.FileStorage;
import java.nio.file.Path;

/** The ledger on one node: durable from the first acknowledged transfer on, whatever happens to the process. */
public final class LedgerOnOneNode {
    private LedgerOnOneNode() {}

    /**
     * Moves money into an account, and prints its balance; each run adds to what earlier runs left in the directory.
     */
    public static void main(String[] args) {
        System.out.println("ann has " + payIn(Path.of(args.length > 0 ? args[0] : "ledger-data"), "ann", 500));
    }

    /** Brings an amount into an account of the ledger in this directory; returns the balance behind it. */
    static long payIn(Path directory, String account, long amount) {
        Ledger ledger = new Ledger();
        try (QuorateNode node = QuorateNode.builder()
                .storage(FileStorage.in(directory))
                .stateMachine(ledger)
                .start()) {
            node.propose(Ledger.transfer("bank", account, amount)).join();
            return node.read(ReadConsistency.LINEARIZABLE, () -> ledger.balance(account))
                    .join();
        }
    }
}
