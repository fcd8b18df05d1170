// SPDX-License-Identifier: EUPL-1.2
// Light or dark: as the system is, until somebody says otherwise.
import { keep, kept, store } from './store';

export type Theme = 'auto' | 'light' | 'dark';
const said = kept('theme');
export const theme = store<Theme>(
    said === 'light' || said === 'dark' ? said : 'auto');

export function isDark(): boolean {
	return theme.get() === 'dark' || (theme.get() === 'auto' &&
	    matchMedia('(prefers-color-scheme: dark)').matches);
}

export function setTheme(to: Theme): void {
	keep('theme', to);
	document.documentElement.dataset.theme = to;
	theme.set(to);
}

setTheme(theme.get());
