import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { betweenLines } from './publish.js';
import { scaleChartsOf } from './scale-charts.js';
import { readScale, type ScaleFigures } from './scale-file.js';

/** The page about large domains, made of what the simulator has measured. */

const PAGE = 'SCALE.md';

/** By path from the folder of the documents. */
export function scaleDocumentsOf(
  figures: readonly ScaleFigures[],
  page: string,
): ReadonlyMap<string, string> {
  const charts = scaleChartsOf(figures);
  const made = [
    ...charts.map(({ name }) => `![${name}](images/scale/${name}.svg)`),
    table(figures),
  ].join('\n\n');
  const documents = new Map(
    charts.map(({ name, svg }) => [join('images', 'scale', `${name}.svg`), svg]),
  );
  return documents.set(PAGE, betweenLines(page, made));
}

/** Writes the page, its charts and the figures themselves into a folder of documents. */
export function publishScale(file: string, docs: string): readonly string[] {
  const figures = readScale(file);
  const page = readFileSync(join(docs, PAGE), 'utf8');
  const documents = new Map(scaleDocumentsOf(figures, page));
  documents.set(join('performance', 'scale.json'), `${JSON.stringify(figures, undefined, 2)}\n`);
  for (const [path, text] of documents) {
    const target = join(docs, path);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, text);
  }
  return [...documents.keys()];
}

function table(figures: readonly ScaleFigures[]): string {
  const rows = figures.map(({ daemons, groups, providers, formedMs, ...rest }) => {
    const { idle, killed, vanished, heapBytesPerMembership: heap } = rest;
    const cells = [
      ...[daemons, groups, providers, formedMs].map(whole),
      idle.framesPerSecond.toFixed(1),
      ...[idle.bytesPerSecond, idle.renewalBytesPerSecond, idle.largestFrameBytes].map(whole),
      ...[killed.toldMs, vanished.toldMs, vanished.groups].map(whole),
      heap === undefined ? '' : whole(heap / 1_000),
    ];
    return `| ${cells.join(' | ')} |`;
  });
  const head = [
    ...['daemons', 'groups', 'providers of each', 'formed, ms', 'idle: frames/s of a daemon'],
    ...['bytes/s', 'of these with the name server', 'largest frame, B', 'killed, ms'],
    ...['silent, ms', 'in groups', 'heap, kB'],
  ];
  return [`| ${head.join(' | ')} |`, `|${' ---: |'.repeat(head.length)}`, ...rows].join('\n');
}

function whole(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}
