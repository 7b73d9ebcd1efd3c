package dev.quorate.testkit;

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
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A map of strings as a state machine for tests: small, deterministic, and it shows each index that it was made to
 * apply. Commands are UTF-8 texts, answers too:
 *
 * <pre>
 *   put KEY VALUE          → ok
 *   append KEY SUFFIX      → the new value; a missing one counts as empty
 *   cas KEY OLD NEW        → ok, or "differs" and nothing is changed; OLD "-" stands for a missing key
 *   del KEY                → ok, or "missing"
 * </pre>
 *
 * <p>Anything else is answered by {@code "unknown command"} and changes nothing. Keys, and every word but the last,
 * hold no blanks. The digest is the sum of a hash of each pair, so it does not depend on the way to the state. Any
 * thread may call any method.
 */
public final class RegisterMachine implements StateMachine {
    private static final int PAIRS_PER_PART = 256;
    private static final int STRING_BYTES_MAX = 1 << 24;

    private final boolean readsConcurrently;
    private final SortedMap<String, String> pairs = new TreeMap<>();
    private final List<Long> appliedIndices = new ArrayList<>();
    private long digest;
    private LogId chunkApplied = LogId.ZERO;
    private LogId chunkPublished = LogId.ZERO;

    /** An empty machine whose reads go through the apply thread. */
    public RegisterMachine() {
        this(false);
    }

    /** An empty machine; true lets the engine read on any thread. */
    public RegisterMachine(boolean readsConcurrently) {
        this.readsConcurrently = readsConcurrently;
    }

    /** The command that sets a key. */
    public static Bytes put(String key, String value) {
        return Bytes.utf8("put " + key + " " + value);
    }

    /** The command that appends to the value of a key. */
    public static Bytes append(String key, String suffix) {
        return Bytes.utf8("append " + key + " " + suffix);
    }

    /** The command that sets a key if it has this value; "-" for a missing one. */
    public static Bytes cas(String key, String old, String value) {
        return Bytes.utf8("cas " + key + " " + old + " " + value);
    }

    @Override
    public synchronized Bytes apply(Entry command) {
        appliedIndices.add(command.index());
        String[] words = command.payload().toUtf8().split(" ", 3);
        return Bytes.utf8(
                switch (words[0] + words.length) {
                    case "put3" -> put(words[1], words[2], "ok");
                    case "append3" -> {
                        String value = pairs.getOrDefault(words[1], "") + words[2];
                        yield put(words[1], value, value);
                    }
                    case "cas3" -> compareAndSet(words[1], words[2].split(" ", 2));
                    case "del2" -> delete(words[1]);
                    default -> "unknown command";
                });
    }

    @Override
    public synchronized void chunkApplied(LogId lastApplied) {
        chunkApplied = lastApplied;
    }

    @Override
    public synchronized void chunkPublished(LogId lastApplied) {
        chunkPublished = lastApplied;
    }

    @Override
    public synchronized Optional<List<KeyValue>> read(List<Bytes> keys) {
        List<KeyValue> found = new ArrayList<>(keys.size());
        for (Bytes key : keys) {
            String value = pairs.get(key.toUtf8());
            if (value == null) {
                return Optional.empty();
            }
            found.add(new KeyValue(key, Bytes.utf8(value)));
        }
        return Optional.of(found);
    }

    @Override
    public boolean readsConcurrently() {
        return readsConcurrently;
    }

    @Override
    public synchronized Optional<Bytes> digest() {
        return Optional.of(
                Bytes.wrap(ByteBuffer.allocate(Long.BYTES).putLong(digest).array()));
    }

    @Override
    public synchronized FrozenState freeze() {
        return new Frozen(new TreeMap<>(pairs));
    }

    @Override
    public synchronized void restore(InputStream in, LogId lastIncluded) throws IOException {
        SortedMap<String, String> restored = new TreeMap<>();
        DataInputStream data = new DataInputStream(in);
        while (data.readBoolean()) {
            String key = readString(data);
            restored.put(key, readString(data));
        }
        pairs.clear();
        digest = 0;
        restored.forEach((key, value) -> put(key, value, ""));
    }

    /** The indices of all commands that this object applied, in order: one that is there twice was applied twice. */
    public synchronized List<Long> appliedIndices() {
        return List.copyOf(appliedIndices);
    }

    /** The value of a key. */
    public synchronized Optional<String> value(String key) {
        return Optional.ofNullable(pairs.get(key));
    }

    /** All keys and values, now. */
    public synchronized SortedMap<String, String> pairs() {
        return new TreeMap<>(pairs);
    }

    /** The last position that {@link #chunkApplied} named. */
    public synchronized LogId lastChunkApplied() {
        return chunkApplied;
    }

    /** The last position that {@link #chunkPublished} named. */
    public synchronized LogId lastChunkPublished() {
        return chunkPublished;
    }

    private String put(String key, String value, String answer) {
        String old = pairs.put(key, value);
        if (old != null) {
            digest -= hash(key, old);
        }
        digest += hash(key, value);
        return answer;
    }

    private String compareAndSet(String key, String[] oldAndNew) {
        if (oldAndNew.length != 2) {
            return "unknown command";
        }
        return oldAndNew[0].equals(pairs.getOrDefault(key, "-")) ? put(key, oldAndNew[1], "ok") : "differs";
    }

    private String delete(String key) {
        String old = pairs.remove(key);
        if (old == null) {
            return "missing";
        }
        digest -= hash(key, old);
        return "ok";
    }

    /** FNV-1a over both texts with a separator, then stirred, so that sums of neighbours do not cancel. */
    private static long hash(String key, String value) {
        long h = 0xcbf29ce484222325L;
        for (byte b : (key + "\0" + value).getBytes(StandardCharsets.UTF_8)) {
            h = (h ^ (b & 0xff)) * 0x100000001b3L;
        }
        h = (h ^ (h >>> 32)) * 0xd6e8feb86659fd93L;
        return h ^ (h >>> 32);
    }

    private static String readString(DataInputStream in) throws IOException {
        int length = in.readInt();
        if (length < 0 || length > STRING_BYTES_MAX) {
            throw new IOException("a text of " + length + " bytes");
        }
        return new String(in.readNBytes(length), StandardCharsets.UTF_8);
    }

    private static void writeString(DataOutputStream out, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    /** A copy of the pairs, written {@link #PAIRS_PER_PART} at a time: (true, key, value)*, false. */
    private static final class Frozen implements FrozenState {
        private final Iterator<Map.Entry<String, String>> rest;

        Frozen(SortedMap<String, String> pairs) {
            rest = pairs.entrySet().iterator();
        }

        @Override
        public boolean write(OutputStream out) throws IOException {
            DataOutputStream data = new DataOutputStream(out);
            for (int i = 0; i < PAIRS_PER_PART && rest.hasNext(); i++) {
                Map.Entry<String, String> pair = rest.next();
                data.writeBoolean(true);
                writeString(data, pair.getKey());
                writeString(data, pair.getValue());
            }
            if (!rest.hasNext()) {
                data.writeBoolean(false);
            }
            data.flush();
            return rest.hasNext();
        }
    }
}
