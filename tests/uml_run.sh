#!/bin/bash
# uml_run.sh SECONDS COMMAND [ARG...]
# Runs COMMAND as root on User-Mode Linux over this machine's own file system, with the SCTP module loaded: for machines
# whose kernel has no SCTP. Nothing outside a temporary folder is written but what COMMAND writes. The output and the
# exit status are COMMAND's; 125 when it never got to run, and then the boot's last lines say why.
set -u
[ $# -ge 2 ] || { sed -n '2,5s/^# //p' "$0"; exit 2; }
seconds=$1; shift

work=$(mktemp -d "${TMPDIR:-/tmp}/uml.XXXXXX") || exit 125
trap 'rm -rf "$work"' EXIT

# modprobe looks below a root of its own, so that /lib/modules is left alone.
mkdir -p "$work/root/lib/modules"
for modules in /usr/lib/uml/modules/*; do ln -s "$modules" "$work/root/lib/modules/"; done

{
  echo '#!/bin/bash'
  echo 'mount -t proc none /proc; mount -t sysfs none /sys; mount -t tmpfs none /dev/shm'
  echo 'ip link set lo up'
  printf 'modprobe -d %q sctp || echo "the SCTP module does not load"\n' "$work/root"
  # Listening signs its cookies: the kernel would ask for these modules itself, but below /lib/modules.
  printf 'modprobe -d %q -a -q hmac md5 sha1_generic\n' "$work/root"
  printf 'export PATH=%q HOME=%q LANG=C.UTF-8 PYTHONPATH=%q\n' "$PATH" "$work" "${PYTHONPATH:-}"
  printf 'cd %q\n' "$PWD"
  printf '%q ' "$@"; printf '>%q 2>&1 </dev/null\n' "$work/output"
  printf 'echo $? >%q\n' "$work/status"
  echo 'sync; halt -f'
} >"$work/init"
chmod +x "$work/init"

preload=
if grep -qw amx_tile /proc/cpuinfo; then
  preload=$work/xstate.so
  cc -shared -fPIC -O2 -o "$preload" "$(dirname "$0")/uml_xstate.c" || exit 125
fi
LD_PRELOAD=$preload timeout --kill-after=5 "$seconds" linux.uml mem="${UML_MEMORY:-1024M}" rootfstype=hostfs rw \
  init="$work/init" con=null con0=null,fd:1 quiet >"$work/boot" 2>&1 </dev/null

cat "$work/output" 2>/dev/null
if [ ! -s "$work/status" ]; then tail -n 5 "$work/boot"; echo "uml_run.sh: no result after $seconds s"; exit 125; fi
exit "$(cat "$work/status")"
