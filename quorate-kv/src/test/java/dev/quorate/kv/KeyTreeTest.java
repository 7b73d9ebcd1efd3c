package dev.quorate.kv;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.spi.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class KeyTreeTest {

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void anyWalkSeesWhatASortedMapHolds(long seed) {
        Random random = new Random(seed);
        KeyTree tree = new KeyTree();
        TreeMap<Bytes, KeyHistory> map = new TreeMap<>();
        TreeMap<Bytes, KeyHistory> living = new TreeMap<>();
        List<Sealed> sealed = new ArrayList<>();
        int space = 50 + random.nextInt(4000);
        for (int step = 0; step < 6_000; step++) {
            boolean shrinking = step / 1_500 % 2 == 1;
            Bytes key = key(random.nextInt(space));
            KeyHistory history = map.get(key);
            if (history == null && !shrinking) {
                KeyHistory added = history(key, step + 1);
                tree.insert(added);
                map.put(key, added);
                living.put(key, added);
            } else if (history != null && living.containsKey(key)) {
                history.add(step + 1, null);
                tree.count(key, -1);
                living.remove(key);
            } else if (history != null && (shrinking || random.nextBoolean())) {
                tree.remove(key);
                map.remove(key);
            } else if (history != null) {
                history.add(step + 1, pair(key, step + 1));
                tree.count(key, 1);
                living.put(key, history);
            }
            if (step % 300 == 0) {
                sealed.add(new Sealed(tree.seal(), step + 1, new TreeMap<>(map), new TreeMap<>(living)));
            }
        }
        sealed.add(new Sealed(tree.seal(), Long.MAX_VALUE, map, living));
        for (Sealed each : sealed) {
            each.check(new Random(seed), space);
        }
    }

    @Test
    void keysThatComeInOrderFillTheirNodes() {
        KeyTree tree = new KeyTree();
        int keys = KeyTree.FANOUT * 40;
        for (int i = 0; i < keys; i++) {
            tree.insert(history(key(i), 1));
        }
        KeyTree.Node root = tree.seal();
        assertThat(root.live).isEqualTo(keys);
        assertThat(root.size).isLessThanOrEqualTo(40 / (KeyTree.FANOUT - 1) + 2);
    }

    @Test
    void partsWithoutALivingKeyArePassedOver() {
        KeyTree tree = new KeyTree();
        for (int i = 0; i < 10_000; i++) {
            KeyHistory history = history(key(i), 1);
            tree.insert(history);
            if (i < 9_999) {
                history.add(2, null);
                tree.count(history.key, -1);
            }
        }
        int[] looked = {0};
        KeyTree.scan(tree.seal(), KeyRange.all(), true, history -> ++looked[0] > 0);
        assertThat(looked[0]).isLessThanOrEqualTo(KeyTree.FANOUT);
    }

    /** A root with what the tree held when it was sealed. */
    private record Sealed(
            KeyTree.Node root,
            long revision,
            NavigableMap<Bytes, KeyHistory> all,
            NavigableMap<Bytes, KeyHistory> living) {

        void check(Random random, int space) {
            assertThat(walk(KeyRange.from(Bytes.EMPTY), false)).containsExactlyElementsOf(all.values());
            assertThat(root.live).isEqualTo(living.size());
            for (int i = 0; i < 50; i++) {
                Bytes from = key(random.nextInt(space));
                Bytes to = key(random.nextInt(space));
                boolean some = from.compareTo(to) < 0;
                assertThat(walk(KeyRange.between(from, to), false))
                        .containsExactlyElementsOf(
                                some ? all.subMap(from, true, to, false).values() : List.of());
                assertThat(walk(KeyRange.from(from), true).stream().filter(history -> history.at(revision) != null))
                        .containsExactlyElementsOf(living.tailMap(from, true).values());
                assertThat(KeyTree.countBelow(root, from, revision))
                        .isEqualTo(living.headMap(from, false).size());
            }
        }

        private List<KeyHistory> walk(KeyRange range, boolean livingOnly) {
            List<KeyHistory> walked = new ArrayList<>();
            assertThat(KeyTree.scan(root, range, livingOnly, walked::add)).isTrue();
            return walked;
        }
    }

    private static KeyHistory history(Bytes key, long revision) {
        return new KeyHistory(pair(key, revision));
    }

    private static KvPair pair(Bytes key, long revision) {
        return new KvPair(key, revision, revision, 1, Bytes.EMPTY, 0);
    }

    private static Bytes key(int i) {
        return Bytes.utf8(String.format("%06d", i));
    }
}
