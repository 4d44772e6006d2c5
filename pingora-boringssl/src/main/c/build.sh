#!/bin/sh
# SPDX-FileCopyrightText: The Pingora for the JVM authors
# SPDX-License-Identifier: Apache-2.0
#
# Builds BoringSSL as one shared library and puts it, with its SHA-256, where the module packs it
# from. Maven calls this: build.sh FOLDER. Without the tools for it, it says so and leaves the module
# without. From nothing it takes 3 CPU minutes, once per version of the sources.
set -eu
into=$1
cd "$(dirname "$0")"
here=$(pwd)

without() {
  echo "[WARNING] pingora-boringssl: $1: built without the native library, so without BoringSSL (it takes cargo to fetch the sources, cmake, gcc and g++)" >&2
  rm -rf "$into"
  exit 0
}

fail() {
  echo "[ERROR] pingora-boringssl: $1 failed (-Dpingora.cmake=false builds without)" >&2
  exit 1
}

PATH=$PATH:${CARGO_HOME:-${HOME:-}/.cargo}/bin
[ "$(uname -s)" = Linux ] || without "not yet for $(uname -s)"
for tool in cargo cmake gcc g++; do
  command -v "$tool" >/dev/null || without "no $tool"
done

version=$(sed -n 's/^boring-sys = "=\(.*\)"$/\1/p' sources/Cargo.toml)
work=$(cd ../../../.. && pwd)/.build/boringssl/$version
name=libpingora-boringssl.so
library=$work/$name
mkdir -p "$work"

# One build at a time: ./test begins one ahead of Maven's.
if command -v flock >/dev/null; then
  exec 9>"$work/lock"
  flock 9
fi

if [ -z "$(find "$library" -newer dialect.c -newer exports.map -newer build.sh 2>/dev/null)" ]; then
  cargo fetch --locked --quiet --target "$(uname -m)-unknown-linux-gnu" \
    --manifest-path sources/Cargo.toml || fail "cargo fetch"
  for sources in "${CARGO_HOME:-${HOME:-}/.cargo}"/registry/src/*/"boring-sys-$version"; do :; done
  sources=$sources/deps/boringssl
  [ -f "$sources/CMakeLists.txt" ] || fail "finding $sources"

  # CMake refuses a cache of other folders: the checkout, or Cargo's, was moved or copied.
  cache=$work/objects/CMakeCache.txt
  if [ -f "$cache" ] && ! { grep -qxF "CMAKE_HOME_DIRECTORY:INTERNAL=$sources" "$cache" &&
    grep -qxF "CMAKE_CACHEFILE_DIR:INTERNAL=$work/objects" "$cache"; }; then
    rm -rf "$work/objects"
  fi

  # The functions are marked as exported, as for shared libraries, but linked together: one file,
  # under a name that nothing else has.
  exported="-DBORINGSSL_SHARED_LIBRARY -DBORINGSSL_IMPLEMENTATION"
  fast="-O2 -DNDEBUG -g0"
  if command -v ninja >/dev/null; then set -- -GNinja; else set --; fi
  cmake "$@" -S "$sources" -B "$work/objects" -DCMAKE_BUILD_TYPE=Release \
    -DCMAKE_POSITION_INDEPENDENT_CODE=ON -DBUILD_TESTING=OFF \
    "-DCMAKE_C_FLAGS=$exported -ffunction-sections -fdata-sections" \
    "-DCMAKE_CXX_FLAGS=$exported -ffunction-sections -fdata-sections" \
    "-DCMAKE_C_FLAGS_RELEASE=$fast" "-DCMAKE_CXX_FLAGS_RELEASE=$fast" >"$work/cmake.log" 2>&1 ||
    { tail -20 "$work/cmake.log" >&2 && fail cmake; }
  nice cmake --build "$work/objects" --target ssl crypto --parallel >"$work/build.log" 2>&1 ||
    { tail -40 "$work/build.log" >&2 && fail "the build of BoringSSL"; }

  gcc -std=gnu11 -O2 -fPIC -Wall -Wextra -Werror -fvisibility=hidden "-I$sources/include" \
    "-DPINGORA_VERSION=\"BoringSSL of boring-sys $version\"" \
    -c dialect.c -o "$work/dialect.o" || fail "dialect.c"
  # What is exported, and so kept.
  wanted=$(sed -n 's/^    \([A-Za-z0-9_]*\);$/-Wl,-u,\1/p' exports.map)
  # shellcheck disable=SC2086 # one argument each
  g++ -shared -s -o "$library.new" "-Wl,-soname,$name" "-Wl,--version-script=$here/exports.map" \
    -Wl,--gc-sections -Wl,-z,defs -Wl,-z,now -Wl,-z,relro -static-libstdc++ -static-libgcc $wanted \
    "$work/dialect.o" "$work/objects/libssl.a" "$work/objects/libcrypto.a" -lpthread || fail linking
  cp "$sources/LICENSE" "$work/LICENSE-boringssl.txt"
  mv "$library.new" "$library"
fi

case $(uname -m) in
  arm64 | aarch64) architecture=aarch64 ;;
  amd64 | x86_64) architecture=x86_64 ;;
  *) architecture=$(uname -m) ;;
esac
folder=$into/linux-$architecture
mkdir -p "$folder"
# Only what differs, so that nothing newer means nothing to do.
put() { cmp -s "$1" "$2" || cp "$1" "$2"; }
put "$work/LICENSE-boringssl.txt" "$into/LICENSE-boringssl.txt"
put "$library" "$folder/$name"
(cd "$work" && sha256sum "$name") >"$work/$name.sha256"
put "$work/$name.sha256" "$folder/$name.sha256"
