#!/usr/bin/env bash
# Makes dist/capillare_VERSION_ARCH.deb from bin/capillare. BIN, VERSION, OUT and COMPRESS may be given.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/need.sh
need_package dpkg-deb dpkg

bin=${BIN:-bin/capillare}
out=${OUT:-dist}
arch=$(dpkg --print-architecture)
version=${VERSION:-$(git describe --tags 2>/dev/null | sed 's/^v//' || true)}
# A version of a package begins with a figure; a clone without tags counts its commits.
[[ $version =~ ^[0-9] ]] || version="0.0.$(git rev-list --count HEAD 2>/dev/null || echo 0)"
version=${version//-/+}

tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
chmod 0755 "$tree"
install -D -m 0755 "$bin" "$tree/usr/bin/capillare"
install -D -m 0755 packaging/capillare-admin "$tree/usr/sbin/capillare-admin"
install -D -m 0644 packaging/capillare.service "$tree/usr/lib/systemd/system/capillare.service"
install -D -m 0640 packaging/capillare.conf "$tree/etc/capillare/capillare.conf"
install -D -m 0644 LICENSE "$tree/usr/share/doc/capillare/copyright"
install -m 0644 docs/operate.it.md docs/config.md "$tree/usr/share/doc/capillare/"
gzip -9nc CHANGELOG.md >"$tree/usr/share/doc/capillare/changelog.gz"
chmod 0644 "$tree/usr/share/doc/capillare/changelog.gz"

mkdir -p "$tree/DEBIAN"
size=$(du -sk --exclude=DEBIAN "$tree" | cut -f1)
sed -e "s/@VERSION@/$version/; s/@ARCH@/$arch/; s/@SIZE@/$size/" packaging/deb/control.in >"$tree/DEBIAN/control"
install -m 0644 packaging/deb/conffiles "$tree/DEBIAN/conffiles"
install -m 0755 packaging/deb/postinst packaging/deb/prerm packaging/deb/postrm "$tree/DEBIAN/"
(cd "$tree" && find . -path ./DEBIAN -prune -o -type f -printf '%P\0' | sort -z | xargs -0 md5sum >DEBIAN/md5sums)

mkdir -p "$out"
file="$out/capillare_${version}_$arch.deb"
dpkg-deb --root-owner-group -Z"${COMPRESS:-xz}" --build "$tree" "$file" >/dev/null
echo "$file"
