#!/bin/bash
# Becomes systemd (PID 1) of a machine of its own, in namespaces that `unshare` has made: machine.sh REPOSITORY PYTHON_HOME
# Nothing of the host's can be written to but the repository, and nothing runs but what a test starts: the target has no
# dependencies, so nothing tidies up, loads kernel settings or looks for devices.
set -euo pipefail
repository=$1 python_home=$2

mount --make-rprivate /
for place in /run /tmp /opt /var/lib /var/log; do mount -t tmpfs tmpfs "$place"; done
mkdir -p /run/changed/etc /run/changed/work /run/log-of /opt/hongtu-gate /run/systemd/system
mount -t overlay overlay -o lowerdir=/etc,upperdir=/run/changed/etc,workdir=/run/changed/work /etc
mount --bind "$repository" /opt/hongtu-gate
ip link set lo up

for name in hongtu-station:7001 hongtu-gate:7002; do
    echo "${name%:*}:x:${name#*:}:${name#*:}::/nonexistent:/usr/sbin/nologin" >>/etc/passwd
    echo "${name%:*}:x:${name#*:}:" >>/etc/group
done
for group in video render input dialout tss; do getent group "$group" >/dev/null || echo "$group:x:7100:" >>/etc/group; done
mkdir -p /etc/hongtu-gate

for unit in "$repository"/hardware/wiring/systemd/*.service; do
    name=$(basename "$unit")
    cp "$unit" /run/systemd/system/
    mkdir "/run/systemd/system/$name.d"
    # As shipped but for: no other units, a log to read, an interpreter that may lie in somebody's home, less patience.
    cat >"/run/systemd/system/$name.d/here.conf" <<END
[Unit]
DefaultDependencies=no
After=
Wants=
[Service]
StandardOutput=append:/run/log-of/${name%.service}
StandardError=append:/run/log-of/${name%.service}
ProtectHome=tmpfs
BindReadOnlyPaths=$python_home $repository
WatchdogSec=10
END
done
printf '[Unit]\nDefaultDependencies=no\nAllowIsolate=yes\n' >/run/systemd/system/bare.target
export container=unshared
exec /lib/systemd/systemd --system --unit=bare.target --log-target=console --log-level=warning --show-status=no
