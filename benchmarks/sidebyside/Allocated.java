// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

import com.sun.management.ThreadMXBean;
import com.sun.tools.attach.VirtualMachine;
import java.lang.management.ManagementFactory;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;

/// Prints the bytes of heap that a running JVM has allocated so far: `java Allocated.java PID`.
///
/// Exact (thread-local buffers are counted up to their fill), and includes what virtual threads
/// allocate, since their carriers are counted. The first call starts an agent in the JVM that
/// allocates too: call once before, then take differences.
void main(String[] args) throws Exception {
  VirtualMachine vm = VirtualMachine.attach(args[0]);
  String address = vm.startLocalManagementAgent();
  vm.detach();
  try (var connector = JMXConnectorFactory.connect(new JMXServiceURL(address))) {
    ThreadMXBean threads =
        ManagementFactory.newPlatformMXBeanProxy(
            connector.getMBeanServerConnection(),
            ManagementFactory.THREAD_MXBEAN_NAME,
            ThreadMXBean.class);
    IO.println(threads.getTotalThreadAllocatedBytes());
  }
}
