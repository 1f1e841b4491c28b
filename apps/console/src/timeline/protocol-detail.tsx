import type { Phase, Protocol } from '../model/history.js';
import { durationText, kindText, namesText, timeText } from '../model/words.js';
import { Card, Pill } from '../parts/card.js';
import { linkTo } from '../route.js';
import { history } from '../store.js';
import { looked } from './view.js';

/** The protocol that is looked at, in words. */
export function ProtocolDetail() {
  const { value } = looked;
  const protocol = value === undefined ? undefined : history.find(value.group, value.id);
  if (protocol === undefined) {
    return <p class="quiet">Choose a protocol in the picture, or with ‹ and ›, to look at it.</p>;
  }
  const { outcome, subjects, endedAt, startedAt, causes } = protocol;
  const tone = outcome === undefined ? 'accent' : outcome === 'approved' ? 'good' : 'bad';
  return (
    <Card
      title={`${kindText(protocol.what, subjects)} ${protocol.id}`}
      extra={<Pill tone={tone}>{outcome ?? 'running'}</Pill>}
    >
      <p>
        In <a href={linkTo('group', protocol.group)}>{protocol.group}</a>, from{' '}
        {timeText(startedAt)}
        {protocol.proposer === undefined ? '' : `, proposed by ${protocol.proposer}`}
        {subjects.length === 0
          ? ''
          : `, about ${namesText(subjects.map(({ provider }) => provider))}`}
        {endedAt === undefined || !protocol.isVoted
          ? '.'
          : `; it took ${durationText(endedAt - startedAt)}.`}
      </p>
      {protocol.isVoted ? <Phases protocol={protocol} /> : <p class="quiet">Nobody voted on it.</p>}
      {causes.length === 0 ? null : (
        <p>
          Why:{' '}
          {causes
            .slice(0, 8)
            .map(({ code, value, provider }) => `${provider ?? 'the group'} ${value} (${code})`)
            .join('; ')}
        </p>
      )}
    </Card>
  );
}

function Phases({ protocol }: { protocol: Protocol }) {
  return (
    <ol class="phase-list">
      {protocol.phases.map((phase) => (
        <li key={phase.number}>
          <strong>Phase {phase.number}</strong>{' '}
          {phase.to === undefined ? 'goes on' : durationText(phase.to - phase.from)}
          <Votes phase={phase} count={protocol.voterCount} />
        </li>
      ))}
    </ol>
  );
}

const SHOWN_MAX = 40;

function Votes({ phase, count }: { phase: Phase; count: number }) {
  const votes = [...phase.votes].slice(0, SHOWN_MAX);
  const unseen = count - phase.votes.size - phase.more;
  return (
    <ul class="voter-marks">
      {votes.map(([id, { value, at }]) => (
        <li key={id} class={`voter ${value}`}>
          <span class="voter-id">{id}</span>
          <span class="voter-word">
            {value} after {durationText(Math.max(0, at - phase.from))}
          </span>
        </li>
      ))}
      {unseen > 0 ? <li class="voter unknown">{unseen} not seen from here</li> : null}
    </ul>
  );
}
