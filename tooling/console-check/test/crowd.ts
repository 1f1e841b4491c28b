// A program for the page that exists only at its border: a group of a thousand providers that votes without an
// end, and as many events a second as are wanted. Real daemons would need a thousand processes for it, and
// what is measured is the page.
import { existsSync, readFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const PAGE = fileURLToPath(new URL('../../../apps/console/dist/console/', import.meta.url));
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
};

export const GROUP = 'crowd';
export const PROVIDERS = 1_000;
const EVENTS_PER_SECOND = 50;
const NODES = ['n1', 'n2', 'n3'];

const ids = Array.from({ length: PROVIDERS }, (_, n) => `${nodeOf(n)}/p${n}`);

function nodeOf(n: number): string {
  return NODES[n % NODES.length] ?? '';
}

/** What the page asks for, by path. */
const ANSWERS: Readonly<Record<string, () => object>> = {
  '/api/operator': () => ({ mayAct: false, why: 'nobody acts on a crowd' }),
  '/api/options': () => ({ nameServer: ['tcp://127.0.0.1:1'] }),
  '/api/clients': () => [],
  '/api/counters': () => ({ at: Date.now(), loopDelay: null, memoryBytes: 1 }),
  '/api/status': () => ({
    ...{
      node: 'n1',
      incarnation: 1,
      address: 'tcp://127.0.0.1:2',
      stopping: false,
      drained: false,
    },
    nameServer: { connected: true, epoch: 1, recovering: false, isolated: false },
    ...{ domain: 'shop', version: '0', startedAt: '', pid: 1, groups: 1, clients: 0, peers: 0 },
  }),
  '/api/nodes': () => ({
    peers: [],
    nodes: NODES.map((node) => ({ node, incarnation: 1, address: node, alive: true })),
  }),
  '/api/groups': () => [group()],
  '/api/group': () => ({
    ...group(),
    detail: {
      providers: ids.map((id, n) => ({ id, node: nodeOf(n), labels: { zone: nodeOf(n) } })),
      state: null,
      running: {
        ...{ protocol: 'held', kind: 'barrier', proposer: ids[0], phase: 1, phases: 'voting' },
        ...{ maxPhases: 0, defaultVote: 'reject', timeLimitMs: 60_000, voters: ids },
      },
    },
  }),
  '/api/votes': () => ({ group: GROUP, leader: 'n1', from: 'leader', voting: voting() }),
};

function voting(): object {
  return {
    ...{ protocol: 'held', kind: 'barrier', phase: 1, waitedMs: 1_000, timeLeftMs: 50_000 },
    ...{ defaultVote: 'reject', waitingFor: ids.slice(0, PROVIDERS / 2), more: 0 },
  };
}

function group(): object {
  const daemons = NODES.map((node) => ({ node, membership: node, joinVersion: 1, full: true }));
  return {
    ...{ group: GROUP, waiting: null, role: 'leader', generation: 1, version: 3, since: 1 },
    ...{ leader: 'n1', daemons, providers: ids, labels: {}, viewVersion: 9, fence: '1-9' },
    ...{ stateBytes: undefined, voting: voting(), attributes: {}, flowClosedMs: 0, pressedMs: 0 },
    local: {
      ...{
        providers: PROVIDERS,
        subscriptions: 0,
        waitingJoins: 0,
        waitingProposals: 0,
        queued: 0,
      },
    },
    stream: { requests: 0, retained: 0, retainedBytes: 0 },
  };
}

/** The n-th event: protocols begin, are voted on by some, and end, and members come and go. */
function eventOf(n: number): object {
  const protocol = `p${Math.floor(n / 3)}`;
  const subject = ids[n % PROVIDERS] ?? '';
  const at = { at: Date.now(), group: GROUP };
  if (n % 3 === 1) {
    const votes = ids.slice(0, 64).map((provider) => ({ provider, value: 'approve' }));
    return { ...at, kind: 'votes', protocol, phase: 1, votes, more: PROVIDERS - 64 };
  }
  if (n % 3 === 2)
    return { ...at, kind: 'result', protocol, phase: 1, outcome: 'approve', causes: [] };
  const vote = {
    ...{ voters: ids.slice(0, 64), voterCount: PROVIDERS, defaultVote: 'reject', timeLimitMs: 0 },
  };
  const subjects = [{ provider: subject, ...(n % 2 === 0 && { reason: 'quit' }) }];
  const what = n % 2 === 0 ? 'leave' : 'join';
  return { ...at, kind: 'start', protocol, what, proposer: subject, subjects, vote };
}

/** Serves the page and what it asks for; ten minutes of events are there at once, then they go on. */
export async function serveCrowd(): Promise<{ readonly url: string; close(): void }> {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://crowd');
    const answer = ANSWERS[pathname];
    if (pathname === '/api/events') return stream(response);
    if (answer !== undefined) {
      response.writeHead(200, { 'content-type': 'application/json' });
      return response.end(JSON.stringify(answer()));
    }
    const file = join(PAGE, pathname === '/' ? 'index.html' : pathname);
    if (!existsSync(file)) return response.writeHead(404).end();
    response.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'text/plain' });
    return response.end(readFileSync(file));
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const close = (): void => {
    server.close();
    server.closeAllConnections();
  };
  return { url: `http://127.0.0.1:${port}`, close };
}

function stream(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.write('event: hello\ndata: {"run":"r","first":1,"last":1,"isWhole":false}\n\n');
  let n = 0;
  // As the programs do it: what is new is written ten times a second.
  const timer = setInterval(() => {
    let text = '';
    for (let more = 0; more < EVENTS_PER_SECOND / 10; more += 1) {
      n += 1;
      text += `id: r-${n}\ndata: ${JSON.stringify(eventOf(n))}\n\n`;
    }
    response.write(text);
  }, 100);
  response.on('close', () => clearInterval(timer));
}
