// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.http;

import static java.util.Objects.checkFromToIndex;
import static java.util.Objects.checkIndex;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// The field lines of a header or trailer section: a multimap that keeps the order, the case of
/// names and the octets of values.
///
/// Names compare without case (RFC 9110 §5.1). Values are octets; as `String` each octet is one
/// character (ISO-8859-1). What an application sets is checked: a name is a token, a value has no
/// control but HTAB, so that nobody can smuggle a line break into a message.
///
/// **Idea.** A received section stays the one array it came in, and one long for each line says
/// where the line is ([Slot]). Lines that are added go to a second array in the form they will be
/// written in. So reading a head allocates no object for a line, a removal touches only the index,
/// a [#copy] shares both arrays until one side changes, and [#writeTo] moves untouched neighbours
/// in one go, exactly as they came.
///
/// **Invariants.** The received array is never written. The array of added lines is only appended
/// to, and only by the instance that made it. Every line in either array is a valid line of HTTP/1
/// that ends in CR LF.
///
/// **Bounds.** 8 MiB of received and 8 MiB of added octets; what a stranger may send is limited
/// much lower by the codecs. **Threads.** Not safe; one owner. A copy is independent of its
/// original, in another thread too if it is handed over safely.
public final class Fields implements Iterable<Field> {
  /// The most octets that a received section, or all added lines together, may have.
  public static final int MAX_OCTETS = Slot.MAX_OFFSET;

  private static final byte[] NO_BYTES = {};
  private static final long[] NO_SLOTS = {};

  // Room for what a gateway adds: to a response, and to its copy of a request.
  private static final int FIRST_OWN = 64;
  private static final int FIRST_OWN_OF_COPY = 128;
  private static final int SPARE_SLOTS = 4;

  private final byte[] section;
  private byte[] own;
  private int ownUsed;
  private long[] slots;
  private int size;
  private long present;
  private int edits;
  private boolean ownShared;
  private boolean slotsShared;

  private Fields(byte[] section, long[] slots) {
    this.section = section;
    this.slots = slots;
    this.own = NO_BYTES;
  }

  private Fields(Fields original) {
    this.section = original.section;
    this.own = original.own;
    this.ownUsed = original.ownUsed;
    this.slots = original.slots;
    this.size = original.size;
    this.present = original.present;
    this.edits = original.edits;
    this.ownShared = true;
    this.slotsShared = true;
  }

  /// {@return an empty section}
  public static Fields empty() {
    return new Fields(NO_BYTES, NO_SLOTS);
  }

  /// {@return a section whose lines a codec will name with [#addLine]}
  ///
  /// @param section the octets that came, at most [#MAX_OCTETS]; taken over: nobody may write them
  ///   again. May hold more than the section, e.g. the whole head.
  /// @param expectedLines how many lines to make room for
  public static Fields ofSection(byte[] section, int expectedLines) {
    if (section.length > MAX_OCTETS) {
      throw new IllegalArgumentException(
          "section: " + section.length + " octets (expected: up to " + MAX_OCTETS + ")");
    }
    return new Fields(section, new long[expectedLines]);
  }

  /// Adds a line of the received section. For codecs: they have checked the grammar.
  ///
  /// The line must be `name ":" OWS value OWS CRLF`: the name followed by its colon at once, the
  /// value without white space around it.
  ///
  /// @param lineEnd the first octet behind the CR LF
  /// @return the name's [number][FieldName#id], 0 if it has none
  public int addLine(int nameStart, int nameLength, int valueStart, int valueLength, int lineEnd) {
    checkFromToIndex(nameStart, lineEnd, section.length);
    int gap = valueStart - nameStart - nameLength;
    int tail = lineEnd - valueStart - valueLength;
    if (gap < 1 || tail < Slot.MIN_TAIL || nameLength < 1 || valueLength < 0) {
      throw new IllegalArgumentException("line: not name, colon, value, CR LF");
    }
    FieldName known = FieldName.TABLE.find(section, nameStart, nameLength);
    int id = known == null ? 0 : known.id();
    if (gap <= Slot.MAX_GAP && tail <= Slot.MAX_TAIL) {
      append(Slot.received(nameStart, Slot.code(id, nameLength), gap, valueLength, tail));
    } else {
      // More white space than a slot can tell: rare enough to be rewritten.
      String value = Octets.text(section, valueStart, valueLength);
      add(Octets.text(section, nameStart, nameLength), value);
    }
    return id;
  }

  /// {@return an independent copy} It costs one small object; arrays are shared until a change.
  public Fields copy() {
    // The added lines stay ours to append to: a copy reads only what is there now.
    slotsShared = true;
    return new Fields(this);
  }

  /// {@return the number of lines}
  public int size() {
    return size;
  }

  /// {@return whether there is no line}
  public boolean isEmpty() {
    return size == 0;
  }

  /// {@return the value of the first line of this name, or null}
  public @Nullable String first(FieldName name) {
    return firstAt(indexOf(name, 0));
  }

  public @Nullable String first(String name) {
    return firstAt(indexOf(name, 0));
  }

  /// {@return the values of all lines of this name, in order}
  public List<String> all(FieldName name) {
    return allFrom(indexOf(name, 0));
  }

  public List<String> all(String name) {
    return allFrom(indexOf(name, 0));
  }

  /// {@return whether there is a line of this name}
  public boolean contains(FieldName name) {
    return indexOf(name, 0) >= 0;
  }

  public boolean contains(String name) {
    return indexOf(name, 0) >= 0;
  }

  /// {@return whether a line of this name lists the token}
  ///
  /// Values are read as comma-separated lists (RFC 9110 §5.6.1), a member compares as a whole and
  /// without case, and quoted strings are respected: `contains(CONNECTION, "close")`.
  public boolean contains(FieldName name, CharSequence token) {
    return listedFrom(indexOf(name, 0), token);
  }

  /// {@return whether a line of this name lists the token; see [#contains(FieldName,
  /// CharSequence)]}
  public boolean contains(String name, CharSequence token) {
    return listedFrom(indexOf(name, 0), token);
  }

  private @Nullable String firstAt(int index) {
    return index < 0 ? null : value(index);
  }

  private List<String> allFrom(int first) {
    List<String> values = new ArrayList<>(2);
    for (int i = first; i >= 0; i = nextSame(i)) {
      values.add(value(i));
    }
    return values;
  }

  private boolean listedFrom(int first, CharSequence token) {
    for (int i = first; i >= 0; i = nextSame(i)) {
      if (hasMember(i, token)) {
        return true;
      }
    }
    return false;
  }

  /// {@return whether a line of any of these names may be here} Never false when there is one; one
  /// AND, so that code with rare work can leave at once.
  public boolean mayContain(FieldNames names) {
    return (present & names.presence()) != 0;
  }

  /// {@return the index of the first line of this name at or behind a position, or -1}
  public int indexOf(FieldName name, int from) {
    if ((present & name.presence()) == 0) {
      return -1;
    }
    int id = name.id();
    int code = Slot.code(id, name.length());
    for (int i = from; i < size; i++) {
      if (Slot.code(slots[i]) == code
          && (id != 0 || Slot.hasName(slots[i], lineOf(slots[i]), name))) {
        return i;
      }
    }
    return -1;
  }

  public int indexOf(String name, int from) {
    if (name.isEmpty()) {
      return -1;
    }
    int hash = KnownNames.hash(name);
    FieldName known = FieldName.TABLE.find(hash, name);
    if (known != null) {
      return indexOf(known, from);
    }
    if ((present & KnownNames.presence(0, hash)) == 0) {
      return -1;
    }
    int code = Slot.code(0, name.length());
    for (int i = from; i < size; i++) {
      if (Slot.code(slots[i]) == code && nameEquals(i, name)) {
        return i;
      }
    }
    return -1;
  }

  /// {@return the index of the next line with the name of this one, or -1}
  public int nextSame(int index) {
    long like = slot(index);
    for (int i = index + 1; i < size; i++) {
      if (sameName(slots[i], like)) {
        return i;
      }
    }
    return -1;
  }

  byte[] lineOf(long slot) {
    return Slot.isOwn(slot) ? own : section;
  }

  long slot(int index) {
    return slots[checkIndex(index, size)];
  }

  /// {@return the name of a line in the case it came in}
  public String name(int index) {
    long slot = slot(index);
    byte[] line = lineOf(slot);
    int length = Slot.nameLength(slot, line);
    int start = Slot.offset(slot);
    FieldName known = FieldName.TABLE.byId(Slot.id(slot));
    return known != null && Arrays.equals(known.wire(), 0, length, line, start, start + length)
        ? known.text()
        : Octets.text(line, start, length);
  }

  /// {@return the value of a line}
  public String value(int index) {
    long slot = slot(index);
    byte[] line = lineOf(slot);
    return Octets.text(line, Slot.valueStart(slot, line), Slot.valueLength(slot));
  }

  /// {@return the [number][FieldName#id] of a line's name, 0 if it has none}
  public int nameId(int index) {
    return Slot.id(slot(index));
  }

  /// {@return the length of a line's name}
  public int nameLength(int index) {
    long slot = slot(index);
    return Slot.nameLength(slot, lineOf(slot));
  }

  /// {@return one octet of a line's name, as it came}
  public byte nameByte(int index, int position) {
    long slot = slot(index);
    return lineOf(slot)[Slot.offset(slot) + position];
  }

  /// {@return the length of a line's value}
  public int valueLength(int index) {
    return Slot.valueLength(slot(index));
  }

  /// {@return one octet of a line's value}
  public byte valueByte(int index, int position) {
    long slot = slot(index);
    byte[] line = lineOf(slot);
    return line[Slot.valueStart(slot, line) + checkIndex(position, Slot.valueLength(slot))];
  }

  /// Copies a line's name as it came, all [#nameLength] octets of it.
  public void copyName(int index, byte[] target, int offset) {
    long slot = slot(index);
    byte[] line = lineOf(slot);
    System.arraycopy(line, Slot.offset(slot), target, offset, Slot.nameLength(slot, line));
  }

  /// Copies a line's value, all [#valueLength] octets of it.
  public void copyValue(int index, byte[] target, int offset) {
    long slot = slot(index);
    byte[] line = lineOf(slot);
    System.arraycopy(line, Slot.valueStart(slot, line), target, offset, Slot.valueLength(slot));
  }

  /// {@return whether a line has this name}
  public boolean nameEquals(int index, FieldName name) {
    long slot = slot(index);
    return Slot.hasName(slot, lineOf(slot), name);
  }

  /// {@return whether a line has this name, in any case}
  public boolean nameEquals(int index, CharSequence name) {
    long slot = slot(index);
    byte[] line = lineOf(slot);
    return Octets.equalsIgnoreCase(line, Slot.offset(slot), Slot.nameLength(slot, line), name);
  }

  /// {@return whether a line's value is this, in any case}
  public boolean valueEqualsIgnoreCase(int index, CharSequence value) {
    long slot = slot(index);
    byte[] line = lineOf(slot);
    return Octets.equalsIgnoreCase(
        line, Slot.valueStart(slot, line), Slot.valueLength(slot), value);
  }

  /// {@return whether a line's value, read as a comma-separated list, has the member}
  public boolean hasMember(int index, CharSequence token) {
    long slot = slot(index);
    byte[] line = lineOf(slot);
    int start = Slot.valueStart(slot, line);
    return FieldValues.hasMember(line, start, start + Slot.valueLength(slot), token);
  }

  /// {@return the number that a line's value says in decimal digits; -1 if it is anything else or
  /// more than a long holds}
  public long valueAsLong(int index) {
    long slot = slot(index);
    byte[] line = lineOf(slot);
    return Octets.number(line, Slot.valueStart(slot, line), Slot.valueLength(slot));
  }

  /// Replaces all lines of the name by one, which takes the place of the first, else the last
  /// place.
  ///
  /// @throws IllegalArgumentException if the name is no token or the value has a forbidden
  ///   character
  public void set(FieldName name, String value) {
    replace(indexOf(name, 0), NewLine.of(this, name, value));
  }

  /// Like [#set(FieldName, String)]; the case of the name is kept.
  public void set(String name, String value) {
    long line = NewLine.of(this, name, value);
    replace(indexOf(name, 0), line);
  }

  /// Like [#set(FieldName, String)], with a number.
  public void set(FieldName name, long value) {
    replace(indexOf(name, 0), NewLine.of(this, name, value));
  }

  public void set(String name, long value) {
    set(name, Long.toString(value));
  }

  /// Like [#set(FieldName, String)], with octets, which are copied.
  public void set(FieldName name, byte[] value) {
    replace(indexOf(name, 0), NewLine.of(this, name, value));
  }

  /// Like [#set(FieldName, String)], with the value of a line of this or another section.
  public void set(FieldName name, Fields other, int index) {
    long slot = other.slot(index);
    replace(indexOf(name, 0), NewLine.renamed(this, name, other.lineOf(slot), slot));
  }

  /// Like [#set(FieldName, String)], with a line that was made before.
  public void set(FieldLine line) {
    replace(indexOf(line.name(), 0), NewLine.of(this, line));
  }

  /// Adds a line behind all others.
  ///
  /// @throws IllegalArgumentException if the name is no token or the value has a forbidden
  ///   character
  public void add(FieldName name, String value) {
    append(NewLine.of(this, name, value));
  }

  /// Like [#add(FieldName, String)]; the case of the name is kept.
  public void add(String name, String value) {
    append(NewLine.of(this, name, value));
  }

  /// Like [#add(FieldName, String)], with a number.
  public void add(FieldName name, long value) {
    append(NewLine.of(this, name, value));
  }

  public void add(String name, long value) {
    add(name, Long.toString(value));
  }

  /// Like [#add(FieldName, String)], with octets, which are copied.
  public void add(FieldName name, byte[] value) {
    append(NewLine.of(this, name, value));
  }

  public void add(FieldLine line) {
    append(NewLine.of(this, line));
  }

  /// Adds a copy of one line of another section, name and value as they are there.
  public void addFrom(Fields other, int index) {
    long slot = other.slot(index);
    append(NewLine.copy(this, other.lineOf(slot), slot));
  }

  /// Adds copies of all lines of another section.
  public void addFrom(Fields other) {
    for (int i = 0, end = other.size; i < end; i++) {
      addFrom(other, i);
    }
  }

  /// Removes all lines of the name.
  ///
  /// @return whether there was one
  public boolean remove(FieldName name) {
    return removeFrom(indexOf(name, 0));
  }

  public boolean remove(String name) {
    return removeFrom(indexOf(name, 0));
  }

  /// Removes all lines of all these names; next to no cost if there is none.
  ///
  /// @return whether there was one
  public boolean remove(FieldNames names) {
    return mayContain(names) && names.removeFrom(this);
  }

  /// Removes one line; those behind it move up.
  public void removeAt(int index) {
    checkIndex(index, size);
    makeSlotsOwn(0);
    System.arraycopy(slots, index + 1, slots, index, size - index - 1);
    size--;
    edits++;
  }

  /// Removes all lines.
  public void clear() {
    size = 0;
    present = 0;
    edits++;
  }

  /// Makes room for a line behind the added ones.
  ///
  /// @return where it goes
  int reserve(long octets) {
    if (ownShared || own.length - ownUsed < octets) {
      renewOwn(octets);
    }
    int offset = ownUsed;
    ownUsed += (int) octets;
    return offset;
  }

  /// Moves the added lines that are still in use to an array of this instance alone. Since dead
  /// lines stay behind, a name that is set a million times needs no more room than one set twice.
  private void renewOwn(long octets) {
    int live = Lines.liveOctets(slots, size, own);
    long needed = live + octets;
    if (needed > MAX_OCTETS) {
      throw new IllegalStateException(
          "added fields: " + needed + " octets (expected: up to " + MAX_OCTETS + ")");
    }
    long room = Math.max(ownShared ? FIRST_OWN_OF_COPY : FIRST_OWN, needed + needed / 2);
    byte[] fresh = new byte[(int) Math.min(MAX_OCTETS, room)];
    if (live > 0) {
      makeSlotsOwn(0);
      Lines.moveLive(slots, size, own, fresh);
    }
    own = fresh;
    ownUsed = live;
    ownShared = false;
  }

  private void append(long slot) {
    makeSlotsOwn(1);
    slots[size++] = slot;
    present |= Slot.presence(slot, lineOf(slot));
    edits++;
  }

  private void replace(int index, long slot) {
    if (index < 0) {
      append(slot);
    } else {
      makeSlotsOwn(0);
      slots[index] = slot;
      removeSame(index + 1, slot);
    }
  }

  private boolean removeFrom(int first) {
    return first >= 0 && removeSame(first, slots[first]);
  }

  /// Removes all lines at or behind a position that have the name of this one.
  private boolean removeSame(int from, long like) {
    makeSlotsOwn(0);
    int kept = from;
    for (int i = from; i < size; i++) {
      if (!sameName(slots[i], like)) {
        slots[kept++] = slots[i];
      }
    }
    size = kept;
    edits++;
    return true;
  }

  private boolean sameName(long a, long b) {
    return Slot.sameName(a, lineOf(a), b, lineOf(b));
  }

  private void makeSlotsOwn(int more) {
    if (slotsShared) {
      slots = Arrays.copyOf(slots, size + Math.max(more, SPARE_SLOTS));
      slotsShared = false;
    } else if (slots.length < size + more) {
      slots = Arrays.copyOf(slots, size + size / 2 + SPARE_SLOTS);
    }
  }

  /// The array of added lines, for [NewLine] to write the line that it reserved.
  byte[] own() {
    return own;
  }

  /// A number that changes with each change of the lines; for values that are computed from them.
  int edits() {
    return edits;
  }

  /// {@return how many octets [#writeTo] writes}
  public int encodedLength() {
    return Lines.encodedLength(slots, size, section, own);
  }

  /// Writes all lines in the form of HTTP/1, without the empty line that ends a section. Lines that
  /// came are written as they came.
  ///
  /// @return false if they do not fit: then the buffer's position is as before
  public boolean writeTo(ByteBuffer out) {
    return Lines.write(slots, size, section, own, out);
  }

  /// Calls the action with name and value of each line, in order.
  public void forEach(BiConsumer<? super String, ? super String> action) {
    for (int i = 0; i < size; i++) {
      action.accept(name(i), value(i));
    }
  }

  @Override
  public Iterator<Field> iterator() {
    return new FieldIterator(this);
  }

  /// {@return the names only: values may be secrets, and this text ends up in logs}
  @Override
  public String toString() {
    return "Fields" + IntStream.range(0, size).mapToObj(this::name).toList();
  }
}
