package dev.quorate.server.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class AgendaTest {
    private final Agenda agenda = new Agenda();
    private final List<String> done = new ArrayList<>();

    @Test
    void whatIsDueIsDoneInTheOrderOfTimeThenOfPlanning() throws IOException, InterruptedException {
        agenda.at(2, () -> done.add("late"));
        agenda.at(1, () -> done.add("first"));
        agenda.at(1, () -> done.add("second"));
        agenda.runUntil(3);
        assertThat(done).containsExactly("first", "second", "late");
    }

    @Test
    void whatIsDueLaterStays() throws IOException, InterruptedException {
        agenda.at(20, () -> done.add("later"));
        agenda.runUntil(2);
        assertThat(done).isEmpty();
        agenda.runUntil(20);
        assertThat(done).containsExactly("later");
    }

    @Test
    void aTaskMayPlanAnother() throws IOException, InterruptedException {
        agenda.at(1, () -> agenda.at(2, () -> done.add("planned")));
        agenda.runUntil(3);
        assertThat(done).containsExactly("planned");
    }

    @Test
    void whatIsForgottenIsNotDone() throws IOException, InterruptedException {
        agenda.at(1, () -> done.add("forgotten"));
        agenda.clear();
        agenda.runUntil(2);
        assertThat(done).isEmpty();
    }
}
