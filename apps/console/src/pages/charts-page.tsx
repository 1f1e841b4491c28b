import { Chart, type Series } from '../charts/chart.js';
import type { Sample } from '../model/samples.js';
import { durationText, sizeText } from '../model/words.js';
import { program, samples } from '../store.js';

interface Wanted {
  readonly title: string;
  readonly series: readonly (Series & { readonly of: (sample: Sample) => number | null })[];
  readonly text: (value: number) => string;
  readonly note: string;
}

const perSecond = (value: number): string => `${value.toFixed(value < 10 ? 1 : 0)}/s`;

const OF_DAEMONS: readonly Wanted[] = [
  {
    title: 'Messages and changes',
    series: [
      { name: 'messages', colour: 'accent', of: (sample) => sample.messagesPerSecond },
      { name: 'changes', colour: 'approved', of: (sample) => sample.changesPerSecond },
    ],
    text: perSecond,
    note: 'Messages delivered on this daemon; changes of groups that it leads.',
  },
  {
    title: 'Phase latency',
    series: [
      { name: 'p50', colour: 'approved', of: ({ phaseMs }) => phaseMs[0] },
      { name: 'p95', colour: 'default', of: ({ phaseMs }) => phaseMs[1] },
      { name: 'p99', colour: 'rejected', of: ({ phaseMs }) => phaseMs[2] },
    ],
    text: durationText,
    note: 'Of voting phases in groups that this daemon leads, as classes of durations tell it.',
  },
  {
    title: 'Retained',
    series: [{ name: 'bytes', colour: 'accent', of: (sample) => sample.retainedBytes }],
    text: sizeText,
    note: 'Kept since some daemon may lack it.',
  },
];

const OF_NAME_SERVERS: readonly Wanted[] = [
  {
    title: 'Changes of the table',
    series: [{ name: 'changes', colour: 'approved', of: (sample) => sample.changesPerSecond }],
    text: perSecond,
    note: 'Nodes that come and go, lists, and leads.',
  },
];

const OF_BOTH: Wanted = {
  title: 'Event-loop delay',
  series: [
    { name: 'p50', colour: 'approved', of: ({ delayMs }) => delayMs[0] },
    { name: 'p99', colour: 'rejected', of: ({ delayMs }) => delayMs[1] },
  ],
  text: durationText,
  note: 'By how much this program is late; above the suspicion limit it counts as failed.',
};

/** What the program did since the page was opened, at most ten minutes. */
export function ChartsPage() {
  const wanted = program.value?.kind === 'name-server' ? OF_NAME_SERVERS : OF_DAEMONS;
  const { value } = samples;
  return (
    <>
      <div class="page-head">
        <h1>Charts</h1>
        <p class="quiet">since this page was opened, ten minutes at most</p>
      </div>
      <div class="charts">
        {[...wanted, OF_BOTH].map(({ title, series, text, note }) => (
          <Chart
            key={title}
            title={title}
            series={series}
            text={text}
            note={note}
            at={value.map(({ at }) => at / 1_000)}
            values={series.map(({ of }) => value.map(of))}
          />
        ))}
      </div>
    </>
  );
}
