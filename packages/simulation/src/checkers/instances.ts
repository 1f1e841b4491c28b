import type { DaemonId, Instant } from '@group-services/core';
import type { HandleEvent, RequestEvent } from '../handles.js';

/**
 * Who has an instance of a group at a daemon, or wants it. One that is gone, though perhaps not removed
 * yet, makes who comes next wait (rule R2) and is no ground to refuse it. That a process is gone takes a
 * while to be heard of.
 */
export class Instances {
  readonly #claims = new Map<string, Claim[]>();
  readonly #byRequest = new Map<string, Claim>();
  readonly #byHandle = new Map<string, Claim>();
  readonly #hearingMs: number;

  constructor(hearingMs: number) {
    this.#hearingMs = hearingMs;
  }

  request(event: RequestEvent): void {
    if (event.kind !== 'asked' || event.message.kind !== 'join') return;
    const { client, daemon, request, message, at } = event;
    const { instance, group } = message;
    if (instance === undefined) return;
    const claim = { daemon, group, instance, from: at, until: Number.POSITIVE_INFINITY };
    this.#byRequest.set(`${client} ${request}`, claim);
    this.#byHandle.set(`${client}#${message.handle}`, claim);
    const place = placeOf(claim);
    this.#claims.set(place, [...(this.#claims.get(place) ?? []), claim]);
  }

  handle({ kind, record, at }: HandleEvent): void {
    if (kind !== 'closed' && kind !== 'removed') return;
    const claim = this.#byHandle.get(record.key);
    if (claim !== undefined) claim.until = Math.min(claim.until, at);
  }

  /** Whether somebody else had the instance, or wanted it, since this request was made. */
  wasTaken(client: string, request: number): boolean {
    const own = this.#byRequest.get(`${client} ${request}`);
    if (own === undefined) return false;
    const others = this.#claims.get(placeOf(own)) ?? [];
    return others.some((it) => it !== own && it.until + this.#hearingMs >= own.from);
  }
}

/** From asking for an instance to the end of the membership, or of the wish, as its process knows. */
interface Claim {
  /** That of its process: a later one of the node knows nothing of it. */
  readonly daemon: DaemonId | undefined;
  readonly group: string;
  readonly instance: string;
  readonly from: Instant;
  until: Instant;
}

function placeOf({ daemon, group, instance }: Claim): string {
  return `${daemon} ${group} ${instance}`;
}
