package dev.quorate.grpc;

/** What others sent, as it may stand in the log: short, and nothing in it that ends a line or moves a cursor. */
final class Printable {
    private static final char FIRST = ' ';
    private static final char LAST = '~';

    private Printable() {}

    /** The text with {@code ?} in the place of what is not printable ASCII, cut at this many characters. */
    static String of(String text, int lengthMax) {
        StringBuilder printable = new StringBuilder(Math.min(text.length(), lengthMax));
        for (int place = 0; place < Math.min(text.length(), lengthMax); place++) {
            char c = text.charAt(place);
            printable.append(c >= FIRST && c <= LAST ? c : '?');
        }
        return text.length() <= lengthMax
                ? printable.toString()
                : printable.append("...").toString();
    }
}
