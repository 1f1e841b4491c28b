import { Journal, type LogOutput } from '@group-services/core';

/** What the name server says of itself in its log, for pages as well. */
export type NameServerNews = Omit<LogOutput, 'kind'> & { readonly kind: 'logged' };

/** Ten minutes, of a busy name server as much as fits into some megabytes. */
const BOUNDS = { entriesMax: 20_000, weightMax: 20_000, keepMs: 600_000 };

export function nameServerJournal(): Journal<NameServerNews> {
  return new Journal(BOUNDS);
}
