import type { Result } from '../runner.js';
import { summarize } from '../statistics.js';
import type { StartContext } from '../system.js';
import type { Metric } from '../works/work.js';

/** A work that breaks or fills what it runs on: each repetition begins with a domain of its own. */
export interface FreshWork {
  /** As in `--only`. */
  readonly id: string;
  readonly title: string;
  /** Only when named in `--only`, or with `--all`: it takes minutes. */
  readonly onRequest: boolean;
  readonly metrics: readonly Metric[];
  /** Repetitions that count, at most; one more before them is thrown away where `warmUp` says so. */
  readonly most: number;
  readonly warmUp: boolean;
  /** One figure per metric; a shorter list where the machine cannot say the rest. */
  measure(context: StartContext): Promise<readonly number[]>;
}

/** Group Services as one build of it: the programs and the member process that belong together. */
export interface Candidate {
  readonly name: string;
  readonly context: StartContext;
}

/** Measures fresh works for all candidates, who take turns so that what else happens meets them alike. */
export async function runFresh(
  works: readonly FreshWork[],
  {
    candidates,
    repetitions,
  }: { readonly candidates: readonly Candidate[]; readonly repetitions: number },
  onProgress: (line: string) => void,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  for (const work of works) {
    onProgress(`${work.id} ${work.title}`);
    const measured = new Map<Candidate, (readonly number[])[]>(
      candidates.map((each) => [each, []]),
    );
    const rounds = Math.min(repetitions, work.most) + (work.warmUp ? 1 : 0);
    for (let round = 0; round < rounds; round += 1) {
      for (const candidate of round % 2 === 0 ? candidates : candidates.toReversed()) {
        const figures = await work.measure(candidate.context);
        if (round > 0 || !work.warmUp) measured.get(candidate)?.push(figures);
      }
    }
    for (const { name } of candidates) {
      const own = [...measured].flatMap(([candidate, runs]) =>
        candidate.name === name ? runs : [],
      );
      results.push(...resultsOf(work, name, own));
    }
  }
  return results;
}

/** A metric that not every repetition could say is left out. */
function resultsOf(
  work: FreshWork,
  system: string,
  runs: readonly (readonly number[])[],
): Result[] {
  return work.metrics.flatMap((metric, index) => {
    const figures = runs.flatMap((run) => run[index] ?? []);
    if (figures.length === 0 || figures.length < runs.length) return [];
    const { id, title } = work;
    const summary = summarize(figures);
    return [{ work: id, title, system, metric, figures, summary, sameOrder: undefined }];
  });
}
