import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { dialSession } from '@group-services/runtime';
import type { Link } from '@group-services/transport';
import { tcp } from '@group-services/transport/tcp';
import type { Hello, Welcome } from '@group-services/wire';
import {
  decodeFromNameServer,
  encodeNameServerMessage,
  type FromNameServer,
  type ToNameServer,
  WIRE_VERSION,
} from '@group-services/wire';
import { onTestFinished } from 'vitest';

const program = join(import.meta.dirname, '../dist/gsns.js');

/** The first line of standard output. */
export interface ReadyLine {
  readonly ready: true;
  readonly domain: string;
  readonly listen: string;
  readonly admin: string;
}

/** A real gsns process; it is killed when the test ends, if it still lives. */
export class GsnsProcess {
  readonly #child: ChildProcess;
  readonly #exit: Promise<number | null>;
  #errors = '';
  #printed = '';

  constructor(options: readonly string[], shell?: string) {
    if (!existsSync(program)) throw new Error(`${program} is missing; build it first`);
    const free = ['--listen', 'tcp://127.0.0.1:0', '--admin', 'http://127.0.0.1:0'];
    const args = [program, ...free, ...options];
    this.#child =
      shell === undefined
        ? spawn(process.execPath, args, { env: {} })
        : spawn('bash', ['-c', `${shell}; exec "$@"`, 'bash', process.execPath, ...args], {
            env: {},
          });
    this.#child.stderr?.on('data', (text) => {
      this.#errors += text;
    });
    this.#child.stdout?.on('data', (text) => {
      this.#printed += text;
    });
    this.#exit = once(this.#child, 'close').then(([status]) => status);
    onTestFinished(async () => {
      this.#child.kill('SIGKILL');
      await this.#exit;
    });
  }

  /** All that was written to standard error. */
  get errors(): string {
    return this.#errors;
  }

  get printed(): string {
    return this.#printed;
  }

  async ready(): Promise<ReadyLine> {
    const { stdout } = this.#child;
    if (stdout === null) throw new Error('standard output is a pipe');
    const lines = createInterface({ input: stdout });
    const line = await Promise.race([once(lines, 'line').then(([text]) => text), this.#exit]);
    if (typeof line !== 'string') throw new Error(`gsns ended early:\n${this.#errors}`);
    return JSON.parse(line);
  }

  /** The exit status. */
  async exited(): Promise<number | null> {
    return await this.#exit;
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  async stop(signal: 'SIGTERM' | 'SIGKILL' | 'SIGINT'): Promise<number | null> {
    this.#child.kill(signal);
    return await this.#exit;
  }
}

export function hello(change: Partial<Hello> = {}): Hello {
  return {
    kind: 'hello',
    magic: 'group-services',
    role: 'daemon',
    wire: WIRE_VERSION,
    domain: 'default',
    node: 'a' as NonNullable<Hello['node']>,
    incarnation: 1,
    address: 'tcp://127.0.0.1:1',
    features: [],
    ...change,
  };
}

/** A daemon's connection, by which a test speaks for it. */
export class FakeDaemon {
  readonly #link: Link;
  readonly #inbox: FromNameServer[];
  readonly #arrival: { notify: () => void };
  readonly welcome: Welcome;
  /** Resolves when the connection ends. */
  readonly closed: Promise<void>;

  private constructor(
    link: Link,
    parts: {
      readonly inbox: FromNameServer[];
      readonly arrival: { notify: () => void };
      readonly welcome: Welcome;
      readonly closed: Promise<void>;
    },
  ) {
    this.#link = link;
    this.#inbox = parts.inbox;
    this.#arrival = parts.arrival;
    this.welcome = parts.welcome;
    this.closed = parts.closed;
    onTestFinished(() => link.abort());
  }

  static async connect(address: string, change: Partial<Hello> = {}): Promise<FakeDaemon> {
    const inbox: FromNameServer[] = [];
    const arrival = { notify: () => {} };
    const ended = deferred<void>();
    const welcomed = deferred<Welcome>();
    const link = await dialSession({
      transport: tcp(),
      address,
      hello: hello(change),
      opened: (_link, welcome) => {
        welcomed.resolve(welcome);
        return {
          onFrame: (frame) => {
            const message = decodeFromNameServer(frame);
            if (message.ok) inbox.push(message.value);
            arrival.notify();
          },
          onClose: () => {
            ended.resolve();
            arrival.notify();
          },
        };
      },
    });
    const closed = ended.promise;
    return new FakeDaemon(link, { inbox, arrival, welcome: await welcomed.promise, closed });
  }

  send(message: ToNameServer): void {
    this.#link.send(encodeNameServerMessage(message));
  }

  sendBytes(head: Uint8Array): void {
    this.#link.send({ head });
  }

  /** The next message of a kind; undefined when the connection ends before. */
  async next<Kind extends FromNameServer['kind']>(
    kind: Kind,
  ): Promise<Extract<FromNameServer, { kind: Kind }> | undefined> {
    const isOver = { value: false };
    void this.closed.then(() => {
      isOver.value = true;
      this.#arrival.notify();
    });
    for (;;) {
      const found = this.#inbox.find((message) => message.kind === kind);
      if (found !== undefined) {
        this.#inbox.splice(this.#inbox.indexOf(found), 1);
        return found as Extract<FromNameServer, { kind: Kind }>;
      }
      if (isOver.value) return undefined;
      await new Promise<void>((resolve) => {
        this.#arrival.notify = resolve;
      });
      await Promise.resolve();
    }
  }
}

/** A promise and the way to keep it. */
function deferred<T>(): { readonly promise: Promise<T>; readonly resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => {};
  const promise = new Promise<T>((keep) => {
    resolve = keep;
  });
  return { promise, resolve };
}
