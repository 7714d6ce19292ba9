#!/bin/sh
# Try the project on a machine that has Debian 12, Python 3.11, git, root, and nothing else.
#
#     sudo tests/clean_machine.sh [FOLDER]
#
# makes such a machine with debootstrap in FOLDER (default: a temporary one, removed at the end),
# copies the working tree into it as a clone would, types the README's commands there with nothing
# typed before them, says how long each took, and ends with 0 if all of them did. Needs Debian 12
# with debootstrap, root, a network and 3 GB of disk; takes some minutes. Not part of `selftest`.
#
# Packages come from where this machine's apt takes them; its certificates, pip settings, name
# servers and proxy variables hold inside as well. Nothing outside FOLDER is written.
set -eu

project=$(cd "$(dirname "$0")/.." && pwd)
base=${1:-$(mktemp -d -t flw-clean-XXXXXX)}
machine=$base/machine
clone=/root/flask-login-workshop
release=bookworm

[ "$(id -u)" = 0 ] || { echo "Start this as root." >&2; exit 2; }
command -v debootstrap >/dev/null || { echo "First: apt-get install debootstrap" >&2; exit 2; }
[ -n "${1:-}" ] || trap 'rm -rf "$base"' EXIT

mirror=$(apt-get indextargets --format '$(REPO_URI) $(CODENAME) $(COMPONENT)' |
    awk -v release="$release" '$2 == release && $3 == "main" { print $1; exit }')
[ -n "$mirror" ] || { echo "This machine's apt does not know $release." >&2; exit 2; }

echo "== A machine with python3 and git in $machine"
mkdir -p "$base"
debootstrap --variant=minbase --include=python3,git,ca-certificates "$release" "$machine" "$mirror" \
    >"$base/debootstrap.log" 2>&1 || { tail "$base/debootstrap.log" >&2; exit 1; }
mkdir -p "$machine$clone" "$machine/usr/local/share/ca-certificates"
cp -L /etc/resolv.conf /etc/hosts "$machine/etc/"
[ ! -e /etc/pip.conf ] || cp -L /etc/pip.conf "$machine/etc/"
cp -L /usr/local/share/ca-certificates/*.crt "$machine/usr/local/share/ca-certificates/" 2>/dev/null || true
chroot "$machine" update-ca-certificates >/dev/null 2>&1
cd "$project"
git ls-files --cached --others --exclude-standard -z |
    tar --create --null --files-from=- | tar --extract --no-same-owner --directory="$machine$clone"

# Runs a command inside, in a mount and process namespace of its own that ends with it. The new
# root is pivoted to, as containers do: in a plain chroot no program may make namespaces.
inside() {
    # shellcheck disable=SC2016
    unshare --mount --pid --fork --kill-child sh -eu -c '
        machine=$1; shift
        mount --bind "$machine" "$machine"
        cd "$machine"
        mount -t proc proc proc
        mount --rbind /sys sys
        mount --rbind /dev dev
        mount --bind /etc/apt etc/apt
        mount -o remount,bind,ro etc/apt
        for name in http_proxy https_proxy no_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY; do
            eval "value=\${$name:-}"
            [ -z "$value" ] || set -- "$name=$value" "$@"
        done
        pivot_root . mnt
        umount --lazy /mnt
        exec env -i CI=true HOME=/root LANG=C.UTF-8 \
            PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
            SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt "$@"
    ' sh "$machine" "$@" </dev/null
}

failed=0
attempt() {
    echo
    echo "== $1: $2"
    began=$(date +%s.%N)
    code=0
    case $1 in
    root) inside sh -c "cd $clone && $2" || code=$? ;;
    *) inside su "$1" -c "cd ~/workshop && $2" || code=$? ;;
    esac
    echo "$code $began $(date +%s.%N)" |
        awk '{ printf "== exit %s after %.1f s\n", $1, $3 - $2 }'
    [ "$code" = 0 ] || failed=1
}

attempt root "python3 -m checker check 1 --solution"
attempt root "python3 -m checker check 1 --solution"
attempt root "python3 -m checker start"
attempt root "python3 -m checker doctor"
attempt root "python3 -m checker selftest"

# An ordinary user, with the system packages there and no rights to more.
inside sh -c "useradd --create-home student &&
    cp -r $clone /home/student/workshop && rm -rf /home/student/workshop/.venv \
    /home/student/workshop/.workshop && chown -R student: /home/student/workshop"
attempt student "python3 -m checker check 1 --solution"

echo
if inside sh -c 'grep -l mariadbd /proc/[0-9]*/comm 2>/dev/null || [ -e /etc/init.d/mariadb ]'; then
    echo "== A database service was left on the machine."
    failed=1
fi
exit "$failed"
