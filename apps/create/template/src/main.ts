import { connect } from '@group-services/client';
import { team, vote } from './team.js';

const services = await connect();
// A name that others can read; left out, one is made.
const member = await services.join(team, { vote, instance: process.env['MEMBER'] });
const say = (...words: unknown[]) => console.log(`${member.id}:`, ...words);

member.on('membership', ({ view }) => say('here are', view.providers.join(', ')));
member.on('message', ({ from, message }) => say(from, 'says', message.text));
member.on('state', ({ stateValue }) => say('the plan is', stateValue.plan));

// The oldest member is the same one for everybody, so it can begin.
async function begin(): Promise<void> {
  for (const plan of ['everything at once', 'one step at a time']) {
    const { outcome } = await member.changeState({ plan }, { phases: 'voting' });
    say(`"${plan}" was ${outcome}`);
  }
  await member.send({ text: 'let us go' });
}
if (member.isOldest) setTimeout(() => void begin(), 1_000);

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void services.close());
}
await services.closed;
