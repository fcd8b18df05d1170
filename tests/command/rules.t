#!/usr/bin/perl
# SPDX-License-Identifier: EUPL-1.2
#
# antin rules check and list (docs/rules.md 5 and 7): what an office sees of
# the law, and of mistakes in what it adds itself.
use strict;
use warnings;
use utf8;
use Encode qw(decode encode_utf8);
use FindBin;
use Test::More;

use lib $FindBin::Bin;
use Antin;

delete @ENV{qw(ANTIN_RULES ANTIN_STATION)};

my $head = "title \"a\" \"b\"\nin-force 2026-07-01\nsource \"a\" \"b\"\n";
my $own = "own xa\n$head";

sub office {
	my ($dir, $rows) = @_;
	mkdir "$dir$_" for '', '/data', '/data/rules';
	put("$dir/data/rules/xa.rules", encode_utf8("$own$rows\n"));
}

# ---- check -------------------------------------------------------------------

sub the_law_is_good {
	is(antin(qw(rules check)), 0, 'the law that is installed is good');
	like($out, qr/\Agood: 11 files; in force today: \d+ rows, /,
	    'and it is said how much there is of it');
	is(antin(qw(rules check), "$FindBin::Bin/../../rules"), 0,
	    'the files in the tree are the same') or diag($err);
	mkdir 'none';
	is(antin(qw(rules check --rules none)), 0,
	    'a folder without files has no mistakes');
	isnt(antin(qw(rules list --rules none)), 0, 'but it is no law');
	like($err, qr/none has no files of rules/, 'which is said');
	isnt(antin(qw(rules check --rules gone)), 0,
	    'a folder that is not there is told of');
}

sub each_problem_has_file_line_and_remedy {
	put('one.rules', $own . "type x name \"a\" \"b\"\ntipe y\n\n" .
	    "holiday 31-02\n\tname \"a\" \"b\"\n");
	put('two.rules', "own two\ntitle \"a\" \"b\"\n");
	is(antin(qw(rules check one.rules two.rules)), 1,
	    'files with mistakes are refused');
	my @lines = split /\n/, $out;
	is(@lines, 3, 'each mistake has a line') or diag($out);
	like($lines[0], qr/^one\.rules:6: "tipe" begins no row: see /,
	    'with file, line and what to do');
	like($lines[1], qr/^one\.rules:8: "31-02" is no day: write /,
	    'also behind another');
	like($lines[2], qr/^two\.rules:2: .*: write /, 'and in another file');
	like($err, qr/2 files are not good/, 'how many files is said');
	$ENV{LANG} = 'vi_VN.UTF-8';
	is(antin(qw(rules check one.rules)), 1, 'in Vietnamese, too');
	like(decode('UTF-8', $out), qr/^one\.rules:6: không có dòng nào bắt /m,
	    'they are told');
	$ENV{LANG} = 'C.UTF-8';
}

sub an_office_is_checked_with_the_law {
	put('good.rules', $own . "type ban-tin abbr BT name \"a\" \"b\"\n");
	is(antin(qw(rules check good.rules)), 0, 'an own file is good')
	    or diag($err);
	like($out, qr/good: 12 files/, 'together with the law');
	put('loose.rules', $own . "due send days 9 working\n");
	is(antin(qw(rules check loose.rules)), 1, 'one that loosens is not');
	like($out, qr/^loose\.rules:5: due "send" asks less than the law /,
	    'and what it loosens is named');
	put('secret.rules', $own . "level mat name \"a\" \"b\" abstract free\n");
	is(antin(qw(rules check secret.rules)), 1,
	    'nor one that says what is secret');
	like($out, qr/^secret\.rules:5: "level": only the law says this/,
	    'which is said');
	put('law.rules', "rules xa\n$head" . "weekend sunday\n");
	is(antin(qw(rules check law.rules)), 0,
	    'a file of the law is looked at by itself') or diag($out);
	like($out, qr/good: 1 files/, 'and no other is read with it');
	isnt(antin(qw(rules check gone.rules)), 0, 'a file must be there');
	like($err, qr/gone\.rules: there is no such file/, 'or it is told of');
	put('big.rules', '#' x (300 << 10));
	isnt(antin(qw(rules check big.rules)), 0, 'one too large is refused');
}

sub a_station_has_its_own {
	office('DB', 'agency nha-nuoc symbol UBND name "Xã" "Commune"');
	is(antin(qw(rules check --station DB)), 0, 'a station is checked');
	like($out, qr/good: 12 files/, 'with its own files');
	is(antin(qw(rules list --station DB agency)), 0, 'they are listed');
	like($out, qr/^agency nha-nuoc symbol UBND/m, 'in force with the law')
	    or diag($out);
	{
		local $ENV{ANTIN_STATION} = 'DB';
		antin(qw(rules list));
		like($out, qr/b: from 01\/07\/2026, the office's own$/m,
		    'a file of its own is shown as that');
	}
	office('DB', 'agency nha-nuoc symbol A/B name "Xã" "Commune"');
	isnt(antin(qw(rules list --station DB)), 0,
	    'with a mistake nothing is listed');
	like($err, qr{DB/data/rules/xa\.rules:5: symbol: "A/B" is no symbol},
	    'but told where it is');
	mkdir 'empty';
	is(antin(qw(rules check --station empty)), 0,
	    'a station needs no rules of its own');
	put('DB/data/rules/xa.rules', "rules xa\n$head");
	isnt(antin(qw(rules list --station DB)), 0,
	    'the law is not read from a station');
	put('DB/data/rules/Xa.rules', $own);
	isnt(antin(qw(rules list --station DB)), 0,
	    'a file is named so that it can be told, and backed up');
	like($err, qr{DB/data/rules/Xa\.rules: name a file of rules by },
	    'and how is said');
}

# ---- list --------------------------------------------------------------------

sub what_is_in_force_depends_on_the_day {
	is(antin(qw(rules list --at 2026-02-28)), 0, 'what was is listed');
	like($out, qr/^In force on 28\/02\/2026, version 2\d{3}-\d\d-\d\d\.[0-9a-f]{32}:$/m,
	    'with its version');
	my ($now, $coming) = split /^Coming:$/m, $out;
	like($now, qr/law 29\/2018\/QH14.* to 28\/02\/2026/, 'the old law');
	like($coming, qr/law 117\/2025\/QH15\): from 01\/03\/2026$/m,
	    'the new one is coming');
	antin(qw(rules list --at 2026-02-28 level));
	like($out, qr/^level tuyet-mat\n\tname .* abstract agreed /m,
	    'on the last day an abstract by agreement');
	antin(qw(rules list --at 2026-03-01 level));
	like($out, qr/^level tuyet-mat\n\tname .* abstract never /m,
	    'on the next never');
	like($out, qr/^# unverified: /m, 'what is unverified is shown so');
	is(antin(qw(rules list --at 1990-01-01)), 0,
	    'a day without rules is answered');
	like($out, qr/^Nothing is in force on 01\/01\/1990\.$/m, 'with none');
	isnt(antin(qw(rules list --at tomorrow)), 0, 'a day must be one');
	is(antin(qw(rules list levels)), 2, 'and a kind of row one');
}

sub a_program_gets_all {
	is(antin(qw(rules list --at 2026-03-27 --json)), 0, 'it is JSON, too');
	my $all = json($out);
	my @stamps = grep { $_->{row} =~ /^stamp hoa-toc\n/ }
	    @{ $all->{rows}{stamp} };
	is(@stamps, 1, 'each row is in it');
	like($stamps[0]{row}, qr/size 30x8 letters 13-14 colour red box 10b/,
	    'as it is written in a file');
	ok(!$stamps[0]{unverified} && $stamps[0]{line} > 1 &&
	    $stamps[0]{source} =~ m{30/2020}, 'with its source and its place');
	my ($law) = grep { $_->{topic} eq 'secret-forms' }
	    @{ $all->{in_force} };
	is($law->{from}, '2026-03-27', 'and each file, with its days');
	my @kinds = keys %{ $all->{rows} };
	is(@kinds, 18, 'and every kind of row');
	is(antin(qw(rules list --at 2026-03-27 --json)), 0, 'asked again');
	is(json($out)->{version}, $all->{version}, 'its version is the same');
}

# What is shown can be read again, as rows of the law.
sub what_is_shown_is_a_file {
	antin(qw(rules list --json));
	my $all = json($out);
	my $file = "rules all\n$head" . join '', map { "$_->{row}\n" }
	    map { @{ $all->{rows}{$_} } } sort keys %{ $all->{rows} };
	put('all.rules', encode_utf8($file));
	is(antin(qw(rules check all.rules)), 0, 'what is shown can be read')
	    or diag($out);
}

sub words_are_held_to {
	is(antin(qw(rules list level action)), 2, 'one kind at a time');
	is(antin(qw(rules list --colour)), 2, 'options are known');
	is(antin(qw(rules check --at 2026-01-01)), 2, 'and whose they are');
	is(antin(qw(rules)), 2, 'rules alone do nothing');
	like($err, qr/antin rules check.*antin rules list/s,
	    'but say what there is');
}

sub hostile_files_are_refused {
	my @bad = ("\0", "own \e[31m\n", "own a\n" . '"' x 5000, "\xff\xfe",
	    $own . "type \x{1b}]0;x\x07 name \"a\" \"b\"\n",
	    $own . 'type a name "' . "\xe2\x80\xae" . '" "b"',
	    join "\n", ($own) x 50, 'rules ' x 1000, ' ' x 100_000);
	my @taken;
	for (@bad) {
		put('bad.rules', $_);
		push @taken, $_ if antin(qw(rules check bad.rules)) != 1 ||
		    "$out$err" =~ /\e|\x07/ || $out !~ /^bad\.rules:\d+: /;
	}
	is(@taken, 0, 'bytes that are no rules are refused, and not shown');
}

the_law_is_good();
each_problem_has_file_line_and_remedy();
an_office_is_checked_with_the_law();
a_station_has_its_own();
what_is_in_force_depends_on_the_day();
a_program_gets_all();
what_is_shown_is_a_file();
words_are_held_to();
hostile_files_are_refused();
done_testing;
