import { connect } from '@group-services/client';
import { queue } from '@group-services/recipes';

const services = await connect();
const mails = await queue<{ to: string }>(services, 'mails');
await mails.push({ to: 'ada@example.org' });

// In as many processes as you like. One that dies before `ack` loses the item to another.
const mail = await mails.take();
try {
  console.log('attempt', mail.attempt, 'to', mail.item.to);
  await mail.ack();
} catch (error) {
  await mail.nack();
  throw error;
}
await services.close();
