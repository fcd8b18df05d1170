#!/usr/bin/perl
# SPDX-License-Identifier: EUPL-1.2
#
# What the command must not do, whatever it is given and however it ends: let
# a changed envelope open, leave half a file or a plaintext behind, hurt a file
# that was there, tell a secret, crash.
#
# ANTIN_SOAK=1 flips and kills some thousand times more.  ANTIN_SEED=n repeats
# a run.
use strict;
use warnings;
use Fcntl qw(:DEFAULT :mode);
use File::Path qw(make_path remove_tree);
use FindBin;
use JSON::PP ();
use POSIX ();
use Test::More;
use Time::HiRes qw(sleep time);

use lib $FindBin::Bin;
use Antin qw($antin $work $san $seed status put get names flip);

my $soak = $ENV{ANTIN_SOAK};
mkdir $_ for qw(box tmp home names names/b out);
@ENV{qw(TMPDIR HOME)} = ("$work/tmp", "$work/home");

# No output but a text that was opened may hold these.
my $secret = 'plaintext-' . join '', map { chr 97 + rand 26 } 1 .. 12;
my $pass = 'passphrase-' . join '', map { chr 97 + rand 26 } 1 .. 12;
my ($out, $err, @told);

# ---- running it --------------------------------------------------------------

# Start it in $dir; what it says goes to the two handles.
sub start {
	my ($dir, $o, $e, @argv) = @_;
	my $pid = fork // die "fork: $!\n";
	return $pid if $pid;
	alarm 60;
	chdir $dir or POSIX::_exit(126);
	open STDIN, '<', '/dev/null';
	open STDOUT, '>&', $o;
	open STDERR, '>&', $e;
	exec @argv or POSIX::_exit(127);
}

# The status it ends with in $dir.  Fills $out and $err, and @told with who
# told a secret there.
sub run_in {
	my ($dir, @argv) = @_;
	open my $o, '+>', undef or die "$!\n";
	open my $e, '+>', undef or die "$!\n";
	waitpid start($dir, $o, $e, @argv), 0;
	my $status = status($?);
	($out, $err) = map { seek $_, 0, 0; local $/; <$_> // '' } $o, $e;
	push @told, "@argv" if "$out$err" =~ /\Q$secret\E|\Q$pass\E/;
	return $status;
}

sub antin { return run_in($work, $antin, @_) }

# ---- what is refused ---------------------------------------------------------

my @open = ($antin, 'open', '--key', "$work/r.key", '--from', "$work/s.pub");

# What is wrong with how these bytes are refused as an envelope, or nothing.
sub wrong {
	my ($bytes, $may, @argv) = @_;
	put('box/x.antin', $bytes);
	my $status = run_in("$work/box", @argv ? @argv : @open, 'x.antin');
	my $left = names('box');
	my $why = $status !~ $may ? "status $status" :
	    $left ne 'x.antin' ? "left $left" :
	    $out ne '' ? 'said something' :
	    $err !~ /^antin \w+: ./ ? 'said not why' : return;
	remove_tree(grep { $_ ne 'box/x.antin' } glob 'box/* box/.[!.]*');
	return "$why: $err";
}

# Each of [ what, its bytes or who makes them ] is refused.
sub refused {
	my ($name, $may, @cases) = @_;
	my @bad = map {
		my ($what, $bytes) = @$_;
		my $why = wrong(ref $bytes ? $bytes->() : $bytes, $may);
		defined $why ? "$what: $why" : ();
	} @cases;
	ok(@cases && !@bad, "$name (" . @cases . ')')
	    or diag("seed $seed\n", splice @bad, 0, 10);
}

sub ends {
	my ($status, $name, @argv) = @_;
	my $got = antin(@argv);
	return ok($got eq $status, $name)
	    || diag("status $got, wanted $status\n$err");
}

sub keys_and_envelopes_are_made {
	put('pass', "$pass\n");
	put('wrong', "another\n");
	my @new = qw(key new --no-passphrase --name N --address);
	antin(@new, "antin://$_.vn/d", $_) for qw(s r o);
	put('text', "Kính gửi\n$secret\n");
	# incompressible, and compressible; each of several chunks
	put('a.bin', map { $_ % 4096 ? pack('N', rand 2**32) : $secret }
	    1 .. 75_000);
	put('b.txt', "$secret\n" x 20_000);
	put('c.txt', "$secret\n");
	ends(0, 'an envelope without attachments', qw(seal --key s.key --to
	    r.pub --out plain.antin --text text c.txt));
	ends(0, 'and one with them', qw(seal --key s.key --to r.pub --out
	    full.antin --text text a.bin c.txt b.txt));
	ends(0, 'and another', qw(seal --key s.key --to r.pub --out
	    twin.antin --text text a.bin c.txt b.txt));
	ends(0, 'and one that ends soon', qw(seal --key s.key --to r.pub --out
	    old.antin --text text a.bin --expires),
	    POSIX::strftime("%Y-%m-%dT%H:%M:%SZ", gmtime time + 2));
	my $why = wrong(get('full.antin'), qr/^[13]$/);
	like($why, qr/^status 0/, 'as they are they are not refused');
	@told = ();
}

# Where the parts of an envelope file with attachments begin.
sub head { return unpack 'x8 Q> Q>', $_[0] }

sub what_is_cut_off_is_refused {
	for my $file (qw(plain full)) {
		my $all = get("$file.antin");
		my $n = length $all;
		my ($len, $start) = $file eq 'full' ? head($all) : (0, 0);
		my %at = map { $_ => 1 } 0 .. 40, $n - 20 .. $n - 1,
		    (map { 24 + $len + $_, $start + $_, $start + 65552 + $_ }
		    -2 .. 2), map { int rand $n } 1 .. ($soak ? 2000 : 60);
		refused("$file: cut off at any byte", qr/^1$/,
		    map { my $to = $_;
		    [ "at byte $to", sub { substr $all, 0, $to } ] }
		    grep { $_ < $n } sort { $a <=> $b } keys %at);
	}
}

sub any_flipped_bit_is_refused {
	my $all = get('full.antin');
	my ($len, $start) = head($all);
	my $some = $soak ? 1000 : $san ? 8 : 18;
	my %at = map { $_ => 1 } 0 .. 23, 24, 24 + $len - 1,
	    (map { 24 + int rand $len } 1 .. $some),
	    (map { 24 + $len + int rand($start - $len - 24) } 1 .. 4),
	    $start, length($all) - 1,
	    (map { $start + int rand(length($all) - $start) } 1 .. $some);
	refused('whatever bit is flipped', qr/^[13]$/, map {
		my $at = $_;
		map { my $bit = $_;
			[ "byte $at, bit $bit", sub { flip($all, $at, $bit) } ];
		} 0 .. 7;
	} sort { $a <=> $b } keys %at);
	$all = get('plain.antin');
	refused('nor without attachments', qr/^[13]$/, map {
		my ($at, $bit) = (int rand length $all, int rand 8);
		[ "byte $at, bit $bit", sub { flip($all, $at, $bit) } ];
	} 1 .. ($soak ? 4000 : 60));
}

sub lies_of_the_head_are_refused {
	my $all = get('full.antin');
	my ($len, $start) = head($all);
	my $n = length $all;
	my @u64 = map { [ $_, pack 'Q>', $_ ] } 0, 1, 24, $len - 1, $len + 1,
	    $start - 1, $start + 1, $start + 16, $n - 1, $n, $n + 1, 2**31 - 1,
	    2**31, 2**32 - 1, 2**32, 2**63 - 1, 2**63, ~0;
	my $with = sub { my $c = $all; substr($c, 8, 16) = $_[0]; $c };
	refused('lengths lied about', qr/^1$/,
	    (map { [ "length $_->[0]", $with->($_->[1] . pack 'Q>', $start) ] }
	    grep { $_->[0] != $len } @u64),
	    (map { [ "start $_->[0]", $with->(pack('Q>', $len) . $_->[1]) ] }
	    grep { $_->[0] != $start } @u64),
	    map { [ "both $_->[0]", $with->($_->[1] x 2) ] } @u64);
	# consistent lies: more room, less envelope
	refused('lengths moved', qr/^[13]$/,
	    [ 'the envelope alone', substr $all, 24, $len ],
	    [ 'a head before one alone', substr($all, 0, 8) .
	    pack('Q>2', length get('plain.antin'),
	    24 + length get('plain.antin')) . get('plain.antin') ]);
}

sub what_was_put_together_is_refused {
	my ($all, $twin) = map { get("$_.antin") } qw(full twin);
	my ($len, $start) = head($all);
	my ($twin_len, $twin_start) = head($twin);
	my $chunk = 65536 + 16;
	my $swapped = $all;
	substr($swapped, $start, 2 * $chunk) =
	    substr($all, $start + $chunk, $chunk) .
	    substr($all, $start, $chunk);
	refused('what was put together of parts', qr/^[13]$/,
	    [ 'attachments of another', substr($all, 0, $start) .
	    substr $twin, $twin_start ],
	    [ 'two chunks exchanged', $swapped ],
	    [ 'a chunk twice', substr($all, 0, $start + $chunk) .
	    substr($all, $start, $chunk) .
	    substr $all, $start + 2 * $chunk ],
	    [ 'a chunk left out', substr($all, 0, $start) .
	    substr $all, $start + $chunk ],
	    [ 'two envelopes', $all . $all ],
	    [ 'two without attachments', get('plain.antin') x 2 ],
	    map({ [ 'more behind it', get($_->[0]) . $_->[1] ] }
	    map { my $f = $_; map { [ "$f.antin", $_ ] } "\0", "\n",
	    "\0" x 65536 } qw(plain full)),
	    [ 'a head alone', substr $all, 0, 24 ], [ 'nothing', '' ],
	    [ 'a text', get('text') ], [ 'a key file', get('r.key') ],
	    [ 'noise', join '', map { chr rand 256 } 1 .. 5000 ],
	    [ 'nesting', "\x30\x80" x 20_000 ],
	    [ 'more nesting', "\x30\x84\x00\x0f\xff\xff" x 20_000 ]);
}

sub who_may_not_does_not {
	my $all = get('full.antin');
	for (
		[ 1, 'another\'s key', 'o.key', 's.pub' ],
		[ 1, 'the sender\'s key', 's.key', 's.pub' ],
		[ 3, 'a sender not known', 'r.key', 'o.pub' ],
	    ) {
		my ($may, $name, $key, $card) = @$_;
		is(wrong($all, qr/^$may$/, $antin, 'open', '--key',
		    "$work/$key", '--from', "$work/$card"), undef,
		    "$name opens nothing");
	}
	is(wrong(get('old.antin'), qr/^4$/), undef,
	    'one that ended opens no longer');
}

sub damaged_keys_and_cards_are_refused {
	my @bad;
	for my $file (qw(r.key s.pub)) {
		my $all = get($file);
		# a card without its second half is a person's
		my $end = index $all, "\n-----END";
		for (1 .. ($soak ? 2000 : 40)) {
			my $at = int rand $end;
			my $c = flip($all, $at, int rand 8);
			$c = substr $all, 0, $at if $_ % 4 == 0;
			put("box/$file", $c);
			my @with = map { -e "box/$_" ? "box/$_" : $_ }
			    qw(r.key s.pub);
			my $status = antin('inspect', '--key', $with[0],
			    '--from', $with[1], 'plain.antin');
			next if $status =~ /^[13]$/ && $out eq '';
			push @bad, "$file, byte $at: status $status: $err";
		}
		unlink "box/$file";
	}
	ok(!@bad, 'a damaged key file or card is refused')
	    or diag("seed $seed\n", splice @bad, 0, 5);
}

# ---- things that are no files ------------------------------------------------

sub what_is_no_file_is_refused {
	my @s = qw(--key s.key --to r.pub --out x);
	my @o = qw(--key r.key --from s.pub --into x);
	mkdir 'folder';
	put('empty', '');
	my %status = (    # of: a folder, /dev/null, /dev/zero, empty, no file
		'the envelope to open' => [ [ 'open', @o, 'IT' ], 1, 1, 1, 1 ],
		'to inspect' => [ [ qw(inspect IT) ], 1, 1, 1, 1 ],
		'the key to open' => [ [ qw(open --key IT --from s.pub
		    --into x full.antin) ], 1, 1, 1, 1 ],
		'the card to know' => [ [ qw(open --key r.key --from IT
		    --into x full.antin) ], 2, 1, 1, 1 ],
		'the key to seal' => [ [ qw(seal --key IT --to r.pub --out x
		    text) ], 1, 1, 1, 1 ],
		'the card to seal for' => [ [ qw(seal --key s.key --to IT
		    --out x text) ], 2, 1, 1, 1 ],
		'a text' => [ [ 'seal', @s, qw(--text IT) ], 1, 0, 1, 0 ],
		'a subject' => [ [ 'seal', @s, qw(--subject-file IT text) ],
		    1, 0, 1, 0 ],
		'a file to seal' => [ [ 'seal', @s, 'IT' ], 1, 0, undef, 0 ],
		'a signature' => [ [ 'seal', @s, qw(--signature IT text) ],
		    2, 2, 2, 2 ],
		'a passphrase' => [ [ qw(key passwd --new-passphrase-file IT
		    o.key) ], 1, 2, 1, 2 ],
		'a key to change' => [ [ qw(key passwd --new-passphrase-file
		    pass IT) ], 1, 1, 1, 1 ],
		'a card to show' => [ [ qw(key show IT) ], 1, 1, 1, 1 ],
		'a file to sign' => [ [ qw(sign --key s.key --out x IT) ], 1,
		    0, undef, 0 ],
		'a signature to verify' => [ [ qw(verify --from s.pub
		    --signature IT text) ], 1, 1, 1, 1 ],
		'where to seal to' => [ [ qw(seal --key s.key --to r.pub --out
		    IT text) ], 1, 1, 1, 1 ],
		'where to, by force' => [ [ qw(seal --force --key s.key --to
		    r.pub --out IT text) ], 1, 1, 1, 0 ],
		'where to open to' => [ [ qw(open --key r.key --from s.pub
		    --into IT plain.antin) ], undef, 5, 5, 5 ],
	);
	my (@bad, $n);
	for my $what (sort keys %status) {
		my ($argv, @want) = @{ $status{$what} };
		my @it = qw(folder /dev/null /dev/zero empty);
		push @it, 'absent' and push @want, $what =~ /^where/ ? undef :
		    $what eq 'a signature' ? 2 : 5;
		for my $i (0 .. $#it) {
			next unless defined $want[$i];
			my $was = names('.');
			my $got = antin(map { s/^IT$/$it[$i]/r } @$argv);
			unlink 'x' if $got eq '0';
			my $left = names('.');
			$n++;
			push @bad, "$it[$i] as $what: status $got, wanted " .
			    "$want[$i], left $left\n$err"
			    if $got ne $want[$i] || $left ne $was ||
			    names('folder') ne '';
			put('empty', '');
		}
	}
	ok(!@bad, "folders, devices and empty files as any argument ($n)")
	    or diag(@bad);
	ok(-c '/dev/null' && -c '/dev/zero', 'and the devices are still there');
	is(antin(qw(seal --key s.key --to r.pub --out x --text
	    /proc/self/mem)), 5, 'a file that fails to be read');
	SKIP: {
		skip 'root reads all', 4 if $> == 0;
		chmod 0, 'b.txt';
		is(antin(@$_), 5, "a file that may not be read: @$_") for
		    [ qw(seal --key s.key --to r.pub --out x b.txt) ],
		    [ qw(seal --key b.txt --to r.pub --out x text) ],
		    [ qw(inspect b.txt) ], [ qw(key show b.txt) ];
		chmod 0644, 'b.txt';
	}
	ok(!-e 'x', 'leaves nothing');
}

# A pipe with a name, fed with these bytes.
sub feed {
	my ($path, @bytes) = @_;
	POSIX::mkfifo($path, 0600) or die "$path: $!\n";
	my $pid = fork // die "fork: $!\n";
	return $pid if $pid;
	alarm 20;
	$SIG{PIPE} = 'DEFAULT';
	open my $f, '>', $path or POSIX::_exit(1);
	print $f @bytes;
	close $f;
	POSIX::_exit(0);
}

sub pipes_are_read_or_refused {
	for (
		[ 0, 'a text', get('text'), 'seal', qw(--key s.key --to r.pub
		    --out x --text pipe) ],
		[ 0, 'a key', get('s.key'), 'seal', qw(--key pipe --to r.pub
		    --out x text) ],
		[ 1, 'an envelope', get('plain.antin'), qw(inspect pipe) ],
	    ) {
		my ($want, $what, $bytes, @argv) = @$_;
		my $pid = feed('pipe', $bytes);
		ends($want, "$what from a pipe", @argv);
		kill KILL => $pid;
		waitpid $pid, 0;
		unlink 'pipe', 'x';
	}
	my $pid = feed('pipe', get('a.bin'));
	my $got = run_in($work, 'timeout', '20', $antin, qw(seal --key
	    s.key --to r.pub --out x pipe));
	kill KILL => $pid;
	waitpid $pid, 0;
	is($got, 0, 'a file to seal from a pipe with a name');
	unlink 'pipe', 'x';
	POSIX::mkfifo('pipe', 0600);
	is(run_in($work, 'timeout', '20', $antin, 'inspect', 'pipe'), 1,
	    'an envelope that is a pipe is refused at once');
	unlink 'pipe';
}

# ---- names -------------------------------------------------------------------

sub hostile_names_stay_in_the_folder {
	my @names = ('..\\x', '.bashrc', '...', '-rf', 'a:b', ' lead', 'end.',
	    'C:\\autoexec.bat', '~', '$(id)', '`id`', '%s%n', 'con', 'ă' x 127,
	    "so\xcc\x82\xcc\x81", "a\xc2\xa0b", "a\xe2\x80\x8bb",
	    "\xf0\x9f\x93\x84.txt");
	put("names/$names[$_]", "name $_\n") for 0 .. $#names;
	put('names/same', "first\n");
	put('names/b/same', "second\n");
	my @files = (map({ "names/$_" } @names), 'names/same', 'names/b/same');
	ends(0, 'files of strange names are sealed', qw(seal --key s.key --to
	    r.pub --out strange.antin), @files);
	mkdir 'deep';
	my $was = join ' ', map { names($_) } qw(. names tmp home);
	is(run_in("$work/deep", @open, qw(--json --into in ../strange.antin)),
	    0, 'and opened');
	my @parts = @{ JSON::PP->new->utf8->decode($out)->{dispatch}{parts} };
	is(scalar @parts, @files, 'all of them');
	my @saved = map { my $s = $_->{saved}; utf8::encode($s); $s } @parts;
	my %seen;
	my @bad = grep { !m{^in/[^/\\:.][^/\\:]*$} || $seen{$_}++ } @saved;
	ok(!@bad, 'each in the folder under a plain name of its own')
	    or diag(@bad);
	is(join('', map { get("deep/$_") } @saved), join('', map { get($_) }
	    @files), 'with what it held');
	is(names('deep'), 'in', 'and beside the folder there is nothing');
	is(join(' ', map { names($_) } qw(. names tmp home)), $was,
	    'nor anywhere else');
	remove_tree('deep');
	my @bad_names = ("a\nb", "a\rb", "\e[31mred", "a\tb", "\x7f",
	    "a\xe2\x80\xaetxt.exe", "a\xe2\x81\xa6b", "a\xc2\x9bb",
	    "\xff\xfe", "a\xe2\x80\xa8b", "\xe2\x80\x8b", ' ');
	for my $name (@bad_names) {
		put("box/$name", 'x');
		my $status = antin(qw(seal --key s.key --to r.pub --out x),
		    "box/$name");
		my $shown = $name =~ s/([^ -~])/sprintf '\\x%02x', ord $1/ger;
		is("$status" . (-e 'x' ? ' and left' : ''), '1',
		    "\"$shown\" is refused as a name");
		unlike("$out$err", qr/[\x00-\x08\x0b-\x1f\x7f]|\xe2\x80\xae/,
		    'and not printed raw') if $name =~ /[\e\r\x7f]/;
		unlink "box/$name", 'x';
	}
	put("box/\e[31mred", get('text'));
	antin('inspect', "box/\e[31mred");
	unlike($err, qr/\e/, 'a path that steers terminals is not ' .
	    'printed raw when it is refused');
	antin(qw(sign --key s.key), "box/\e[31mred");
	unlike($out, qr/\e/, 'nor when it is signed');
	remove_tree('box');
	mkdir 'box';
}

sub a_text_does_not_steer_the_terminal {
	my $text = "Kính gửi\n\e[31mred\e]0;title\a\b\r\x0c\x7f" .
	    "\xc2\x9b31m\xc2\x85 \0 end\n";
	put('steer', $text);
	ends(0, 'a text that would steer a terminal', qw(seal --key s.key --to
	    r.pub --out steer.antin --text steer));
	ends(0, 'is opened', qw(open --key r.key --from s.pub --into steer.d
	    steer.antin));
	unlike($out, qr/[\x00-\x08\x0b-\x1f\x7f]|\xc2[\x80-\x9f]/,
	    'and shown without what would');
	like($out, qr/Kính gửi\n.*red.* end\n/s, 'but with the rest');
	is(get('steer.d/dien.txt'), $text, 'and saved as it is');
	put('turn', "abc \xe2\x80\xaecba\xe2\x80\xac\n");
	ends(0, 'a text that turns', qw(seal --key s.key --to r.pub --out
	    turn.antin --text turn));
	ends(0, 'is opened', qw(open --key r.key --from s.pub --into turn.d
	    turn.antin));
	unlike($out, qr/\xe2\x80\xae/, 'and shown without turning');
	put('subject', "Về việc \e[31mhọp\n");
	ends(1, 'a subject that steers is refused', qw(seal --key s.key --to
	    r.pub --out x --subject-file subject text));
	ends(1, 'so is a desk\'s name', qw(key new --no-passphrase --address
	    antin://x.vn/x --name), "x\e[31m", 'x');
	ok(!-e 'x' && !-e 'x.key', 'and nothing is made');
}

# ---- what was there ----------------------------------------------------------

sub targets_that_are_there_stay {
	put('old', "what was there\n");
	symlink 'old', 'link' or die "link: $!\n";
	symlink 'none', 'dangling';
	mkfifo_once('fifo');
	for my $to (qw(old link dangling fifo)) {
		ends(1, "no file goes to $to", qw(seal --key s.key --to r.pub
		    --out), $to, 'text');
		ends(1, 'nor a signature', qw(sign --key s.key --out), $to,
		    'text');
		next if $to eq 'old';
		ends(1, 'nor by force', qw(seal --force --key s.key --to r.pub
		    --out), $to, 'text');
	}
	is(get('old'), "what was there\n", 'it is there still');
	ok(-l 'link' && -l 'dangling' && !-e 'none' && -p 'fifo',
	    'as what it was');
	symlink '../old', 'out/c.txt';
	ends(0, 'nor does opening follow one', qw(open --key r.key --from s.pub
	    --into out plain.antin));
	is(get('old') . readlink('out/c.txt'), "what was there\n../old",
	    'it stays too');
	is(get('out/2-c.txt'), get('c.txt'), 'the file is beside it');
	ends(0, 'by force a file is replaced', qw(seal --force --key s.key --to
	    r.pub --out old text));
	is(antin(qw(inspect old)), 0, 'as a whole');
	unlink qw(old link dangling fifo);
}

sub mkfifo_once { POSIX::mkfifo($_[0], 0600) or die "$_[0]: $!\n" }

# ---- no room -----------------------------------------------------------------

# With the target on a disk as small as $kib; what it prints is what came of it.
my $small = <<'END';
mount -t tmpfs -o size="$KIB"k none full || exit 77
cp "$OLD" full/old || exit 77
head -c "${FILL}" /dev/zero >full/filler || exit 77
"$@" >told 2>&1
echo "status $?"
cmp -s "$OLD" full/old && echo whole
echo $(ls -A full)
rm full/filler
mount -o remount,size=8m full || exit 77
"$@" >>told 2>&1
echo "then $?"
END

sub on_a_small_disk {
	my ($kib, $fill, $old, @argv) = @_;
	local @ENV{qw(KIB FILL OLD)} = ($kib, $fill, $old);
	my $status = run_in($work, qw(unshare -m sh -c), $small, 'sh', @argv);
	return $status eq '0' ? $out : "no small disk ($status): $err";
}

sub a_full_disk_leaves_all_as_it_was {
	my @limit = ('sh', '-c', 'ulimit -f 100; exec "$@"', 'sh', $antin);
	put('old', 'what was there');
	for (
		[ 'seal', qw(seal --key s.key --to r.pub --out x a.bin) ],
		[ 'seal --force', qw(seal --force --key s.key --to r.pub
		    --out old a.bin) ],
		[ 'seal /dev/urandom', qw(seal --key s.key --to r.pub --out x
		    /dev/urandom) ],
		[ 'open', qw(open --key r.key --from s.pub --into x
		    full.antin) ],
	    ) {
		my ($what, @argv) = @$_;
		my $was = names('.');
		is(run_in($work, @limit, @argv), 5,
		    "$what over the limit of a file\'s size");
		is(names('.') . get('old'), "${was}what was there",
		    'leaves all as it was');
	}
	SKIP: {
		skip 'only root mounts', 1 if $> != 0;
		mkdir 'full';
		my $try = on_a_small_disk(64, 0, 'old', 'true');
		skip $try, 1 if $try =~ /^no small disk/;
		for (
			[ 'seal', 128, 0, qw(seal --key s.key --to r.pub
			    --out full/x a.bin) ],
			[ 'seal --force', 128, 0, qw(seal --force --key
			    s.key --to r.pub --out full/old a.bin) ],
			[ 'open', 128, 0, qw(open --key r.key --from s.pub
			    --into full/x full.antin) ],
			[ 'open into a folder', 128, 0, qw(open --key r.key
			    --from s.pub --into full full.antin) ],
			[ 'key new', 64, 53248, qw(key new --name N
			    --address antin://x.vn/x --no-passphrase
			    full/x) ],
			[ 'key new, half way', 64, 36864, qw(key new --name
			    N --address antin://x.vn/x --no-passphrase
			    full/x) ],
			[ 'sign', 64, 61440, qw(sign --key s.key --out
			    full/x a.bin) ],
		    ) {
			my ($what, $kib, $fill, @argv) = @$_;
			my $came = on_a_small_disk($kib, $fill, 'old', $antin,
			    @argv);
			is($came, "status 5\nwhole\nfiller old\nthen 0\n",
			    "$what on a full disk") or diag(get('told'));
		}
		my $came = on_a_small_disk(64, 36864, 's.key', $antin,
		    qw(key passwd --new-passphrase-file pass full/old));
		is($came, "status 5\nwhole\nfiller old\nthen 0\n",
		    'key passwd on a full disk');
	}
	unlink 'old';
}

# ---- killed ------------------------------------------------------------------

# Start it, kill it at a moment within $$span seconds; whether it was still there
# to be killed.  The span learns from that how long it runs.
sub killed {
	my ($span, @argv) = @_;
	open my $null, '>', '/dev/null';
	my $pid = start($work, $null, $null, $antin, @argv);
	sleep rand $$span;
	kill KILL => $pid;
	waitpid $pid, 0;
	my $hit = $? == 9;
	$$span *= $hit ? 1.05 : 0.8;
	return $hit;
}

sub span {
	my $from = time;
	ends(0, "antin $_[0] runs", @_);
	return time - $from;
}

sub killed_at_any_moment {
	my $kills = $soak ? 500 : $san ? 4 : 8;
	# random at its start, so that it is taken as incompressible
	put('huge', map { pack 'N', rand 2**32 } 1 .. 100_000);
	truncate 'huge', 80 << 20;
	mkdir 'k';
	put('k.old', 'what was there');
	my @s = qw(seal --key s.key --to r.pub --out k/x);
	my @o = qw(open --key r.key --from s.pub --into k/in k/x);
	my $whole = sub { # the envelope at this path opens
		my $status = antin(qw(open --key r.key --from s.pub --into
		    k.out), $_[0]);
		my $same = $status eq '0' && -s 'k.out/huge' == 80 << 20 &&
		    system('cmp', '-s', 'huge', 'k.out/huge') == 0;
		remove_tree('k.out');
		return $same;
	};
	my ($hit, @bad) = 0;

	my $span = span(@s, 'huge');
	ok($whole->('k/x'), 'as a whole');
	for my $i (1 .. $kills) {
		unlink glob 'k/*';
		$hit += killed(\$span, @s, 'huge');
		my $left = names('k');
		push @bad, "left $left" unless $left eq '' ||
		    $left eq 'x' && ($i % 4 || $whole->('k/x'));
	}
	ok(!@bad, "seal killed $hit times leaves nothing or a whole file")
	    or diag(@bad);
	unlink glob 'k/*';
	ends(0, 'and then runs', @s, 'huge');

	($hit, @bad) = 0;
	for my $i (1 .. $kills) {
		put('k/x', 'what was there');
		$hit += killed(\$span, @s, '--force', 'huge');
		# between its two names a whole file has another for a moment
		my @left = split ' ', names('k');
		my ($other) = grep { $_ ne 'x' } @left;
		push @bad, "left @left" if @left > 2 || !-e 'k/x' ||
		    -s 'k/x' != 14 && !$whole->('k/x') ||
		    defined $other && !$whole->("k/$other");
		unlink map { "k/$_" } grep { $_ ne 'x' } @left;
	}
	ok(!@bad, "seal --force killed $hit times leaves the old file or the " .
	    'new') or diag(@bad);
	ends(0, 'and then runs', @s, '--force', 'huge');

	$span = span(@o);
	($hit, @bad) = 0;
	for my $i (1 .. $kills) {
		remove_tree('k/in');
		$hit += killed(\$span, @o);
		my $left = -d 'k/in' ? names('k/in') : '';
		push @bad, "left $left" unless $left eq '' ||
		    $left eq 'huge' && -s 'k/in/huge' == 80 << 20;
		push @bad, 'left ' . names('k') if names('k') !~ /^(in )?x$/;
	}
	ok(!@bad, "open killed $hit times leaves nothing or a whole file")
	    or diag(@bad);
	ends(0, 'and then runs', @o);
	remove_tree('k/in');
	mkdir 'k/y.open';
	rename 'k/x', 'k/y.antin';
	is(antin(qw(open --key r.key --from s.pub k/y.antin)), 0,
	    'where one killed in its midst left an empty folder');
	remove_tree('k');
	unlink 'huge';

	mkdir 'k';
	ends(0, 'a key', qw(key new --name K --address antin://k.vn/d
	    --passphrase-file pass k/k));
	ends(0, 'of two passphrases', qw(key passwd --passphrase-file pass
	    --new-passphrase-file wrong k/k.key));
	my @p = map { [ qw(key passwd --passphrase-file), $_->[0],
	    '--new-passphrase-file', $_->[1], 'k/k.key' ] } [ qw(wrong pass) ],
	    [ qw(pass wrong) ];
	$span = span(@{ $p[0] });
	my $now = 1; # which of the two opens it
	($hit, @bad) = 0;
	for my $i (1 .. $kills) {
		$hit += killed(\$span, @{ $p[$now] });
		# between its two names a whole file has another for a moment
		my $left = names('k') =~ s/^\.k\.key\.\w+\.tmp //r;
		push @bad, "left $left" if $left ne 'k.key k.pub';
		# each of them changes it to the other
		my $opened = grep { antin(@{ $p[$_] }) eq '0' and $now = !$_ }
		    $now, !$now;
		push @bad, 'neither passphrase opens it' if !$opened;
		unlink glob 'k/.*.tmp';
	}
	ok(!@bad, "key passwd killed $hit times leaves the old key or the new")
	    or diag(@bad);
	remove_tree('k');
}

# ---- secrets -----------------------------------------------------------------

# Sealing that waits for the rest of a file: its key is open, half of a
# plaintext is in memory.
sub start_sealing {
	my @before = @_;
	unlink 'pipe';
	mkfifo_once('pipe');
	sysopen my $pipe, 'pipe', O_RDWR or die "pipe: $!\n";
	open my $log, '>', '/dev/null';
	my $pid = start("$work/out", $log, $log, @before, $antin, qw(seal --key
	    ../p.key --passphrase-file ../pass --to ../r.pub --out x --text
	    ../text ../pipe));
	syswrite $pipe, $secret x 100;
	# it has taken them when the pipe is empty
	my $left = 1;
	for (1 .. 1000) {
		my $n = pack 'i', 0;
		sleep 0.01;
		last if waitpid($pid, POSIX::WNOHANG()) != 0;
		ioctl $pipe, 0x541b, $n or last; # FIONREAD
		$left = unpack 'i', $n;
		last if $left == 0;
	}
	return ($pid, $pipe, $left == 0);
}

sub secrets_are_nowhere {
	ends(0, 'a key under a passphrase', qw(key new --name P --address
	    antin://p.vn/d --passphrase-file pass p));
	remove_tree('out');
	mkdir 'out';
	my ($pid, $pipe, $waits) = start_sealing();
	ok($waits, 'a sealing waits in the midst of a file');
	for my $what (qw(cmdline environ)) {
		my $said = eval { get("/proc/$pid/$what") } // '';
		unlike($said, qr/\Q$secret\E|\Q$pass\E/,
		    "its $what holds no secret");
	}
	SKIP: {
		my @open = map { readlink // () } glob "/proc/$pid/fd/*";
		skip 'its descriptors are not to be seen', 2 if !@open;
		my @ours = grep { m{^\Q$work\E/} } @open;
		is(join(' ', sort map { s{^\Q$work\E/}{}r =~ s/#\d+/#/r }
		    @ours), 'out out/# (deleted) pipe',
		    'it has the pipe, the folder and a nameless file open');
		my ($held) = grep { readlink =~ /#\d+ \(deleted\)$/ }
		    glob "/proc/$pid/fd/*";
		unlike(get($held), qr/\Q$secret\E/,
		    'in which there is no plaintext');
	}
	is(names('out'), '', 'nothing lies in the folder');
	kill TERM => $pid;
	waitpid $pid, 0;
	is(status($?), 'signal 15', 'it ends when it is told');
	is(names('out'), '', 'and leaves nothing');
	is(join(' ', names('tmp'), names('home')), ' ',
	    'nor anything in the folders for such');
}

sub no_core_is_left {
	my @unlimited = ('sh', '-c', 'ulimit -c unlimited && exec "$@"', 'sh');
	open my $null, '>', '/dev/null';
	SKIP: {
		skip 'a sanitizer takes the signal', 1 if $san;
		waitpid start("$work/tmp", $null, $null, @unlimited, $^X, '-e',
		    'kill SEGV => $$; sleep 5'), 0;
		my $dumps = $? & 128;
		unlink glob 'tmp/*';
		skip 'nothing leaves a core here', 1 if !$dumps;
		for my $signal (qw(SEGV ABRT QUIT)) {
			my ($pid, $pipe, $waits) = start_sealing(@unlimited);
			kill $signal => $pid;
			waitpid $pid, 0;
			ok($waits && ($? & 127) && !($? & 128),
			    "a seal that ends by SIG$signal leaves no core");
			is(names('out'), '', 'nor anything else');
		}
		# one that shows a text to nobody waits, too
		put('long', "$secret\n" x 20_000);
		antin(qw(seal --key s.key --to r.pub --out long.antin --text
		    long));
		pipe my $read, my $write or die "$!\n";
		my $pid = start("$work/out", $write, $null, @unlimited, @open,
		    '--into', 'in', '../long.antin');
		close $write;
		sysread $read, my $some, 100;
		kill SEGV => $pid;
		waitpid $pid, 0;
		ok($? == 11, 'an open that ends by it leaves none');
		is(names('out'), 'in', 'nor anything but what it saved');
	}
}

# ---- asked at a terminal -----------------------------------------------------

my $tty; # a handle on what it does
my ($shown, $ptys) = ('');

# The other end of a new terminal, or nothing.
sub new_tty {
	my $n = pack 'i', 0;
	my $zero = pack 'i', 0;
	sysopen my $m, '/dev/ptmx', O_RDWR | O_NOCTTY or return;
	ioctl $m, 0x40045431, $zero or return;	# TIOCSPTLCK
	ioctl $m, 0x80045430, $n or return;	# TIOCGPTN
	my $name = '/dev/pts/' . unpack 'i', $n;
	return -c $name ? ($m, $name) : ();
}

sub echoes {
	my $t = POSIX::Termios->new;
	$t->getattr(fileno $_[0]);
	return $t->getlflag & POSIX::ECHO() ? 1 : 0;
}

# Run it at a terminal.  Each time it asks (it ends a line with ": " and does
# not echo) it gets the next answer.  Its status, how often it asked, and
# whether the terminal echoes again in the end.  Fills $out.
sub at_tty {
	my ($answers, @argv) = @_;
	my @answers = @$answers;
	my ($m, $name) = new_tty();
	my $pid = fork // die "fork: $!\n";
	if ($pid == 0) {
		alarm 30;
		close $m;
		POSIX::setsid();
		open my $s, '+<', $name or POSIX::_exit(126);
		chdir $work;
		open STDIN, '<&', $s;
		open STDOUT, '>&', $s;
		open STDERR, '>&', $s;
		exec $antin, @argv or POSIX::_exit(127);
	}
	# held open, or the last word would be lost with the last to hold it
	sysopen my $hold, $name, O_RDWR | O_NOCTTY or die "$name: $!\n";
	my ($asked, $gone) = (0, 0);
	$out = '';
	while (!$gone) {
		$gone = waitpid($pid, POSIX::WNOHANG()) == $pid;
		my $status = $?;
		my $bits = '';
		vec($bits, fileno $m, 1) = 1;
		while (select(my $r = $bits, undef, undef, 0.02)) {
			sysread $m, $out, 4096, length $out or last;
		}
		$? = $status;
		if ($out =~ /: \z/ && !echoes($m) && @answers) {
			$asked++;
			syswrite $m, shift @answers;
			sleep 0.05;
		}
	}
	my $status = status($?);
	push @told, "@argv at a terminal" if $out =~ /\Q$pass\E|\Q$secret\E/;
	return ($status, $asked, echoes($hold));
}

sub passphrases_are_asked_without_showing_them {
	SKIP: {
		skip 'no terminal can be made here', 1 if !new_tty();
		my @new = qw(key new --name T --address antin://t.vn/d t);
		is(join(' ', at_tty([ "$pass\n", "$pass\n" ], @new)), '0 2 1',
		    'a new passphrase is asked twice, with echo off, then on');
		unlike($out, qr/\Q$pass\E/, 'and is not shown');
		is(antin(qw(sign --key t.key --passphrase-file pass --out x
		    text)), 0, 'and is the one');
		unlink 'x';
		is(join(' ', at_tty([ "$pass\n" ], qw(sign --key t.key --out x
		    text))), '0 1 1', 'a passphrase that is known is asked ' .
		    'once');
		unlink 'x';
		my $was = get('t.key');
		is(join(' ', at_tty([ "wrong\n" ], qw(sign --key t.key --out x
		    text))), '3 1 1', 'a wrong one is refused');
		is(join(' ', at_tty([ "\n" ], qw(sign --key t.key --out x
		    text))), '2 1 1', 'so is an empty one');
		is(join(' ', at_tty([ "\cD" ], qw(sign --key t.key --out x
		    text))), '2 1 1', 'and none');
		ok(!-e 'x', 'and nothing is made');
		is(join(' ', at_tty([ "$pass\n", "$secret\n", "$pass\n" ],
		    qw(key passwd t.key))), '3 3 1',
		    'two that differ change nothing');
		is(get('t.key'), $was, 'the key is as it was');
		is(join(' ', at_tty([ "$pass\n", "other\n" ], qw(key new --name
		    U --address antin://t.vn/u u))), '3 2 1',
		    'and make nothing');
		ok(!-e 'u.key' && !-e 'u.pub', 'no file');
		is(join(' ', at_tty([ "$pass\n", "$secret\n", "$secret\n" ],
		    qw(key passwd t.key))), '0 3 1', 'a passphrase is changed');
		my ($status, $asked, $echo) = at_tty([ "\cC" ], qw(sign --key
		    t.key --out x text));
		is("$status $asked", 'signal 2 1', 'who is asked may leave');
		is($echo, 1, 'with a terminal that echoes');
	}
}

# ------------------------------------------------------------------------------

keys_and_envelopes_are_made();
what_is_cut_off_is_refused();
any_flipped_bit_is_refused();
lies_of_the_head_are_refused();
what_was_put_together_is_refused();
who_may_not_does_not();
damaged_keys_and_cards_are_refused();
is_deeply(\@told, [], 'no plaintext has been told so far');
what_is_no_file_is_refused();
pipes_are_read_or_refused();
hostile_names_stay_in_the_folder();
a_text_does_not_steer_the_terminal();
targets_that_are_there_stay();
a_full_disk_leaves_all_as_it_was();
secrets_are_nowhere();
no_core_is_left();
passphrases_are_asked_without_showing_them();
killed_at_any_moment();
is_deeply([ grep { !/ open / } @told ], [], 'no secret has been told');
done_testing;
