package dev.quorate.engine;

import dev.quorate.raft.Input;

/** An input of the core that another cycle completed, on its way to LOOP. */
final class Told extends Inbox.Item {
    private final Input input;

    Told(Input input) {
        this.input = input;
    }

    Input input() {
        return input;
    }
}
