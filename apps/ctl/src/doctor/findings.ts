import { printable } from '../printable.js';
import type { Facts, ProgramFacts } from './facts.js';

/** One thing that is wrong or will be. */
export interface Finding {
  readonly what: string;
  readonly where: string;
  /** Why it matters. */
  readonly why: string;
  readonly todo: string;
}

const DAY_S = 86_400;
const CERTIFICATE_DAYS = 30;
/** Below, a crowd of processes or daemons runs into it. */
const OPEN_FILES_LEAST = 4_096;
const SOCKET_BUFFER_LEAST = 4 * 1024 * 1024;
/** Beyond, logs of two machines cannot be read beside each other. */
const CLOCK_OFFSET_MS = 1_000;
/** A vote that is missing for so long, without a limit that is near. */
const VOTE_OVERDUE_MS = 10_000;
/** Heartbeats that may be lost before a daemon counts as failed. */
const HEARTBEATS_LEAST = 3;

/** All that is found, the worst first: what is not reached, then what fails, then what will. */
export function findingsOf(facts: Facts): readonly Finding[] {
  return [
    ...facts.programs.flatMap(reach),
    ...links(facts),
    ...groups(facts),
    ...processes(facts),
    ...facts.programs.flatMap(settings),
    ...differences(facts),
    ...facts.programs.flatMap(certificates),
    ...machine(facts),
  ];
}

export function diagnosisText(looked: readonly string[], findings: readonly Finding[]): string {
  const list = `Looked at ${looked.map(printable).join(', ')}.`;
  if (findings.length === 0) return `${list}\nNothing is wrong.`;
  const texts = findings.map(({ what, where, why, todo }) =>
    [`* ${what}`, `  where:    ${where}`, `  because:  ${why}`, `  do:       ${todo}`]
      .map(printable)
      .join('\n'),
  );
  return [list, ...texts].join('\n\n');
}

function reach(program: ProgramFacts): Finding[] {
  const { where, unreachable, unusable, readiness } = program;
  if (unusable !== undefined) {
    const todo = 'the text says it: nothing is wrong with its address';
    return [
      { what: `reached, but not told: ${unusable}`, where, why: 'nothing is known of it', todo },
    ];
  }
  if (unreachable !== undefined) {
    const todo = 'start it, or give the address where it is reached from here';
    return [{ what: `not reached: ${unreachable}`, where, why: 'nothing is known of it', todo }];
  }
  const lacks = readiness?.ready === false ? readiness.missing : [];
  const missing = lacks.map((what) => ({
    what: `it cannot serve: ${what}`,
    where,
    why: 'processes or daemons that need it wait',
    todo: 'see its log; it says why',
  }));
  const degraded = (readiness?.degraded ?? []).map((what) => ({
    what,
    where,
    why: 'it serves, but not as it should',
    todo: 'see its log, and the text itself',
  }));
  return [...missing, ...degraded];
}

function links({ nodes, peers, daemon, programs }: Facts): Finding[] {
  const where = `as node ${daemon.node} sees it`;
  const expired = (nodes.nodes ?? [])
    .filter(({ alive, stopped }) => !alive && !stopped)
    .map(({ node }) => ({
      what: `the daemon of ${node} has no lease`,
      where: `node ${node}`,
      why: 'groups that only it knows wait for it',
      todo: `start gsd there, or gsctl nodes forget ${node} if it will not come back`,
    }));
  const unknown =
    nodes.nodes === null
      ? [
          {
            what: `the name server cannot be asked: ${nodes.note ?? 'no reason known'}`,
            where,
            why: 'daemons that fail stay in their groups, and new groups wait',
            todo: 'start gsns with its store, and see /readyz of the daemon',
          },
        ]
      : [];
  const silentMs = programs[0]?.options?.suspectAfter ?? 1_000;
  const oneWay = peers.flatMap(({ daemon: peer, suspected, hearsUsMsAgo }) => {
    const why = 'their groups remove one of the two, or wait';
    const todo = 'look at the network between both, in both directions, and at --advertise';
    if (suspected !== null)
      return [{ what: `${peer} counts as failed: ${suspected}`, where, why, todo }];
    if (hearsUsMsAgo <= silentMs) return [];
    const what = `${peer} does not hear this daemon (for ${Math.round(hearsUsMsAgo)} ms)`;
    return [{ what, where, why, todo }];
  });
  return [...unknown, ...expired, ...oneWay];
}

function groups({ groups: all, daemon }: Facts): Finding[] {
  const where = `node ${daemon.node}`;
  const waiting = all
    .filter(({ waiting: whom }) => typeof whom === 'string')
    .map(({ group, waiting: whom }) => ({
      what: `group ${group} waits: ${whom}`,
      where,
      why: 'joins to it wait',
      todo: `gsctl group ${group} says for whom`,
    }));
  const headless = all
    .filter(({ role, leader }) => role !== 'joining' && role !== 'none' && leader === undefined)
    .map(({ group }) => ({
      what: `group ${group} has no leader that is known here`,
      where,
      why: 'nothing is decided in it',
      todo: 'wait for the takeover; if it lasts, the logs of its daemons say who is missing',
    }));
  const overdue = all.flatMap(({ group, voting }) => {
    if (voting === undefined || voting === null || voting.waitingFor.length === 0) return [];
    const { waitedMs, timeLeftMs } = voting;
    const isLate =
      timeLeftMs === undefined ? waitedMs > VOTE_OVERDUE_MS : waitedMs > Math.max(0, timeLeftMs);
    if (!isLate) return [];
    const what = `group ${group} waits for votes of ${voting.waitingFor.join(', ')} for ${Math.round(waitedMs / 1000)} s`;
    const todo = `look at those processes; gsctl votes ${group} shows when the default vote comes`;
    return [{ what, where, why: 'nothing else is decided meanwhile', todo }];
  });
  return [...waiting, ...headless, ...overdue];
}

function processes({ clients, daemon }: Facts): Finding[] {
  return clients.flatMap(({ name, pressing, responsiveness }) => {
    const where = `process ${name} on node ${daemon.node}`;
    const slow = pressing.map(({ group, cause }) => ({
      what: `it holds group ${group} up: ${cause === 'unread' ? 'it does not read' : 'it does not take its events'}`,
      where,
      why: 'the whole group takes its pace, until it is disconnected',
      todo: 'see what it does between events',
    }));
    const silent = responsiveness === 'unresponsive';
    const todo = 'see whether it hangs';
    return silent
      ? [...slow, { what: 'it does not answer', where, why: 'its votes are waited for', todo }]
      : slow;
  });
}

function settings({ where, options }: ProgramFacts): Finding[] {
  const { heartbeat, suspectAfter } = options ?? {};
  if (heartbeat === undefined || suspectAfter === undefined) return [];
  if (suspectAfter >= HEARTBEATS_LEAST * heartbeat) return [];
  return [
    {
      what: `--suspect-after ${suspectAfter}ms is less than three heartbeats of ${heartbeat}ms`,
      where,
      why: 'one heartbeat that is late makes a living daemon count as failed',
      todo: 'raise --suspect-after, or lower --heartbeat, on all daemons',
    },
  ];
}

function differences({ programs, version }: Facts): Finding[] {
  const daemons = programs.filter(({ options }) => options?.heartbeat !== undefined);
  const differ = (name: 'heartbeat' | 'suspectAfter' | 'ackWindow'): Finding[] => {
    const values = daemons.map(({ where, options }) => `${options?.[name]} (${where})`);
    if (new Set(daemons.map(({ options }) => options?.[name])).size < 2) return [];
    const what = `daemons differ in ${name}: ${values.join(', ')}`;
    const why = 'each judges the others by its own value';
    return [{ what, where: 'the domain', why, todo: 'give all daemons the same' }];
  };
  const lease = programs.find(({ options }) => options?.lease !== undefined)?.options?.lease;
  const suspectAfter = Math.max(0, ...daemons.map(({ options }) => options?.suspectAfter ?? 0));
  const shortLease =
    lease === undefined || lease >= suspectAfter
      ? []
      : [
          {
            what: `the lease (${lease}ms) is shorter than --suspect-after (${suspectAfter}ms)`,
            where: 'the name server',
            why: 'it gives daemons up before the others do',
            todo: 'raise gsns --lease, or lower gsd --suspect-after',
          },
        ];
  const versions = programs.flatMap(({ where, status }) =>
    status?.version === undefined || status.version === version
      ? []
      : [
          {
            what: `it runs ${status.version}, gsctl is ${version}`,
            where,
            why: 'answers may lack what this gsctl shows',
            todo: 'fine during an upgrade; otherwise install the same release',
          },
        ],
  );
  return [
    ...differ('heartbeat'),
    ...differ('suspectAfter'),
    ...differ('ackWindow'),
    ...shortLease,
    ...versions,
  ];
}

function certificates({ where, certificates: files = new Map() }: ProgramFacts): Finding[] {
  return [...files].flatMap(([file, secondsLeft]) => {
    if (secondsLeft >= CERTIFICATE_DAYS * DAY_S) return [];
    const days = Math.floor(secondsLeft / DAY_S);
    const what =
      days < 0
        ? `the certificate in ${file} has ended`
        : `the certificate in ${file} ends in ${days} days`;
    const why = 'from its end on no new link is made';
    return [{ what, where, why, todo: 'gsctl certs issue, and put the new files in its place' }];
  });
}

function machine(facts: Facts): Finding[] {
  const files = facts.programs.flatMap(({ where, openFilesMax = OPEN_FILES_LEAST }) =>
    openFilesMax >= OPEN_FILES_LEAST
      ? []
      : [
          {
            what: `it may open ${openFilesMax} files only`,
            where,
            why: 'each process and each daemon takes one; beyond, they are refused',
            todo: 'LimitNOFILE=65536 in its unit, or ulimit -n',
          },
        ],
  );
  const clocks = facts.programs.flatMap(({ where, clockAheadMs = 0 }) =>
    Math.abs(clockAheadMs) < CLOCK_OFFSET_MS
      ? []
      : [
          {
            what: `its clock is ${Math.abs(clockAheadMs / 1000).toFixed(0)} s ${clockAheadMs > 0 ? 'ahead' : 'behind'}`,
            where,
            why: 'nothing depends on it but fences after a restart, and logs are hard to compare',
            todo: 'let NTP set the clocks',
          },
        ],
  );
  const sockets = facts.openSockets.map(({ path, mode }) => ({
    what: `everybody may write ${path} (mode ${mode})`,
    where: 'this machine',
    why: 'whoever can, is a member of any group',
    todo: '--client-mode 0660, and let processes be members of the group of gsd',
  }));
  const stores = facts.badStores.map(({ path, why }) => ({
    what: `the store ${path} ${why}`,
    where: 'this machine',
    why: 'the table would not outlive a restart of the machine',
    todo: 'move it to a disk that stays, and gsns store adopt it there',
  }));
  const { socketBufferMax = SOCKET_BUFFER_LEAST } = facts;
  const buffers =
    socketBufferMax >= SOCKET_BUFFER_LEAST
      ? []
      : [
          {
            what: `the kernel gives sockets ${socketBufferMax} bytes at most`,
            where: 'this machine',
            why: 'UDP datagrams are lost in bursts',
            todo: 'sysctl net.core.rmem_max and wmem_max to 4194304',
          },
        ];
  return [...files, ...sockets, ...stores, ...buffers, ...clocks];
}
