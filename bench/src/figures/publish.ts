import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ratioToBaseline, readable } from '../report.js';
import { chartsOf } from './charts.js';
import type { FiguresFile } from './figures-file.js';
import { readFigures } from './figures-file.js';

/** Everything between these two lines of the page is made from the figures. */
const BEGIN = '<!-- figures: begin -->';
const END = '<!-- figures: end -->';

/** What is made of one report, by path from the folder of the documents. */
export function documentsOf(figures: FiguresFile, page: string): ReadonlyMap<string, string> {
  const charts = chartsOf(figures);
  const documents = new Map<string, string>();
  for (const { name, svg } of charts)
    documents.set(join('images', 'performance', `${name}.svg`), svg);
  const made = [
    `Measured on ${figures.hardware}; medians with least and greatest of the repetitions.`,
    ...charts.map(({ name }) => `![${name}](images/performance/${name}.svg)`),
    markdownTable(figures),
  ].join('\n\n');
  return documents.set('PERFORMANCE.md', betweenLines(page, made));
}

/** The page with something else between its two lines. */
export function betweenLines(page: string, made: string): string {
  const begin = page.indexOf(BEGIN);
  const end = page.indexOf(END);
  if (begin < 0 || end < begin) throw new Error(`the page lacks the lines ${BEGIN} and ${END}`);
  return `${page.slice(0, begin + BEGIN.length)}\n\n${made}\n\n${page.slice(end)}`;
}

/** Writes the page, its charts and the figures themselves into a folder of documents. */
export function publish(file: string, docs: string): readonly string[] {
  const figures = readFigures(file);
  const page = readFileSync(join(docs, 'PERFORMANCE.md'), 'utf8');
  const documents = new Map(documentsOf(figures, page));
  documents.set(join('performance', 'figures.json'), `${JSON.stringify(figures, undefined, 2)}\n`);
  for (const [path, text] of documents) {
    const target = join(docs, path);
    if (!existsSync(dirname(target))) mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, text);
  }
  return [...documents.keys()];
}

function markdownTable({ results }: FiguresFile): string {
  const rows = results.map((result) => {
    const { work, title, metric, system, summary, figures, sameOrder } = result;
    const ratio = ratioToBaseline(result, results);
    const spread = `${readable(summary.min)} – ${readable(summary.max)}`;
    const order = sameOrder === undefined ? '' : sameOrder ? 'same' : '**differs**';
    const cells = [
      `${work} ${title}`,
      `${metric.name}, ${metric.unit}`,
      system,
      readable(summary.median),
      spread,
      String(figures.length),
      ratio === undefined ? '' : ratio.toFixed(2),
      order,
    ];
    return `| ${cells.join(' | ')} |`;
  });
  return [
    '| work | figure | system | median | least – greatest | of | x relay-msg | order |',
    '| --- | --- | --- | ---: | ---: | ---: | ---: | --- |',
    ...rows,
  ].join('\n');
}
