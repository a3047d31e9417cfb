#!/usr/bin/env bash
# Runs clients of other languages against the simulated Twitch. Not part of CI, since it needs Python 3 with venv, and its
# registry. The libraries go into a temporary folder.
set -euo pipefail
cd "$(dirname "$0")/../.."

folder=$(mktemp -d)
trap 'kill "${server:-}" 2>/dev/null || true; rm -rf "$folder"' EXIT

python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q twitchAPI==4.5.0

if [ -z "${TWITCHWIRE_SIM:-}" ]; then
    cargo build --locked -q -p twitchwire-sim --bin twitchwire-sim
    TWITCHWIRE_SIM=${CARGO_TARGET_DIR:-target}/debug/twitchwire-sim
fi
"$TWITCHWIRE_SIM" serve >"$folder/serve" &
server=$!
for _ in $(seq 100); do
    grep -q '^refresh token' "$folder/serve" && break
    sleep 0.1
done

# What `serve` prints: a name, spaces, a value.
said() { sed -n "s/^$1  *//p" "$folder/serve" | cut -d' ' -f1; }
SIM=$(said Helix)
export SIM=${SIM%/helix}
CLIENT_ID=$(said 'client id') CLIENT_SECRET=$(said 'client secret')
ACCESS_TOKEN=$(said 'access token') REFRESH_TOKEN=$(said 'refresh token')
export CLIENT_ID CLIENT_SECRET ACCESS_TOKEN REFRESH_TOKEN

timeout 90 "$folder/venv/bin/python" tests/other-clients/twitchapi.py
