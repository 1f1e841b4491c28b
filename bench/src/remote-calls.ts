/**
 * Request and response between the bench and the processes it forks, over Node's IPC channel.
 * Both ends are built from this package, so requests and responses are not validated again.
 */
import type { ChildProcess } from 'node:child_process';

/** Names the calls a child answers, with what goes in and what comes back. */
export type Calls<C> = {
  readonly [K in keyof C]: { readonly request: unknown; readonly response: unknown };
};

interface RequestMessage {
  readonly id: number;
  readonly name: string;
  readonly request: unknown;
}

type ResponseMessage =
  | { readonly id: number; readonly ok: true; readonly response: unknown }
  | { readonly id: number; readonly ok: false; readonly error: string };

interface Pending {
  readonly resolve: (response: unknown) => void;
  readonly reject: (error: Error) => void;
  readonly timer: NodeJS.Timeout;
}

/** The bench's end: calls one child, and rejects all open calls when the child is gone. */
export class RemoteCaller<C extends Calls<C>> {
  readonly #child: ChildProcess;
  readonly #label: string;
  readonly #pending = new Map<number, Pending>();
  #lastId = 0;

  constructor(child: ChildProcess, label: string) {
    this.#child = child;
    this.#label = label;
    child.on('message', (message) => this.#onResponse(message as ResponseMessage));
    child.on('exit', (code, signal) => this.#onExit(signal ?? `status ${code}`));
  }

  /** Rejects when the child fails, ends, or has not answered within `timeoutMs`. */
  call<K extends keyof C & string>(
    name: K,
    request: C[K]['request'],
    timeoutMs = CALL_TIMEOUT_MS,
  ): Promise<C[K]['response']> {
    return new Promise((resolve, reject) => {
      this.#lastId += 1;
      const id = this.#lastId;
      const timer = setTimeout(() => {
        this.#pending.delete(id);
        reject(new Error(`${this.#label}: no answer to ${name} within ${timeoutMs} ms`));
      }, timeoutMs);
      this.#pending.set(id, { resolve, reject, timer });
      const message: RequestMessage = { id, name, request };
      this.#child.send(message, (error) => {
        if (error !== null) this.#settle(id)?.reject(error);
      });
    });
  }

  #onResponse(message: ResponseMessage): void {
    const pending = this.#settle(message.id);
    if (message.ok) pending?.resolve(message.response);
    else pending?.reject(new Error(`${this.#label}: ${message.error}`));
  }

  #onExit(how: string): void {
    for (const id of [...this.#pending.keys()]) {
      this.#settle(id)?.reject(new Error(`${this.#label} ended with ${how}`));
    }
  }

  #settle(id: number): Pending | undefined {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    clearTimeout(pending?.timer);
    return pending;
  }
}

/** No single call of a sensible run takes longer; a hung system ends the run instead of it. */
const CALL_TIMEOUT_MS = 120_000;

/** What a child does for each call. */
export type Handlers<C extends Calls<C>> = {
  readonly [K in keyof C]: (
    request: C[K]['request'],
  ) => C[K]['response'] | Promise<C[K]['response']>;
};

/**
 * The child's end: answers calls until the bench closes the channel, then ends the process, so that
 * nothing stays behind even when the bench was killed. Ctrl-C reaches the whole foreground process
 * group; the child leaves it to the bench to stop things in order.
 */
export function serveCalls<C extends Calls<C>>(handlers: Handlers<C>): void {
  process.on('message', (message) => {
    const { id, name, request } = message as RequestMessage;
    answer(handlers, name, request).then(
      (response) => process.send?.({ id, ok: true, response } satisfies ResponseMessage),
      (error: unknown) =>
        process.send?.({ id, ok: false, error: String(error) } satisfies ResponseMessage),
    );
  });
  process.on('disconnect', () => process.exit(0));
  process.on('SIGINT', () => undefined);
}

async function answer<C extends Calls<C>>(
  handlers: Handlers<C>,
  name: string,
  request: unknown,
): Promise<unknown> {
  if (!Object.hasOwn(handlers, name)) throw new Error(`unknown call ${name}`);
  return await handlers[name as keyof C](request);
}
