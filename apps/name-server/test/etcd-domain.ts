import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type GroupServices } from '@group-services/client';
import { onTestFinished } from 'vitest';
import { eventually } from './eventually.js';
import { GsnsProcess, type ReadyLine } from './gsns-process.js';

const daemonProgram = join(import.meta.dirname, '../../daemon/dist/gsd.js');

/** One of several name servers on an etcd. */
export interface Instance extends ReadyLine {
  readonly process: GsnsProcess;
}

/** What an instance says of the lead; undefined: it does not answer. */
export interface LeadStatus {
  readonly role: 'active' | 'standby';
  readonly since: string;
  readonly active: { readonly address: string; readonly admin: string } | null;
  readonly etcd: { readonly latencyMs: number | null; readonly trouble: string | null };
}

export async function startInstance(
  store: string,
  options: readonly string[] = [],
): Promise<Instance> {
  const process = new GsnsProcess(['--store', store, ...options]);
  return { process, ...(await process.ready()) };
}

export async function leadOf({ admin }: Pick<Instance, 'admin'>): Promise<LeadStatus | undefined> {
  try {
    const response = await fetch(`${admin}/api/status`, { signal: AbortSignal.timeout(2_000) });
    return ((await response.json()) as { readonly lead: LeadStatus }).lead;
  } catch {
    return undefined;
  }
}

/** The one that is active, as soon as there is one. */
export async function activeOf<One extends Pick<Instance, 'admin'>>(
  instances: readonly One[],
): Promise<One> {
  return await eventually('a name server is active', async () => {
    const leads = await Promise.all(instances.map(leadOf));
    return instances[leads.findIndex((lead) => lead?.role === 'active')];
  });
}

/** A real daemon that knows these name servers, and a process that is connected to it. */
export async function startDaemon(
  node: string,
  nameServers: readonly string[],
): Promise<GroupServices> {
  if (!existsSync(daemonProgram)) throw new Error(`${daemonProgram} is missing; build it first`);
  const folder = mkdtempSync(join(tmpdir(), 'gsns-daemon-'));
  const endpoint = `unix://${join(folder, 'gsd.sock')}`;
  const known = nameServers.flatMap((address) => ['--name-server', address]);
  const free = ['--listen', 'tcp://127.0.0.1:0', '--admin', 'http://127.0.0.1:0'];
  const args = [daemonProgram, '--node', node, '--client', endpoint, ...free, ...known];
  const child = spawn(process.execPath, args, { env: {}, stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(async () => await end(child, folder));
  await once(child.stdout, 'data');
  const services = await connect({ endpoint });
  onTestFinished(() => services.close());
  return services;
}

async function end(child: ChildProcess, folder: string): Promise<void> {
  child.kill('SIGKILL');
  if (child.exitCode === null && child.signalCode === null) await once(child, 'close');
  rmSync(folder, { recursive: true, force: true });
}
