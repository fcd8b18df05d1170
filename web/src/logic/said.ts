// SPDX-License-Identifier: EUPL-1.2
// What the station says, as a sentence.  It names a step and its fields by
// their words, in quotes; a person reads what the page calls them.

export function sentence_of(s: string,
    called: (word: string) => string | null): string {
	const plain = s.replace(/^"[a-z-]+": /, '').replace(/"([a-z][a-z-]+)"/g,
		(quoted, word: string) => {
			const name = called(word);

			return name === null ? quoted : `“${name}”`;
		});

	// an address is written as it is, wherever it stands
	return plain === '' ? '' : (/^[a-z]+:\/\//.test(plain) ? plain[0]!
		: plain[0]!.toLocaleUpperCase('vi')) + plain.slice(1) + (/[.!?:…]$/.test(plain) ? '' : '.');
}
