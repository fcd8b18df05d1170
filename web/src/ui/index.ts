// SPDX-License-Identifier: EUPL-1.2
export * from './basic';
export * from './form';
export * from './icons';
export * from './over';
export * from './table';
