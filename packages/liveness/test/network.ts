import type { DaemonId, Instant } from '@group-services/core';
import { EventQueue } from '@group-services/testkit';
import { LivenessEngine, type LivenessInput, type LivenessOutput } from '../src/index.js';

/** Daemons that watch each other over links that take 5 ms and can be cut in one direction. */
export class LivenessNetwork {
  readonly #engines = new Map<DaemonId, LivenessEngine>();
  readonly #queue = new EventQueue<{ readonly to: DaemonId; readonly input: LivenessInput }>();
  readonly #cut = new Set<string>();
  readonly #pausedUntil = new Map<DaemonId, Instant>();
  readonly #crashed = new Set<DaemonId>();
  readonly #printed: string[] = [];
  #now: Instant = 0;

  constructor(daemons: readonly DaemonId[]) {
    for (const self of daemons) {
      const engine = new LivenessEngine({ self, heartbeatMs: 250, suspectAfterMs: 1000 });
      this.#engines.set(self, engine);
    }
    const peers = daemons.map((daemon) => ({ daemon }));
    for (const daemon of daemons) this.#step(daemon, { kind: 'watch', peers });
  }

  get now(): Instant {
    return this.#now;
  }

  isSuspected(by: DaemonId, peer: DaemonId): boolean {
    return this.#engines.get(by)?.isSuspected(peer) === true;
  }

  cut(from: DaemonId, to: DaemonId): void {
    this.#cut.add(`${from} ${to}`);
  }

  heal(): void {
    this.#cut.clear();
  }

  pause(daemon: DaemonId, forMs: number): void {
    this.#pausedUntil.set(daemon, this.#now + forMs);
  }

  /** The kernel of the dead daemon's host closes its links, and nobody listens there any more. */
  crash(daemon: DaemonId): void {
    this.#crashed.add(daemon);
    for (const peer of this.#engines.keys()) {
      this.#queue.push(this.#now + 1, { to: peer, input: { kind: 'linkClosed', peer: daemon } });
    }
  }

  /** What was suspected and trusted up to an instant, one line each. */
  runUntil(until: Instant): readonly string[] {
    for (;;) {
      const at = Math.min(this.#queue.nextAt ?? Number.POSITIVE_INFINITY, this.#nextDeadline());
      if (at > until) break;
      this.#now = Math.max(this.#now, at);
      if ((this.#queue.nextAt ?? Number.POSITIVE_INFINITY) <= at) this.#deliver();
      else this.#serveDeadlines();
    }
    this.#now = until;
    return this.#printed.splice(0);
  }

  #deliver(): void {
    const event = this.#queue.pop()?.value;
    if (event === undefined || this.#crashed.has(event.to)) return;
    // A link hands over what it carried before it says that it closed.
    if (event.input.kind === 'heartbeat' && this.#crashed.has(event.input.from)) return;
    const resumes = this.#pausedUntil.get(event.to) ?? 0;
    if (resumes > this.#now) this.#queue.push(resumes, event);
    else this.#step(event.to, event.input);
  }

  #dueAt(daemon: DaemonId, engine: LivenessEngine): Instant {
    if (this.#crashed.has(daemon)) return Number.POSITIVE_INFINITY;
    return Math.max(engine.deadline(), this.#pausedUntil.get(daemon) ?? 0);
  }

  #nextDeadline(): Instant {
    return Math.min(...[...this.#engines].map(([daemon, engine]) => this.#dueAt(daemon, engine)));
  }

  #serveDeadlines(): void {
    for (const [daemon, engine] of this.#engines) {
      if (this.#dueAt(daemon, engine) <= this.#now) this.#step(daemon, { kind: 'deadlineReached' });
    }
  }

  #step(daemon: DaemonId, input: LivenessInput): void {
    for (const output of this.#engines.get(daemon)?.step(input, this.#now) ?? []) {
      this.#perform(daemon, output);
    }
  }

  #perform(daemon: DaemonId, output: LivenessOutput): void {
    switch (output.kind) {
      case 'heartbeat':
        for (const to of output.to) {
          if (this.#cut.has(`${daemon} ${to}`)) continue;
          const input = { kind: 'heartbeat' as const, from: daemon, hears: output.hears };
          this.#queue.push(this.#now + 5, { to, input });
        }
        break;
      case 'probe': {
        const kind = this.#crashed.has(output.peer) ? 'unreachable' : 'heard';
        const input: LivenessInput =
          kind === 'heard' ? { kind, from: output.peer } : { kind, peer: output.peer };
        this.#queue.push(this.#now + 1, { to: daemon, input });
        break;
      }
      case 'suspect':
        this.#printed.push(`${this.#now} ${daemon} suspects ${output.peer}: ${output.why}`);
        break;
      case 'alive':
        this.#printed.push(`${this.#now} ${daemon} trusts ${output.peer}`);
        break;
    }
  }
}
