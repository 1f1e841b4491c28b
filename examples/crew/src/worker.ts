import { readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { keepJoined, type Membership } from '@group-services/client';
import { jobOf, Parent } from '@group-services/example-harness/worker';
import { hashFile, treeDigest } from './files.js';
import { type CrewTypes, crewGroup, type Done } from './group.js';
import { type Job, jobSchema, type Report } from './job.js';
import { Ledger } from './ledger.js';

const CATCH_UP_PIECE = 500;

type CrewMembership = Membership<CrewTypes>;

/**
 * One worker: joins the group, works on the files of its rank, tells the others what it has done, and
 * takes over its part of the share of those who go. It keeps joined: when its daemon is killed it
 * comes back as a new member and hears from the oldest one what it has missed.
 */
class Worker {
  readonly #job: Job;
  readonly #files: readonly string[];
  readonly #ledger: Ledger;

  constructor(job: Job, files: readonly string[]) {
    this.#job = job;
    this.#files = files;
    this.#ledger = new Ledger(files.length);
  }

  async run(): Promise<void> {
    const finished = new AbortController();
    const memberships = keepJoined(crewGroup(this.#job.group), {
      connect: { endpoint: this.#job.endpoint },
      signal: finished.signal,
    });
    for await (const membership of memberships) {
      const { provider, gap } = membership;
      parent.tell({ kind: 'joined', id: provider.id, again: gap !== undefined });
      const digest = await this.#takePart(membership);
      if (digest === undefined) continue;
      parent.tell({ kind: 'finished', digest });
      await provider.goodbye();
      finished.abort();
    }
  }

  /** Works until the total is known, or the membership ends; then the result is undefined. */
  async #takePart(membership: CrewMembership): Promise<string | undefined> {
    const { provider } = membership;
    const ended = new AbortController();
    const work = this.#work(membership, ended.signal);
    let digest: string | undefined;
    for await (const event of provider) {
      if (event.type === 'snapshot' || event.type === 'state') digest = event.stateValue?.digest;
      else if (event.type === 'message') this.#heard(membership, event.message.done);
      else if (event.type === 'membership') {
        if (event.left.length > 0) {
          const files = this.#share(membership).length;
          const from = event.left.map((departure) => departure.provider);
          parent.tell({ kind: 'took-over', from, files });
        }
        if (event.joined.length > 0 && provider.isOldest) await this.#tellAll(membership);
        this.#publishIfComplete(membership);
      }
      if (digest !== undefined) break;
    }
    ended.abort();
    await work;
    return digest;
  }

  #heard(membership: CrewMembership, done: readonly Done[]): void {
    this.#ledger.record(done);
    parent.tell({ kind: 'progress', done: this.#ledger.done });
    this.#publishIfComplete(membership);
  }

  /** The oldest member publishes the total; if it dies over that, the next oldest does. */
  #publishIfComplete(membership: CrewMembership): void {
    if (!this.#ledger.isComplete || !membership.provider.isOldest) return;
    const digest = treeDigest(this.#files, this.#ledger.hashes);
    const total = { digest, files: this.#files.length };
    // A refusal means that somebody has published it already.
    membership.provider.changeState(total, { ifState: null }).catch(() => {});
  }

  /** What newcomers have missed; the others know it already, which does no harm. */
  async #tellAll(membership: CrewMembership): Promise<void> {
    const entries = this.#ledger.entries();
    for (let from = 0; from < entries.length; from += CATCH_UP_PIECE) {
      const done = entries.slice(from, from + CATCH_UP_PIECE);
      await membership.provider.send({ done }).catch(() => {});
    }
  }

  #share(membership: CrewMembership): number[] {
    const { id, view } = membership.provider;
    return this.#ledger.share(view.providers.indexOf(id), view.providers.length);
  }

  async #work(membership: CrewMembership, signal: AbortSignal): Promise<void> {
    // What was hashed here but not heard back yet is not done again.
    const mine = new Set<number>();
    while (!signal.aborted) {
      const next = this.#share(membership).find((index) => !mine.has(index));
      if (next === undefined) {
        await pause(20);
        continue;
      }
      mine.add(next);
      const hash = await hashFile(this.#job.root, this.#files[next] ?? '');
      try {
        await membership.provider.send({ done: [[next, hash]] });
      } catch {
        return; // The membership has ended; what was not heard is somebody else's now.
      }
      await pause(this.#job.pause);
    }
  }
}

const parent = new Parent<Report>();
const job = jobOf(jobSchema);
const files = (await readFile(job.list, 'utf8')).split('\n').filter((line) => line !== '');
await new Worker(job, files).run();
parent.end(0);
