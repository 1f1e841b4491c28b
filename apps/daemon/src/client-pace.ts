import {
  type DaemonInput,
  type PaceLimits,
  type PressureChange,
  PressureGauge,
} from '@group-services/daemon-engine';
import type { Logger } from '@group-services/runtime';
import type { Link } from '@group-services/transport';

/** A process's connection and how far the process lags behind it. */
export interface PacedLink {
  readonly link: Link;
  readonly gauge: PressureGauge;
}

export interface ClientPaceOptions {
  readonly pace: PaceLimits;
  readonly enqueue: (input: DaemonInput) => void;
  readonly logger: Logger;
}

/** What the watch needs of the connections. */
export interface ClientPacePorts {
  readonly links: ReadonlyMap<number, PacedLink>;
  readonly nameOf: (client: number) => string | undefined;
  readonly tooSlow: (client: number, open: PacedLink, why: string) => void;
}

/** How soon a connection with much unread is looked at when nothing is written to it. */
const LOOK_AGAIN_MS = 50;
/** The same while it presses: its groups wait for what this look finds, and nothing is written meanwhile. */
const LOOK_AT_PRESSING_MS = 3;

/**
 * The pace of processes (B4): tells the engine when one has too much of a group unread, so that the
 * group waits for it, and ends the connection of one that stays too slow.
 *
 * It measures whenever something is written, and when the connection says that half of a lot has drained; a
 * timer looks in between, at those who have more than the mark unread or press, and runs only while there are
 * such. With the usual mark the connection speaks up just when a process presses no more.
 */
export class ClientPace {
  readonly #options: ClientPaceOptions;
  readonly #ports: ClientPacePorts;
  readonly #watched = new Map<number, PacedLink>();
  #timer: NodeJS.Timeout | undefined;
  #lookAt = 0;

  constructor(options: ClientPaceOptions, ports: ClientPacePorts) {
    this.#options = options;
    this.#ports = ports;
  }

  add(link: Link): PacedLink {
    return { link, gauge: new PressureGauge(this.#options.pace) };
  }

  /** A frame was written to the connection, which had `before` bytes queued. */
  wrote(
    client: number,
    open: PacedLink,
    { handle, before }: { readonly handle: number; readonly before: number },
  ): void {
    const { link, gauge } = open;
    this.#report(client, gauge.wrote(handle, before, link.bufferedBytes, performance.now()));
    if (!gauge.isWatched || !this.#judge(client, open)) return;
    this.#watched.set(client, open);
    this.#lookWithin(gauge.presses ? LOOK_AT_PRESSING_MS : LOOK_AGAIN_MS);
  }

  /** Half of what was too much has been written: a group that waits for it waits no longer than this. */
  drained(client: number): void {
    const open = this.#watched.get(client);
    if (open === undefined || this.#ports.links.get(client) !== open) return;
    this.#report(client, open.gauge.look(open.link.bufferedBytes, performance.now()));
  }

  #lookWithin(ms: number): void {
    const at = performance.now() + ms;
    if (this.#timer !== undefined && this.#lookAt <= at) return;
    clearTimeout(this.#timer);
    this.#lookAt = at;
    this.#timer = setTimeout(() => this.#look(), ms).unref();
  }

  #look(): void {
    this.#timer = undefined;
    let presses = false;
    for (const [client, open] of this.#watched) {
      const isOpen = this.#ports.links.get(client) === open;
      if (isOpen) {
        this.#report(client, open.gauge.look(open.link.bufferedBytes, performance.now()));
      }
      if (!isOpen || !this.#judge(client, open)) this.#watched.delete(client);
      else presses ||= open.gauge.presses;
    }
    if (this.#watched.size === 0) return;
    this.#lookWithin(presses ? LOOK_AT_PRESSING_MS : LOOK_AGAIN_MS);
  }

  #report(client: number, changes: readonly PressureChange[]): void {
    for (const { handle, pressed, bytes } of changes) {
      this.#options.enqueue({ kind: 'pressure', client, handle, pressed, bytes });
    }
  }

  /** Whether the connection is to be looked at again. */
  #judge(client: number, open: PacedLink): boolean {
    const tooSlow = open.gauge.tooSlow(performance.now());
    if (tooSlow === undefined) return open.gauge.isWatched;
    const { kind, ...figures } = tooSlow;
    const why = `the process ${REASONS[kind]}`;
    const clientName = this.#ports.nameOf(client);
    this.#options.logger.warn({ client, clientName, ...figures }, `client is disconnected: ${why}`);
    this.#ports.tooSlow(client, open, why);
    return false;
  }
}

const REASONS = {
  slow: 'was slower than its groups for too long (--slow-process-timeout, --pressure-mark)',
  full: 'did not read, and what waited for it became too much (--client-buffer)',
} as const;

/** A process that reads nothing at all holds its groups up for no longer. */
const STOPPED_AFTER_MS = 1_000;

/** What an operator has set. */
export function paceOf(config: {
  readonly pressureMark: number;
  readonly slowProcessTimeout: number;
  readonly clientBuffer: number;
}): PaceLimits {
  return {
    pressureMarkBytes: config.pressureMark,
    stoppedAfterMs: STOPPED_AFTER_MS,
    slowAfterMs: config.slowProcessTimeout,
    bufferBytesMax: config.clientBuffer,
  };
}
