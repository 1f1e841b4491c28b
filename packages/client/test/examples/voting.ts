import { approve, connect, keepVoting, reject } from '@group-services/client';

const encode = (value: string) => new TextEncoder().encode(value);
const text = (value?: Uint8Array) => new TextDecoder().decode(value);

const services = await connect({
  // The daemon asks every ten seconds whether this process still does its work.
  responsiveness: { interval: 10_000, timeout: 2_000 },
});
const rollout = await services.join('rollout', {
  attributes: { joinPhases: 'voting', defaultVote: 'reject', timeLimit: 5_000 },
  vote: (ballot) => {
    if (ballot.joining.length > 0) return approve();
    if (text(ballot.proposedStateValue) === 'v1') return reject({ message: encode('too old') });
    // Everybody prepares in phase 1; nobody is in phase 2 before all have done so.
    return ballot.phase === 1 ? keepVoting() : approve();
  },
  onError: (error) => console.error('vote', error.message),
});

const result = await rollout.changeState(encode('v2'), { phases: 'voting' });
if (result.outcome === 'rejected') {
  for (const { provider, code } of result.causes) console.log('no:', provider, code);
}
await rollout.barrier(); // meets everybody, changes nothing
await services.close();
