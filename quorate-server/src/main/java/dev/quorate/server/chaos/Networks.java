package dev.quorate.server.chaos;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Which networks this machine allows.
 *
 * @param names what there is
 * @param shaping those that can delay and lose
 * @param notes for each that is missing or lacks something: which and why
 */
record Networks(List<String> names, Set<String> shaping, List<String> notes) {
    private static final List<String> ALL = List.of("namespaces", "relays");

    /** Tries them all out. */
    static Networks ofThisMachine() {
        List<String> names = new ArrayList<>();
        Set<String> shaping = new TreeSet<>();
        List<String> notes = new ArrayList<>();
        for (String name : ALL) {
            try (Network network = open(name, 0)) {
                names.add(name);
                if (network.canShape()) {
                    shaping.add(name);
                } else {
                    notes.add("loss and delay only with relays: this kernel has no tc netem");
                }
            } catch (IOException refused) {
                notes.add("no " + name + " here: " + refused.getMessage());
            }
        }
        return new Networks(names, shaping, notes);
    }

    /** A network of this name, without members. */
    static Network open(String name, long seed) throws IOException {
        return name.equals("relays") ? Relays.open(seed) : Namespaces.open();
    }
}
