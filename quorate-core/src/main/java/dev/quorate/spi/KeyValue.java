package dev.quorate.spi;

/** A key and what is stored under it. */
public record KeyValue(Bytes key, Bytes value) {}
