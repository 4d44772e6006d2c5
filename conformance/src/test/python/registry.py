# SPDX-FileCopyrightText: The Pingora for the JVM authors
# SPDX-License-Identifier: Apache-2.0
"""The cases, in the order in which they are run."""

CASES = []


def case(name, *allowed):
    """Registers a case and the answers that are right; the first is the usual one."""

    def register(function):
        CASES.append((name, allowed, function))
        return function

    return register
