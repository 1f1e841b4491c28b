import type { Mark, Protocol } from '../model/history.js';
import { durationText, kindText, namesText, timeText } from '../model/words.js';
import { history, historyVersion } from '../store.js';
import { Card } from './card.js';

const SHOWN_MAX = 12;

/** What happened in the group last, newest first. */
export function RecentEvents({ group }: { group: string }) {
  void historyVersion.value;
  const lines = recentLines(history.of(group), history.marksOf(group), SHOWN_MAX);
  return (
    <Card title="Lately">
      {lines.length === 0 ? <p class="quiet">Nothing in the last ten minutes.</p> : null}
      <ol class="event-lines">
        {lines.map(({ at, tone, text, key }) => (
          <li key={key} class={tone}>
            <time>{timeText(at)}</time> <span>{text}</span>
          </li>
        ))}
      </ol>
    </Card>
  );
}

export interface EventLine {
  readonly key: string;
  readonly at: number;
  readonly tone: string;
  readonly text: string;
}

export function recentLines(
  protocols: readonly Protocol[],
  marks: readonly Mark[],
  max: number,
): readonly EventLine[] {
  const of = [
    // A removal of failed providers has a mark of its own.
    ...protocols
      .slice(-2 * max)
      .filter(({ what }) => what !== 'failure')
      .map(protocolLine),
    ...marks.slice(-max).map(
      (mark, at): EventLine => ({
        ...mark,
        key: `${mark.at}-${at}-${mark.text}`,
        tone: mark.kind,
      }),
    ),
  ];
  return of.sort((a, b) => b.at - a.at).slice(0, max);
}

function protocolLine(protocol: Protocol): EventLine {
  const { id, startedAt, endedAt, what, proposer, outcome, isVoted } = protocol;
  const tone = outcome ?? 'running';
  const key = `${protocol.group} ${id}`;
  const at = endedAt ?? startedAt;
  const took = isVoted && endedAt !== undefined ? ` in ${durationText(endedAt - startedAt)}` : '';
  if (outcome === undefined)
    return { key, at, tone, text: `${kindText(what, protocol.subjects)} is voted on` };
  const names = namesText(protocol.subjects.map(({ provider }) => provider));
  if (what === 'join') {
    const text =
      outcome === 'approved' ? `${names} joined${took}` : `${names} was not let in${took}`;
    return { key, at, tone, text };
  }
  const whose = names === '' ? (proposer ?? '') : names;
  const verdict = isVoted ? ` ${outcome}${took}` : '';
  return {
    key,
    at,
    tone,
    text: `${kindText(what, protocol.subjects)}${whose === '' ? '' : `: ${whose}`}${verdict}`,
  };
}
