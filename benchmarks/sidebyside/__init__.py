# SPDX-FileCopyrightText: The Pingora for the JVM authors
# SPDX-License-Identifier: Apache-2.0
"""The parts of ./side-by-side: processes, targets, load, measurements."""
