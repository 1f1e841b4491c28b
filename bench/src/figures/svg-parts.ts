/** What all charts are drawn with: they stand alone, and are readable on light and dark pages. */

export const WIDTH = 760;
/** Told apart on white and on black, and without seeing red and green. */
const COLOURS = ['#0072b2', '#999999', '#e69f00', '#009e73'];
/** Of lines that are not measured. */
export const REFERENCE_COLOUR = '#d55e00';

export function colourOf(series: number): string {
  return COLOURS[series % COLOURS.length] ?? REFERENCE_COLOUR;
}

export interface Frame {
  readonly title: string;
  /** What is to be known for reading it. */
  readonly note: string;
  readonly series: readonly string[];
  readonly height: number;
  /** Between the names of two series. */
  readonly legendStep: number;
}

/** A whole picture around what is drawn. */
export function picture(frame: Frame, drawn: readonly string[]): string {
  const { title, note, series, height, legendStep } = frame;
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="system-ui, sans-serif" font-size="12" role="img">`,
    `<title>${escaped(title)}</title>`,
    '<style>text{fill:#24292f}@media(prefers-color-scheme:dark){text{fill:#e6edf3}}</style>',
    text(0, 18, title, 'font-size="15" font-weight="600"'),
    text(0, 38, note, 'font-size="11"'),
    ...legend(series, legendStep),
    ...drawn,
    '</svg>',
  ].join('\n')}\n`;
}

function legend(series: readonly string[], step: number): readonly string[] {
  return series.flatMap((name, index) => {
    const x = index * step;
    return [
      `<rect x="${x}" y="48" width="12" height="12" fill="${colourOf(index)}"/>`,
      text(x + 17, 58, name, 'font-size="11"'),
    ];
  });
}

export function text(x: number, y: number, words: string, attributes: string): string {
  return `<text x="${round(x)}" y="${round(y)}" ${attributes}>${escaped(words)}</text>`;
}

export function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function escaped(words: string): string {
  return words.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
