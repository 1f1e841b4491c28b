import type { Counts } from '@group-services/core';
import type { DaemonEngine, DaemonTally, GroupStatus } from '@group-services/daemon-engine';
import { addCertificateExpiry, Metrics, type Sample, type Traffic } from '@group-services/runtime';
import { WIRE_VERSION } from '@group-services/wire';

export interface MetricSources {
  readonly engine: DaemonEngine;
  readonly traffic: Traffic;
  /** Handshakes that were refused, by code. */
  readonly handshakes: Counts;
  readonly clients: {
    readonly size: number;
    readonly queuedBytesMax: number;
    readonly lost: Counts;
  };
  /** Of gsd. */
  readonly version: string;
  /** `--wire-minor` */
  readonly wireMinor: number;
  /** Files with certificates of ours and of authorities. */
  readonly certificates: readonly string[];
  /** `--metrics-groups` */
  readonly groupsMax: number;
}

/** Stands for all groups behind the first ones by name. */
const OTHER_GROUPS = '_other';

/**
 * What gsd tells Prometheus (`GET /metrics`). Protocols, views and takeovers are counted by the daemon
 * that leads their group, so that sums over a domain are right.
 */
export function daemonMetrics(sources: MetricSources): Metrics {
  const { engine, version, wireMinor } = sources;
  const metrics = new Metrics({ version, wire: `${WIRE_VERSION.max}.${wireMinor}` });
  addProtocols(metrics, engine.tally);
  addMembership(metrics, engine.tally);
  addGroups(metrics, sources);
  addConnections(metrics, sources);
  addCertificateExpiry(metrics, sources.certificates);
  return metrics;
}

function addProtocols(metrics: Metrics, { groups }: DaemonTally): void {
  const protocols = 'Protocols that have ended, in groups that this daemon leads';
  const labels = ['kind', 'outcome'] as const;
  metrics.counter({ name: 'protocols_total', help: protocols, labels }, () => {
    const plain = groups.plainMessages;
    const message = { labels: { kind: 'message', outcome: 'approved' }, value: plain };
    const counted = groups.protocols.entries().map(([[kind = '', outcome = ''], value]) => ({
      labels: { kind, outcome },
      value: kind === 'message' && outcome === 'approved' ? value + plain : value,
    }));
    const isIn = counted.some(
      ({ labels: { kind, outcome } }) => kind + outcome === 'messageapproved',
    );
    return isIn ? counted : [...counted, message];
  });
  const duration = 'From START to the end of a protocol; messages without a vote are not timed';
  const timed = { name: 'protocol_duration_seconds', help: duration, labels: ['kind'] };
  metrics.durations(timed, groups.protocolMs);
  const phase = 'From the beginning of a voting phase to its result';
  const phases = { name: 'phase_duration_seconds', help: phase, labels: ['kind'] };
  metrics.durations(phases, groups.phaseMs);
  const votes = 'Votes that were missing and counted as the default vote';
  const missing = { name: 'default_votes_total', help: votes, labels: ['reason'] };
  metrics.counts(missing, groups.defaultVotes);
  const messages = 'Messages of processes that were delivered on this daemon';
  metrics.counter({ name: 'messages_delivered_total', help: messages }, () =>
    one(groups.messagesDelivered),
  );
  const bytes = 'Their payload';
  metrics.counter({ name: 'message_bytes_delivered_total', help: bytes }, () =>
    one(groups.messageBytesDelivered),
  );
}

function addMembership(metrics: Metrics, tally: DaemonTally): void {
  const { streams } = tally;
  const again = 'Messages between daemons that were sent again, or came again';
  const repeated = { name: 'retransmissions_total', help: again, labels: ['direction'] } as const;
  metrics.counter(repeated, () => [
    { labels: { direction: 'sent' }, value: streams.sentAgain },
    { labels: { direction: 'received' }, value: streams.receivedAgain },
  ]);
  const views = 'Lists of daemons that came into force, in groups that this daemon leads';
  metrics.counts({ name: 'views_total', help: views, labels: ['cause'] }, tally.views);
  const takeovers = 'Leads that this daemon has taken over';
  const taken = { name: 'takeovers_total', help: takeovers, labels: ['recovery'] };
  metrics.counts(taken, tally.takeovers);
  const duration = 'From the suspicion of the former leader until this daemon leads';
  const timed = { name: 'takeover_duration_seconds', help: duration, labels: ['recovery'] };
  metrics.durations(timed, tally.takeoverMs);
  const suspicions = 'Other daemons that came to count as failed';
  const suspected = { name: 'suspicions_total', help: suspicions, labels: ['reason'] };
  metrics.counts(suspected, tally.suspicions);
}

/** Of one group; sums of them are meant for `_other`. */
const GROUP_GAUGES: readonly (readonly [string, string, (group: GroupStatus) => number])[] = [
  [
    'proposals_open',
    'Requests to the leader without an answer',
    ({ stream }) => stream?.requests ?? 0,
  ],
  [
    'proposals_waiting',
    'Proposals that wait for room or their turn',
    ({ local }) => local.waitingProposals + local.queued,
  ],
  [
    'retained_messages',
    'Kept since some daemon may lack them',
    ({ stream }) => stream?.retained ?? 0,
  ],
  [
    'retained_bytes',
    'Kept since some daemon may lack them',
    ({ stream }) => stream?.retainedBytes ?? 0,
  ],
  ['members', 'Daemons in the processor group', ({ daemons }) => daemons.length],
  ['providers', 'Providers in the list', ({ providers }) => providers.length],
  ['subscribers', 'Subscriptions on this daemon', ({ local }) => local.subscriptions],
  ['leading', 'Whether this daemon leads the group', ({ role }) => (role === 'leader' ? 1 : 0)],
];

const GROUP_COUNTERS: typeof GROUP_GAUGES = [
  [
    'flow_closed_seconds_total',
    'Time in which this daemon, as leader, placed nothing since too much was unstable',
    ({ flowClosedMs }) => flowClosedMs / 1_000,
  ],
  [
    'pressed_seconds_total',
    'Time in which this daemon, as leader, waited for processes that read slowly',
    ({ pressedMs }) => pressedMs / 1_000,
  ],
];

function addGroups(metrics: Metrics, { engine, groupsMax }: MetricSources): void {
  // All metrics of one answer are of one look at the engine.
  let look: readonly GroupStatus[] | undefined;
  const groups = (): readonly GroupStatus[] => {
    if (look !== undefined) return look;
    look = engine.inspect().groups;
    queueMicrotask(() => {
      look = undefined;
    });
    return look;
  };
  for (const [name, help, read] of GROUP_GAUGES) {
    metrics.gauge({ name, help, labels: ['group'] }, () => perGroup(groups(), groupsMax, read));
  }
  for (const [name, help, read] of GROUP_COUNTERS) {
    metrics.counter({ name, help, labels: ['group'] }, () => perGroup(groups(), groupsMax, read));
  }
}

/** They come in the order of their names. */
export function perGroup(
  groups: readonly GroupStatus[],
  groupsMax: number,
  read: (group: GroupStatus) => number,
): readonly Sample<'group'>[] {
  const sums = new Map<string, number>();
  for (const [at, status] of groups.entries()) {
    const group = at < groupsMax ? status.group : OTHER_GROUPS;
    sums.set(group, (sums.get(group) ?? 0) + read(status));
  }
  return [...sums].map(([group, value]) => ({ labels: { group }, value }));
}

function addConnections(metrics: Metrics, sources: MetricSources): void {
  const { engine, traffic, handshakes, clients } = sources;
  metrics.gauge({ name: 'clients', help: 'Processes that are connected' }, () => one(clients.size));
  const queue = 'The most bytes that wait for any process';
  metrics.gauge({ name: 'client_queue_bytes', help: queue }, () => one(clients.queuedBytesMax));
  const lost = 'Connections of processes that have ended';
  metrics.counter({ name: 'clients_lost_total', help: lost, labels: ['reason'] }, () =>
    clients.lost.entries().map(([[reason = ''], value]) => ({
      labels: { reason: word(reason) },
      value,
    })),
  );
  const bytes = 'Bytes on links with other daemons';
  const labels = ['peer', 'direction'] as const;
  metrics.counter({ name: 'link_bytes_total', help: bytes, labels }, () => traffic.bytes());
  const frames = 'Frames on links with other daemons';
  metrics.counter({ name: 'link_frames_total', help: frames, labels }, () => traffic.frames());
  const connected = 'Whether the name server is connected';
  metrics.gauge({ name: 'name_server_connected', help: connected }, () =>
    one(engine.isNameServerConnected ? 1 : 0),
  );
  const refused = 'Handshakes and requests that were refused';
  metrics.counter({ name: 'refused_total', help: refused, labels: ['reason'] }, () => {
    const sums = new Map<string, number>();
    for (const [[code = ''], n] of [...handshakes.entries(), ...engine.tally.refused.entries()]) {
      sums.set(word(code), (sums.get(word(code)) ?? 0) + n);
    }
    return [...sums].map(([reason, value]) => ({ labels: { reason }, value }));
  });
}

/** `STATE_CHANGED` and `protocol error` as a label has them. */
function word(text: string): string {
  return text.toLowerCase().replace(/[^a-z0-9]+/gu, '-');
}

function one(value: number): readonly Sample[] {
  return [{ value }];
}
