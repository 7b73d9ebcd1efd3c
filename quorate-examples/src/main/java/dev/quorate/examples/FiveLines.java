package dev.quorate.examples;

import dev.quorate.kv.EmbeddedKv;
import dev.quorate.spi.Bytes;
import dev.quorate.wal.FileStorage;
import java.nio.file.Path;

/** The store in a program of one's own, as the README shows it. */
public final class FiveLines {
    private FiveLines() {}

    /** Writes, reads and swaps a value, and prints what it ended as. */
    public static void main(String[] args) {
        System.out.println(greet(Path.of(args.length > 0 ? args[0] : "data")));
    }

    static String greet(Path data) {
        try (EmbeddedKv kv = EmbeddedKv.builder().storage(FileStorage.in(data)).start()) {
            kv.put(Bytes.utf8("greeting"), Bytes.utf8("hello")).join();
            Bytes value = kv.get(Bytes.utf8("greeting")).join().orElseThrow();
            kv.compareAndSet(Bytes.utf8("greeting"), value, Bytes.utf8("hej")).join();
            return kv.get(Bytes.utf8("greeting")).join().orElseThrow().toUtf8();
        }
    }
}
