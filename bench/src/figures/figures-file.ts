import { readFileSync } from 'node:fs';
import type { Result } from '../runner.js';

/** What `--json` has printed. */
export interface FiguresFile {
  readonly hardware: string;
  readonly repetitions: number;
  readonly scale: Readonly<Record<string, number>>;
  readonly results: readonly (Result & { readonly ratioToRelayMsg?: number })[];
}

/** Reads what `--json` has printed. Throws an Error that names the file when it is something else. */
export function readFigures(file: string): FiguresFile {
  try {
    const parsed = JSON.parse(readFileSync(file, 'utf8')) as Partial<FiguresFile>;
    if (!Array.isArray(parsed.results) || typeof parsed.hardware !== 'string') {
      throw new TypeError('it has no results');
    }
    return parsed as FiguresFile;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`${file} is not a report of this bench (made with --json): ${why}`, {
      cause: error,
    });
  }
}
