package dev.quorate.server.client;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads the id of a member: hexadecimal, as it is printed. */
final class MemberId implements ITypeConverter<Long> {
    @Override
    public Long convert(String text) {
        try {
            long id = Long.parseUnsignedLong(text.startsWith("0x") ? text.substring(2) : text, 16);
            if (id != 0) {
                return id;
            }
        } catch (NumberFormatException notHexadecimal) {
            throw new TypeConversionException("'" + text + "' is not the id of a member, which is hexadecimal");
        }
        throw new TypeConversionException("0 is not the id of a member");
    }
}
