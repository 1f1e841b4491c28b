import { connectedProcesses } from './admin-answers.js';
import type { AdminClient } from './admin-client.js';
import type { DaemonSession } from './daemon-session.js';
import { CommandFailure } from './exit-status.js';
import { byteCount, seconds } from './printable.js';

/** A process whose group waits for it, since it has too much of the group unread. */
export interface Pressing {
  /** The node, or the URL of its admin endpoint. */
  readonly at: string;
  readonly client: number;
  readonly process: string;
  /** `unread`: its connection is full. `unhandled`: its program does not keep up with its events. */
  readonly cause: string;
  readonly bytes: number;
  /** Undefined: the daemon is of an earlier release. */
  readonly sinceMs?: number | undefined;
}

/** Who presses, as far as the daemons that were asked know: each knows its own processes. */
export interface PressingFindings {
  readonly pressing: readonly Pressing[];
  /** Whose processes these may be: nodes and URLs. */
  readonly asked: readonly string[];
  /** What was to be asked and did not answer, and why. */
  readonly unreached: readonly { readonly at: string; readonly why: string }[];
}

/** Another daemon to ask beside the one of `--endpoint`. */
export interface OtherDaemon {
  readonly url: string;
  readonly api: AdminClient;
}

export async function pressingIn(
  { api, services }: DaemonSession,
  group: string,
  others: readonly OtherDaemon[],
): Promise<PressingFindings> {
  const daemons = [{ at: services.node, api }, ...others.map((one) => ({ ...one, at: one.url }))];
  const answers = await Promise.all(
    daemons.map(async ({ at, api: each }) => ({ at, ...(await pressingAt(each, at, group)) })),
  );
  return {
    pressing: answers.flatMap(({ pressing }) => pressing ?? []),
    asked: answers.flatMap(({ at, pressing }) => (pressing === undefined ? [] : [at])),
    unreached: answers.flatMap(({ at, why }) => (why === undefined ? [] : [{ at, why }])),
  };
}

async function pressingAt(
  api: AdminClient,
  at: string,
  group: string,
): Promise<{ readonly pressing?: readonly Pressing[]; readonly why?: string }> {
  try {
    const processes = await api.get('/api/clients', connectedProcesses);
    const pressing = processes.flatMap(({ client, name, pressing: each }) =>
      each
        .filter((one) => one.group === group)
        .map(({ cause, bytes, sinceMs }) => ({ at, client, process: name, cause, bytes, sinceMs })),
    );
    return { pressing };
  } catch (error) {
    if (!(error instanceof CommandFailure)) throw error;
    return { why: error.message };
  }
}

/** For the line `slowed by`. */
export function pressingText({ pressing, asked, unreached }: PressingFindings): string {
  const names = pressing.map(({ at, process, cause, bytes, sinceMs }) => {
    const since = sinceMs === undefined ? '' : `, for ${seconds(sinceMs)}`;
    return `${process} at ${at} (${byteCount(bytes)} ${cause}${since})`;
  });
  const nobody = `nobody at ${asked.join(', ')}; of other nodes ask with --also`;
  const missing = unreached.map(({ at }) => `${at} is not reached`);
  return [...(names.length === 0 ? [nobody] : names), ...missing].join('; ');
}
