# shellcheck shell=bash
# SPDX-FileCopyrightText: The Pingora for the JVM authors
# SPDX-License-Identifier: Apache-2.0
#
# Sourced by the scripts: sets and exports JAVA_HOME to a JDK that can build and run this project,
# the first one found. Whoever set JAVA_HOME to a fitting JDK gets that one.

jdk_least=25

# jdk_version HOME: the major version of the JDK there, 0 if it is none. Reads its `release` file,
# because starting each candidate would cost a tenth of a second.
jdk_version() {
  if [ -x "$1/bin/javac" ] && [ -r "$1/release" ]; then
    sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release"
  else
    echo 0
  fi
}

# One candidate a line, the likeliest first.
jdk_candidates() {
  local javac
  [ -z "${JAVA_HOME:-}" ] || echo "$JAVA_HOME"
  if javac=$(command -v javac); then
    javac=$(readlink -f "$javac" 2>/dev/null || echo "$javac")
    echo "${javac%/bin/javac}"
  fi
  if [ -x /usr/libexec/java_home ]; then
    /usr/libexec/java_home -v "$jdk_least+" 2>/dev/null || true
  fi
  printf '%s\n' /usr/lib/jvm/* /opt/* /usr/java/* "$HOME"/.sdkman/candidates/java/* \
    "$HOME"/.jdks/* /Library/Java/JavaVirtualMachines/*/Contents/Home /opt/homebrew/opt/openjdk*
}

find_jdk() {
  local home version
  while IFS= read -r home; do
    version=$(jdk_version "$home")
    if [ "${version:-0}" -ge "$jdk_least" ]; then
      export JAVA_HOME=$home
      return
    fi
  done < <(jdk_candidates)
  cat >&2 <<EOF
No JDK $jdk_least or newer found (looked at JAVA_HOME, PATH, /usr/lib/jvm, /opt, ~/.sdkman, ~/.jdks).
Install one, for example
  Debian, Ubuntu   apt-get install openjdk-$jdk_least-jdk-headless   (or temurin-$jdk_least-jdk of Adoptium)
  Fedora           dnf install java-$jdk_least-openjdk-devel
  macOS            brew install openjdk@$jdk_least
or set JAVA_HOME to it.
EOF
  return 1
}

find_jdk
