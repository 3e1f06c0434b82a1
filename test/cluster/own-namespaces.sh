#!/bin/sh
# The first process in namespaces of its own (network, mounts, processes): when it ends, all that it started is gone, and
# with it interfaces, packet filter rules and mounts. Arguments: folder of the run, command.
set -e
folder=$1
shift
# Places that kubelet and containerd write to, whatever one tells them; and where the locks of iptables are.
for place in /run /var/log /var/lib/kubelet; do mount -t tmpfs tmpfs "$place"; done
mount --bind "$folder/resolv.conf" /etc/resolv.conf
ip link set lo up
# The node: pods are connected to this bridge. Everything else is nowhere.
ip link add kbr0 type bridge
ip address add 10.245.0.1/24 dev kbr0
ip link set kbr0 up
ip route add default dev kbr0
echo 1 >/proc/sys/net/ipv4/ip_forward
# Not exec: as the first process the shell takes in orphans.
"$@"
