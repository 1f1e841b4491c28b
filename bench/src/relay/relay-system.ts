import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import type { MemberCalls } from '../member/member-calls.js';
import { RemoteCaller } from '../remote-calls.js';
import type { Cluster, Shape, StartContext, System } from '../system.js';
import type { DaemonCalls } from './daemon-calls.js';
import type { RelayMode } from './relay-mode.js';

/** The bare two-hop relay as a system to measure. Daemon 0 leads; member i is on daemon i + 1. */
export function relaySystem(mode: RelayMode): System {
  const name = `relay-${mode}`;
  return { name, start: (context, shape) => startRelay(name, mode, { context, shape }) };
}

/** Two of them stand side by side when works have different shapes. */
let relays = 0;

async function startRelay(
  name: string,
  mode: RelayMode,
  { context, shape }: { readonly context: StartContext; readonly shape: Shape },
): Promise<Cluster> {
  const { processes } = context;
  const children: ChildProcess[] = [];
  const fork = (entry: string, label: string): ChildProcess => {
    const child = processes.fork(entry, label);
    children.push(child);
    return child;
  };
  relays += 1;
  const prefix = `${mode}${relays}`;
  const socketPathOf = (daemon: number) => join(processes.folder, `${prefix}-${daemon}.sock`);

  let leaderPort: number | undefined;
  for (let daemon = 0; daemon < shape.daemons; daemon += 1) {
    const label = `${name} daemon ${daemon}`;
    const caller = new RemoteCaller<DaemonCalls>(fork(context.relayDaemonEntry, label), label);
    const socketPath = socketPathOf(daemon);
    const { port } = await caller.call('start', { mode, socketPath, leaderPort });
    leaderPort ??= port;
  }

  const members: RemoteCaller<MemberCalls>[] = [];
  for (let index = 0; index < shape.members; index += 1) {
    const label = `${name} member ${index}`;
    const member = new RemoteCaller<MemberCalls>(fork(context.memberEntry, label), label);
    const socketPath = socketPathOf((index + 1) % shape.daemons);
    await member.call('connect', { system: 'relay', mode, socketPath });
    members.push(member);
  }
  return {
    members,
    stop: async () => {
      await Promise.all(children.map((child) => processes.stop(child)));
    },
  };
}
