package dev.quorate.spi;

/** The request itself is wrong; the message names the thing and the limit. Nothing changed. */
public final class InvalidRequestException extends QuorateException {
    private static final long serialVersionUID = 1L;

    public InvalidRequestException(String message) {
        super(Retry.USELESS, message);
    }
}
