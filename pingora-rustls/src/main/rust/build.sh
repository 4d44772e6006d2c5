#!/bin/sh
# SPDX-FileCopyrightText: The Pingora for the JVM authors
# SPDX-License-Identifier: Apache-2.0
#
# Builds the native half and puts it, with its SHA-256, where the module packs it from. Maven calls
# this: build.sh FOLDER. Without cargo it says so and leaves the module without.
set -eu
into=$1
cd "$(dirname "$0")"

# The oldest Rust that compiles this, as Cargo.toml says.
oldest=$(sed -n 's/^rust-version = "1\.\([0-9]*\)"/\1/p' Cargo.toml)

without() {
  echo "[WARNING] pingora-rustls: $1: built without the native library, so without rustls (install Rust 1.$oldest or newer)" >&2
  rm -rf "$into"
  exit 0
}

PATH=$PATH:${CARGO_HOME:-${HOME:-}/.cargo}/bin
command -v cargo >/dev/null || without "no cargo"
version=$(cargo --version) || without "cargo does not run"
minor=$(echo "$version" | sed -n 's/^cargo 1\.\([0-9]*\)\..*/\1/p')
[ "${minor:-$oldest}" -ge "$oldest" ] || without "$version is too old"

# Where .cargo/config.toml says; a build from nothing takes minutes, and nice leaves room for others.
target=$(cd ../../../.. && pwd)/.build/cargo
CARGO_TARGET_DIR=$target nice cargo build --release --locked --quiet || {
  echo "[ERROR] pingora-rustls: cargo failed (-Dpingora.cargo=false builds without)" >&2
  exit 1
}

case $(uname -s) in
  Darwin) system=macos library=libtlsrustls.dylib ;;
  *) system=linux library=libtlsrustls.so ;;
esac
case $(uname -m) in
  arm64 | aarch64) architecture=aarch64 ;;
  amd64 | x86_64) architecture=x86_64 ;;
  *) architecture=$(uname -m) ;;
esac
folder=$into/$system-$architecture
mkdir -p "$folder"

# The licences of everything that is linked in, as its sources bring them.
licences=$into/LICENSES-crates.txt
if [ ! "$licences" -nt Cargo.lock ]; then
  sources=${CARGO_HOME:-${HOME:-}/.cargo}/registry/src
  cargo tree --locked -e normal --prefix none --format '{p}|{l}' | sed 's/ (\*)$//' | sort -u |
    while IFS='|' read -r package licence; do
      name=${package%% v*}-$(echo "${package#* v}" | cut -d' ' -f1)
      [ "${name%-*}" = tlsrustls ] || echo "$name: $licence"
      for text in "$sources"/*/"$name"/LICENSE*; do
        if [ -f "$text" ]; then
          echo
          cat "$text"
          printf '\n%s\n\n' ------------------------------------------------------------
        fi
      done
    done >"$licences.new"
  mv "$licences.new" "$licences"
fi

if ! cmp -s "$target/release/$library" "$folder/$library"; then
  cp "$target/release/$library" "$folder/$library"
fi
(cd "$folder" && { sha256sum "$library" 2>/dev/null || shasum -a 256 "$library"; }) \
  >"$folder/$library.sha256.new"
if cmp -s "$folder/$library.sha256.new" "$folder/$library.sha256"; then
  rm "$folder/$library.sha256.new"
else
  mv "$folder/$library.sha256.new" "$folder/$library.sha256"
fi
