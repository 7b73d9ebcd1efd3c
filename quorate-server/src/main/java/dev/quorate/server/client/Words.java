package dev.quorate.server.client;

import java.util.ArrayList;
import java.util.List;

/**
 * Splits a line into words as a shell does in its simplest form: blanks separate, double quotes and single quotes keep
 * together, and between double quotes a backslash escapes: {@code \n \t \r \" \\ \xHH}.
 */
final class Words {
    private final String line;
    private int at;

    private Words(String line) {
        this.line = line;
    }

    /**
     * The words of a line.
     *
     * @throws IllegalArgumentException saying what is wrong with it
     */
    static List<String> of(String line) {
        return new Words(line).all();
    }

    private List<String> all() {
        List<String> words = new ArrayList<>();
        while (true) {
            while (at < line.length() && Character.isWhitespace(line.charAt(at))) {
                at++;
            }
            if (at == line.length()) {
                return words;
            }
            words.add(word());
        }
    }

    private String word() {
        StringBuilder word = new StringBuilder();
        while (at < line.length() && !Character.isWhitespace(line.charAt(at))) {
            char c = line.charAt(at++);
            switch (c) {
                case '"' -> escaped(word);
                case '\'' -> literal(word);
                default -> word.append(c);
            }
        }
        return word.toString();
    }

    private void literal(StringBuilder word) {
        int end = line.indexOf('\'', at);
        if (end < 0) {
            throw new IllegalArgumentException("a ' is not closed");
        }
        word.append(line, at, end);
        at = end + 1;
    }

    private void escaped(StringBuilder word) {
        while (at < line.length()) {
            char c = line.charAt(at++);
            if (c == '"') {
                return;
            }
            word.append(c == '\\' ? escape() : c);
        }
        throw new IllegalArgumentException("a \" is not closed");
    }

    private char escape() {
        char c = at < line.length() ? line.charAt(at++) : ' ';
        return switch (c) {
            case 'n' -> '\n';
            case 't' -> '\t';
            case 'r' -> '\r';
            case '"', '\\', '\'' -> c;
            case 'x' -> hex();
            default -> throw new IllegalArgumentException("\\" + c + " is not an escape");
        };
    }

    private char hex() {
        if (at + 2 > line.length()) {
            throw new IllegalArgumentException("\\x needs two hexadecimal digits");
        }
        int high = Character.digit(line.charAt(at), 16);
        int low = Character.digit(line.charAt(at + 1), 16);
        if (high < 0 || low < 0 || high > 7) {
            throw new IllegalArgumentException("\\x needs two hexadecimal digits below 80");
        }
        at += 2;
        return (char) (high << 4 | low);
    }
}
