import { readdir } from 'node:fs/promises';
import { EXIT_STATUS, ProgramFailure } from '@group-services/runtime';
import type { CommandResult } from './command-result.js';
import { readDirectory } from './directory.js';
import { adoptDirectory, reasonOf } from './file-store.js';

const USAGE = `usage: gsns store check DIR   says what a store holds, and whether it is damaged
       gsns store adopt DIR   says that a directory which was moved is the newest state of its store
       gsns store copy FROM TO   moves a table between file:DIR and etcd:…; gsns store copy --help
`;

/** `gsns store`: looks after a store without starting a name server on it. */
export async function storeCommand(args: readonly string[]): Promise<CommandResult> {
  const [verb, directory, ...rest] = args;
  if (verb === 'copy') {
    const { copyCommand } = await import('./copy.js');
    return await copyCommand(args.slice(1));
  }
  if (verb === '--help' || verb === '-h') return { exitCode: EXIT_STATUS.done, text: USAGE };
  if ((verb !== 'check' && verb !== 'adopt') || directory === undefined || rest.length > 0) {
    return { exitCode: EXIT_STATUS.misuse, text: USAGE };
  }
  try {
    const text = verb === 'check' ? await check(directory) : await adopt(directory);
    return { exitCode: EXIT_STATUS.done, text: `${text}\n` };
  } catch (error) {
    const text = error instanceof ProgramFailure ? error.message : cannotRead(directory, error);
    return { exitCode: EXIT_STATUS.failed, text: `gsns: ${text}\n` };
  }
}

async function check(directory: string): Promise<string> {
  await readdir(directory);
  const content = await readDirectory(directory);
  if (content.kind === 'empty') return `${directory} is no store yet: a start would make one`;
  const { store, table, journal, torn, isInPlace } = content;
  const lines = [
    `${directory} is sound: store ${store}, ${table.groupCount} groups, ${table.nodeCount} nodes`,
    `revision ${table.revision}, journal ${journal}, last start with epoch ${table.epoch}`,
  ];
  if (torn !== undefined) {
    lines.push(
      `a crash cut the last write off (${torn.file}, at byte ${torn.offset}); nobody was told of it`,
    );
  }
  if (!isInPlace) {
    lines.push('it was copied or moved: a start opens the recovery window, see gsns store adopt');
  } else if (table.standing !== 'settled') {
    lines.push('it may be missing something: a start opens the recovery window');
  }
  return lines.join('\n');
}

async function adopt(directory: string): Promise<string> {
  const store = await adoptDirectory(directory);
  return `${directory} counts as the newest state of store ${store}`;
}

function cannotRead(directory: string, error: unknown): string {
  return `cannot read the store ${directory}: ${reasonOf(error)}`;
}
