import type { Server } from 'node:http';
import { Duplex } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import type { NodeName } from '@group-services/core';
import { DaemonEngine, DEFAULT_DAEMON_OPTIONS, daemonJournal } from '@group-services/daemon-engine';
import { adminHttpServer, createLogger, Metrics } from '@group-services/runtime';

import { adminRoutes, EngineQuestions } from '../readers.js';
import { bytesOf, slow, type Target } from '../target.js';

/**
 * Requests to the admin endpoint of a daemon, byte by byte as a connection brings them: a real HTTP server
 * with the daemon's own routes, once open as on loopback and once with a token, behind connections that
 * lead nowhere.
 */

const TOKEN = 'a-token-that-nobody-guesses';

/** Everything is answered at once, as by a daemon that stops. */
function questions<Answer>(): EngineQuestions<Answer> {
  const made: EngineQuestions<Answer> = new EngineQuestions((input) => {
    if ('question' in input) made.answer(input.question, undefined);
  });
  return made;
}

function server(listen: string, token: string | undefined): Server {
  const logger = createLogger({ name: 'fuzzed', level: 'silent' });
  const itself = { node: 'n1' as NodeName, incarnation: 1, address: 'tcp://127.0.0.1:7401' };
  return adminHttpServer({
    listen,
    logger,
    readiness: () => ({ ready: true, missing: [] }),
    access: {
      token: () => token,
      principalOf: (given) => (given === 'the-token-of-shop' ? 'shop' : undefined),
      mayOperate: () => false,
      domain: 'default',
    },
    routes: adminRoutes({
      engine: new DaemonEngine({ ...DEFAULT_DAEMON_OPTIONS, ...itself, ephemeral: false }),
      nodes: questions(),
      entries: questions(),
      votes: questions(),
      drains: questions(),
      journal: daemonJournal(),
      now: () => 0,
      clients: { size: 0, queuedBytesMax: 0 },
      nameServerAddress: () => undefined,
      domain: 'default',
      version: '0.0.0',
      startedAt: new Date(0),
      metrics: new Metrics({ version: '0.0.0', wire: '1-1' }),
      logger,
      options: {},
      queuedBytes: () => 0,
    }),
  });
}

/** A connection that brings these bytes, and keeps what is answered. */
class Connection extends Duplex {
  static #count = 0;
  /** Another one each time, since wrong tokens of one address are counted. */
  readonly remoteAddress: string;
  answer = '';

  constructor() {
    super({ allowHalfOpen: true });
    Connection.#count += 1;
    this.remoteAddress = `10.0.0.${Connection.#count}`;
    this.on('error', () => {});
  }

  override _read(): void {
    // All there is to read has been pushed.
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.answer += chunk.toString('latin1');
    done();
  }

  /** Node's server sets a limit on every connection. */
  setTimeout(): this {
    return this;
  }
}

/** Turns in which a request is read, asked of the engine and answered. */
const TURNS = 4;

async function ask(http: Server, input: Uint8Array): Promise<boolean> {
  let thrown: unknown;
  const onUncaught = (error: unknown): void => {
    thrown = error;
  };
  process.prependListener('uncaughtException', onUncaught);
  try {
    const connection = new Connection();
    http.emit('connection', connection);
    connection.push(Buffer.from(input));
    for (let count = 0; count < TURNS; count += 1) await turn();
    connection.push(null);
    await turn();
    connection.destroy();
    if (thrown !== undefined) throw thrown;
    const [, status] = /^HTTP\/1\.1 (\d{3}) /u.exec(connection.answer) ?? [];
    if (status === '500') throw new Error(`the request failed: ${connection.answer}`);
    return status === '200';
  } finally {
    process.off('uncaughtException', onUncaught);
  }
}

const PATHS = [
  '/healthz',
  '/readyz',
  '/metrics',
  '/api/status',
  '/api/log',
  '/api/groups?name=billing',
  '/api/groups/%2E%2E/votes',
  '/api/votes?group=a%20b',
  '/api/entry?group=billing',
  '/api/nodes',
  '/',
];

function request(path: string, headers: readonly string[]): string {
  return [`GET ${path} HTTP/1.1`, 'host: 127.0.0.1:7491', ...headers, '', ''].join('\r\n');
}

const corpus = bytesOf([
  ...PATHS.map((path) => request(path, [])),
  ...PATHS.map((path) => request(path, [`authorization: Bearer ${TOKEN}`])),
  request('/metrics', ['accept: application/openmetrics-text; version=1.0.0', 'connection: close']),
  request('/api/status', ['origin: http://127.0.0.1:7491', 'sec-fetch-site: same-origin']),
  request('/api/status', ['authorization: Bearer the-token-of-shop']),
  'POST /api/groups HTTP/1.1\r\nhost: localhost\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n',
]);

const open = server('http://127.0.0.1:7491', undefined);
const closed = server('http://10.1.2.3:7491', TOKEN);

export const adminTargets: readonly Target[] = [
  slow({
    name: 'admin',
    corpus,
    read: async (input) => {
      const one = await ask(open, input);
      return (await ask(closed, input)) || one;
    },
  }),
];
