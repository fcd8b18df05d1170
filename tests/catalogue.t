#!/usr/bin/perl
# SPDX-License-Identifier: EUPL-1.2
#
# po/vi.po is whole: every English text of src/ that can reach a person, as
# tools/messages finds them, has its Vietnamese row, no row is stale, and each
# row reads as its English does.
use strict;
use warnings;
use utf8;
use Encode qw(decode FB_CROAK);
use File::Temp qw(tempdir);
use FindBin;
use Test::More;
use Unicode::Normalize qw(NFC NFD);

binmode $_, ':utf8' for map { Test::More->builder->$_ }
    qw(output failure_output todo_output);
chdir "$FindBin::Bin/.." or die "the tree: $!\n";
my $tmp = tempdir(CLEANUP => 1);

# Texts that are the same in both languages.
my %same = map { $_ => 1 } ('%s', 'N', 'zstd', 'zstd: %s', '%s: %s',
    '%s:%u: %s', '%s/keys', '%s/run', '%s/run/%s', '%s/run/antind.pid',
    'listen %s', '%.*s:%u', '\\"%.*s\\"', '\\"%s\\": %s', 'poll', 'fstat');

# ---- reading ---------------------------------------------------------------

sub slurp {
	my ($path) = @_;
	open my $in, '<:raw', $path or die "$path: $!\n";
	local $/;
	return decode('UTF-8', scalar <$in>, FB_CROAK);
}

# The rows of a catalogue, but for its head: [ English, Vietnamese, files ].
sub rows {
	my ($text) = @_;
	my @rows;
	push @rows, [ $2, $3, $1 // '' ] while $text =~
	    /^(?:#: (.*)\n(?:#,.*\n)?)?msgid "(.+)"\nmsgstr "(.*)"$/mg;
	return @rows;
}

# docs/words.md: how a word is said in Vietnamese; [ word, [ ways ] ].
sub words {
	my @words;
	for (split /\n/, slurp('docs/words.md')) {
		my ($en, $vi) = /^\| ([^|]+) \| ([^|]+) \| / or next;
		next if $en eq 'word';
		my ($e, $v) = ([ split /, /, $en ], [ split /, /, $vi ]);
		push @words, map {
			[ $e->[$_], @$e == @$v ? [ $v->[$_] ] : $v ]
		} 0 .. $#$e;
	}
	return @words;
}
my @words = words();

# ---- what may be wrong with a row ------------------------------------------

my $letters = 'àáảãạăằắẳẵặâầấẩẫậèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợ' .
    'ùúủũụưừứửữựỳýỷỹỵđ';

# What stays as it is in every language: options, addresses, clauses, suffixes.
sub fixed {
	my ($text) = @_;
	return join ' ', sort $text =~ /(
	    --[a-z]+(?:-[a-z]+)* | antin:\/\/\S* | man\ antin |
	    docs\/\w+\.md\ [\d.]*\d | (?:RFC|X\.)\s?\d+(?:\ [\d.]*\d)? |
	    \.(?:key|pub|sig|open)\b | hoa-toc\S* | U\+
	)/gx;
}

sub spacing {
	my ($text) = @_;
	my ($lead) = $text =~ /^((?:\s|\\n)*)/;
	my ($tail) = $text =~ /([\s:.…]*(?:\\n)*)$/;
	return "$lead|$tail";
}

sub wrong {
	my ($en, $vi, $files) = @_;
	my @bad;
	push @bad, 'is the English' if $en eq $vi && !$same{$en};
	push @bad, 'is not NFC' if $vi ne NFC($vi);
	push @bad, 'has a letter that is not Vietnamese'
	    if lc(NFC($vi)) =~ /[^\x20-\x7e$letters]/;
	push @bad, 'begins or ends otherwise' if spacing($en) ne spacing($vi);
	(my $flat = $vi) =~ s/(^|\\n) {4}/$1/g; # a line set in, as programs print it
	push @bad, 'has a space too many'
	    if $flat =~ /  | [,;:!?)]|[(] | \.(?!\w|\.)/;
	push @bad, 'lacks a space'
	    if $vi =~ /(?:,(?=\pL)|[;!?](?=\pL)|\pL:(?=\p{Ll}))/;
	push @bad, 'has a quote or bracket open'
	    if (() = $vi =~ /"/g) % 2 || $vi =~ tr/(// != $vi =~ tr/)//;
	push @bad, 'lacks what must stay: ' . fixed($en)
	    if fixed($en) ne fixed($vi);
	# "hòa", "khỏe", "tùy", not "hoà", "khoẻ", "tuỳ"; "quý" is right
	push @bad, 'has its tone on the other letter'
	    if NFC($vi) =~ /(?:o[àáảãạèéẻẽẹ]|(?<!q)u[ỳýỷỹỵ])(?!\pL)/i;
	(my $said = $en) =~ s/docs\S+|--\S+|antin(?: [a-z]+){1,2}//g;
	for (($files // '') eq 'strerror(3)' ? () : @words) {
		my ($word, $ways) = @$_;
		$word =~ s/^(.)/[$1\u$1]/;
		next unless $said =~ /\b$word(?:e?s)?\b/;
		push @bad, "does not say \"$ways->[0]\""
		    unless grep { $vi =~ /\Q$_\E/i } @$ways;
	}
	return @bad;
}

# The rows that a catalogue lacks, or has and should not.
sub astray {
	my ($wanted, @rows) = @_;
	my (%row, @bad);
	for (@rows) {
		my ($en, $vi) = @$_;
		push @bad, "\"$en\": stands twice" if exists $row{$en};
		push @bad, "\"$en\": is stale" if !$wanted->{$en};
		$row{$en} = $vi;
	}
	return @bad, map { "\"$_\": is missing" }
	    grep { ($row{$_} // '') eq '' } sort keys %$wanted;
}

# ---- programs that read it -------------------------------------------------

sub write_file {
	my ($path, $text) = @_;
	open my $out, '>:utf8', $path or die "$path: $!\n";
	print $out $text;
	close $out or die "$path: $!\n";
}

# What a command prints, and whether it ended well.
sub output {
	my (@command) = @_;
	my $pid = open(my $in, '-|') // die "fork: $!\n";
	if (!$pid) {
		open STDERR, '>&', \*STDOUT;
		exec @command;
		exit 127;
	}
	local $/;
	my $text = <$in>;
	return (decode('UTF-8', $text // ''), close $in);
}

my ($template, $ok) = output('tools/messages');
ok($ok, 'tools/messages reads src/') or BAIL_OUT($template);
my %wanted = map { $_->[0] => 1 } rows($template);
my $po = slurp('po/vi.po');
my @rows = rows($po);

# ---- the checker finds what is wrong ---------------------------------------

sub each_row_astray_is_found {
	my @missed;
	for (@rows) {
		my $en = $_->[0];
		(my $copy = $po) =~ s/^msgid "\Q$en\E"\nmsgstr ".*"\n//m;
		push @missed, $en unless grep { $_ eq "\"$en\": is missing" }
		    astray(\%wanted, rows($copy));
	}
	ok(!@missed, 'each of ' . @rows . ' rows is missed when it is gone')
	    or diag(join "\n", @missed);
	my %fewer = %wanted;
	delete $fewer{ $rows[0][0] };
	is_deeply([ astray(\%fewer, @rows) ],
	    [ "\"$rows[0][0]\": is stale" ], 'a stale row is found');
	is_deeply([ astray(\%wanted, @rows, $rows[1]) ],
	    [ "\"$rows[1][0]\": stands twice" ], 'and one too many');
}

sub each_fault_is_found {
	my $en = 'the key file of who signs the envelope: 8.\n';
	my $vi = 'tệp khóa của người ký phong bì: 8.\n';
	is_deeply([ wrong($en, $vi) ], [], 'a good row passes');
	my @missed = grep { !wrong($en, $_) } (
		$en, NFD($vi), " $vi", 'tệp khóa của người ký phong bì: 8.',
		'tệp khóa của người ký phong bì: 8\n',
		'tệp  khóa của người ký phong bì: 8.\n',
		'tệp khóa của người ký phong bì : 8.\n',
		'tệp khóa ( của người ký phong bì): 8.\n',
		'tệp khóa của người ký phong bì,nhé: 8.\n',
		'tệp khóa (của người ký phong bì: 8.\n',
		'tệp khóa \"của người ký phong bì: 8.\n',
		'tệp khóa của người ký phong bì .pub: 8.\n',
		'tệp khóa của người ký phong bì --key: 8.\n',
		'tệp khoá của người ký phong bì: 8.\n',
		'tệp khóa của người ký phong bì tuỳ ý: 8.\n',
		'tệp khóa của người ký phong bì “này”: 8.\n',
		'khóa của người ký phong bì: 8.\n',
		'tệp khóa của người ký bì thư: 8.\n',
	);
	ok(!@missed, 'none that is not') or diag(join "\n", @missed);
	is_deeply([ wrong('docs/envelope.md 8.2: a card',
	    'docs/envelope.md 8.3: thẻ khóa') ],
	    [ 'lacks what must stay: docs/envelope.md 8.2' ],
	    'nor one that cites another clause');
}

sub tools_refuse {
	my $copy = "$tmp/vi.po";
	(my $text = $po) =~ s/^(msgid ".*%zu.*"\nmsgstr ".*)%zu/$1%u/m;
	write_file($copy, $text);
	my ($said, $ok) = output('tools/catalogue', $copy);
	ok(!$ok && $said =~ /conversions differ/,
	    'tools/catalogue refuses other conversions');
	(undef, $ok) = output('msgfmt', '-c', '-o', '/dev/null', $copy);
	ok(!$ok, 'and so does msgfmt');
	($text = $po) =~ s/^msgid "holds"\nmsgstr ".*"\n//m;
	write_file($copy, $text);
	($said, $ok) = output('tools/messages', $copy);
	ok($ok && $said =~ /^msgid "holds"\nmsgstr ""$/m,
	    'tools/messages adds a row that was removed');
}

# A tree of one file, read by tools/messages.
sub an_unknown_place_is_refused {
	my $dir = "$tmp/tree";
	system('mkdir', '-p', "$dir/tools", "$dir/src/antin") == 0 or die;
	system('cp', 'tools/messages', "$dir/tools/") == 0 or die;
	my $labels = qq(struct { } labels[] = { { "key", "Key", WORD } };\n);
	my $try = sub {
		write_file("$dir/src/antin/show.c", "$labels$_[0]\n");
		return output("$dir/tools/messages");
	};
	my ($said, $ok) = $try->('x = tr("one" " two"); /* tr("no") */');
	ok($ok && join(',', map { $_->[0] } rows($said)) =~ /^Key,one two,/,
	    'texts are found in calls and tables, not in comments');
	my @missed = grep { ($try->($_))[1] } ('tr(text[i]);', 'tr("%" WIDTH "x");',
	    'fail(e, rc, text);', 'show_word(o, "key", word);',
	    'struct opt o[] = { { "a", NULL, HELP } };');
	ok(!@missed, 'a text that cannot be found ends its run')
	    or diag(@missed);
}

each_row_astray_is_found();
each_fault_is_found();
tools_refuse();
an_unknown_place_is_refused();

# ---- po/vi.po --------------------------------------------------------------

my @bad = astray(\%wanted, @rows);
ok(!@bad, 'po/vi.po has a row for each of ' . keys(%wanted) . ' texts')
    or diag(join "\n", @bad);
@bad = map { my $row = $_; map { "\"$row->[0]\": \"$row->[1]\" $_" }
    wrong(@$row) } grep { $_->[1] ne '' } @rows;
ok(!@bad, 'each reads as its English does') or diag(join "\n", @bad);
(my $said, $ok) = output('tools/messages', 'po/vi.po');
ok($ok && $said eq $po, 'in the order and with the files of src/') or
    diag('tools/messages po/vi.po >new && mv new po/vi.po');
($said, $ok) = output('tools/catalogue', 'po/vi.po');
ok($ok, 'tools/catalogue takes it') or diag($said);
($said, $ok) = output('msgfmt', '-c', '-o', '/dev/null', 'po/vi.po');
ok($ok, 'msgfmt -c takes it') or diag($said);

# ---- the program -----------------------------------------------------------

my $antin = ($ENV{ANTIN_B} // 'obj') . '/bin/antin';
SKIP: {
	skip "no $antin", 2 unless -x $antin;
	delete @ENV{qw(LC_ALL LC_MESSAGES)};
	$ENV{LANG} = 'vi_VN.UTF-8';
	my ($usage) = output($antin, '--help');
	my @commands = $usage =~ /^  antin ([a-z]+(?: [a-z]+)?) /mg;
	my $pages = join '', $usage,
	    map { (output($antin, split(/ /), '--help'))[0] } @commands;
	my @english = grep { / / && !/%/ && $pages =~ /\Q$_\E/ } keys %wanted;
	ok(@commands > 0 && !@english,
	    'no page of help for ' . @commands . ' commands has English in it')
	    or diag(join "\n", @english);
	($said) = output($antin, 'open', '--no-such');
	like($said, qr/không có tùy chọn --no-such/, 'nor has a failure');
}
done_testing;
