# Brings a machine to where ./serve and ./check can run. To be sourced by them; what is done already is skipped.
# shellcheck shell=bash
set -euo pipefail

HERE=$(cd -P "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
VENV=$HERE/.venv
LOG=$HERE/build/bootstrap.log

say() { printf '· %s\n' "$*" >&2; }
fail() { printf 'Error: %s\n' "$*" >&2; exit 1; }

# One bootstrap at a time; the lock ends with begin/end, not with the service.
begin() {
    mkdir -p "$HERE/build" 2>/dev/null && { : >> "$LOG"; } 2>/dev/null ||
        fail "This account may not write $HERE: run as its owner, or copy the checkout to a folder of yours."
    exec 9>"$HERE/build/bootstrap.lock"
    flock 9
}
end() { exec 9>&-; }

# Runs a command into the log; where it fails, says in one sentence what to do.
quietly() { # what it does, command …
    local what=$1
    shift
    printf '\n== %s: %s\n' "$what" "$*" >> "$LOG"
    local from
    from=$(wc -l < "$LOG")
    "$@" >> "$LOG" 2>&1 9>&- && return
    local said
    said=$(tail -n "+$from" "$LOG")
    case $said in
        *"No space left on device"*|*"not have enough free space"*)
            fail "The disk is full while $what: free 2 GB and run this again." ;;
        *"Could not resolve"*|*"Temporary failure"*|*"Name or service not known"*|*"Network is unreachable"*|\
        *"Failed to establish a new connection"*|*"Failed to fetch"*|*"Could not connect"*|*"ConnectTimeout"*)
            fail "No package source answers while $what: connect this machine to the internet and run this again." ;;
        *"DO NOT MATCH THE HASHES"*)
            fail "A downloaded package is not the one of scripts/locks while $what: do not use it; see $LOG." ;;
        *)
            fail "This step failed, $what: see the end of $LOG." ;;
    esac
}

as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif command -v sudo > /dev/null; then
        sudo "$@"
    else
        fail "$WANTED is missing, and this account is not root and has no sudo: let root install it, or run this once as root."
    fi
}

apt_get() {
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=600 -o Acquire::Retries=3 "$@"
}

apt_update() {
    command -v apt-get > /dev/null || fail "This is no Debian or Ubuntu: install $1 by hand and run this again."
    [ -n "${UPDATED:-}" ] && return
    say "Asking for the list of packages"
    WANTED=$1
    [ "$(id -u)" = 0 ] || command -v sudo > /dev/null || as_root
    quietly "asking for the list of packages" apt_get update
    UPDATED=yes
}

apt_install() {
    say "Installing $*"
    quietly "installing $*" apt_get install -y --no-install-recommends "$@"
}

free_megabytes() { df -Pm "$1" | awk 'NR == 2 { print $4 }'; }

# A Python new enough, with what makes a virtual environment.
need_python() {
    local python
    PYTHON=
    for python in python3 python3.13 python3.12 python3.11; do
        if command -v "$python" > /dev/null && "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2> /dev/null; then
            PYTHON=$python
            break
        fi
    done
    if [ -z "$PYTHON" ]; then
        apt_update "Python 3.11 or newer"
        for python in python3.13 python3.12 python3.11 python3; do
            if [[ $(apt-cache policy "$python" 2> /dev/null | awk '/Candidate:/ { print $2 }') =~ ^[0-9:]*3\.1[1-9] ]]; then
                apt_install "$python" "$python-venv"
                PYTHON=$python
                break
            fi
        done
        [ -n "$PYTHON" ] || fail "Python 3.11 or newer is needed and this system has none: install one and run this again."
    fi
    if ! "$PYTHON" -c 'import ensurepip, venv' 2> /dev/null; then
        apt_update "the module venv of $PYTHON"
        apt_install "$("$PYTHON" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')"
    fi
}

has_postgis() {
    local folder
    for folder in /usr/lib/postgresql/*/bin; do
        [ -x "$folder/initdb" ] && [ -e "/usr/share/postgresql/$(basename "$(dirname "$folder")")/extension/postgis.control" ] &&
            return 0
    done
    command -v pg_config > /dev/null && [ -x "$(pg_config --bindir)/initdb" ] &&
        [ -e "$(pg_config --sharedir)/extension/postgis.control" ]
}

has_repack() {
    local program
    for program in /usr/lib/postgresql/*/bin/pg_repack; do
        [ -x "$program" ] && return
    done
    command -v pg_config > /dev/null && [ -x "$(pg_config --bindir)/pg_repack" ]
}

# Tried once, in a version for which nothing else of this machine is installed or upgraded; it may fail.
install_alone() { # package
    local tried=$HERE/build/$1.tried version
    if [ -e "$tried" ] || [ "$(id -u)" != 0 ] || ! command -v apt-get > /dev/null; then
        return 0
    fi
    : > "$tried"
    [ -n "$(apt-cache madison "$1")" ] || timeout 60 apt-get -qq update >> "$LOG" 2>&1 9>&- || true
    for version in $(apt-cache madison "$1" | awk '{ print $3 }'); do
        [ "$(apt_get install -s --no-install-recommends "$1=$version" 2>&1 9>&- | grep -c '^Inst ')" = 1 ] || continue
        say "Installing $1"
        apt_get install -y --no-install-recommends "$1=$version" >> "$LOG" 2>&1 9>&- || true
        break
    done
}

# What erases large tables at night (docs/operators.md, section 2): without it, `mapservice erase` says what is missing.
want_repack() {
    local initdb package
    has_repack && return
    for initdb in /usr/lib/postgresql/*/bin/initdb; do
        package=postgresql-$(basename "${initdb%/bin/initdb}")-repack
    done
    install_alone "$package"
    has_repack || say "To erase what was deleted from large tables too, install $package"
}

# PostgreSQL with PostGIS: the programs only. No cluster of this machine is made, started or touched.
need_postgis() {
    if has_postgis; then
        want_repack
        return
    fi
    apt_update "PostgreSQL 14 or newer with PostGIS"
    [ "$(free_megabytes /)" -gt 600 ] || fail "The disk has less than 600 MB left: free some and run this again."
    local package version conf=/etc/postgresql-common/createcluster.d/mapservice.conf
    package=$(apt-cache search --names-only '^postgresql-[0-9]+-postgis-3$' | awk '{ print $1 }' | sort -V | tail -n 1)
    [ -n "$package" ] || fail "No package of PostGIS is here: switch on the component main (Debian) or universe (Ubuntu)."
    version=${package#postgresql-}
    version=${version%%-*}
    [ "$version" -ge 14 ] || fail "PostgreSQL 14 or newer is needed and this system has $version: set DATABASE_URL to one."
    if [ ! -e "/etc/postgresql/$version" ]; then
        as_root mkdir -p "$(dirname $conf)"
        echo "create_main_cluster = false" | as_root tee "$conf" > /dev/null
    fi
    local repack=postgresql-$version-repack
    [ -n "$(apt-cache search --names-only "^$repack\$")" ] || repack=
    apt_install "$package" ${repack:+"$repack"}
    as_root rm -f "$conf"
}

has_chromium() {
    local program
    for program in chromium-headless-shell chromium chromium-browser google-chrome; do
        command -v "$program" > /dev/null && ldconfig -p | grep -q libatomic.so.1 && return
    done
    return 1
}

# A browser for the tests, without windows where there is one: it needs two thirds of the time of Chromium itself.
need_chromium() {
    local package=chromium-headless-shell
    if has_chromium; then
        command -v $package > /dev/null || install_alone $package
        return
    fi
    apt_update "Chromium"
    [ -n "$(apt-cache madison $package 2> /dev/null)" ] || package=chromium
    apt_install "$package" fonts-dejavu-core libatomic1
}

has_node() {
    command -v node > /dev/null && command -v npm > /dev/null &&
        node -e 'const [major, minor] = process.versions.node.split(".").map(Number);
                 process.exit(major < 18 || (major === 18 && minor < 18) ? 1 : 0)'
}

# Node and the packages of package-lock.json, for the checks of the scripts alone: the service needs none of them.
need_node() {
    if ! has_node; then
        apt_update "Node 18.18 or newer with npm"
        apt_install nodejs npm
        has_node || fail "Node 18.18 or newer is needed and this system has an older one: install one and run this again."
    fi
    local stamp
    stamp=$(sha256sum < "$HERE/package-lock.json" | cut -d' ' -f1)
    grep -qsx "$stamp" "$HERE/node_modules/.lock" && return
    say "Installing the packages that check the scripts"
    quietly "installing the packages that check the scripts" \
        npm --prefix "$HERE" ci --ignore-scripts --no-audit --no-fund
    echo "$stamp" > "$HERE/node_modules/.lock"
}

# The program systemd-analyze, which reads the units of docs/operators.md. Debian has it in the package systemd alone;
# without systemd-sysv that replaces no init, and nothing of it is started.
need_systemd_analyze() {
    command -v systemd-analyze > /dev/null && return
    apt_update "systemd-analyze (package systemd)"
    apt_install systemd
}

# The Python packages of a lock file, each with the hash it is locked to. "check" holds all of "run".
need_packages() { # run or check
    local lock=$HERE/scripts/locks/$1.txt stamps=$VENV/.locks stamp
    stamp="$1 $(sha256sum < "$lock" | cut -d' ' -f1)"
    if [ -x "$VENV/bin/python" ] && grep -qsx "$stamp" "$stamps" && "$VENV/bin/python" -c '' 2> /dev/null; then
        return
    fi
    need_python
    [ "$(free_megabytes "$HERE")" -gt 600 ] || fail "The disk of $HERE has less than 600 MB left: free some and run this again."
    if ! "$VENV/bin/python" -c 'import pip, sys; sys.exit(sys.version_info < (3, 11))' 2> /dev/null; then
        say "Making .venv"
        quietly "making .venv" "$PYTHON" -m venv --clear "$VENV"
    fi
    say "Installing Python packages, which takes a minute or so"
    : > "$stamps"
    quietly "installing Python packages" "$VENV/bin/python" -m pip install --disable-pip-version-check --no-input \
        --require-hashes --only-binary :all: --use-pep517 -r "$lock"
    # The package itself is used where it stands: no build, no setuptools.
    "$VENV/bin/python" -c 'import pathlib, sysconfig, sys
pathlib.Path(sysconfig.get_path("purelib"), "mapservice.pth").write_text(sys.argv[1] + "\n")' "$HERE"
    printf '#!/bin/sh\nexec "%s/bin/python" -m mapservice "$@"\n' "$VENV" > "$VENV/bin/mapservice"
    chmod +x "$VENV/bin/mapservice"
    echo "$stamp" > "$stamps"
    [ "$1" = run ] || echo "run $(sha256sum < "$HERE/scripts/locks/run.txt" | cut -d' ' -f1)" >> "$stamps"
}
