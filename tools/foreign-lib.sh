# SPDX-License-Identifier: EUPL-1.2
# shellcheck shell=bash
#
# For tools/foreign-*: takes packages from a newer suite of Debian's archive, by
# the mirror and the proxies that apt is configured with, checked by its keys,
# into a directory of their own.  Nothing is installed, and apt's own lists and
# caches are left alone.
#
# A tool sets the first four of these, defines the two functions, and calls
# foreign "$@", which ends in use():
#
#	TOOL		its own name
#	WHAT WANT	what it runs, and the version it takes at the least
#	PACKAGE		the Debian package; what it needs comes with it
#	version ROOT	says the version of what is unpacked there, if it runs
#	use ROOT ARGS	runs it
#
# "--available" says the version, or why there is none.  A tool that cannot be
# had exits with 77.
set -euo pipefail
umask 022

readonly SUITES="testing sid experimental"
CACHE=${ANTIN_CACHE:-${XDG_CACHE_HOME:-${HOME:-/nonexistent}/.cache}/antin}
[[ $CACHE = /* ]] || CACHE=$PWD/$CACHE
readonly CACHE
readonly HOME_DIR=$CACHE/$TOOL
readonly KEYRING=/usr/share/keyrings/debian-archive-keyring

stage=		# what is being made: apt's files and the unpacked root
asked=${1-}	# the tool's first argument

# The outcome of --available belongs on standard output.
none() {
	local why="no $WHAT $WANT or later to be had: $1"

	if [ "$asked" = --available ]; then
		echo "$why"
	else
		echo "$TOOL: $why" >&2
	fi
	exit 77
}

# The mirror that this machine's own Debian release comes from.
mirror() {
	local codename

	codename=$(. /etc/os-release && echo "${VERSION_CODENAME-}")
	apt-get indextargets --format '$(RELEASE) $(COMPONENT) $(REPO_URI)' \
	    'Created-By: Packages' 2>/dev/null |
	    awk -v r="$codename" '!u && $2 == "main" && ($1 == r ||
		$1 ~ /^((old)?stable|testing|unstable|sid)$/) { u = $3 }
		END { print u }'
}

# Private apt settings: proxies and time limits are this machine's, everything
# that says where apt reads, writes and what it trusts is ours.
settings() {
	local work=$stage/apt

	apt-config dump | grep -E '^Acquire::' | grep -Eiv \
	    '^Acquire::(IndexTargets|Allow|Languages|By-Hash|Retries)' || true
	cat <<-EOF
		Dir::Etc::main "/dev/null";
		Dir::Etc::parts "/dev/null";
		Dir::Etc::preferences "/dev/null";
		Dir::Etc::preferencesparts "/dev/null";
		Dir::Etc::sourcelist "$work/sources.list";
		Dir::Etc::sourceparts "/dev/null";
		Dir::Etc::trusted "/dev/null";
		Dir::Etc::trustedparts "/dev/null";
		Dir::State "$work/state";
		Dir::State::lists "$work/lists";
		Dir::State::status "$work/state/status";
		Dir::Cache "$work/cache";
		Dir::Cache::pkgcache "";
		Dir::Cache::srcpkgcache "";
		Dir::Log "$work";
		Acquire::Languages "none";
		Acquire::Retries "1";
		Acquire::AllowInsecureRepositories "false";
		Acquire::AllowWeakRepositories "false";
		Acquire::AllowDowngradeToInsecureRepositories "false";
		APT::Update::Error-Mode "any";
		APT::Get::AllowUnauthenticated "false";
		APT::Install-Recommends "false";
		APT::Install-Suggests "false";
	EOF
}

# The sources of suite $1; experimental holds what differs from sid.
sources() {
	local s

	for s in $1 $([ "$1" != experimental ] || echo sid); do
		echo "deb [signed-by=$keyring] $uri $s main"
	done
}

# Fetch the newest packages of suite $1, if they are new enough.
fetch() {
	local candidate work=$stage/apt

	rm -rf "$work/cache" "$work/lists"
	mkdir -p "$work/cache/archives/partial" "$work/lists/partial"
	sources "$1" >"$work/sources.list"
	apt-get -q update >>"$work/log" 2>&1 || return 1
	candidate=$(LC_ALL=C apt-cache -o "APT::Default-Release=$1" \
	    policy "$PACKAGE" 2>>"$work/log" |
	    awk '$1 == "Candidate:" { print $2 }')
	dpkg --compare-versions "${candidate:-0}" ge "$WANT" || return 1
	# Nothing counts as installed, so all it needs comes with it.
	apt-get -q -y -t "$1" --download-only install "$PACKAGE" \
	    >>"$work/log" 2>&1
}

obtain() {
	local tool suite deb uri k got keyring=''

	for tool in apt-get apt-config dpkg dpkg-deb flock; do
		command -v "$tool" >/dev/null ||
		    none "this machine has no $tool."
	done
	mkdir -p "$CACHE" 2>/dev/null || true
	[ -w "$CACHE" ] || none "the cache directory cannot be written."
	exec 9>"$HOME_DIR.lock"
	flock 9
	if [ -d "$HOME_DIR" ]; then	# another call was first
		exec 9>&-
		return
	fi

	for k in "$KEYRING.gpg" "$KEYRING.pgp"; do
		[ -n "$keyring" ] || [ ! -r "$k" ] || keyring=$k
	done
	[ -n "$keyring" ] || none "the keys of Debian's archive are missing."
	uri=$(mirror)
	[ -n "$uri" ] || none "apt knows no mirror of Debian's archive."

	rm -rf "$HOME_DIR".new.*	# left behind by a call that was killed
	trap 'rm -rf "$stage"' EXIT
	trap 'exit 129' HUP INT TERM
	stage=$(mktemp -d "$HOME_DIR.new.XXXXXX")
	chmod 711 "$stage"	# apt downloads as a user of its own
	mkdir -p "$stage/apt/state" "$stage/root"
	: >"$stage/apt/state/status"
	settings >"$stage/apt/apt.conf"
	export APT_CONFIG=$stage/apt/apt.conf

	for suite in $SUITES; do
		if fetch "$suite"; then
			got=yes
			break
		fi
	done
	[ -n "${got-}" ] ||
	    none "Debian's archive cannot be reached, or has none."

	for deb in "$stage"/apt/cache/archives/*.deb; do
		dpkg-deb -x "$deb" "$stage/root"
	done
	[ -n "$(version "$stage/root")" ] ||
	    none "what was fetched does not run."
	sync -f "$stage"
	mv -T "$stage/root" "$HOME_DIR"
	rm -rf "$stage"
	trap - EXIT HUP INT TERM
	unset APT_CONFIG
	exec 9>&-
}

foreign() {
	[ -d "$HOME_DIR" ] || obtain
	if [ "$asked" = --available ]; then
		version "$HOME_DIR"
	else
		use "$HOME_DIR" "$@"
	fi
}
