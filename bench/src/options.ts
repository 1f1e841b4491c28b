import { parseArgs } from 'node:util';
import { STAMP_BYTES } from './member/stamp.js';
import type { Scale } from './works/work.js';

export interface Options {
  readonly help: boolean;
  readonly json: boolean;
  /** A report made with `--json`, to be made into the page and its charts; nothing is measured. */
  readonly publish: string | undefined;
  /** What the simulator prints with `--scale --json`, likewise for its page. */
  readonly publishScale: string | undefined;
  readonly repetitions: number;
  /** Processes of the work in which a crowd joins. */
  readonly joins: number;
  /** Groups of the work with very many of them. */
  readonly groups: number;
  /** Work ids to measure; undefined measures all. */
  readonly only: readonly string[] | undefined;
  /** Text in the titles of works to measure; undefined measures all. */
  readonly title: string | undefined;
  /** Names of systems to measure; undefined measures all. */
  readonly systems: readonly string[] | undefined;
  /** Also works that take minutes. */
  readonly all: boolean;
  /** Seconds of the work that looks for rare delays. */
  readonly seconds: number;
  /** Another commit, to be built and measured beside this one. */
  readonly compare: string | undefined;
  /** Part of a median by which a figure may be worse than at the other commit. */
  readonly tolerance: number;
  readonly scale: Scale;
}

export const USAGE = `Usage: npm run bench -- [options]

  --quick            smaller runs: a first impression, not a figure to quote
  --only W1,W2       measure only these works; W3, W7, W8, W11, tls and metrics only when named
  --all              measure all works, those six included
  --compare REF      build another commit as well and measure both in turns; exit status 1 when a
                     figure of this one is worse
  --tolerance PERCENT  by how much worse a figure may be (default 10)
  --title TEXT       of those, only works whose title has this text (not W4)
  --systems A,B      measure only these systems
  --repetitions N    repetitions that count, after one that does not (default 5, least 3)
  --count N          W1: messages of all senders together (default 300000)
  --rounds N         W2, W6: messages or changes, one at a time (default 3000)
  --barriers N       W5: rounds (default 600)
  --joins N          W3: processes that join one group (default 1000)
  --groups N         W7: groups that three daemons are in (default 2000)
  --seconds N        W11: how long one message a millisecond is sent (default 60)
  --size BYTES       bytes per message or state value (default 256)
  --window N         W1: messages a sender may have outstanding (default 1000)
  --json             print JSON instead of the table
  --publish FILE     measure nothing: make docs/PERFORMANCE.md and its charts from that JSON
  --publish-scale FILE  likewise docs/SCALE.md, from what npm run sim -- --scale --json prints
  --help             print this
`;

/** A mistake on the command line; the message is for the user. */
export class UsageError extends Error {}

/** Reads the command line. Throws UsageError. */
export function parseOptions(argv: readonly string[]): Options {
  const values = parseStrictly(argv);
  const quick = values.quick === true;
  return {
    help: values.help === true,
    json: values.json === true,
    publish: values.publish,
    publishScale: values['publish-scale'],
    repetitions: integer('repetitions', values.repetitions, { least: 3, otherwise: quick ? 3 : 5 }),
    joins: integer('joins', values.joins, { least: 6, otherwise: quick ? 200 : 1000, most: 3000 }),
    groups: integer('groups', values.groups, {
      least: 3,
      otherwise: quick ? 300 : 2000,
      most: 10_000,
    }),
    all: values.all === true,
    compare: values.compare,
    tolerance: integer('tolerance', values.tolerance, { least: 1, otherwise: 10, most: 100 }) / 100,
    seconds: integer('seconds', values.seconds, {
      least: 1,
      otherwise: quick ? 5 : 60,
      most: 3600,
    }),
    only: list(values.only),
    title: values.title,
    systems: list(values.systems),
    scale: {
      count: integer('count', values.count, { least: 1000, otherwise: quick ? 60_000 : 300_000 }),
      barriers: integer('barriers', values.barriers, { least: 100, otherwise: quick ? 200 : 600 }),
      rounds: integer('rounds', values.rounds, { least: 100, otherwise: quick ? 1000 : 3000 }),
      size: integer('size', values.size, { least: STAMP_BYTES, otherwise: 256, most: 1024 * 1024 }),
      window: integer('window', values.window, { least: 1, otherwise: 1000, most: 100_000 }),
    },
  };
}

function parseStrictly(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      options: {
        quick: { type: 'boolean' },
        only: { type: 'string' },
        title: { type: 'string' },
        systems: { type: 'string' },
        repetitions: { type: 'string' },
        count: { type: 'string' },
        rounds: { type: 'string' },
        barriers: { type: 'string' },
        joins: { type: 'string' },
        groups: { type: 'string' },
        size: { type: 'string' },
        window: { type: 'string' },
        all: { type: 'boolean' },
        compare: { type: 'string' },
        tolerance: { type: 'string' },
        seconds: { type: 'string' },
        json: { type: 'boolean' },
        publish: { type: 'string' },
        'publish-scale': { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

interface Bounds {
  readonly least: number;
  readonly otherwise: number;
  readonly most?: number;
}

function integer(name: string, text: string | undefined, bounds: Bounds): number {
  if (text === undefined) return bounds.otherwise;
  const { least, most = 100_000_000 } = bounds;
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= least && value <= most) return value;
  throw new UsageError(`--${name} must be a whole number from ${least} to ${most}, not "${text}"`);
}

function list(text: string | undefined): readonly string[] | undefined {
  return text?.split(',').filter((item) => item !== '');
}
