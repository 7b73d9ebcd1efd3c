package dev.quorate.grpc;

import io.grpc.netty.shaded.io.netty.channel.Channel;
import io.grpc.netty.shaded.io.netty.channel.EventLoop;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.IoHandlerFactory;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.ServerChannel;
import io.grpc.netty.shaded.io.netty.channel.epoll.Epoll;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollIoHandler;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollServerSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.nio.NioIoHandler;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioServerSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioSocketChannel;
import io.grpc.netty.shaded.io.netty.util.concurrent.DefaultThreadFactory;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * The one thread of a transport: it owns all streams, sends and receives. Native epoll where there is one; parked while
 * there is nothing to do.
 */
final class NetworkThread implements Executor, AutoCloseable {
    private static final long LAST_WAIT_MILLIS = 2000;

    private final EventLoopGroup group;
    private final EventLoop loop;

    NetworkThread(String name) {
        IoHandlerFactory io = Epoll.isAvailable() ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
        this.group = new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory(name, true), io);
        this.loop = group.next();
    }

    /** Has this thread run something, after all that it was given before; nothing once it has been closed. */
    @Override
    public void execute(Runnable task) {
        try {
            loop.execute(task);
        } catch (RejectedExecutionException closed) {
            if (!loop.isShuttingDown()) {
                throw closed;
            }
        }
    }

    /** True when this is the calling thread. */
    boolean isCurrent() {
        return loop.inEventLoop();
    }

    EventLoopGroup group() {
        return group;
    }

    static Class<? extends Channel> channelType() {
        return Epoll.isAvailable() ? EpollSocketChannel.class : NioSocketChannel.class;
    }

    /** A channel that can listen. */
    static ServerChannel serverChannel() {
        return Epoll.isAvailable() ? new EpollServerSocketChannel() : new NioServerSocketChannel();
    }

    /** Ends the thread, and waits for its end unless it is the one that calls. */
    @Override
    public void close() {
        var ended = group.shutdownGracefully(0, LAST_WAIT_MILLIS, TimeUnit.MILLISECONDS);
        if (!isCurrent()) {
            // It is a daemon: if it does not end in time, it holds nobody up.
            ended.awaitUninterruptibly(2 * LAST_WAIT_MILLIS);
        }
    }
}
