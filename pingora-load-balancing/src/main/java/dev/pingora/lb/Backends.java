// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.lb;

import dev.pingora.core.services.Addresses;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// Which backends there are, and what is known of each.
///
/// **Invariant.** A state belongs to an address from the update that brings it to the one that
/// takes it away, whatever becomes of its weight. The selection is built before anything of the new
/// set is visible; then one write makes set, states and selection visible together. An update that
/// fails changes nothing.
///
/// Readers are lock-free; updates take a lock, which no reader ever waits for.
final class Backends<S extends Selection> {
  /// Most backends of one balancer.
  static final int MAX_BACKENDS = 65_535;

  private final Crowd crowd;
  private final Selection.Factory<S> factory;
  private final UnaryOperator<Backend> prepare;
  private final ReentrantLock updating = new ReentrantLock();

  /// Written under the lock.
  private volatile BackendSet<S> current;

  /// @param prepare may attach something to a backend that is new or changed
  Backends(Crowd crowd, Selection.Factory<S> factory, UnaryOperator<Backend> prepare) {
    this.crowd = crowd;
    this.factory = factory;
    this.prepare = prepare;
    this.current = new BackendSet<>(factory.build(List.of(), null), List.of(), List.of(), Map.of());
  }

  BackendSet<S> current() {
    return current;
  }

  Crowd crowd() {
    return crowd;
  }

  /// What an update did.
  ///
  /// @param doubles addresses that came again
  /// @param buildNanos for the selection; 0 when nothing changed
  record Update(int added, int removed, int changed, int doubles, long buildNanos) {
    boolean isChange() {
      return added + removed + changed > 0;
    }
  }

  /// Takes over what discovery found.
  ///
  /// @throws IllegalArgumentException when there are too many; then all stays as it was
  Update update(Discovery.Discovered found) {
    if (found.backends().size() > MAX_BACKENDS) {
      throw new IllegalArgumentException(
          "backends: " + found.backends().size() + " (expected: 0.." + MAX_BACKENDS + ")");
    }
    updating.lock();
    try {
      BackendSet<S> before = current;
      Draft draft = new Draft(before, found.backends().size());
      found.backends().forEach(draft::take);
      Update update = draft.update();
      if (update.isChange()) {
        update = replace(before, draft, update);
      }
      enableTexts(found.enabled());
      return update;
    } finally {
      updating.unlock();
    }
  }

  private Update replace(BackendSet<S> before, Draft draft, Update update) {
    List<Backend> list = new ArrayList<>(draft.entries.size());
    draft.entries.forEach(entry -> list.add(entry.bound()));
    List<Backend> backends = Collections.unmodifiableList(list);
    long begun = System.nanoTime();
    S selection;
    try {
      selection = factory.build(backends, before.selection());
    } catch (RuntimeException e) {
      draft.created.forEach(BackendState::leave);
      throw e;
    }
    long nanos = System.nanoTime() - begun;
    current = draft.set(selection, backends);
    boolean isFirst = before.backends().isEmpty();
    for (BackendState state : draft.created) {
      if (!isFirst) {
        crowd.tell(state.address(), BackendChange.ADDED, "");
      }
    }
    if (update.removed > 0) {
      dismiss(before, draft);
    }
    return new Update(update.added, update.removed, update.changed, update.doubles, nanos);
  }

  /// Tells those that are no more.
  private void dismiss(BackendSet<S> before, Draft draft) {
    for (BackendSet.Entry entry : before.entries()) {
      BackendState state = entry.bound().state();
      if (state != null && !draft.byAddress.containsKey(state.address())) {
        state.leave();
        crowd.tell(state.address(), BackendChange.REMOVED, "");
      }
    }
  }

  /// Takes a backend out, or back in. Of what is not known nothing happens.
  void enable(SocketAddress address, boolean enabled) {
    BackendSet.Entry entry = current.byAddress().get(address);
    BackendState state = entry == null ? null : entry.bound().state();
    if (state != null) {
      if (enabled) {
        state.clear(BackendState.DISABLED, "");
      } else {
        state.set(BackendState.DISABLED, "");
      }
    }
  }

  private void enableTexts(Map<String, Boolean> enabled) {
    if (enabled.isEmpty()) {
      return;
    }
    for (SocketAddress known : current.byAddress().keySet()) {
      Boolean wanted = enabled.get(Addresses.text(known));
      if (wanted != null) {
        enable(known, wanted);
      }
    }
  }

  /// The next set while it is put together.
  private final class Draft {
    private final BackendSet<S> before;
    private final List<BackendSet.Entry> entries;
    private final Map<SocketAddress, BackendSet.Entry> byAddress;
    private final List<BackendState> created = new ArrayList<>();
    private int changed;
    private int doubles;

    /// Where the next one found is expected among those of before.
    private int expected;

    Draft(BackendSet<S> before, int size) {
      this.before = before;
      this.entries = new ArrayList<>(size);
      this.byAddress = HashMap.newHashMap(size);
    }

    void take(Backend found) {
      BackendSet.Entry known = known(found.address());
      if (known != null && known.found().isSame(found)) {
        add(known);
      } else if (byAddress.containsKey(found.address())) {
        doubles++;
      } else {
        add(entry(found, known));
      }
    }

    private void add(BackendSet.Entry entry) {
      if (byAddress.putIfAbsent(entry.found().address(), entry) == null) {
        entries.add(entry);
      } else {
        doubles++;
      }
    }

    /// {@return the entry of an address before} Most lists come in the order of the one before, but
    /// for one that is gone or new: so this seldom has to look into the map.
    private BackendSet.@Nullable Entry known(SocketAddress address) {
      List<BackendSet.Entry> list = before.entries();
      for (int i = expected; i < Math.min(expected + 2, list.size()); i++) {
        if (list.get(i).found().address().equals(address)) {
          expected = i + 1;
          return list.get(i);
        }
      }
      return before.byAddress().get(address);
    }

    BackendSet<S> set(S selection, List<Backend> backends) {
      return new BackendSet<>(
          selection,
          backends,
          Collections.unmodifiableList(entries),
          Collections.unmodifiableMap(byAddress));
    }

    private BackendSet.Entry entry(Backend found, BackendSet.@Nullable Entry known) {
      if (known == null) {
        boolean warm = before.backends().isEmpty();
        BackendState state = new BackendState(found.address(), crowd, found.startsReady(), warm);
        created.add(state);
        return bound(found, state);
      }
      BackendState state = known.bound().state();
      if (state == null) {
        return known;
      }
      changed++;
      return bound(found, state);
    }

    private BackendSet.Entry bound(Backend found, BackendState state) {
      return new BackendSet.Entry(found, prepare.apply(found.bound(state)).bound(state));
    }

    Update update() {
      int stayed = entries.size() - created.size();
      return new Update(created.size(), before.backends().size() - stayed, changed, doubles, 0);
    }
  }
}
