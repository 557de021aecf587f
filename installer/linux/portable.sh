#!/bin/sh
# dsdesk @VERSION@, portable: unpacks itself beside this file on the first start and keeps everything there.
# Needs no rights and writes nowhere else. To move it, move this file and the folder "dsdesk-portable" together.
set -eu
self=$(readlink -f "$0")
place=$(dirname "$self")/dsdesk-portable
stamp=$place/.version
want="@VERSION@ @DIGEST@"

# Says it in English or Chinese; on the desktop too, since a double-click has no terminal.
tell() {
    case "${LC_ALL:-${LC_MESSAGES:-${LANG:-}}}" in zh*) shift ;; esac
    echo "dsdesk: $1" >&2
    if [ ! -t 2 ] && [ -n "${DBUS_SESSION_BUS_ADDRESS:-}" ] && command -v notify-send >/dev/null; then
        notify-send dsdesk "$1" 2>/dev/null || true
    fi
}

is_there() { [ "$(cat "$stamp" 2>/dev/null || true)" = "$want" ]; }

is_open() {
    for program in /proc/[0-9]*/exe; do
        if [ "$(readlink "$program" 2>/dev/null || true)" = "$place/dsdesk" ]; then return 0; fi
    done
    return 1
}

unpack() {
    if is_open; then
        tell "An older dsdesk of this folder is open. Close it, then start this one again." \
            "此文件夹中较旧的 dsdesk 正在运行。请先关闭它，再启动本程序。"
        exit 2
    fi
    if ! command -v xz >/dev/null; then
        tell "xz is missing, which unpacks it. Install xz-utils." "缺少用于解包的 xz。请安装 xz-utils。"
        exit 2
    fi
    new=$place/.new.$$
    trap 'rm -rf "$new"' EXIT
    trap 'exit 130' INT TERM
    rm -rf "$place"/.new.*  # of an interrupted start
    mkdir "$new"
    tell "unpacking into $place (once)" "正在解包到 $place（仅此一次）"
    if ! tail -n +@LINES@ "$self" | tar -xJf - -C "$new" --strip-components=1; then
        tell "It could not be unpacked: the disk is full, or this file is not whole. Free 300 MB, or copy it again." \
            "无法解包：磁盘已满，或本文件不完整。请腾出 300 MB 空间，或重新复制本文件。"
        exit 2
    fi
    # The user's own folder, dsdesk-data, stays. The version is written last: an interrupted start begins anew.
    rm -f "$stamp"
    rm -rf "$place/_internal" "$place/dsdesk"
    mv "$new/_internal" "$new/dsdesk" "$place/"
    touch "$place/portable"
    echo "$want" > "$stamp"
    rm -rf "$new"
    trap - EXIT INT TERM
}

if ! is_there; then
    if ! mkdir -p "$place" 2>/dev/null || ! touch "$place/.lock" 2>/dev/null; then
        tell "$(dirname "$self") cannot be written. Copy this file to a folder of your own and start it there." \
            "无法写入 $(dirname "$self")。请把本文件复制到您自己的文件夹中，再从那里启动。"
        exit 2
    fi
    # A second double-click waits until the first has unpacked: it would take the program away under it.
    exec 9>"$place/.lock"
    if command -v flock >/dev/null; then flock 9 || true; fi
    is_there || unpack
    exec 9>&-
fi
exec "$place/dsdesk" "$@"
