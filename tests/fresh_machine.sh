#!/bin/sh
# Tries the README's commands on a machine that has nothing: a Debian 12 made by debootstrap in a folder, and a clone of HEAD
# (committed state only). Needs root and debootstrap. Usage: sh tests/fresh_machine.sh [quickstart|check] [FOLDER]
# The folder (default: a temporary one, removed at the end) needs 4 GB. Prints how long the command took.
set -eu
command=${1:-quickstart}
case "$command" in
quickstart | check) ;;
*) echo "fresh_machine: '$command' is not one of quickstart, check" >&2; exit 2 ;;
esac
[ "$(id -u)" = 0 ] || { echo "fresh_machine: needs root (chroot, mount); run it with sudo" >&2; exit 2; }
command -v debootstrap > /dev/null || { echo "fresh_machine: debootstrap is missing; apt-get install debootstrap" >&2; exit 2; }

tree=$(cd "$(dirname "$0")/.." && pwd)
mirror=$(apt-get indextargets --format '$(REPO_URI) $(RELEASE)' | awk '$2 == "bookworm" { print $1; exit }')
[ -n "$mirror" ] || { echo "fresh_machine: no bookworm mirror among the apt sources" >&2; exit 2; }

if [ $# -ge 2 ]; then
    root=$2
    mkdir -p "$root"
    remove=no
else
    root=$(mktemp -d)
    remove=yes
fi
leave() {
    umount "$root/proc" "$root/dev/pts" 2> /dev/null || true
    [ "$remove" = no ] || rm -rf "$root"
}
trap leave EXIT

[ -e "$root/etc/debian_version" ] || debootstrap --variant=minbase bookworm "$root" "$mirror" > "$root.log" 2>&1 || {
    tail -n 5 "$root.log" >&2
    exit 1
}
# Names are looked up and packages fetched as on this machine.
cp /etc/resolv.conf "$root/etc/resolv.conf"
[ ! -e /etc/hosts ] || cp /etc/hosts "$root/etc/hosts"
cp -a /etc/apt/apt.conf.d/. "$root/etc/apt/apt.conf.d/"
mount -t proc proc "$root/proc"
# Terminals of its own, for the tests that type.
mount -t devpts -o ptmxmode=0666 devpts "$root/dev/pts"
ln -sf pts/ptmx "$root/dev/ptmx"
rm -rf "$root/root/sandglass"
# What git gives a user who clones; git itself is theirs already.
git clone -q --no-hardlinks "$tree" "$root/root/sandglass"

start=$(date +%s)
status=0
chroot "$root" /usr/bin/env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 \
    sh -c "cd /root/sandglass && sh tools/$command.sh" || status=$?
echo "fresh_machine: tools/$command.sh ended with status $status after $(($(date +%s) - start)) s"
exit "$status"
