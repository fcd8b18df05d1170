// SPDX-License-Identifier: EUPL-1.2
// The pages.  A path's page has all that is below it; the rest of the path comes
// to the page as "rest".
import type { ComponentType } from 'preact';
import type { IconName } from '../ui/icons';
import Approve from './approve';
import Books from './books';
import Compose from './compose';
import Incoming from './incoming';
import Journal from './journal';
import Network from './network';
import People from './people';
import Release from './release';
import Rules from './rules';
import Station from './station';
import Story from './story';
import Today from './today';

export interface PageProps {
	rest: string[]; /* "/den/4f/x": ["4f", "x"] */
	query: URLSearchParams;
}

type Title = 'today' | 'compose' | 'approve' | 'release' | 'incoming' |
    'books' | 'story' | 'network' | 'people' | 'rules' | 'journal' | 'station';

export interface PageRow {
	path: string;
	title: Title; /* of texts/shell.ts */
	icon: IconName;
	group: 'today' | 'documents' | 'watch';
	quick?: boolean; /* at hand at the foot of a narrow screen */
	page: ComponentType<PageProps>;
}

const row = (path: string, title: Title, group: PageRow['group'],
    page: ComponentType<PageProps>, quick?: boolean): PageRow =>
    ({ path, title, icon: title, group, page, quick });

export const pages: PageRow[] = [
	row('/hom-nay', 'today', 'today', Today, true),
	row('/soan', 'compose', 'documents', Compose, true),
	row('/duyet-ky', 'approve', 'documents', Approve),
	row('/phat-hanh', 'release', 'documents', Release),
	row('/den', 'incoming', 'documents', Incoming, true),
	row('/so', 'books', 'documents', Books),
	row('/ho-so', 'story', 'documents', Story, true),
	row('/mang', 'network', 'watch', Network),
	row('/nguoi', 'people', 'watch', People),
	row('/quy-dinh', 'rules', 'watch', Rules),
	row('/nhat-ky', 'journal', 'watch', Journal),
	row('/may-tram', 'station', 'watch', Station),
];
