package dev.quorate.engine;

import dev.quorate.raft.Input;

/** Tells LOOP, from LOG, what is durable. */
final class LogAcknowledgements implements LogDuty.Acknowledgements {
    private final DutyCycle loop;

    LogAcknowledgements(DutyCycle loop) {
        this.loop = loop;
    }

    @Override
    public void persisted(long sequence) {
        loop.offer(new Told(new Input.Persisted(sequence)));
    }

    @Override
    public void storageSpace(boolean available) {
        loop.offer(new Told(new Input.StorageSpace(available)));
    }
}
