import { NEVER, Rng } from '@group-services/core';
import { NameServerDialling, type NameServerDiallingInput } from '@group-services/dialling';
import { type Link, type Transport, transportFor } from '@group-services/transport';
import {
  decodeFromNameServer,
  encodeNameServerMessage,
  type FromNameServer,
  type Hello,
  type ToNameServer,
  type Welcome,
} from '@group-services/wire';
import { dialSession, SessionRefused } from './dial-session.js';

/** What the connection to the name server reports. */
export interface NameServerEvents {
  readonly up: (welcome: Welcome) => void;
  readonly down: (why: string) => void;
  /** An attempt failed, and more will follow. */
  readonly failed: (address: string, why: string) => void;
  readonly message: (message: FromNameServer) => void;
  /** A definite refusal: trying again changes nothing. */
  readonly refused: (error: SessionRefused) => void;
}

export interface NameServerConnectionOptions {
  readonly transports: readonly Transport[];
  /** Tried in turn. */
  readonly addresses: readonly string[];
  readonly hello: Hello;
  readonly events: NameServerEvents;
}

/**
 * Keeps one connection to a name server: does what the engine of dialling decides, and tells it how that
 * went.
 */
export class NameServerConnection {
  readonly #options: NameServerConnectionOptions;
  readonly #dialling: NameServerDialling;
  readonly #abort = new AbortController();
  #link: Link | undefined;
  #address: string | undefined;
  #timer: NodeJS.Timeout | undefined;
  #firesAt = NEVER;

  constructor(options: NameServerConnectionOptions) {
    this.#options = options;
    // Only so that not all daemons come at once.
    const rng = new Rng(Math.floor(Math.random() * 2 ** 32));
    this.#dialling = new NameServerDialling(options.addresses, rng);
  }

  /** Which name server it stands to; undefined: to none. */
  get address(): string | undefined {
    return this.#link === undefined ? undefined : this.#address;
  }

  start(): void {
    this.#step({ kind: 'start' });
  }

  send(message: ToNameServer): void {
    this.#link?.send(encodeNameServerMessage(message));
  }

  close(): void {
    this.#step({ kind: 'close' });
    this.#abort.abort();
    this.#link?.close();
    this.#link = undefined;
  }

  #step(
    input: NameServerDiallingInput,
    failed?: { readonly address: string; error: unknown },
  ): void {
    const { events } = this.#options;
    const outputs = this.#dialling.step(input, performance.now());
    this.#setTimer();
    for (const output of outputs) {
      switch (output.kind) {
        case 'dial':
          void this.#dial(output.address);
          break;
        case 'abort':
          this.#link?.abort();
          break;
        case 'down':
          events.down(output.why);
          break;
        case 'willRetry':
          if (failed !== undefined) events.failed(failed.address, textOf(failed.error));
          break;
        case 'refused':
          if (failed?.error instanceof SessionRefused) events.refused(failed.error);
          break;
      }
    }
  }

  async #dial(address: string): Promise<void> {
    const { transports, hello } = this.#options;
    let up = false;
    try {
      await dialSession({
        transport: transportFor(address, transports),
        address,
        hello,
        meant: { role: 'name-server', domain: hello.domain },
        signal: this.#abort.signal,
        opened: (link, welcome) => {
          up = true;
          this.#address = address;
          return this.#opened(link, welcome);
        },
      });
    } catch (error) {
      if (up) return;
      const refused = error instanceof SessionRefused ? error : undefined;
      const { code: refusal, active } = refused ?? {};
      this.#step({ kind: 'failed', refusal, active }, { address, error });
    }
  }

  #opened(
    link: Link,
    welcome: Welcome,
  ): { onFrame: (frame: Uint8Array) => void; onClose: () => void } {
    this.#link = link;
    this.#step({ kind: 'welcomed', leaseMs: welcome.lease ?? 3_000 });
    this.#options.events.up(welcome);
    return {
      onFrame: (frame) => {
        const message = decodeFromNameServer(frame);
        if (!message.ok) link.abort();
        else this.#received(message.value);
      },
      onClose: () => {
        if (this.#link !== link) return;
        this.#link = undefined;
        this.#step({ kind: 'lost' });
      },
    };
  }

  #received(message: FromNameServer): void {
    if (message.kind === 'closing') {
      this.#step({ kind: 'closing', text: message.text });
      return;
    }
    this.#step({ kind: 'heard' });
    this.#options.events.message(message);
  }

  /** A deadline that moves away leaves the timer running: it looks again when it goes off. */
  #setTimer(): void {
    const deadline = this.#dialling.deadline();
    if (deadline !== NEVER && deadline >= this.#firesAt) return;
    clearTimeout(this.#timer);
    this.#firesAt = deadline;
    if (deadline === NEVER) return;
    const fire = (): void => {
      this.#firesAt = NEVER;
      this.#step({ kind: 'deadlineReached' });
    };
    this.#timer = setTimeout(fire, Math.max(0, Math.ceil(deadline - performance.now())));
  }
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
