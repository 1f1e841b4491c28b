import type { Running, Votes } from '../api/answers.js';
import { now } from '../clock.js';
import type { Protocol } from '../model/history.js';
import { votersOf } from '../model/voters.js';
import { durationText, kindText, namesText, plural, waitsFor } from '../model/words.js';
import { history, historyVersion } from '../store.js';
import { Card, Pill } from './card.js';
import { PhaseTrack } from './phase-track.js';
import { VoterMarks } from './voter-marks.js';

interface Props {
  readonly running: Running;
  readonly group: string;
  readonly votes: Votes | undefined;
  readonly votesAt: number;
  readonly leader: string | undefined;
  readonly self: string;
}

/** The protocol that is voted on: where it stands, who has voted what, and whom it waits for. */
export function RunningProtocol(props: Props) {
  const { running, group, votes, leader, self } = props;
  void historyVersion.value;
  const seen = history.find(group, running.protocol);
  const phase = seen?.phases.find(({ number }) => number === running.phase);
  const voters = votersOf(running, votes, phase);
  return (
    <Card title="Running now" class="running" extra={<Pill tone="accent">{running.kind}</Pill>}>
      <p class="running-title">
        <strong>{kindText(running.kind, seen?.subjects)}</strong>
        {running.proposer === undefined ? '' : ` proposed by ${running.proposer}`}
        {subjectsText(seen)}
      </p>
      <PhaseTrack running={running} phases={seen?.phases ?? []} />
      <Waiting {...props} />
      <VoterMarks voters={voters} />
      {leader === self ? null : (
        <p class="quiet note">
          What processes of other nodes vote is known to {leader ?? 'the leader'}, which leads the
          group, and is seen on its page.
        </p>
      )}
    </Card>
  );
}

function Waiting({ running, votes, votesAt }: Props) {
  const voting = votes?.voting;
  if (votes?.note !== undefined) return <p class="waits-for">{votes.note}</p>;
  if (voting === undefined || voting === null || voting.phase !== running.phase) {
    return <p class="waits-for quiet">Asking the leader whom it waits for…</p>;
  }
  const passed = Math.max(0, now.value - votesAt);
  const left = voting.timeLeftMs === undefined ? undefined : voting.timeLeftMs - passed;
  return (
    <>
      <p class="waits-for" role="status">
        {waitsFor(voting, left === undefined ? undefined : rounded(left))}
      </p>
      <Countdown left={left} limit={running.timeLimitMs} waited={voting.waitedMs + passed} />
    </>
  );
}

/** The sentence is read aloud when it changes: not more often than needed. */
function rounded(ms: number): number {
  return ms > 10_000 ? Math.round(ms / 5_000) * 5_000 : Math.round(ms / 1_000) * 1_000;
}

function Countdown(props: { left: number | undefined; limit: number; waited: number }) {
  const { left, limit, waited } = props;
  if (left === undefined || limit === 0) {
    return <p class="quiet">{durationText(waited)} so far</p>;
  }
  const share = Math.max(0, Math.min(1, left / limit));
  const tone = share < 0.25 ? 'bad' : share < 0.5 ? 'warn' : 'good';
  return (
    <div class="countdown">
      <div class={`bar ${tone}`}>
        <span style={{ width: `${share * 100}%` }} />
      </div>
      <span class="countdown-text">{durationText(Math.max(0, left))} left</span>
    </div>
  );
}

function subjectsText(seen: Protocol | undefined): string {
  if (seen === undefined || seen.subjects.length === 0) return '';
  const names = namesText(seen.subjects.map(({ provider }) => provider));
  return seen.what === 'join' ? `: ${names} would come` : `: ${names} would go`;
}

/** What the group did last, while nothing runs. */
export function LastProtocol({ group }: { group: string }) {
  void historyVersion.value;
  const last = history.of(group).findLast(({ endedAt }) => endedAt !== undefined);
  return (
    <Card title="Running now" extra={<Pill tone="plain">nothing</Pill>}>
      <p class="quiet">Nothing is voted on; messages and changes go through at once.</p>
      {last === undefined ? null : <Ended protocol={last} />}
    </Card>
  );
}

function Ended({ protocol }: { protocol: Protocol }) {
  const { what, proposer, outcome, startedAt, endedAt = startedAt, isVoted } = protocol;
  const phases = isVoted
    ? `, ${plural(protocol.phases.length, 'phase')} in ${durationText(endedAt - startedAt)}`
    : '';
  const ago = durationText(Math.max(1_000, Math.round((now.value - endedAt) / 1_000) * 1_000));
  const why = protocol.causes.slice(0, 3).map(({ code, provider }) => `${provider ?? ''} ${code}`);
  return (
    <p class="last">
      Last: <strong>{kindText(what, protocol.subjects)}</strong>
      {proposer === undefined ? '' : ` of ${proposer}`}{' '}
      <Pill tone={outcome === 'rejected' ? 'bad' : 'good'}>{outcome ?? ''}</Pill> {ago} ago{phases}
      {why.length === 0 ? '' : ` (${why.join('; ').trim()})`}
    </p>
  );
}
