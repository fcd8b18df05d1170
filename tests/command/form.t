#!/usr/bin/perl
# SPDX-License-Identifier: EUPL-1.2
#
# Forms on paper, as other programs see them (docs/forms.md): poppler reads
# their text and draws them, zbar reads their codes.
use strict;
use warnings;
no warnings 'qw'; # commas in them are meant
use FindBin;
use Test::More;

use lib $FindBin::Bin;
use Antin;

my @forms = qw(telegram-out telegram-in handover copying destruction);
my @columns = map { ('--set', "column=$_") } 'Số thứ tự | 15 | middle',
    'Số, ký hiệu | 30', 'Tên loại và trích yếu | 90', 'Ghi chú | 30 | right';
my @stamp = qw(--set stamp=mat);

# What a form wants to be printed at all.
sub wants {
	my ($form) = @_;
	return $form eq 'stamps' ? @stamp : $form eq 'register' ? @columns : ();
}

sub printed {
	my ($form, @words) = @_;
	return 1 if antin('form', $form, qw(--force --out f.pdf), @words) eq '0';
	diag($err);
	return 0;
}

sub text {
	my @options = @_;
	return scalar `pdftotext @options f.pdf - 2>&1`;
}

# In one line: where lines end is the page's business.
sub flat { return $_[0] =~ s/\s+/ /gr }

sub pages { return `pdfinfo f.pdf` =~ /^Pages: +(\d+)/m ? $1 : -1 }

# ---- every form --------------------------------------------------------------

sub every_form_is_a4_and_embeds_its_font {
	for my $form (@forms, qw(stamps register)) {
		ok(printed($form, wants($form)), "$form is printed blank");
		my @fonts = grep { /\+/ } split /\n/, `pdffonts f.pdf`;
		my @foreign = grep {
			!/^[A-Z]{6}\+(?:Tinos|LiberationSerif)\S* .* yes yes yes /
		} @fonts;
		ok(@fonts && !@foreign, "$form: its fonts are embedded")
		    or diag(@foreign);
		my $pages = pages();
		my $a4 = $form eq 'register' ? qr/841\.89 x 595\.276/ :
		    qr/595\.276 x 841\.89/;
		my @sizes = `pdfinfo -f 1 -l $pages f.pdf` =~
		    /^Page .*size: +($a4) pts \(A4\)$/mg;
		is(@sizes, $pages, "$form: its $pages pages are A4");
		is(sprintf('%o', (stat 'f.pdf')[2] & 07777), '600',
		    "$form: only its owner may read it");
	}
}

# Each field with a value of its own, by what --fields says.
sub filled {
	my ($form) = @_;
	my (%value, $file);
	antin('form', $form, '--fields');
	my $help = '';
	for (split /\n/, $out) {
		$help = $1 if /^# (.*)/;
		/^(#?)([a-z-]+) =$/ or next;
		my ($list, $name) = ($1, $2);
		next if $name =~ /^(?:body|id|digest|date)$/;
		my @cells = map { "Ề$name" . ($list ? "-$_" : '') }
		    1 .. ($list ? () = "$help|" =~ /\|/g : 1);
		$value{$name} = \@cells;
		$file .= "$name = " . join(' | ', @cells) . "\n";
	}
	put('fields', $file);
	return \%value;
}

sub every_field_is_drawn {
	# what is of the other direction
	my %not = ('telegram-out' => { registered => 1 },
	    'telegram-in' => { authority => 1 });
	for my $form (@forms) {
		my $value = filled($form);
		cmp_ok(keys %$value, '>', 10, "$form has fields");
		for my $body (qw(state party)) {
			ok(printed($form, qw(--from fields --set), "body=$body"),
			    "$form of the $body is printed");
			my $text = flat(text('-raw'));
			# a cell may be too narrow for its word
			my $bare = $text =~ s/ //gr;
			my @lost = map { my $n = $_; grep {
				index($bare, $_) < 0 } @{ $value->{$n} } }
			    grep { !$not{$form}{$_} } sort keys %$value;
			is("@lost", '', "$form: every field can be read");
			my ($has, $not) = ('ĐẢNG CỘNG SẢN VIỆT NAM',
			    'CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM');
			($has, $not) = ($not, $has) if $body eq 'state';
			ok(index($text, $has) >= 0 && index($text, $not) < 0,
			    "$form: its head is the $body\'s");
		}
	}
}

sub what_it_shows_fills_it {
	for my $form (@forms) {
		antin('form', $form, '--fields');
		put('shown', $out);
		ok(printed($form, qw(--date 2026-11-22 --from shown)),
		    "$form: what --fields shows is a file of fields");
		my $shown = get('f.pdf');
		printed($form, qw(--date 2026-11-22));
		same('f.pdf', $shown, "$form: and fills nothing");
	}
}

sub the_same_gives_the_same_file {
	filled('telegram-out');
	my @words = qw(--from fields --date 2026-11-22T08:00);
	printed('telegram-out', @words);
	my $first = get('f.pdf');
	mkdir 'elsewhere';
	{
		local @ENV{qw(HOME TZ LANG LC_ALL USER LOGNAME HOSTNAME)} =
		    ("$work/elsewhere", 'America/Lima', 'vi_VN.UTF-8',
			'vi_VN.UTF-8', 'nguoi-in', 'nguoi-in', 'may-in');
		ok(printed('telegram-out', @words), 'it is printed by another');
	}
	same('f.pdf', $first, 'the file is the same, whoever prints it');
	ok(printed('telegram-out', qw(--from fields --date 2026-11-23)) &&
	    get('f.pdf') ne $first, 'and tells the time that was given');
}

# ---- layout --------------------------------------------------------------------

# Words of each page: [ text, left, top, right, bottom ] in mm.
sub words {
	my @pages;
	for (split /\n/, `pdftotext -bbox f.pdf -`) {
		push @pages, [] if /<page /;
		push @{ $pages[-1] }, [ $5, map { $_ * 25.4 / 72 } $1, $2, $3, $4 ]
		    if /<word xMin="(\S+)" yMin="(\S+)" xMax="(\S+)" yMax="(\S+)">(.*?)</;
	}
	return @pages;
}

# Two words share more than a little of the paper.
sub collide {
	my ($one, $two) = @_;
	my $wide = ($one->[3] < $two->[3] ? $one->[3] : $two->[3]) -
	    ($one->[1] > $two->[1] ? $one->[1] : $two->[1]);
	my $tall = ($one->[4] < $two->[4] ? $one->[4] : $two->[4]) -
	    ($one->[2] > $two->[2] ? $one->[2] : $two->[2]);
	return $wide > 0.3 && $tall > 1;
}

sub laid_out {
	my ($name, $right, $bottom, $foot) = @_;
	my (@out, @on, @numbers);
	my $page = 0;
	for my $words (words()) {
		$page++;
		my @in;
		for (@$words) {
			if ($_->[4] < 20 || $_->[2] > $bottom && $foot) {
				push @numbers, $_ if $_->[0] =~ /^\d+$/ &&
				    $_->[4] < 20;
				next;
			}
			push @in, $_;
			push @out, "$page: @$_" if $_->[1] < 29.9 ||
			    $_->[3] > $right + 0.1 || $_->[4] > $bottom + 0.5;
		}
		for my $i (0 .. $#in) {
			for my $j ($i + 1 .. $#in) {
				push @on, "$page: $in[$i][0] on $in[$j][0]"
				    if collide($in[$i], $in[$j]);
			}
		}
	}
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	is("@out", '', "$name: nothing is outside of the margins");
	is("@on", '', "$name: no word stands on another");
	my $middle = (30 + $right) / 2;
	my @off = grep { abs(($_->[1] + $_->[3]) / 2 - $middle) > 0.5 } @numbers;
	is(@numbers, $page - 1, "$name: each page but the first has its number");
	is(@off, 0, "$name: in the middle");
}

sub pages_are_laid_out {
	for my $form (@forms) {
		printed($form);
		laid_out("$form, blank", 195, 277, 0);
		filled($form);
		printed($form, qw(--from fields));
		laid_out("$form, filled", 195, 277, 0);
		my @name = ('Ủy ban nhân dân tỉnh');
		put('wide', get('fields') =~ s/^([a-z-]+) = [^|\n]*$/"$1 = " .
		    join(' ', (@name) x ($1 =~ m{^(?:urgency|secrecy)$} ? 1 :
		    $1 =~ m{^(?:superior|agency|place-date|number)$} ? 4 :
		    12))/gmre);
		ok(printed($form, qw(--from wide)), "$form with long texts");
		laid_out("$form, with long texts", 195, 277, 0);
	}
	put('book', map({ "row = $_ | $_-BC/TU | Báo cáo về tình hình, kết " .
		"quả công tác bảo vệ bí mật nhà nước quý $_ năm 2026 | \n" }
	    1 .. 60));
	printed('register', qw(--from book), @columns);
	laid_out('register', 282, 190, 1);
}

# ---- stamps in their size ------------------------------------------------------

# What is drawn on the page, in mm: left, top, width, height; and whether it is
# red.
sub drawn {
	my $ppm = `pdftoppm -r 300 -x 0 -y 500 -W 2480 -H 700 f.pdf`;
	my ($w, $h, $at) = $ppm =~ /\AP6\s+(\d+)\s+(\d+)\s+255\s/ ?
	    ($1, $2, $+[0]) : die "no picture\n";
	my ($left, $right, $top, $bottom, $red) = ($w, -1, undef, -1, 1);
	for my $y (0 .. $h - 1) {
		my $row = substr $ppm, $at + 3 * $w * $y, 3 * $w;
		next if $row !~ /[^\xff]/;
		my ($first, $last);
		my @p = unpack 'C*', $row;
		for my $x (0 .. $w - 1) {
			my ($r, $g, $b) = @p[ 3 * $x .. 3 * $x + 2 ];
			next if $g > 127;
			$first //= $x;
			$last = $x;
			$red &&= $r > 150;
		}
		next if !defined $first;
		$left = $first if $first < $left;
		$right = $last if $last > $right;
		$top //= $y;
		$bottom = $y;
	}
	my $mm = 25.4 / 300;
	return ($left * $mm, (500 + ($top // 0)) * $mm,
	    ($right - $left + 1) * $mm,
	    ($bottom - ($top // 0) + 1) * $mm, $red);
}

sub near { return abs($_[0] - $_[1]) <= 0.2 }

sub stamps_have_their_size {
	for (['tuyet-mat', 40, 8, 1, 'TUYỆT MẬT'], ['toi-mat', 30, 8, 1,
		'TỐI MẬT'], [ 'mat', 20, 8, 1, 'MẬT' ], [ 'hoa-toc', 30, 8, 1,
		'HOẢ TỐC' ], [ 'thuong-khan', 40, 8, 1, 'THƯỢNG KHẨN' ],
	    [ 'khan', 20, 8, 1, 'KHẨN' ], [ 'ban-so', 40, 8, 1, 'Bản số:' ],
	    [ 'den', 50, 35, 1, 'ĐẾN' ], [ 'sao', 80, 50, 1, 'BẢN SAO' ],
	    [ 'xem-xong-tra-lai', 0, 8, 0, 'XEM XONG TRẢ LẠI' ],
	    [ 'luu-hanh-noi-bo', 0, 8, 0, 'LƯU HÀNH NỘI BỘ' ],
	    [ 'thu-hoi', 0, 8, 1, 'TÀI LIỆU THU HỒI' ]) {
		my ($word, $w, $h, $red, $says) = @$_;
		ok(printed('stamps', '--set', "stamp=$word | 40.5 | 45"),
		    "$word is printed");
		my @is = drawn();
		ok(near($is[0], 40.5) && near($is[1], 45), "$word: in its place")
		    or diag("@is");
		ok(near($is[3], $h) && (!$w || near($is[2], $w)),
		    "$word: $w x $h mm to a fifth of a millimetre")
		    or diag("@is");
		is($is[4] ? 1 : 0, $red, "$word: " . ($red ? 'red' : 'black'));
		like(flat(text('-raw')), qr/\Q$says\E/, "$word: says so");
	}
}

# A mark in a form is its stamp, whatever tone it is written with.
sub marks_have_their_size {
	for (['HOẢ TỐC', 30], ['HỎA TỐC', 30], ['THƯỢNG KHẨN', 40],
	    ['TỐI MẬT', 30]) {
		my ($text, $w) = @$_;
		printed('copying', '--set', "secrecy=$text");
		my ($left, $right) = (9999, -1);
		my $ppm = `pdftoppm -r 300 -f 1 -l 1 -x 0 -y 300 -W 2480 -H 700 f.pdf`;
		my $at = $ppm =~ /\AP6\s+\d+\s+\d+\s+255\s/ ? $+[0] : 0;
		for my $y (0 .. 699) {
			my $row = substr $ppm, $at + 3 * 2480 * $y, 3 * 2480;
			while ($row =~ /\G(?:...)*?([\x96-\xff][\0-\x60]{2})/gs) {
				my $x = $-[1] / 3;
				$left = $x if $x < $left;
				$right = $x if $x > $right;
			}
		}
		my $is = ($right - $left + 1) * 25.4 / 300;
		ok(near($is, $w), "the mark $text is $w mm wide") or diag($is);
	}
}

# ---- codes ------------------------------------------------------------------------

my $id = '0123456789abcdef0123456789abcdef';
my $digest = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
my @code = ('--set', "id=$id", '--set', "digest=$digest", qw(--set
    date=2026-11-22 --set), 'number=12/CĐ-VP');

sub the_code_says_which_telegram {
	ok(printed('telegram-out', @code), 'a form with a code is printed');
	system('pdftoppm -r 200 -png f.pdf p');
	my $read = `zbarimg --quiet --raw p*.png 2>/dev/null`;
	is($read, "antin-form 1 $id $digest 2026-11-22 12/CĐ-VP\n",
	    'and another program reads it');
	my $text = flat(text('-raw'));
	ok((grep { index($text, $_) >= 0 } $id, substr($digest, 0, 32),
		substr($digest, 32), '2026-11-22', '12/CĐ-VP') == 5,
	    'and so do people');
	unlink glob 'p*.png';
}

# ---- long ones ----------------------------------------------------------------------

sub long_texts_go_on {
	put('long', "secrecy = TỐI MẬT\n", map {
		"content = " . join(' ', map { my $n = $_; "từ$n" }
		    $_ * 40 + 1 .. $_ * 40 + 40) . "\n" } 0 .. 49);
	ok(printed('telegram-in', qw(--from long)), 'a long text is printed');
	my $text = text('-raw');
	my @pages = split /\f/, $text;
	cmp_ok(@pages, '>', 2, 'on ' . @pages . ' pages');
	my %seen;
	$seen{$_}++ for $text =~ /từ(\d+)/g;
	is(scalar(grep { ($seen{$_} // 0) == 1 } 1 .. 2000), 2000,
	    'each word stands once');
	my @bad = grep { $pages[ $_ - 1 ] !~ /\A$_ TỐI MẬT\n/ } 2 .. @pages;
	is("@bad", '', 'further pages have their number and the mark');
	put('rows', map { "document = Tài liệu số$_ | $_-BC/TU | 2026 | Mật | 1\n" }
	    1 .. 300);
	ok(printed('destruction', qw(--from rows)), 'a long list is printed');
	$text = text('-raw');
	is(scalar(() = $text =~ /số\d+/g), 300, 'with all its rows');
	@bad = grep { /số\d/ && !/Tên loại và trích yếu/ } split /\f/, $text;
	is("@bad", '', 'under the names of the columns on each page');
}

sub registers_are_printed {
	put('book', "title = SỔ CHUYỂN GIAO\nyear = 2026\n",
	    map({ "row = $_ | $_-BC/TU | Báo cáo dòng$_ | ghi$_\n" } 1 .. 90));
	ok(printed('register', qw(--from book), @columns, qw(--set blank=3)),
	    'a register is printed');
	my $text = text('-raw');
	is(scalar(() = $text =~ /dòng\d+/g), 90, 'with its rows');
	like(flat($text), qr/đăng ký 90 dòng/,
	    'and the empty ones are not counted');
}

# ---- what is refused ----------------------------------------------------------------

sub what_is_wrong_is_refused {
	put('bad', "number = 1\nnothing = 2\n");
	put('junk', join '', map { chr int rand 256 } 1 .. 5000);
	my @out = qw(--out none.pdf);
	refused_all('commands that cannot be understood are refused', 2, [],
	    [ 'no form', qr/argument|FORM/, 'form', @out ],
	    [ 'an unknown form', qr/there are telegram-out, .*register/,
		qw(form letter), @out ],
	    [ 'no file', qr/--out/, qw(form copying) ],
	    [ 'no sign', qr/NAME=VALUE/, qw(form copying --set number), @out ],
	    [ 'no time', qr/wants a time/, qw(form copying --date heute), @out ]);
	refused_all('what cannot be filled in is refused', 1, \@out,
	    [ 'an unknown field', qr/bad: line 2: .*"nothing"/,
		qw(form copying --from bad) ],
	    [ 'no text', qr/junk: line/, qw(form copying --from junk) ],
	    [ 'another body', qr/"party" or "state"/,
		qw(form copying --set body=army) ],
	    [ 'no stamp', qr/no stamp is given/, qw(form stamps) ],
	    [ 'an unknown stamp', qr/no stamp "rubber"/,
		qw(form stamps --set stamp=rubber) ],
	    [ 'a place off the page', qr/no number from 0 to 200/,
		qw(form stamps --set), 'stamp=mat|201' ],
	    [ 'a place that is none', qr/no number/, qw(form stamps --set),
		'stamp=mat|1e1' ],
	    [ 'no columns', qr/0 columns/, qw(form register) ],
	    [ 'too many columns', qr/17 columns/, qw(form register),
		map { ('--set', "column=c$_|10") } 1 .. 17 ],
	    [ 'a column that stands nowhere', qr/"left", "middle" or "right"/,
		qw(form register --set), 'column=a|10|up' ],
	    [ 'half a code', qr/docs\/forms\.md 6\.5/, qw(form telegram-in --set),
		"id=$id" ],
	    [ 'a code without a number', qr/docs\/forms\.md 6\.5/,
		qw(form telegram-in), @code[ 0 .. 5 ] ],
	    [ 'a head that takes the page', qr/the head .* is too long/,
		qw(form copying --set), 'agency=' . 'Văn phòng ' x 250 ],
	    [ 'a mark that takes the page', qr/a mark .* is too long/,
		qw(form copying --set), 'secrecy=' . 'MẬT ' x 30 ],
	    [ 'another one', qr/a mark .* is too long/,
		qw(form telegram-in --set), 'urgency=' . 'KHẨN ' x 30 ],
	    [ 'a name that takes the page', qr/who signs is too long/,
		qw(form telegram-in --set), 'checker=' . 'Nguyễn ' x 300 ],
	    [ 'too many signers', qr/30 people/, qw(form destruction),
		map { ('--set', "member=Người $_") } 1 .. 28 ]);
	ok(!-e 'none.pdf', 'and nothing is left of them');
	put('kept.pdf', 'mine');
	says(1, qr/kept\.pdf/, 'a file that is there is not written over',
	    qw(form copying --out kept.pdf));
	same('kept.pdf', 'mine', 'and stays as it was');
	says(5, qr/nowhere/, 'nor one where no folder is',
	    qw(form copying --out nowhere/f.pdf));
}

sub a_font_that_lacks_is_named {
	put('fonts.conf', '<fontconfig></fontconfig>');
	local $ENV{FONTCONFIG_FILE} = "$work/fonts.conf";
	says(1, qr/fonts-croscore/, 'without the font its package is named',
	    qw(form copying --out none.pdf));
	ok(!-e 'none.pdf', 'and nothing is printed');
}

sub what_has_no_picture_is_told {
	says(0, qr/no picture of: 2;/, 'letters of another script are counted',
	    qw(form copying --force --out f.pdf --set), 'document=中 và 文');
}

every_form_is_a4_and_embeds_its_font();
every_field_is_drawn();
what_it_shows_fills_it();
the_same_gives_the_same_file();
pages_are_laid_out();
stamps_have_their_size();
marks_have_their_size();
the_code_says_which_telegram();
long_texts_go_on();
registers_are_printed();
what_is_wrong_is_refused();
a_font_that_lacks_is_named();
what_has_no_picture_is_told();
done_testing;
