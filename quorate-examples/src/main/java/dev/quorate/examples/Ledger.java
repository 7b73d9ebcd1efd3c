package dev.quorate.examples;

import dev.quorate.raft.LogId;
import dev.quorate.spi.Bytes;
import dev.quorate.spi.Entry;
import dev.quorate.spi.FrozenState;
import dev.quorate.spi.KeyValue;
import dev.quorate.spi.StateMachine;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/** A replicated ledger: only "bank" may owe money, and a transfer happens wholly or not at all. */
public final class Ledger implements StateMachine {
    private final TreeMap<String, Long> balances = new TreeMap<>();

    /** The command that moves {@code amount} cents between accounts, whose names hold no space. */
    public static Bytes transfer(String from, String to, long amount) {
        return Bytes.utf8(from + " " + to + " " + amount);
    }

    @Override
    public Bytes apply(Entry command) {
        String text = command.payload().toUtf8();
        if (!text.matches("\\S{1,64} \\S{1,64} [0-9]{1,12}")) {
            return Bytes.utf8("refused: not a transfer"); // an answer: an exception would halt every replica
        }
        String[] words = text.split(" ", 3);
        long amount = Long.parseLong(words[2]);
        if (!words[0].equals("bank") && balance(words[0]) < amount) {
            return Bytes.utf8("refused: " + words[0] + " has " + balance(words[0]));
        }
        balances.merge(words[0], -amount, Long::sum);
        balances.merge(words[1], amount, Long::sum);
        return Bytes.utf8("done");
    }

    /** The balance of an account in cents; to be called inside {@code QuorateNode.read}. */
    public long balance(String account) {
        return balances.getOrDefault(account, 0L);
    }

    @Override
    public Optional<List<KeyValue>> read(List<Bytes> keys) {
        List<KeyValue> pairs = new ArrayList<>();
        for (Bytes key : keys) {
            pairs.add(new KeyValue(key, Bytes.utf8("" + balance(key.toUtf8()))));
        }
        return Optional.of(pairs);
    }

    @Override
    public FrozenState freeze() {
        TreeMap<String, Long> frozen = new TreeMap<>(balances);
        return out -> {
            DataOutputStream content = new DataOutputStream(out);
            content.writeInt(frozen.size());
            for (String account : frozen.keySet()) {
                content.writeUTF(account);
                content.writeLong(frozen.get(account));
            }
            return false;
        };
    }

    @Override
    public void restore(InputStream in, LogId lastIncluded) throws IOException {
        DataInputStream content = new DataInputStream(in);
        balances.clear();
        for (int left = content.readInt(); left > 0; left--) {
            balances.put(content.readUTF(), content.readLong());
        }
    }
}
