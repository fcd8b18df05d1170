#!/usr/bin/perl
# SPDX-License-Identifier: EUPL-1.2
#
# Registers on paper (docs/registry.md 9): what documents went through stands in
# the book that is printed, in PDF, CSV and JSON; a line that was cancelled says
# so; a volume that is closed takes nothing; who is not cleared for all that may
# stand in it gets nothing, and is told nothing; whoever looks is in the journal.
use strict;
use warnings;
use Encode ();
use FindBin;
use Test::More;
use Time::HiRes qw(sleep time);

use lib $FindBin::Bin;
use Antin;
use Docs;
use Phone;
use Station;

my @people = qw(lan mai ha son);

# ---- a station, and people -------------------------------------------------

sub there_is_a_station {
	my @rights = qw(--level toi-mat --precedence hoa-toc);
	my %is = (lan => [ 'tuyet-mat', 'drafter' ],
	    mai => [ 'toi-mat', 'authority' ],
	    ha => [ 'toi-mat', qw(clerk custodian operator) ],
	    son => [ 'mat', qw(clerk operator) ]);
	there_is_a_root('Ban');
	enrolled(\@root, 'tw', 'antin://vn', qw(--kind station), @rights);
	enrolled(\@root, 'vt', 'antin://vn/van-thu', @rights);
	for (@people) {
		my ($level, @roles) = @{ $is{$_} };
		person_enrols($_, 'antin://vn', level => $level,
		    roles => \@roles);
	}
	all_is_known();
	station_is_made('TW', 'tw', 'vt');
	up('TW');
	key_comes($_, 'TW') for @people;
}

sub people_sign_in {
	phone_comes($_, 'TW') for @people;
}

# ---- what they do ----------------------------------------------------------

sub book {
	my ($who, $verb, @words) = @_;
	return 'register', $verb, qw(--station TW --as), $who, @words;
}

sub output {
	my (@words) = @_;
	open my $pipe, '-|', @words or return '';
	local $/ = undef;
	my $got = <$pipe>;
	close $pipe;
	return $got // '';
}

sub viewed {
	my ($of) = @_;
	antin(qw(journal show --station TW));
	return scalar(() = $out =~ /$of/g);
}

# ---- the book --------------------------------------------------------------

my $formula = '=HYPERLINK("http://x","Kế hoạch phòng, chống lụt bão")';

sub a_secret_register {
	registered('a secret document', 'mat', $formula);
	my $gone = numbered('one that is numbered', 'mat');
	steps('is cancelled then', $gone,
	    [ 'mai', 'cancel', 'reason=Sai thể thức, thay bằng văn bản khác' ]);
	my $late = registered('one that is registered', 'toi-mat',
	    'Phương án bảo vệ mục tiêu');
	steps('is cancelled, too', $late,
	    [ 'mai', 'cancel', 'reason=Cơ quan nhận đã giải thể' ]);
}

sub on_paper {
	my $before = viewed('print secret-out');
	says(0, qr/Printed: so\.pdf, volume 1 of 20\d\d, 3 lines/,
	    'the register is printed', book('ha', 'print', qw(--out so.pdf
	    secret-out)));
	is(sprintf('%o', (stat 'so.pdf')[2] & 07777), '600',
	    'for its owner alone');
	is(viewed('print secret-out'), $before + 1, 'which is in the journal');
	like($out, qr{vn/ha print secret-out 20\d\d/1}, 'with who, and what');
	my $text = output(qw(pdftotext -layout so.pdf -));
	my $words = join ' ', split ' ', $text;
	like($words, qr/Sổ đăng ký bí mật nhà nước đi/, 'its title stands');
	like($words, qr/TỐI MẬT/, 'and the mark of its highest line');
	like($words, qr/Nơi nhận và ký nhận/, 'and the names of columns');
	like($words, qr/3 dòng, từ số 01 đến số 03\. Số dòng bằng chữ: ba dòng/,
	    'and how many lines it has, also in words');
	is((() = $words =~ /HỦY:/g), 2, 'what was cancelled says so');
	like($words, qr/chưa đóng khi in/, 'and that it is not closed');
	like(output(qw(pdfinfo so.pdf)), qr/Page size: +841\.8\d* x 595\.2/,
	    'its pages are A4, lying');
	unlike(join('', grep { !/ yes +yes/ } (split /^/,
	    output(qw(pdffonts so.pdf)))[2 .. 4]), qr/\S/,
	    'its fonts are embedded');
}

sub as_rows {
	says(0, qr/3 lines/, 'as CSV', book('ha', 'print', qw(--format csv
	    --out so.csv secret-out)));
	my @lines = split /\r\n/, get('so.csv');
	is(scalar @lines, 4, 'it has the names and three lines');
	like($lines[0], qr/^\x{ef}\x{bb}\x{bf}"Số thứ tự","Số, ký hiệu"/,
	    'in UTF-8, with its mark');
	ok((grep { /"Sở A; Lưu: VT"/ } @lines) > 0 && !grep({ /antin:/ } @lines),
	    'who it went to is called by name');
	is((grep { /(?:^|,)"[=+\-@]/ } @lines), 0,
	    'no cell begins as a formula does');
	says(0, qr/3 lines/, 'as JSON', book('ha', 'print', qw(--format json
	    --out so.json secret-out)));
	my $rows = JSON::PP->new->utf8->decode(get('so.json'));
	is(scalar @$rows, 3, 'the lines');
	like(Encode::encode('UTF-8', $rows->[1]{note} // ''), qr/^ĐÃ HỦY: Sai/, 'by columns\' words');
	says(2, qr/--format is/, 'and nothing else', book('ha', 'print',
	    qw(--format xls --out so.xls secret-out)));
	says(1, qr/so\.csv/, 'a file that is there stays', book('ha', 'print',
	    qw(--format csv --out so.csv secret-out)));
}

# ---- who sees nothing ------------------------------------------------------

sub below_it {
	my $not = qr/registry\.md 9\.1/;
	says(3, $not, 'who is cleared for some of it gets nothing',
	    book('son', 'print', qw(--out no.pdf secret-out)));
	ok(!-e 'no.pdf', 'not even a file');
	says(3, $not, 'nor is it shown to him', book('son', 'show',
	    'secret-out'));
	my $said = $err;
	says(3, $not, 'nor a year in which there is none', book('son', 'show',
	    qw(--year 2001 secret-out)));
	is($err, $said, 'and he is told the same');
	is((grep { $_->{book} =~ /secret/ } rows(book('son', 'list'))), 0,
	    'no volume of it and no last number are listed');
	registered('an ordinary document', 'thuong', 'Lịch trực');
	says(0, qr/1 lines/, 'open registers are printed for him',
	    book('son', 'print', qw(--out open.pdf out)));
	unlike(output(qw(pdftotext open.pdf -)), qr/MẬT/,
	    'without a mark of secrecy');
	says(3, qr/no desk of this unit/, 'what is above all desks has no line',
	    doc('lan', @draft, 'level=tuyet-mat', "content=$content"));
}

# ---- a closed volume -------------------------------------------------------

sub a_closed_volume {
	my $id = registered('a document is registered', 'mat', 'Kế hoạch A');
	ends(0, 'its volume is closed', book('ha', 'close', 'secret-out'));
	ends(0, 'and printed', book('ha', 'print', qw(--format json --volume 1
	    --out one.json secret-out)));
	steps('what becomes of it later', $id,
	    [ 'mai', 'cancel', 'reason=Không còn cần' ]);
	ends(0, 'it is printed again', book('ha', 'print', qw(--format json
	    --volume 1 --out again.json secret-out)));
	is(get('again.json'), get('one.json'), 'it is as it was');
	registered('the next one', 'mat', 'Kế hoạch B');
	says(0, qr/volume 2 of 20\d\d, 1 lines/, 'stands in the next volume',
	    book('ha', 'print', qw(--out two.pdf secret-out)));
	my $words = join ' ', split ' ', output(qw(pdftotext -layout two.pdf
	    -));
	like($words, qr/từ số 05 đến số 05/, 'whose serials go on');
	ends(0, 'the closed one', book('ha', 'print', qw(--volume 1 --out
	    one.pdf secret-out)));
	like(join(' ', split ' ', output(qw(pdftotext -layout one.pdf -))),
	    qr/đóng ngày \d\d\/\d\d\/20\d\d/, 'says when it was');
	says(1, qr/no such volume/, 'there is no third', book('ha', 'print',
	    qw(--volume 3 --out no.pdf secret-out)));
}

# ---- reports, searching ----------------------------------------------------

# Lines of the year, by level.
sub counted {
	my ($who) = @_;
	antin(qw(report --station TW --period year --json --as), $who) eq '0'
	    or diag($err);
	my $report = JSON::PP->new->utf8->decode($out);
	my %of;
	$of{$_->{level}} += $_->{count} for @{ $report->{counts} };
	return ($report, map { "$_ $of{$_}" } sort keys %of);
}

sub a_report {
	my ($report, @ha) = counted('ha');
	is("@ha", 'mat 4 thuong 1 toi-mat 1', 'the year is counted by level');
	my ($out_now) = @{ $report->{times} };
	is("$out_now->{way} $out_now->{done} $out_now->{late}", 'out 5 0',
	    'five were registered in time');
	ok($out_now->{median} <= $out_now->{longest}, 'with their median');
	my ($less, @son) = counted('son');
	is("@son", 'mat 4 thuong 1', 'what is above somebody is not counted');
	is($less->{times}[0]{done}, 4, 'nor timed');
	says(0, qr/Together: 6 lines/, 'it is told in words, too',
	    qw(report --station TW --as ha --period quarter));
	note($out);
	says(0, qr/Together: 0 lines/, 'another time has nothing', qw(report
	    --station TW --as ha --from 2020-01-01T00:00 --to
	    2021-01-01T00:00));
	says(2, qr/--period is/, 'periods have names', qw(report --station TW
	    --as ha --period decade));
	says(2, qr/not before/, 'time goes on', qw(report --station TW --as
	    ha --from 2021-01-01T00:00 --to 2020-01-01T00:00));
}

sub found {
	my ($who, $words) = @_;
	return scalar rows(qw(doc search --station TW --as), $who, $words);
}

sub what_is_found {
	registered('a document', 'thuong', 'Hòa giải ở cơ sở, Điện Biên');
	my @ways = ('hòa giải', 'hoà giải', 'HOA GIAI', 'dien bien', 'Điện',
	    "hoa\x{300} gia\x{309}i", 'đien bien hoa');
	is((grep { utf8::encode($_) if utf8::is_utf8($_); found('ha', $_) == 1
	    } @ways), 7, 'it is found however it is written');
	is((grep { found('ha', $_) } 'hỏa giải', 'điền biên', 'òa',
	    'hòa giải khác'), 0, 'and by nothing else');
	is(found('son', 'mục tiêu'), 0, 'what is above somebody is not found');
	is(found('ha', 'mục tiêu'), 1, 'but by who may');
}

# ---- forms ------------------------------------------------------------------

sub form {
	my ($who, @words) = @_;
	return qw(doc form --station TW --as), $who, @words;
}

sub words_of { return join ' ', split ' ', output('pdftotext', @_, '-') }

sub a_telegrams_form {
	my ($row) = rows(doc('lan', qw(telegram-draft traffic=live
	    level=mat precedence=khan words=120 pages=1), "content=$content",
	    'recipients=Văn phòng Chính phủ'));
	my $id = $row->{document};
	steps('a telegram is signed, and enciphered', $id,
	    [ 'mai', 'sign', "content=$content", 'catalogue=1.2' ],
	    [ 'ha', 'accept', 'words=120', 'pages=1' ], [ 'ha', 'number' ],
	    [ 'ha', 'encipher', 'groups=95', 'product=KTX-2', 'key=K-17' ],
	    [ 'son', 'verify' ],
	    [ 'ha', 'send', 'recipients=Văn phòng Chính phủ',
		'dispatch=' . '5a' x 16, 'digest=' . 'c3' x 32 ]);
	says(0, qr/Printed: dien\.pdf/, 'its form is printed',
	    form('ha', qw(--out dien.pdf), $id));
	cmp_ok(viewed('vn/ha print\n'), '==', 1, 'which the journal knows');
	my $words = words_of('dien.pdf');
	like($words, qr/$_/, "with $_") for 'MẬT', 'KHẨN', 'KTX-2',
	    'Tên ha', 'Tên son';
	my $line = qr/Mã: (?:5a){16}SHA-256: (?:c3){32}Ngày: 20/;
	like(output(qw(pdftotext -raw dien.pdf -)) =~ s/\n//gr, $line,
	    'and what its QR code says');
	says(1, qr/not handed over/, 'no minutes of what was not',
	    form('ha', qw(--form handover --out no.pdf), $id));
	says(1, qr/not decided/, 'nor of a destruction', form('ha',
	    qw(--form destruction --out no.pdf), $id));
	says(2, qr/--form is/, 'forms have names', form('ha',
	    qw(--form x --out no.pdf), $id));
}

sub a_stamp {
	my ($row) = rows(doc('ha', qw(arrive type=cong-van level=mat
	    precedence=hoa-toc documents=1 pages=2 symbol=12/BC-VP
	    date=2026-11-20), 'from=Văn phòng Chính phủ'));
	my $id = $row->{document};
	steps('a document that came is stamped', $id,
	    [ 'ha', 'check', qw(documents=1 pages=2 integrity=good) ],
	    [ 'ha', 'stamp' ]);
	says(0, qr/Printed/, 'its stamp is printed', form('ha',
	    qw(--out den.pdf), $id));
	my $words = words_of('den.pdf');
	like($words, qr/$_/, "with $_") for 'ĐẾN', 'MẬT', 'HOẢ TỐC';
	ok(!-e 'no.pdf', 'nothing else was printed');
}

there_is_a_station();
people_sign_in();
a_secret_register();
on_paper();
as_rows();
below_it();
a_closed_volume();
a_report();
a_telegrams_form();
a_stamp();
what_is_found();
ends(0, 'the journal is whole', qw(journal verify --station TW --directory
    all));
down('TW');
done_testing();
