import type { Protocol } from '../model/history.js';
import { durationText, plural, timeText } from '../model/words.js';
import { Card } from '../parts/card.js';
import { recentLines } from '../parts/recent-events.js';
import { linkTo } from '../route.js';
import { history, historyVersion, isMissingEvents, type Program, program } from '../store.js';
import { groupScene, providerScene, type Scene } from '../timeline/lanes.js';
import { ProtocolDetail } from '../timeline/protocol-detail.js';
import { TimelineCanvas } from '../timeline/timeline-canvas.js';
import { firstLane, looked, move, pausedAt, spanMs, togglePause, zoom } from '../timeline/view.js';

const LANES_MAX = 24;
const LINES_MAX = 40;

/** The last ten minutes: of one group with a lane for each provider, or of all groups. */
export function TimelinePage({ group }: { group: string }) {
  void historyVersion.value;
  const known = program.value;
  const whole = sceneOf(known, group);
  const from = Math.min(firstLane.value, Math.max(0, whole.lanes.length - LANES_MAX));
  const scene = { ...whole, lanes: whole.lanes.slice(from, from + LANES_MAX) };
  const lines = recentLines(whole.protocols, whole.marks, LINES_MAX);
  const label = `${plural(whole.protocols.length, 'protocol')} and ${plural(whole.marks.length, 'event')} of ${group === '' ? 'all groups' : group}; the newest are listed below`;
  return (
    <>
      <div class="page-head">
        <h1>Timeline</h1>
        <GroupChoice known={known} group={group} />
      </div>
      <Card
        title={group === '' ? 'All groups' : group}
        extra={<Toolbar protocols={whole.protocols} />}
      >
        {whole.lanes.length === 0 ? <Empty known={known} /> : null}
        <TimelineCanvas scene={scene} label={label} />
        <Lanes from={from} count={whole.lanes.length} />
        <Legend isNameServer={known?.kind === 'name-server'} />
      </Card>
      <ProtocolDetail />
      <Card title="In words">
        <ol class="event-lines">
          {lines.map(({ key, at, tone, text }) => (
            <li key={key} class={tone}>
              <time>{timeText(at)}</time> <span>{text}</span>
            </li>
          ))}
        </ol>
        {isMissingEvents.value ? (
          <p class="quiet note">
            The daemon keeps the last ten minutes, or less when much happens.
          </p>
        ) : null}
      </Card>
    </>
  );
}

function sceneOf(known: Program | undefined, group: string): Scene {
  if (group === '') return groupScene(history.protocols, history.marks);
  const listed =
    known?.kind === 'daemon' ? known.groups.find((one) => one.group === group)?.providers : [];
  return providerScene(history.of(group), history.marksOf(group), listed ?? []);
}

function Empty({ known }: { known: Program | undefined }) {
  const text =
    known?.kind === 'name-server'
      ? 'The name server sees changes of its table, as lines; protocols are seen on the pages of the daemons.'
      : 'Nothing has happened in the groups of this daemon in the last ten minutes.';
  return <p class="quiet">{text}</p>;
}

function GroupChoice({ known, group }: { known: Program | undefined; group: string }) {
  const names = (known?.groups ?? []).map((one) => one.group as string);
  const choose = (event: Event & { readonly currentTarget: HTMLSelectElement }): void => {
    firstLane.value = 0;
    location.hash = linkTo('timeline', event.currentTarget.value);
  };
  return (
    <label class="choice">
      <span>Group</span>
      <select value={group} onChange={choose}>
        <option value="">all groups</option>
        {[...new Set(group === '' ? names : [...names, group])].map((name) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}

function Toolbar({ protocols }: { protocols: readonly Protocol[] }) {
  const isPaused = pausedAt.value !== undefined;
  return (
    <div class="toolbar" role="toolbar" aria-label="Timeline">
      <button type="button" onClick={() => togglePause(Date.now())} aria-pressed={isPaused}>
        {isPaused ? '▶ Live' : '❚❚ Pause'}
      </button>
      <button
        type="button"
        aria-label="Earlier"
        onClick={() => move(-spanMs.value / 2, Date.now())}
      >
        ←
      </button>
      <button
        type="button"
        aria-label="Later"
        disabled={!isPaused}
        onClick={() => move(spanMs.value / 2, Date.now())}
      >
        →
      </button>
      <button type="button" aria-label="Zoom in" onClick={() => zoom(-1)}>
        +
      </button>
      <button type="button" aria-label="Zoom out" onClick={() => zoom(1)}>
        −
      </button>
      <span class="quiet span">{durationText(spanMs.value)}</span>
      <button
        type="button"
        aria-label="Look at the protocol before"
        onClick={() => step(protocols, -1)}
      >
        ‹
      </button>
      <button
        type="button"
        aria-label="Look at the next protocol"
        onClick={() => step(protocols, 1)}
      >
        ›
      </button>
    </div>
  );
}

/** From the one that is looked at, or the newest; it is brought into view. */
function step(protocols: readonly Protocol[], by: number): void {
  const { value } = looked;
  const at = protocols.findIndex(({ group, id }) => group === value?.group && id === value.id);
  const next = protocols[at < 0 ? protocols.length - 1 : at + by];
  if (next === undefined) return;
  looked.value = { group: next.group, id: next.id };
  const end = pausedAt.value ?? Date.now();
  if (next.startedAt > end || next.startedAt < end - spanMs.value) {
    pausedAt.value = next.startedAt + spanMs.value / 2;
  }
}

function Lanes({ from, count }: { from: number; count: number }) {
  if (count <= LANES_MAX) return null;
  const last = Math.min(count, from + LANES_MAX);
  return (
    <div class="toolbar">
      <button
        type="button"
        disabled={from === 0}
        onClick={() => {
          firstLane.value = Math.max(0, from - LANES_MAX);
        }}
      >
        ↑ older
      </button>
      <button
        type="button"
        disabled={last === count}
        onClick={() => {
          firstLane.value = from + LANES_MAX;
        }}
      >
        ↓ younger
      </button>
      <span class="quiet">
        lanes {from + 1} to {last} of {count.toLocaleString('en')}
      </span>
    </div>
  );
}

const LEGEND: readonly (readonly [tone: string, text: string])[] = [
  ['approved', 'approved'],
  ['rejected', 'rejected'],
  ['running', 'being voted on'],
  ['approve', 'vote: approve'],
  ['reject', 'vote: reject'],
  ['continue', 'vote: continue'],
  ['default', 'default vote'],
  ['failure', '✕ failure'],
  ['takeover', '♛ takeover'],
  ['view', '≡ list of daemons'],
];

function Legend({ isNameServer }: { isNameServer: boolean }) {
  const shown = isNameServer ? LEGEND.slice(-2) : LEGEND;
  return (
    <ul class="legend" aria-label="Legend">
      {shown.map(([tone, text]) => (
        <li key={tone}>
          <span class={`swatch ${tone}`} aria-hidden="true" /> {text}
        </li>
      ))}
    </ul>
  );
}
