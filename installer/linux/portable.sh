#!/bin/sh
# dsdesk @VERSION@, portable: unpacks itself beside this file on the first start and keeps everything there.
# Needs no rights and writes nowhere else. To move it, move this file and the folder "dsdesk-portable" together.
set -eu
self=$(readlink -f "$0")
place=$(dirname "$self")/dsdesk-portable
stamp=$place/.version
want="@VERSION@ @DIGEST@"
if [ "$(cat "$stamp" 2>/dev/null || true)" != "$want" ]; then
    new=$place/.new.$$
    if ! mkdir -p "$new" 2>/dev/null; then
        echo "dsdesk: $(dirname "$self") cannot be written. Copy this file to a folder of your own and start it there." >&2
        exit 2
    fi
    trap 'rm -rf "$new"' EXIT INT TERM
    if ! command -v xz >/dev/null; then
        echo "dsdesk: xz is missing, which unpacks it. Install xz-utils." >&2
        exit 2
    fi
    echo "dsdesk: unpacking into $place (once)" >&2
    tail -n +@LINES@ "$self" | tar -xJf - -C "$new" --strip-components=1
    # The user's own folder, dsdesk-data, stays. The version is written last: an interrupted start begins anew.
    rm -f "$stamp"
    rm -rf "$place/_internal" "$place/dsdesk"
    mv "$new/_internal" "$new/dsdesk" "$place/"
    touch "$place/portable"
    echo "$want" > "$stamp"
    rm -rf "$new"
    trap - EXIT INT TERM
fi
exec "$place/dsdesk" "$@"
