# shellcheck shell=bash
# SPDX-FileCopyrightText: The Pingora for the JVM authors
# SPDX-License-Identifier: Apache-2.0
#
# Sourced by ./pingora: a training run for the AOT cache (JEP 483, 514). The JVM notes what a gateway
# loads and links while it starts and serves, and keeps that in a file, ready made: starting takes
# half the time. Speaks HTTP by bash alone, so that building needs no further tool.

train_requests=200
train_handshakes=300

# A gateway that is its own upstream: requests for the host "origin" it answers itself; those for the
# host "secure" by way of TLS, with a connection each, so that handshakes of both ends are noted too.
train_config() {
  cat <<EOF
threads: 1
listeners:
  - address: 127.0.0.1:$1
  - address: 127.0.0.1:$(($1 + 1))
    tls: { certificates: [{ cert: "$2/cert.pem", key: "$2/key.pem" }] }
upstreams:
  self: { servers: ["127.0.0.1:$1"] }
  tls:
    servers: ["127.0.0.1:$(($1 + 1))"]
    tls: { ca: "$2/cert.pem", sni: localhost }
    timeouts: { idle: 0s }
routes:
  - match: { host: origin, path: / }
    respond: { status: 200, body: "ok\n" }
  - match: { host: secure, path: / }
    upstream: tls
    host: origin
  - match: { host: "*", path: / }
    upstream: self
    host: origin
    response_headers: { set: { X-Trained: yes } }
EOF
}

# train APP COMMAND…: writes APP/pingora.aot, or returns 1 and leaves none. COMMAND is java and its flags.
train() {
  local app=$1 port pid
  shift
  port=$((20000 + RANDOM % 20000))
  local modules=(--module-path "$app/lib" --module dev.pingora.gateway/dev.pingora.gateway.Main)
  "$@" "${modules[@]}" --self-signed "$app/training"
  train_config "$port" "$app/training" >"$app/training.yaml"
  "$@" -XX:AOTMode=record -XX:AOTConfiguration="$app/training.aotconf" -Xlog:aot=error \
    "${modules[@]}" -c "$app/training.yaml" </dev/null &
  pid=$!
  train_by_requests "$port" "$pid" || echo "training: no answer on port $port"
  kill -TERM "$pid" 2>/dev/null || true
  wait "$pid" || true
  # In two steps: the one-step form hands its flags to a child in a variable that knows no quotes.
  "$@" -XX:AOTMode=create -XX:AOTConfiguration="$app/training.aotconf" -XX:AOTCache="$app/pingora.aot" \
    -Xlog:aot=error "${modules[@]}"
  rm -rf "$app/training.aotconf" "$app/training"
}

# train_by_requests PORT PID: requests over one connection, each read to its end.
train_by_requests() {
  local i
  for i in {1..100}; do
    kill -0 "$2" 2>/dev/null || return 1
    if exec 8<>"/dev/tcp/127.0.0.1/$1"; then break; fi 2>/dev/null
    sleep 0.1
  done
  train_by_host training "$train_requests" && train_by_host secure "$train_handshakes" || return 1
  exec 8>&-
}

# train_by_host HOST COUNT: requests for a host on descriptor 8.
train_by_host() {
  local i line
  for ((i = 0; i < $2; i++)); do
    printf 'GET /a HTTP/1.1\r\nHost: %s\r\nUser-Agent: bash\r\nAccept: */*\r\n\r\n' "$1" >&8
    while IFS= read -r -t 5 -u 8 line && [ "$line" != ok ]; do :; done
    [ "$line" = ok ] || return 1
  done
}
