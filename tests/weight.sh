#!/usr/bin/env bash
# What "fetch one user" weighs with the drivers, and with twitch_api, reqwest and tokio: crates in the tree, seconds of
# processor time for a clean release build and for one after main.rs was touched, KiB of the stripped program. Takes many
# minutes and the network; processor time is what other load changes least. Each is built in a folder of its own below a temporary one.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
jobs=${1:-2}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
unset CARGO_TARGET_DIR

# A project: its name, its dependencies; its main.rs comes on standard input.
project() {
    mkdir -p "$work/$1/src"
    cat >"$work/$1/src/main.rs"
    cat >"$work/$1/Cargo.toml" <<TOML
[package]
name = "$1"
version = "0.0.0"
edition = "2024"

[profile.release]
strip = true

[dependencies]
$2

[workspace]
TOML
}

seconds() {
    local TIMEFORMAT='%U %S'
    { time "$@" >&3 2>&3; } 3>&2 2>&1 | awk '{ printf "%.0f", $1 + $2 }'
}

measure() {
    cd "$work/$1"
    cargo fetch -q
    local crates clean again size
    crates=$(cargo tree --prefix none --no-dedupe -e normal | sed 's/ (proc-macro)//' | sort -u | wc -l)
    clean=$(seconds cargo build -q --release -j "$jobs")
    touch src/main.rs
    again=$(seconds cargo build -q --release -j "$jobs")
    size=$(($(stat -c %s "target/release/$1") / 1024))
    printf '| %-16s | %6s | %11s | %9s | %6s |\n' "$1" "$crates" "$clean" "$again" "$size"
    rm -rf target
}

project usual 'twitch_api = { version = "0.8", features = ["client", "helix", "reqwest", "twitch_oauth2"] }
reqwest = { version = "0.13", default-features = false, features = ["rustls"] }
tokio = { version = "1", features = ["macros", "rt"] }' <<'RUST'
use twitch_api::helix::HelixClient;
use twitch_api::twitch_oauth2::{AccessToken, UserToken};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let client: HelixClient<'_, reqwest::Client> = HelixClient::default();
    let token = UserToken::from_token(&client, AccessToken::from("token")).await?;
    println!("{:?}", client.get_user_from_login("twitchdev", &token).await?);
    Ok(())
}
RUST

project by-threads "twitchwire-blocking = { path = \"$root/runtime-blocking\" }" <<'RUST'
use twitchwire_blocking::Client;
use twitchwire_blocking::helix::api::GetUsers;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let (twitch, _) = Client::builder("client-id").token("token", None).start()?;
    println!("{:?}", twitch.call(&GetUsers::by_login(["twitchdev"]))?);
    Ok(())
}
RUST

project by-tokio "twitchwire-tokio = { path = \"$root/runtime-tokio\" }
tokio = { version = \"1\", features = [\"macros\", \"rt\"] }" <<'RUST'
use twitchwire_tokio::Client;
use twitchwire_tokio::helix::api::GetUsers;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let (twitch, _) = Client::builder("client-id").token("token", None).start().await?;
    println!("{:?}", twitch.call(&GetUsers::by_login(["twitchdev"])).await?);
    Ok(())
}
RUST

# The same without Unicode tables for host names, and as small as the release profile makes it.
mkdir "$work/by-threads-small"
cp -r "$work/by-threads/." "$work/by-threads-small"
(
    cd "$work/by-threads-small"
    sed -i 's/^name = "by-threads"/name = "by-threads-small"/' Cargo.toml
    sed -i 's/^strip = true/strip = true\nlto = true\ncodegen-units = 1\npanic = "abort"\nopt-level = "s"/' Cargo.toml
    cargo update -q -p idna_adapter --precise 1.0.0
)

printf '| %-16s | %6s | %11s | %9s | %6s |\n' "" crates "clean build" "rebuild" KiB
printf '| --- | --- | --- | --- | --- |\n'
for name in usual by-threads by-threads-small by-tokio; do
    measure "$name"
done
