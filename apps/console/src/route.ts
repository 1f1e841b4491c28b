import { signal } from '@preact/signals';

/** What is looked at, as the part of the address behind `#`: it can be kept and sent around. */
export interface Route {
  readonly page: 'domain' | 'group' | 'timeline' | 'charts';
  /** Empty: none in particular. */
  readonly group: string;
}

export const route = signal<Route>(parse(location.hash));

addEventListener('hashchange', () => {
  route.value = parse(location.hash);
});

export function linkTo(page: Route['page'], group = ''): string {
  const path = page === 'domain' ? '' : page;
  return group === '' ? `#/${path}` : `#/${path}/${encodeURIComponent(group)}`;
}

function parse(hash: string): Route {
  const [, page = '', name = ''] = hash.split('/');
  const group = decoded(name);
  if (page === 'group' && group !== '') return { page, group };
  if (page === 'timeline') return { page, group };
  if (page === 'charts') return { page, group: '' };
  return { page: 'domain', group: '' };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // A broken address names no group.
    return '';
  }
}
