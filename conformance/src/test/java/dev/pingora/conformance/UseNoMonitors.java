// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.conformance;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.MethodModel;
import java.lang.classfile.instruction.MonitorInstruction;
import java.lang.reflect.AccessFlag;

/// Neither synchronized methods nor synchronized blocks. ArchUnit does not read instructions, so
/// this reads the class file itself.
final class UseNoMonitors extends ArchCondition<JavaClass> {
  UseNoMonitors() {
    super("use no monitors");
  }

  @Override
  public void check(JavaClass type, ConditionEvents events) {
    for (MethodModel method : ClassFile.of().parse(bytes(type)).methods()) {
      boolean locks =
          method.flags().has(AccessFlag.SYNCHRONIZED)
              || method
                  .code()
                  .map(code -> code.elementStream().anyMatch(MonitorInstruction.class::isInstance))
                  .orElse(false);
      String where = type.getFullName() + "." + method.methodName().stringValue();
      events.add(new SimpleConditionEvent(type, !locks, where + " is synchronized"));
    }
  }

  private static byte[] bytes(JavaClass type) {
    try (InputStream in = type.getSource().orElseThrow().getUri().toURL().openStream()) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
