#!/bin/sh
# Gets Unicorn >= 2.1.4 into a private folder, without touching the system's apt configuration.
# Usage: sh tools/get_unicorn.sh FOLDER      (afterwards FOLDER/usr/lib/<triplet>/pkgconfig/unicorn.pc exists)
# Where the system's own unicorn.pc is new enough, nothing is fetched and FOLDER is left alone.
#
# Debian 12 has 2.0.1, which lacks the virtual TLB. The 2.1.4 packages of newer suites depend on
# libc6 >= 2.34 only, so they run on Debian 12 as they are.
set -eu
wanted=2.1.4
folder=${1:?"usage: get_unicorn.sh FOLDER"}

fail() { echo "get_unicorn: $1" >&2; exit 1; }

if pkg-config --atleast-version="$wanted" unicorn 2>/dev/null; then
    exit 0
fi
if [ -e "$folder/.unicorn-complete" ]; then
    exit 0
fi

mirror=$(apt-get indextargets --format '$(REPO_URI) $(RELEASE)' 2>/dev/null |
    awk '$2 !~ /security|updates|backports/ && $1 ~ /debian\/?$/ { print $1; exit }')
[ -n "$mirror" ] || fail "no Debian mirror among the apt sources; install libunicorn-dev >= $wanted by hand"
keyring=/usr/share/keyrings/debian-archive-keyring.gpg
[ -e "$keyring" ] || fail "$keyring is missing; run: apt-get install debian-archive-keyring"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# apt drops to the user _apt for downloads when it runs as root: let that user in.
chmod 755 "$work"
arch=$(dpkg --print-architecture)
# An apt configuration of its own: sources, state, cache and lock files all below $work. A mirror that lags
# behind will do (signatures are still checked, and so is the version below).
aptget() {
    apt-get -q -o Dir::Etc="$work/etc" -o Dir::Etc::sourcelist="$work/etc/sources.list" \
        -o Dir::Etc::sourceparts="$work/etc/none" -o Dir::State="$work/state" -o Dir::Cache="$work/cache" \
        -o Dir::State::status="$work/state/status" -o APT::Architecture="$arch" -o APT::Sandbox::User=root \
        -o Acquire::Check-Valid-Until=false "$@"
}
mkdir -p "$work/etc/none" "$work/etc/apt.conf.d" "$work/etc/preferences.d" "$work/state/lists/partial" \
    "$work/cache/archives/partial" "$work/packages"
: > "$work/state/status"

for suite in trixie-backports testing sid; do
    echo "deb [signed-by=$keyring] $mirror $suite main" > "$work/etc/sources.list"
    rm -rf "$work/state/lists"
    mkdir -p "$work/state/lists/partial"
    aptget -o Acquire::Languages=none -o Acquire::IndexTargets::deb::Contents-deb::DefaultEnabled=false \
        update > "$work/log" 2>&1 || continue
    version=$(apt-cache -o Dir::State="$work/state" -o Dir::Cache="$work/cache" -o Dir::Etc="$work/etc" \
        -o Dir::State::status="$work/state/status" show libunicorn-dev 2>/dev/null |
        awk '/^Version:/ { print $2; exit }')
    [ -n "$version" ] && dpkg --compare-versions "$version" ge "$wanted" || continue
    (cd "$work/packages" && aptget download libunicorn-dev libunicorn2t64) >> "$work/log" 2>&1 || continue
    rm -rf "$folder"
    mkdir -p "$folder"
    for package in "$work"/packages/*.deb; do
        dpkg-deb -x "$package" "$folder"
    done
    # The packaged unicorn.pc names /usr; point it at the private copy.
    pc=$(find "$folder" -name unicorn.pc)
    sed -i "s|^prefix=.*|prefix=$(cd "$folder" && pwd)/usr|; s|=/usr/|=$(cd "$folder" && pwd)/usr/|" "$pc"
    touch "$folder/.unicorn-complete"
    echo "unicorn $version (from $suite) in $folder"
    exit 0
done
tail -n 5 "$work/log" >&2 || true
fail "no suite of $mirror has libunicorn-dev >= $wanted; install it by hand and run this again"
