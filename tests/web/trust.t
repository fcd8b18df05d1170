#!/usr/bin/perl
# SPDX-License-Identifier: EUPL-1.2
#
# A browser of another machine comes to trust a station by what "antin desk
# trust" says, and trusts it for nothing else (docs/desk.md 11).  Wants Chromium
# and certutil.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../command", $FindBin::Bin;
use Test::More;
use Time::HiRes qw(sleep time);

use Antin;
use Tree;

sub is_here { return !system "command -v $_[0] >/dev/null 2>&1" }
for (qw(chromium certutil)) {
	is_here($_) or plan skip_all => "$_ is not here";
}

my $port = free_port();
my $long = 60;

# What a browser shows of a page, its name being this machine's; '' an error.
sub shown {
	my ($name) = @_;
	my @as = $< == 0 ? '--no-sandbox' : ();
	local $ENV{HOME} = "$Antin::work/home";
	my $all = '';
	open my $from, '-|', 'timeout', $long, 'sh', '-c',
	    'exec "$@" 2>/dev/null', 'sh', 'chromium', '--headless', @as, qw(
	    --disable-gpu --disable-quic --no-first-run
	    --disable-background-networking --disable-component-update
	    --disable-sync --virtual-time-budget=5000 --dump-dom),
	    "--user-data-dir=$Antin::work/profile", '--host-resolver-rules=' .
	    "MAP $name 127.0.0.1", "https://$name:$port/" or die "no pipe: $!\n";
	while (<$from>) { $all .= $_ }
	close $from;
	return $all =~ /<title>[^<]*Antin/ ? 'pages' : '';
}

sub trusts {
	my ($file) = @_;
	my $db = "sql:$Antin::work/home/.pki/nssdb";
	return !system 'certutil', '-d', $db, '-A', '-t', 'C,,', '-n', 'antin',
	    '-i', $file;
}

tree_grows();
open my $conf, '>>', 'TW/antind.conf' or die "no configuration: $!\n";
print $conf "web.tls 127.0.0.1:$port\nweb.name antin.vn\n";
close $conf;
up('TW');
comes('it says whom to trust', sub {
	antin(qw(desk trust --force --station TW web.crt)) eq '0' });
like($out, qr{^    https://antin\.vn:$port/$}m, 'and where its pages are');
my $said = join '', $out =~ /^    ([0-9A-F]{4}(?: [0-9A-F]{4}){3})$/mg;
my ($is) = qx(openssl x509 -in web.crt -noout -fingerprint -sha256) =~ /=(.*)/;
is($said =~ s/ //gr, $is =~ s/://gr, 'its fingerprint is the file\'s');
like($out, qr{^        certutil .* -i web\.crt$}m, 'and how it is installed');
isnt(antin(qw(desk trust --station TW web.crt)), '0',
    'a file that is there is not replaced unasked');
system 'mkdir', '-p', "$Antin::work/home/.pki/nssdb";
system 'certutil', '-d', "sql:$Antin::work/home/.pki/nssdb", '-N',
    '--empty-password';
is(shown('antin.vn'), '', 'a browser that was not told shows no page');
ok(trusts('web.crt'), 'it is told, as the command says');
is(shown('antin.vn'), 'pages', 'then it shows the pages');
is(shown('lai-chau.vn'), '', 'but none of another name');
down('TW');
done_testing;
