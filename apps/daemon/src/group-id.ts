import { readFileSync } from 'node:fs';
import { ProgramFailure } from '@group-services/runtime';

const GROUPS = '/etc/group';

/**
 * The number of a group of this system, by its name. Node cannot ask the system for it, so groups that only
 * a directory service knows are given by their number.
 *
 * @throws ProgramFailure
 */
export function groupIdOf(group: string, groups = textOf(GROUPS)): number {
  if (/^\d+$/u.test(group)) return Number(group);
  const line = groups.split('\n').find((one) => one.startsWith(`${group}:`));
  const id = line?.split(':')[2];
  if (id !== undefined && /^\d+$/u.test(id)) return Number(id);
  throw new ProgramFailure(`--client-group: ${GROUPS} has no group ${group}; give its number`);
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // Then it has no group, which is what the operator is told.
    return '';
  }
}
