# SPDX-License-Identifier: EUPL-1.2
# What tools/demo says and does again and again.  Wants $antin and $work.
xa='muong-nhe nam-po sin-thau' # on good lines
thin=leng-su-sin # on a line of 9.6 kbit/s
far=na-bung # without a line: by a folder that is carried
stations= shaper=
called() {
	case $1 in
	muong-nhe) echo 'Mường Nhé' ;;
	nam-po) echo 'Nậm Pồ' ;;
	sin-thau) echo 'Sín Thầu' ;;
	leng-su-sin) echo 'Leng Su Sìn' ;;
	na-bung) echo 'Nà Bủng' ;;
	esac
}

# Stations end with the demo, whatever it ends by.
clean() {
	[ -z "$shaper" ] || kill "$shaper" 2>/dev/null || :
	for s in $stations; do timeout 20 "$antin" station stop "$work/$s" >/dev/null 2>&1 || :; done
	[ -n "${KEEP:-}" ] || rm -rf "$work"
}
trap clean EXIT
trap 'exit 1' HUP INT TERM

case ${LC_ALL:-${LC_MESSAGES:-${LANG:-}}} in vi*) vi=1 ;; *) vi= ;; esac
step() { printf '\n\033[1m== %s\033[0m\n' "$([ "$vi" ] && echo "$2" || echo "$1")"; }
note() { printf '%s\n' "$([ "$vi" ] && echo "$2" || echo "$1")"; }
# A command as it may be typed, then run.
echo_it() {
	printf '\033[2m$ antin'
	for word; do
		case $word in *[!A-Za-z0-9_./:-]*) printf " '%s'" "$word" ;; *) printf ' %s' "$word" ;; esac
	done
	printf '\033[0m\n'
}
run() { echo_it "$@"; "$antin" "$@"; }
now() { date +%s%N; }
# What must be refused: shows what was said, and fails if it was not.
refused() {
	echo_it "$@"
	if "$antin" "$@"; then
		note "this should have been refused" "lẽ ra phải bị từ chối"
		exit 1
	fi
}
# until so much of what this says is there: seconds, what is waited for
await() {
	n=$(($1 * 10)) what=$2
	shift 2
	until "$@"; do
		n=$((n - 1))
		[ $n -gt 0 ] || { note "$what: this should have come by now" "$what: lẽ ra phải đến rồi"; exit 1; }
		sleep 0.1
	done
}

# Four steps make somebody a part of the tree: invited, asked, issued, accepted.
# authority's options as words; address, kind, name, file, more
enrol() {
	by=$1 address=$2 kind=$3 name=$4 file=$5
	shift 5
	"$antin" enrol invite $by --kind "$kind" --name "$name" "$@" "$address" "$file.invitation" >said
	sed -n 's/^    //p' said >"$file.code"
	"$antin" enrol request --invitation "$file.invitation" --code-file "$file.code" --no-passphrase "$file" >said
	words=$(sed -n 's/^    //p' said)
	"$antin" enrol issue $by --words "$words" "$file.request" "$file.answer" >/dev/null
	"$antin" enrol accept "$file" "$file.answer" >/dev/null
	note "$name: $address, check words \"$words\"" "$name: $address, từ đối chiếu \"$words\""
}

# ---- stations -----------------------------------------------------------------

port() { LC_ALL=C perl -MIO::Socket::INET -e 'print IO::Socket::INET->new(Listen => 1, LocalAddr => "127.0.0.1")->sockport'; }
calls() { cat "$work/$1.calls"; }
# name, directory, more: a station with one desk
begin() {
	name=$1 directory=$2
	shift 2
	echo "127.0.0.1:$(port)" >"$name.calls"
	run station new --key "tram-$name.key" --directory "$directory" --listen "$(calls "$name")" "$@" --desk "ban-$name.key" "$name"
	stations="$stations $name"
}
# a line of 9.6 kbit/s to a station, half a second each way: "$name.calls" says where
slow_line() {
	n=$(port) to=$(calls "$1")
	"$top/tools/shaper" "$n" "${to#*:}" >shaper.said &
	shaper=$!
	echo "127.0.0.1:$n" >slow.calls
	await 20 shaper grep -q ready shaper.said
}
wake() { "$antin" station start "$1" && "$antin" sign-in --station "$1"; }
linked() { [ "$("$antin" status --station "$1" --json | grep -c '"state": "up"')" -ge "$2" ]; }

# ---- dispatches ---------------------------------------------------------------

# station, where to (options as words), precedence, files: a dispatch each
post() {
	at=$1 whom=$2 urgent=$3
	shift 3
	for f; do
		"$antin" send --station "$at" $whom --level mat --precedence "$urgent" --subject-file trich-yeu.txt "$f" >/dev/null
		echo "$at $f" >>gui.txt
	done
}
ids() { "$antin" inbox --station "$1" --all --json | sed -n 's/.*"id": "\([^"]*\)".*/\1/p'; }
sent() { "$antin" outbox --station "$1" --json | sed -n 's/^ *"id": "\([^"]*\)".*/\1/p'; }
all_there() { [ "$(ids "$1" | sort -u | wc -l)" -ge "$2" ]; }
# station, how many were sent to it: all are there, once, equal in every byte
check() {
	equal=0
	mkdir -p "nhan/$1"
	for id in $(ids "$1"); do
		"$antin" read --station "$1" --into "nhan/$1/$id" "$id" >/dev/null
		for f in "nhan/$1/$id"/*; do
			name=$(basename "$f")
			if cmp -s "$f" "gui/$name" || cmp -s "$f" "$name"; then equal=$((equal + 1)); break; fi
		done
	done
	arrived=$(ids "$1" | wc -l) twice=$(ids "$1" | sort | uniq -d | wc -l)
	note "$1: sent to it $2, arrived $arrived, equal in every byte $equal, twice $twice" \
	    "$1: gửi đến $2, đã đến $arrived, đúng từng byte $equal, đến hai lần $twice"
	[ "$arrived" = "$2" ] && [ "$equal" = "$2" ] && [ "$twice" = 0 ]
}

# ---- people and their pages ----------------------------------------------------

# authority's options as words; address, name, desk, roles: enrolled, under a
# passphrase, with these roles
person() {
	by=$1 address=$2 name=$3 at=$4 file=${2##*/}
	shift 4
	echo "mat khau cua $file" >"$file.pass"
	echo "$name" >"$file.name"
	"$antin" enrol invite $by --kind person --name "$name" --level toi-mat "$address" "$file.invitation" >said
	sed -n 's/^    //p' said >"$file.code"
	"$antin" enrol request --invitation "$file.invitation" --code-file "$file.code" --passphrase-file "$file.pass" "$file" >said
	words=$(sed -n 's/^    //p' said)
	"$antin" enrol issue $by --words "$words" "$file.request" "$file.answer" >/dev/null
	"$antin" enrol accept --passphrase-file "$file.pass" "$file" "$file.answer" >/dev/null
	for role; do "$antin" role give $by "$address" "$at" "$role" >/dev/null; done
	note "$name: $address, $*" "$name: $address, $*"
}
has_phone() { "$antin" user otp --station "$1" --passphrase-file "$2.pass" "$2" >"$2.phone" 2>/dev/null; }
# station, people: their keys come to it, and codes to their phones
staff() {
	at=$1
	shift
	for who; do
		"$antin" user add --station "$at" --key "$who.key" >/dev/null
		await 60 "$who" has_phone "$at" "$who"
		people="${people:-} $who"
	done
}
# what their phones show now (RFC 6238)
codes() {
	for who in $people; do
		printf '%s   %-29s %s\n' "$(LC_ALL=C perl -MDigest::SHA=hmac_sha1 -0777 -ne '
			my ($letters) = /^((?: [A-Z2-7]{4}){8})$/m or die "no letters\n";
			my %of;
			@of{"A" .. "Z", 2 .. 7} = 0 .. 31;
			my $key = pack "B*", join "", map { sprintf "%05b", $of{$_} } $letters =~ /[A-Z2-7]/g;
			my @mac = unpack "C*", hmac_sha1(pack("Q>", int(time / 30)), $key);
			my $from = $mac[19] & 15;
			printf "%06d", (unpack("N", pack "C*", @mac[$from .. $from + 3]) & 0x7fffffff) % 1_000_000' "$who.phone")" "$(cat "$who.pass")" "$(cat "$who.name")"
	done
}
desk() { run desk --print --station "$1"; }
# until Ctrl-C; without a terminal nobody is there to look
at_work() {
	note "What the four phones show now, the passphrases, and whose they are" "Mã trên bốn điện thoại lúc này, mật khẩu, tên người"
	codes
	[ -t 0 ] && [ -t 1 ] || return 0
	note "Open the two links within five minutes, each in a window of its own; Ctrl-C ends. A new code each half minute:" \
	    "Mở hai liên kết trên trong năm phút, mỗi liên kết một cửa sổ; Ctrl-C để kết thúc. Mỗi nửa phút có mã mới:"
	stopped=
	trap 'stopped=1' INT
	while [ -z "$stopped" ]; do
		sleep $((30 - $(date +%s) % 30)) || :
		[ -n "$stopped" ] || { echo; codes; }
	done
	trap 'exit 1' INT
}
