#!/usr/bin/env bash
# Installs what building and testing need and is not there yet; changes nothing when all is there.
# usage: setup.sh [engines]   with `engines` also the engines that the differential test compares with.
set -euo pipefail

packages=()
need() { # COMMAND-THAT-SUCCEEDS-WHEN-PRESENT PACKAGE…
  if ! eval "$1" >/dev/null 2>&1; then packages+=("${@:2}"); fi
}
need 'command -v pkg-config' pkg-config
need 'pkg-config --exists libzstd || test -e /usr/include/zstd.h' libzstd-dev
need 'pkg-config --exists libxxhash || test -e /usr/include/xxhash.h' libxxhash-dev
need 'command -v objdump' binutils
need 'command -v python3' python3
need 'python3 -m pip --version' python3-pip
need 'python3 -c "import ensurepip"' python3-venv
need 'command -v curl' curl

if [ ${#packages[@]} -gt 0 ]; then
  if ! command -v apt-get >/dev/null; then
    echo "setup: please install: ${packages[*]} (this script knows apt only)" >&2
    exit 1
  fi
  as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || { echo "setup: run as root or install sudo, to install: ${packages[*]}" >&2; exit 1; }
    as_root=(sudo)
  fi
  echo "setup: installing ${packages[*]}"
  "${as_root[@]}" apt-get update -qq
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends "${packages[@]}" >/dev/null
fi

if ! command -v swift >/dev/null; then
  echo "setup: no swift in PATH; install Swift 6.3 or newer from https://www.swift.org/install" >&2
  exit 1
fi
version=$(swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9]*\.[0-9]*\).*/\1/p' | head -n 1)
if [ "$(printf '6.3\n%s\n' "$version" | sort -V | head -n 1)" != 6.3 ]; then
  echo "setup: Swift $version is too old; 6.3 or newer is needed (https://www.swift.org/install)" >&2
  exit 1
fi

if [ "${1:-}" = engines ]; then
  cd "$(dirname "$0")/.."
  engines=.build/engines
  if ! "$engines/bin/python" -c 'import duckdb, chdb' >/dev/null 2>&1; then
    echo "setup: installing duckdb and chdb into $engines"
    python3 -m venv "$engines"
    "$engines/bin/pip" install --quiet --disable-pip-version-check duckdb chdb
  fi
fi
echo "setup: ready (Swift $version)"
