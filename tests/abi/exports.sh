#!/bin/sh
# SPDX-License-Identifier: MIT
# The library exports exactly the 32 entry points, and asks for no symbol of
# its own that another plugin could answer.
# usage: tests/abi/exports.sh LIBRARY
set -eu
library=$1
here=$(dirname "$0")
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

sed -n 's/^NXS_API [a-z_]* \(nxs[A-Za-z]*\)(.*/\1/p' "$here/../../nexus-api.h" |
    sort >"$tmp/want"
nm -D --defined-only "$library" | awk '{ print $3 }' | sort >"$tmp/have"
n=$(wc -l <"$tmp/want")
if [ "$n" -ne 32 ]; then
    echo "nexus-api.h declares $n entry points, not 32"
    exit 1
fi
diff -u "$tmp/want" "$tmp/have"
if nm -D --undefined-only "$library" | grep -w -e 'nxs[A-Z][A-Za-z]*' -e 'tt_[a-z_]*'; then
    echo "the library looks up its own symbols"
    exit 1
fi
echo "$n entry points"
