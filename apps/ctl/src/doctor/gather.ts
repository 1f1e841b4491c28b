import { readFileSync, statfsSync, statSync } from 'node:fs';
import * as z from 'zod';
import manifest from '../../package.json' with { type: 'json' };
import { connectedProcesses, daemonStatus, domainNodes, peers } from '../admin-answers.js';
import type { AdminClient } from '../admin-client.js';
import type { DaemonSession } from '../daemon-session.js';
import { CommandFailure, EXIT_STATUS } from '../exit-status.js';
import {
  type Facts,
  groupsLooked,
  options,
  type ProgramFacts,
  programStatus,
  readiness,
} from './facts.js';

/** A file system in memory, by its magic number. */
const TMPFS = 0x01021994;
const OTHERS_MAY_WRITE = 0o002;

/** Asks everything, and looks at what of it is on this machine. */
export async function gather(
  daemon: DaemonSession,
  others: readonly { readonly url: string; readonly api: AdminClient }[],
): Promise<Facts> {
  const { api, services, endpoint } = daemon;
  const [status, nodes, known, groups, clients, ...programs] = await Promise.all([
    api.get('/api/status', daemonStatus),
    api.get('/api/nodes', domainNodes),
    api.get('/api/peers', peers),
    api.get('/api/groups', groupsLooked),
    api.get('/api/clients', connectedProcesses),
    programFacts(`the daemon of ${services.node}`, api),
    ...others.map(({ url, api: other }) => programFacts(url, other)),
  ]);
  const paths = new Set([endpoint, ...programs.flatMap((one) => one.options?.client ?? [])]);
  const usesUdp = programs.some(({ options: given }) => given?.listen?.startsWith('udp:'));
  return {
    version: manifest.version,
    programs,
    daemon: status,
    nodes,
    peers: known,
    groups,
    clients,
    openSockets: [...paths].flatMap(openSocket),
    badStores: programs.flatMap(({ options: given }) => badStore(given?.store)),
    socketBufferMax: usesUdp ? socketBufferMax() : undefined,
  };
}

const timed = programStatus.extend({ time: z.string().optional() });

async function programFacts(where: string, api: AdminClient): Promise<ProgramFacts> {
  try {
    const asked = Date.now();
    const status = await api.get('/api/status', timed);
    const between = (asked + Date.now()) / 2;
    const [ready, given, metrics] = await Promise.all([
      api.get('/readyz', readiness, [200, 503]),
      api.find('/api/options', options),
      api.text('/metrics'),
    ]);
    return {
      where,
      status,
      readiness: ready,
      options: given,
      clockAheadMs: status.time === undefined ? undefined : Date.parse(status.time) - between,
      certificates: certificatesIn(metrics),
      openFilesMax: openFilesMax(status.pid),
    };
  } catch (error) {
    if (!(error instanceof CommandFailure)) throw error;
    // Who refuses, or answers something else, is there: starting it would be no remedy.
    if (error.status === EXIT_STATUS.unreachable) return { where, unreachable: error.message };
    return { where, unusable: error.message };
  }
}

/** Seconds left, by file. */
function certificatesIn(metrics: string): ReadonlyMap<string, number> {
  const line = /^group_services_tls_certificate_expiry_seconds\{file="(.*)"\} (\S+)$/gmu;
  const found = [...metrics.matchAll(line)];
  return new Map(found.map(([, file = '', seconds]) => [file, Number(seconds)]));
}

/** Of a process of this machine; undefined: it is on another one, or not ours to look at. */
function openFilesMax(pid: number | undefined): number | undefined {
  if (pid === undefined) return undefined;
  const limits = contentOf(`/proc/${pid}/limits`);
  const found = /^Max open files\s+(\d+)/mu.exec(limits ?? '')?.[1];
  return found === undefined ? undefined : Number(found);
}

function openSocket(address: string): { readonly path: string; readonly mode: string }[] {
  if (!address.startsWith('unix://')) return [];
  const path = address.slice('unix://'.length);
  try {
    const { mode } = statSync(path);
    const isOpen = (mode & OTHERS_MAY_WRITE) !== 0;
    return isOpen ? [{ path, mode: (mode & 0o777).toString(8).padStart(4, '0') }] : [];
  } catch {
    // Of another machine, or in another container.
    return [];
  }
}

function badStore(store: string | undefined): { readonly path: string; readonly why: string }[] {
  if (store === undefined || !store.startsWith('file:')) return [];
  const path = store.slice('file:'.length);
  try {
    return statfsSync(path).type === TMPFS ? [{ path, why: 'is in memory (tmpfs)' }] : [];
  } catch {
    return [];
  }
}

function socketBufferMax(): number | undefined {
  const content = contentOf('/proc/sys/net/core/rmem_max');
  return content === undefined ? undefined : Number(content);
}

function contentOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
