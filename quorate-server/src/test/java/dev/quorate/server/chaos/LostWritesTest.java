package dev.quorate.server.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.sim.check.Action;
import dev.quorate.sim.check.Answer;
import dev.quorate.sim.check.Consistency;
import dev.quorate.sim.check.History;
import dev.quorate.sim.check.Operation;
import dev.quorate.sim.check.Outcome;
import dev.quorate.sim.check.Seen;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

final class LostWritesTest {
    private static final Action.Put ONE = new Action.Put("r0", "v1");
    private static final Outcome UNKNOWN = new Outcome.Unknown();

    private static Operation operation(Action action, Outcome outcome) {
        return new Operation("c", 1, 2, action, outcome, Consistency.LINEARIZABLE);
    }

    private static Operation done(Action action, long revision) {
        return operation(action, Outcome.answered(new Answer.Done(), revision));
    }

    private static SortedMap<String, Seen> pair(String value, long revision) {
        return new TreeMap<>(java.util.Map.of("r0", Seen.of(value, revision)));
    }

    private static List<String> lost(SortedMap<String, Seen> end, Operation... operations) {
        return LostWrites.of(History.of(operations), end);
    }

    @Test
    void aWriteThatIsThereIsNotLost() {
        assertThat(lost(pair("v1", 5), done(ONE, 5))).isEmpty();
    }

    @Test
    void aWriteThatAnotherOneFollowedIsNotLost() {
        assertThat(lost(pair("v7", 6), done(ONE, 5))).isEmpty();
    }

    @Test
    void aKeyThatWasWrittenLastBeforeTheAcknowledgedWriteHasLostIt() {
        assertThat(lost(pair("v0", 4), done(ONE, 5))).singleElement().asString().contains("r0 = v1 of revision 5");
    }

    @Test
    void anotherValueAtTheRevisionOfTheWriteIsALoss() {
        assertThat(lost(pair("v2", 5), done(ONE, 5))).hasSize(1);
    }

    @Test
    void aMissingKeyIsALossUnlessSomethingMayHaveDeletedIt() {
        SortedMap<String, Seen> nothing = new TreeMap<>();
        Action.Delete delete = new Action.Delete("r0");
        assertThat(lost(nothing, done(ONE, 5))).hasSize(1);
        assertThat(lost(nothing, done(ONE, 5), operation(delete, UNKNOWN))).isEmpty();
        assertThat(lost(nothing, done(ONE, 5), operation(delete, Outcome.answered(new Answer.Removed(true), 6))))
                .isEmpty();
        assertThat(lost(nothing, done(ONE, 5), operation(delete, Outcome.answered(new Answer.Removed(true), 4))))
                .as("deleted before it was written")
                .hasSize(1);
        assertThat(lost(nothing, done(ONE, 5), operation(delete, new Outcome.Failed())))
                .as("a deletion that did not happen")
                .hasSize(1);
    }

    @Test
    void whatNobodyAcknowledgedCannotBeLost() {
        assertThat(lost(new TreeMap<>(), operation(ONE, UNKNOWN), operation(ONE, new Outcome.Failed())))
                .isEmpty();
    }

    @Test
    void onlyTheBranchThatWasTakenHasWritten() {
        Action.Txn txn = new Action.Txn(List.of(), List.of(ONE), List.of(new Action.Put("r1", "v2")));
        Outcome succeeded = Outcome.answered(new Answer.Decided(true, List.of(new Answer.Done())), 5);
        assertThat(lost(new TreeMap<>(), operation(txn, succeeded)))
                .singleElement()
                .asString()
                .contains("r0");
    }

    @Test
    void aSwapThatDidNotHappenHasWrittenNothing() {
        Action swap = new Action.CompareAndSet("r0", Optional.empty(), "1");
        assertThat(lost(new TreeMap<>(), operation(swap, Outcome.answered(new Answer.Swapped(false), 5))))
                .isEmpty();
        assertThat(lost(new TreeMap<>(), operation(swap, Outcome.answered(new Answer.Swapped(true), 5))))
                .hasSize(1);
    }
}
