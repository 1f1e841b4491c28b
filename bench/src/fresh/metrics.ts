import { type GsDomain, startDomain } from '../group-services/gs-domain.js';
import { membersOf } from '../group-services/gs-system.js';
import { processorSeconds } from '../group-services/processor-time.js';
import { median } from '../statistics.js';
import { type Cluster, type StartContext, USUAL } from '../system.js';
import { throughput } from '../works/throughput.js';
import type { Scale } from '../works/work.js';
import type { FreshWork } from './fresh-work.js';

/** Prometheus asks every 15 s unless told otherwise. */
const ASK_EVERY_MS = 1_000;
/** Runs of each domain in one repetition, in turns. */
const TURNS = 5;

const WORK = throughput({ senders: 1 });

/**
 * What metrics cost: W1 with one sender in two domains side by side, of which one is asked for its metrics all
 * the time. That daemons count cannot be turned off, and is in all figures of all works; what is measured here is
 * what comes with the questions: prom-client, what it watches of the process, and each answer.
 */
export function metricsWork(scale: Scale): FreshWork {
  return {
    id: 'metrics',
    title: 'daemons asked for metrics every second, beside the same without',
    onRequest: true,
    metrics: [
      { name: 'throughput without', unit: 'msg/s', better: 'higher' },
      { name: 'throughput with', unit: 'msg/s', better: 'higher' },
      { name: 'throughput, part', unit: '%', better: 'higher' },
      { name: 'processor of a message, part', unit: '%', better: 'lower' },
    ],
    most: Infinity,
    warmUp: false,
    measure: (context) => measureBoth(context, scale),
  };
}

async function measureBoth(context: StartContext, scale: Scale): Promise<readonly number[]> {
  const [without, asked] = [await start(context), await start(context)];
  const scraper = new Scraper(asked.domain.admins);
  const runs = { without: [] as Run[], asked: [] as Run[] };
  for (let turn = -1; turn < TURNS; turn += 1) {
    const turns = [
      ['without', without],
      ['asked', asked],
    ] as const;
    for (const [name, at] of turn % 2 === 0 ? turns : turns.toReversed()) {
      // Not during the runs of the other, whose processors they would take as well.
      if (at === asked) scraper.begin();
      const run = await once(at, scale).finally(() => scraper.pause());
      await scraper.answered();
      // The first at each measures the compiler.
      if (turn >= 0) runs[name].push(run);
    }
  }
  await Promise.all([without.stop(), asked.stop()]);
  const [speed, askedSpeed] = [speedOf(runs.without), speedOf(runs.asked)];
  const processor = (100 * secondsOf(runs.asked)) / secondsOf(runs.without);
  const figures = [speed, askedSpeed, (100 * askedSpeed) / speed];
  return Number.isFinite(processor) ? [...figures, processor] : figures;
}

interface Run {
  readonly speed: number;
  /** That the daemons have computed. */
  readonly seconds: number;
}

interface Measured extends Cluster {
  readonly domain: GsDomain;
}

async function start(context: StartContext): Promise<Measured> {
  const domain = await startDomain(context);
  const members = await membersOf(context, domain, USUAL);
  return {
    domain,
    members: members.map(({ caller }) => caller),
    stop: async () => {
      await Promise.all(members.map(({ child }) => context.processes.stop(child)));
      await domain.stop();
    },
  };
}

async function once(at: Measured, scale: Scale): Promise<Run> {
  const before = computed(at.domain);
  const [speed = Number.NaN] = (await WORK.measure(at, scale)).figures;
  return { speed, seconds: computed(at.domain) - before };
}

function computed({ daemons }: GsDomain): number {
  return daemons.reduce((sum, { pid = 0 }) => sum + (processorSeconds(pid) ?? Number.NaN), 0);
}

function speedOf(runs: readonly Run[]): number {
  return median(runs.map(({ speed }) => speed));
}

/** Every run has as many messages. */
function secondsOf(runs: readonly Run[]): number {
  return median(runs.map(({ seconds }) => seconds));
}

/** Asks as Prometheus does, all programs together. */
class Scraper {
  readonly #admins: readonly string[];
  #timer: NodeJS.Timeout | undefined;
  #answers: Promise<unknown> = Promise.resolve();

  constructor(admins: readonly string[]) {
    this.#admins = admins;
  }

  /** At once, and then every second. */
  begin(): void {
    const again = (): void => {
      this.#answers = Promise.all([this.#answers, this.#ask()]);
      // Told by `answered`, unless the run has failed before.
      this.#answers.catch(() => {});
    };
    this.#timer = setInterval(again, ASK_EVERY_MS);
    again();
  }

  pause(): void {
    clearInterval(this.#timer);
  }

  /** Throws when one of the answers so far was none. */
  async answered(): Promise<void> {
    await this.#answers;
  }

  /** Throws when anything but metrics is answered. */
  async #ask(): Promise<void> {
    const answers = this.#admins.map(async (admin) => {
      // A connection that is kept between runs may be closed by the daemon at the moment of the next question.
      const headers = { connection: 'close' };
      const response = await fetch(new URL('/metrics', admin), { headers });
      const text = await response.text();
      if (!text.includes('group_services_')) throw new Error(`${admin}/metrics: ${text}`);
    });
    await Promise.all(answers);
  }
}
