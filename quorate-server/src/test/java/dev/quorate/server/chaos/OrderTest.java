package dev.quorate.server.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

final class OrderTest {
    @Test
    void whatIsWrittenInALineIsReadFromIt() {
        List<Order> orders = List.of(
                new Order.SlowDisk(250),
                new Order.SlowDisk(0),
                new Order.FullDisk(true),
                new Order.FullDisk(false),
                new Order.StepClock(-90_000));
        for (Order order : orders) {
            assertThat(Order.parse(order.line())).isEqualTo(order);
        }
    }

    @Test
    void whatIsNoOrderIsRefusedWithItsText() {
        assertThatThrownBy(() -> Order.parse("format-disk now"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("format-disk now");
        assertThatThrownBy(() -> Order.parse("slow-disk soon"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("soon is not a number");
        assertThatThrownBy(() -> Order.parse("full-disk maybe"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("maybe");
        assertThatThrownBy(() -> Order.parse("")).isInstanceOf(IllegalArgumentException.class);
    }
}
