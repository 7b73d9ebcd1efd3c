package dev.quorate.sim.mutants;

import java.util.ArrayList;
import java.util.List;

/** All mutants that there are, in the order of the table in {@code docs/TESTING.md}. */
public final class Catalogue {
    private Catalogue() {}

    /** All of them. */
    public static List<Mutant> all() {
        List<Mutant> all = new ArrayList<>(ProtocolMutants.all());
        all.addAll(EngineMutants.all());
        all.addAll(SessionMutants.all());
        all.addAll(StorageMutants.all());
        all.addAll(StoreMutants.all());
        return List.copyOf(all);
    }
}
