#!/bin/sh
# pt-online-schema-change with the Perl, the modules and the libraries of the packages that were unpacked beside it.
root=$(cd "$(dirname "$0")/.." && pwd)
for libraries in "$root"/usr/lib/*-linux-gnu; do :; done
for loader in "$root"/usr/lib64/ld-linux-*.so.* "$root"/lib64/ld-linux-*.so.* "$root"/usr/lib/ld-linux-*.so.*; do
    [ -e "$loader" ] && break
done
modules=
for directory in "$root"/etc/perl "$libraries"/perl5/* "$root"/usr/share/perl5 "$libraries"/perl-base \
    "$libraries"/perl/5.* "$root"/usr/share/perl/5.*; do
    [ -d "$directory" ] && modules=$modules:$directory
done
export PERL5LIB="${modules#:}"
export MARIADB_PLUGIN_DIR="$libraries/libmariadb3/plugin"
exec "$loader" --library-path "$libraries:$root/lib/${libraries##*/}" \
    "$root/usr/bin/perl" "$root/usr/bin/pt-online-schema-change" "$@"
