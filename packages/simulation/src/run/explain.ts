import { type Minimised, minimise } from './minimise.js';
import { replaySeed, type SeedOptions } from './run-seed.js';

/** A failure as somebody wants to read it. */
export interface Explanation {
  readonly minimised: Minimised;
  /** What the smaller run violates. */
  readonly text: string;
  /** The last events that belong to it. */
  readonly lines: readonly string[];
}

const LINES_MAX = 80;
const LOOKED_AT_MAX = 4000;
const LINE_LENGTH_MAX = 160;
/** What was done to the domain, or became of a whole process: always part of the story. */
const STORY =
  /^ *[\d.]+ \S+ +(starts|crashes|dies|has stopped|is |goes on|all faults|roll call|branch|n\S+ (crashes|dies|has stopped))/;
const NOISE = /"kind":"(heartbeat|renew|renewed|ack|received)"/;

/** Finds a smaller run in which the same statement fails, and tells its end. */
export function explain(options: SeedOptions, rerunsMax?: number): Explanation {
  const minimised = minimise(options, rerunsMax);
  const { result, timeline } = replaySeed({ ...options, reshape: () => minimised.profile });
  const text = result.failure?.text ?? '';
  const lines = relevant(timeline.tail(LOOKED_AT_MAX), text);
  const names = readableNames(lines);
  return { minimised, text: names(text), lines: lines.map(names) };
}

/** The newest lines about what a violated statement names: groups, clients, nodes, memberships. */
export function relevant(lines: readonly string[], text: string): readonly string[] {
  const group = /\bg\d+\b/.exec(text)?.[0];
  const named = text.match(/\bcn\d+-\d+\.\d+|\bn\d+\.\d+(\.\d+)?/g) ?? [];
  const words = [...new Set(group === undefined ? named : [group, ...named, ...of(group, lines)])];
  return lines
    .filter((line) => !NOISE.test(line))
    .filter(
      (line) =>
        STORY.test(line) || words.length === 0 || words.some((word) => mentions(line, word)),
    )
    .slice(-LINES_MAX)
    .map((line) =>
      line.length > LINE_LENGTH_MAX ? `${line.slice(0, LINE_LENGTH_MAX - 1)}…` : line,
    );
}

/** The memberships of a group, whose own events do not repeat its name. */
function of(group: string, lines: readonly string[]): readonly string[] {
  const said = new RegExp(`"group":"${group}"[^}]*?"membership":"(n\\d+\\.\\d+\\.\\d+)"`);
  return lines.flatMap((line) => said.exec(line)?.[1] ?? []);
}

function mentions(line: string, word: string): boolean {
  const at = line.indexOf(word);
  return at >= 0 && !/\d/.test(line[at + word.length] ?? '');
}

/** An incarnation is a long number: the first start of n3 becomes n3a, its second n3b. */
function readableNames(lines: readonly string[]): (line: string) => string {
  const starts = new Map<string, string[]>();
  const whole = /\b(n\d+)\.(\d{10,})/g;
  for (const line of lines) {
    for (const [, node = '', incarnation = ''] of line.matchAll(whole)) {
      const known = starts.get(node) ?? [];
      if (!known.includes(incarnation)) starts.set(node, [...known, incarnation]);
    }
  }
  for (const known of starts.values()) known.sort((a, b) => Number(a) - Number(b));
  return (line) =>
    line.replaceAll(whole, (name, node: string, incarnation: string) => {
      const index = starts.get(node)?.indexOf(incarnation) ?? -1;
      return index < 0 || index > 25 ? name : `${node}${String.fromCharCode(97 + index)}`;
    });
}
