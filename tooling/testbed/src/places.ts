import { fileURLToPath } from 'node:url';

// From this folder and from `dist` the way to the package is the same.
const file = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url));

/** The programs that a testbed runs. */
export const programs = {
  gsns: file('../../apps/name-server/dist/gsns.js'),
  gsd: file('../../apps/daemon/dist/gsd.js'),
  member: file('dist/member.js'),
} as const;
