#!/bin/sh
# dsdesk probe: writes what this machine has into one text file, for dsdesk on another machine.
# It only reads. It installs nothing, opens no connection, needs no root. Nothing but the tools named below is run.
# Left out: serial numbers, UUIDs, MAC addresses, host and user names, programs that are running.
# Use: sh probe.sh [FILE]      (default: dsdesk-probe.txt here; "-" writes to the screen)
# Then open the file in dsdesk (This machine, open captures) or: dsdesk detect --from FILE
LC_ALL=C; export LC_ALL
out=${1:-dsdesk-probe.txt}

# Takes the names of the machine out of what the tools print.
scrub() {
  sed -E \
    -e '/<processes>/,/<\/processes>/d' \
    -e 's/[0-9A-Fa-f]{8}-([0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}/removed/g' \
    -e 's/([^0-9A-Fa-f:]|^)([0-9A-Fa-f]{2}[:-]){5,7}[0-9A-Fa-f]{2}([^0-9A-Fa-f:]|$)/\1removed\3/g' \
    -e 's#<([a-z_]*(serial|uuid|pdi|guid)[a-z_]*)>[^<]*<#<\1>removed<#g' \
    -e 's/"([^"]*([Ss]erial|SERIAL|UUID|UDID|uuid|Unique ID|host_name|user_name)[^"]*)"[[:space:]]*:[[:space:]]*"[^"]*"/"\1": "removed"/g' \
    -e 's/^([^":=<]*([Ss]erial|SERIAL|UUID|[Aa]sset [Tt]ag|Unique ID)[^":=<]*[:=]).*/\1 removed/'
}

# Runs one tool, if it is there, under a heading.
show() {
  command -v "$1" >/dev/null 2>&1 || return 0
  printf '\n===== dsdesk probe: %s =====\n' "$*"
  if command -v timeout >/dev/null 2>&1; then timeout 20 "$@" 2>&1 </dev/null; else "$@" 2>&1 </dev/null; fi
}

# Shows small files of the kernel, each line with its name; what is not there is left out.
files() {
  printf '\n===== dsdesk probe: files %s =====\n' "$1"
  shift
  grep -s . "$@"
}

probe() {
  printf 'dsdesk probe 1\n'
  show uname -srm
  show grep PRETTY_NAME= /etc/os-release
  show lscpu
  show grep -E '^Mem(Total|Available):' /proc/meminfo
  show grep -E 'MEMORY_DEVICE_[0-9]+_(PRESENT|SIZE|TYPE|SPEED_MTS|CONFIGURED_SPEED_MTS)=' /run/udev/data/+dmi:id
  show grep -s . /sys/class/dmi/id/sys_vendor /sys/class/dmi/id/product_name /sys/class/dmi/id/board_name
  show lsblk -J -b -d -o NAME,TYPE,SIZE,ROTA,TRAN,MODEL
  for class in 0300 0302 0380 1200; do show lspci -D -nn -vv -d "::$class"; done
  for card in /sys/class/drm/card[0-9] /sys/class/drm/card[0-9][0-9]; do
    [ -e "$card/device/vendor" ] || continue
    device=$card/device
    files "$card" "$device"/uevent "$device"/vendor "$device"/device "$device"/subsystem_vendor \
      "$device"/subsystem_device "$device"/revision "$device"/numa_node "$device"/mem_info_vram_total \
      "$device"/mem_info_vram_used "$device"/mem_info_vram_vendor "$device"/mem_info_vis_vram_total \
      "$device"/mem_info_gtt_total "$device"/current_link_speed "$device"/current_link_width \
      "$device"/max_link_speed "$device"/max_link_width "$device"/hwmon/hwmon*/power1_cap*
  done
  show nvidia-smi -q -x
  show nvidia-smi -L
  show nvidia-smi topo -m
  show nvidia-smi nvlink -s
  show amd-smi static --json
  show amd-smi topology --json
  show rocm-smi -i --showproductname --showmeminfo vram --showbus --showmaxpower --showdriverversion --json
  show rocm-smi --showtopotype
  show npu-smi info
  show npu-smi info -t topo
  show hy-smi --showproductname --showmeminfo vram
  show mx-smi
  show mthreads-gmi
  show xpu-smi discovery -j
  show system_profiler SPHardwareDataType SPDisplaysDataType SPMemoryDataType SPNVMeDataType SPSoftwareDataType -json
}

if [ "$out" = - ]; then probe | scrub; else probe | scrub >"$out" && printf 'Written: %s\n' "$out"; fi
