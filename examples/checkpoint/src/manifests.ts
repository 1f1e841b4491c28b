import type { MessageFrom } from '@group-services/client';
import type { CheckpointTypes, Manifest, Part } from './group.js';
import { readPart } from './parts.js';

type Messages = readonly MessageFrom<CheckpointTypes>[];

/** The parts that came with the votes of a phase, in the order of their owners. */
export function partsOf(messages: Messages): Part[] {
  return messages
    .flatMap(({ message }) => (message.kind === 'part' ? [message.part] : []))
    .sort((one, other) => one.owner - other.owner);
}

/** The newest of the manifests that came with the votes of a phase; each holds the same for its number. */
export function newestOf(messages: Messages): Manifest {
  const manifests = messages.flatMap(({ message }) =>
    message.kind === 'newest' ? [message.manifest] : [],
  );
  return manifests.reduce(newer, { number: 0, parts: [] });
}

export function newer(one: Manifest, other: Manifest): Manifest {
  return other.number > one.number ? other : one;
}

/** Everything that is wrong with a manifest: one part of each process, all there, summing up to so much. */
export async function problemsOf(
  manifest: Manifest,
  { folder, processes, sum }: { folder: string; processes: number; sum: number },
): Promise<readonly string[]> {
  const { number, parts } = manifest;
  if (number === 0) return [];
  const owners = parts.map(({ owner }) => owner).join(' ');
  const expected = Array.from({ length: processes }, (_, owner) => owner).join(' ');
  if (owners !== expected) return [`checkpoint ${number} has the parts of ${owners}`];
  const balances: number[] = [];
  const problems: string[] = [];
  for (const part of parts) {
    try {
      balances.push(await readPart(folder, part));
    } catch (error) {
      problems.push(`checkpoint ${number}: ${error instanceof Error ? error.message : error}`);
    }
  }
  if (problems.length > 0) return problems;
  const found = balances.reduce((total, balance) => total + balance, 0);
  return found === sum ? [] : [`checkpoint ${number} sums up to ${found}, not ${sum}`];
}
