import { readFileSync } from 'node:fs';

/** What a domain of a size costs, as `npm run sim -- --scale --json` prints it for each. */
export interface ScaleFigures {
  readonly daemons: number;
  readonly groups: number;
  readonly providers: number;
  readonly formedMs: number;
  readonly idle: {
    readonly framesPerSecond: number;
    readonly bytesPerSecond: number;
    readonly renewalBytesPerSecond: number;
    readonly largestFrameBytes: number;
  };
  readonly killed: ScaleFailure;
  readonly vanished: ScaleFailure;
  readonly heapBytesPerMembership?: number | undefined;
}

interface ScaleFailure {
  readonly toldMs: number;
  readonly groups: number;
}

/** Throws an Error that names the file when it is something else. */
export function readScale(file: string): readonly ScaleFigures[] {
  try {
    const parsed: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (!Array.isArray(parsed) || parsed.length === 0 || !parsed.every(isFigures)) {
      throw new TypeError('it is no list of sizes and their costs');
    }
    return parsed;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const how = 'npm run sim -- --scale --json';
    throw new Error(`${file} is not what ${how} prints: ${why}`, { cause: error });
  }
}

function isFigures(value: unknown): value is ScaleFigures {
  const { daemons, formedMs, idle, killed, vanished } = value as Partial<ScaleFigures>;
  return [daemons, formedMs, idle?.bytesPerSecond, killed?.toldMs, vanished?.toldMs].every(
    (figure) => typeof figure === 'number',
  );
}
