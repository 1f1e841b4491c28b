import type { AnnouncementCode } from '@group-services/wire';
import type { LocalMembers } from './local-members.js';
import type { OwnRequests } from './requests.js';

/**
 * What this daemon found out about the responsiveness of its processes, on its way to the group (M33):
 * one report of each process at a time. What changes meanwhile is reported when that one is announced,
 * so that a process whose state flickers cannot flood the others.
 */
export class Reports {
  readonly #members: LocalMembers;
  readonly #requests: OwnRequests;
  /** The open ones, by client. */
  readonly #open = new Map<number, Report>();

  constructor(members: LocalMembers, requests: OwnRequests) {
    this.#members = members;
    this.#requests = requests;
  }

  /** Of a process without providers here nobody need be told. */
  report(client: number, code: AnnouncementCode): void {
    const open = this.#open.get(client);
    if (open !== undefined) {
      open.latest = code;
      return;
    }
    const numbers = this.#members.of(client).map(({ no }) => no);
    if (numbers.length === 0) return;
    this.#open.set(client, { said: code, latest: code });
    this.#requests.report(client, code, numbers);
  }

  /** It is announced, or there was nobody to announce. */
  done(client: number): void {
    const report = this.#open.get(client);
    this.#open.delete(client);
    if (report !== undefined && report.latest !== report.said) this.report(client, report.latest);
  }

  /** The membership has ended, and its requests with it. */
  detached(): void {
    this.#open.clear();
  }
}

interface Report {
  readonly said: AnnouncementCode;
  /** What is true by now. */
  latest: AnnouncementCode;
}
