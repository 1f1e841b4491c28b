import { Counts, Durations } from '@group-services/core';

/** What operators see of the etcd that a name server is on. */
export class EtcdHealth {
  /** Of what was answered. */
  readonly latencyMs = new Durations();
  /** By reason. */
  readonly failures = new Counts();
  /** The member that answered last, how fast, and at what time of day. */
  member: string | undefined;
  lastMs: number | undefined;
  answeredAt: number | undefined;
  /** Why the last question was not answered; undefined: it was. */
  trouble: string | undefined;

  answered(member: string, ms: number): void {
    this.latencyMs.add(ms, '');
    this.lastMs = Math.round(ms);
    this.member = member;
    this.answeredAt = Date.now();
    this.trouble = undefined;
  }

  failed(reason: string, text: string): void {
    this.failures.add(1, reason);
    this.trouble = text;
  }
}
