import { readdir } from 'node:fs/promises';
import {
  type ConfigOf,
  createLogger,
  defineProgram,
  EXIT_STATUS,
  type Logger,
  loadConfig,
  ProgramFailure,
} from '@group-services/runtime';
import { etcdOptions, program } from '../config.js';
import { openEtcdStore } from '../etcd/open-store.js';
import { ETCD_FORM, etcdPlace } from '../etcd/place.js';
import { etcdAccess } from '../etcd/shared-lead.js';
import type { CommandResult } from './command-result.js';
import type { Store } from './contract.js';
import { readDirectory } from './directory.js';
import { FileStore, reasonOf } from './file-store.js';

/**
 * `gsns store copy`: a table moves from a directory into etcd, or back, as the same store: daemons that were
 * answered from the one believe the other, and groups go on. Nobody may use either meanwhile.
 */
const copyProgram = defineProgram({
  name: 'gsns store copy',
  version: program.version,
  description: 'Moves the table of a name server between a directory and an etcd.',
  operands: { usage: 'FROM TO' },
  options: etcdOptions,
});

type CopyConfig = ConfigOf<typeof etcdOptions>;

const FORMS = `file:DIR or ${ETCD_FORM}`;

export async function copyCommand(argv: readonly string[]): Promise<CommandResult> {
  const loaded = loadConfig(copyProgram, { argv: [...argv], env: process.env });
  if (!loaded.ok) return loaded;
  const [from, to, ...rest] = loaded.operands;
  if (from === undefined || to === undefined || rest.length > 0) {
    const text = `usage: gsns store copy FROM TO   each ${FORMS}\n`;
    return { exitCode: EXIT_STATUS.misuse, text };
  }
  const wrong = [from, to].find((it) => !it.startsWith('file:') && etcdPlace(it) === undefined);
  if (wrong !== undefined) {
    const text = `gsns: expected ${FORMS}, found ${JSON.stringify(wrong)}; what is kept in memory ends with its name server\n`;
    return { exitCode: EXIT_STATUS.misuse, text };
  }
  const logger = createLogger({ name: program.name, level: 'warn' });
  try {
    return { exitCode: EXIT_STATUS.done, text: await copy(from, to, loaded.config, logger) };
  } catch (error) {
    const text = error instanceof ProgramFailure ? error.message : reasonOf(error);
    return { exitCode: EXIT_STATUS.failed, text: `gsns: ${text}\n` };
  }
}

async function copy(from: string, to: string, config: CopyConfig, logger: Logger): Promise<string> {
  const source = await openExisting(from, config, logger);
  try {
    const table = source.restore();
    if (table === undefined) throw new ProgramFailure(`there is no table in ${from}`);
    const copied = await openNew(to, { store: source.name, table }, config, logger);
    await copied.close();
    const what = `${table.groupCount} groups, ${table.nodeCount} nodes, revision ${table.revision}`;
    const advice = `start name servers with --store ${to}, and no more with ${from}, which is old from then on`;
    return `${from} is copied to ${to}: store ${source.name}, ${what}\n${advice}\n`;
  } finally {
    await source.close();
  }
}

async function openExisting(from: string, config: CopyConfig, logger: Logger): Promise<Store> {
  const place = etcdPlace(from);
  if (place !== undefined) {
    return await openEtcdStore({ ...etcd(config, logger), place, expect: 'table' });
  }
  const directory = from.slice('file:'.length);
  await readdir(directory);
  const { kind } = await readDirectory(directory);
  if (kind === 'empty') throw new ProgramFailure(`there is no store in ${directory}`);
  return await FileStore.open(directory, logger);
}

async function openNew(
  to: string,
  initial: { readonly store: string; readonly table: NonNullable<ReturnType<Store['restore']>> },
  config: CopyConfig,
  logger: Logger,
): Promise<Store> {
  const place = etcdPlace(to);
  if (place === undefined) {
    return await FileStore.open(to.slice('file:'.length), logger, initial);
  }
  return await openEtcdStore({ ...etcd(config, logger), place, initial, expect: 'nothing' });
}

function etcd(config: CopyConfig, logger: Logger) {
  return { access: etcdAccess(config, logger), leaseMs: config.etcdLease, logger };
}
