// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.server;

import dev.pingora.core.configuration.ConfigurationException;
import dev.pingora.core.connectors.Resolver;
import dev.pingora.core.services.Service;
import dev.pingora.error.ErrorKind;
import dev.pingora.error.ProxyException;
import dev.pingora.runtime.DescriptorLimit;
import dev.pingora.runtime.LoopGroup;
import dev.pingora.runtime.LoopGroupOptions;
import dev.pingora.runtime.TransportKind;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A server: services on one set of loops, from start to a shutdown that leaves nobody hanging.
///
/// ```java
/// Server server = Server.create(ServerConf.defaults());
/// server.addService(proxy);
/// server.run();                         // returns after a shutdown
/// ```
///
/// No global state and no `System.exit`: many servers may live in one process. [#addService] before
/// [#run], by one thread; [#shutdown] by any thread at any time.
public final class Server {
  private static final System.Logger LOG = System.getLogger("dev.pingora.core");

  /// How often a graceful shutdown looks whether the last request has ended.
  private static final long LOOK_MILLIS = 10;

  private final ServerConf configuration;
  private final Limits limits;
  private final List<Service> services = new ArrayList<>();
  private final List<Consumer<ExecutionPhase>> phaseWatchers = new CopyOnWriteArrayList<>();
  private final ShutdownWatch shutdownWatch = new ShutdownWatch();
  private final CountDownLatch asked = new CountDownLatch(1);
  private final CountDownLatch started = new CountDownLatch(1);
  private final CountDownLatch ended = new CountDownLatch(1);
  private volatile Shutdown how = Shutdown.GRACEFUL;
  private volatile ExecutionPhase phase = ExecutionPhase.SETUP;
  private volatile @Nullable ServerRuntime runtime;
  private boolean testOnly;
  private volatile @Nullable Resolver resolver;

  private Server(ServerConf configuration, Limits limits) {
    this.configuration = configuration;
    this.limits = limits;
  }

  /// {@return a server that reads no command line; add services, then [#run]}
  public static Server create(ServerConf configuration) {
    return new Server(configuration, Limits.defaults());
  }

  /// {@return a server whose process-wide bounds (`buffered_bytes`) are those of `limits`}
  public static Server create(ServerConf configuration, Limits limits) {
    return new Server(configuration, limits);
  }

  /// {@return a server with the configuration that the command line names, or the defaults}
  ///
  /// With `--test` its [#run] returns at once: reading the file was all there was to do.
  ///
  /// @throws ConfigurationException with every problem of the file
  public static Server create(Options options) throws ConfigurationException {
    ServerConf configuration = ServerConf.load(options);
    Server server = new Server(configuration, Limits.defaults());
    server.testOnly = options.test();
    return server;
  }

  public ServerConf configuration() {
    return configuration;
  }

  /// Adds a service; it starts with the server, in the order added.
  public <S extends Service> S addService(S service) {
    services.add(service);
    return service;
  }

  /// Looks names of upstreams up with `other` instead of the name servers in `resolver:`. Before
  /// [#run].
  public void resolver(Resolver other) {
    resolver = other;
  }

  private Resolver resolver() {
    Resolver own = resolver;
    return own == null ? Resolver.dns(configuration.resolver()) : own;
  }

  /// Calls `watcher` with every later phase, on the thread that runs the server.
  public void watchExecutionPhase(Consumer<ExecutionPhase> watcher) {
    phaseWatchers.add(watcher);
  }

  public ExecutionPhase phase() {
    return phase;
  }

  /// Prepares what must be ready before services start. Idempotent; [#run] does it if nobody did.
  public void bootstrap() {
    if (phase == ExecutionPhase.SETUP) {
      enter(ExecutionPhase.BOOTSTRAP);
      enter(ExecutionPhase.BOOTSTRAP_COMPLETE);
    }
  }

  /// Runs the server on the calling thread, until a shutdown was asked for and is complete.
  ///
  /// @throws ProxyException when a service cannot start (an address in use …); nothing runs then
  public void run() throws ProxyException {
    bootstrap();
    if (testOnly) {
      LOG.log(System.Logger.Level.INFO, "configuration ok");
      end();
      return;
    }
    try (LoopGroup loops = LoopGroup.open(loopOptions())) {
      ServerRuntime own =
          new ServerRuntime(configuration, loops, resolver(), connectionLimit(), shutdownWatch);
      runtime = own;
      startServices(own);
      enter(ExecutionPhase.RUNNING);
      started.countDown();
      asked.await();
      stop(loops);
      enter(ExecutionPhase.SHUTDOWN_RUNTIMES);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IllegalStateException e) {
      throw ProxyException.explain(ErrorKind.INTERNAL_ERROR, e, "the server cannot start");
    } finally {
      shutdownWatch.begin();
      services.forEach(Service::cleanup);
      end();
    }
  }

  private void end() {
    enter(ExecutionPhase.TERMINATED);
    started.countDown();
    ended.countDown();
  }

  /// Runs the server until it is shut down or the process is asked to end (SIGTERM, SIGINT), which
  /// waits for the last request, at most for the grace period. For a `main` that does nothing else.
  ///
  /// @throws ProxyException as [#run]
  public void runForever() throws ProxyException {
    Thread hook =
        Thread.ofPlatform()
            .name("pingora-stop")
            .unstarted(() -> {
              shutdown(Shutdown.GRACEFUL);
              awaitEnd();
            });
    Runtime.getRuntime().addShutdownHook(hook);
    try {
      run();
    } finally {
      removeHook(hook);
    }
  }

  private static void removeHook(Thread hook) {
    try {
      var _ = Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException _) {
      // the process is ending, and the hook with it
    }
  }

  /// Starts the server on a thread of its own, and returns when every service is ready.
  ///
  /// @throws ProxyException as [#run]
  public void start() throws ProxyException {
    List<ProxyException> failure = new CopyOnWriteArrayList<>();
    Thread thread =
        Thread.ofPlatform()
            .name("pingora-server")
            .start(() -> {
              try {
                run();
              } catch (ProxyException e) {
                failure.add(e);
              }
            });
    try {
      started.await();
      if (phase == ExecutionPhase.TERMINATED) {
        thread.join(); // it is about to say why
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      shutdown(Shutdown.FAST);
    }
    if (!failure.isEmpty()) {
      throw failure.getFirst();
    }
  }

  /// Asks for a shutdown; [#run] returns when it is complete. A FAST one may follow a GRACEFUL one.
  public void shutdown(Shutdown kind) {
    if (kind == Shutdown.FAST || asked.getCount() > 0) {
      how = kind;
    }
    asked.countDown();
  }

  /// Waits until the server has stopped. Returns at once when it was asked to stop before it ran.
  public void awaitEnd() {
    if (phase == ExecutionPhase.SETUP && asked.getCount() == 0) {
      return;
    }
    try {
      ended.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// {@return what the services share, once the server runs}
  public ServerRuntime runtime() {
    ServerRuntime own = runtime;
    if (own == null) {
      throw new IllegalStateException("the server does not run yet");
    }
    return own;
  }

  private void startServices(ServerRuntime own) throws ProxyException {
    for (Service service : services) {
      try {
        service.start(own);
      } catch (ProxyException e) {
        services.forEach(Service::stopAccepting); // those before it listen already
        throw e;
      } catch (Exception e) {
        services.forEach(Service::stopAccepting);
        throw ProxyException.explain(
            ErrorKind.INTERNAL_ERROR, e, "service %s cannot start", service.name());
      }
    }
  }

  private void stop(LoopGroup loops) throws InterruptedException {
    boolean graceful = how == Shutdown.GRACEFUL;
    if (graceful) {
      enter(ExecutionPhase.GRACEFUL_TERMINATE);
    }
    enter(ExecutionPhase.SHUTDOWN_STARTED);
    services.forEach(Service::stopAccepting);
    shutdownWatch.begin();
    if (graceful) {
      enter(ExecutionPhase.SHUTDOWN_GRACE_PERIOD);
      awaitInFlight(loops);
    }
  }

  /// Ends when the last request has, not when the grace period has (Pingora sleeps it out).
  private void awaitInFlight(LoopGroup loops) throws InterruptedException {
    loops.quiesce();
    long deadline = System.nanoTime() + configuration.gracePeriod().toNanos();
    while (how != Shutdown.FAST && inFlight() > 0 && System.nanoTime() - deadline < 0) {
      TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
    }
    int left = inFlight();
    if (left > 0) {
      LOG.log(System.Logger.Level.WARNING, "{0} connections and tasks are cut off", left);
    }
  }

  private int inFlight() {
    return services.stream().mapToInt(Service::inFlight).sum();
  }

  private void enter(ExecutionPhase next) {
    phase = next;
    phaseWatchers.forEach(watcher -> watcher.accept(next));
  }

  private LoopGroupOptions loopOptions() {
    int threads =
        configuration.threads() > 0
            ? configuration.threads()
            : Runtime.getRuntime().availableProcessors();
    return new LoopGroupOptions(
        "pingora",
        threads,
        configuration.workStealing(),
        TransportKind.valueOf(configuration.transport().name()),
        limits.bufferedBytes(),
        configuration.maxBlockingThreads(),
        configuration.blockingThreadsTtl().toNanos());
  }

  private ConnectionLimit connectionLimit() {
    int max = configuration.maxConnections();
    if (max == 0) {
      long descriptors = DescriptorLimit.current().soft();
      max = ConnectionLimit.fromDescriptorLimit(descriptors);
      LOG.log(
          System.Logger.Level.INFO,
          "at most {0} connections (of {1} descriptors)",
          Integer.toString(max),
          Long.toString(descriptors));
    }
    return new ConnectionLimit(max);
  }
}
