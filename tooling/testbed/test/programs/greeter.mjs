// Counts UDP datagrams on port 5000 and says each; sends to whomever it is told to, one line each.
import { createSocket } from 'node:dgram';
import { createInterface } from 'node:readline';

const [own, group] = process.argv.slice(2);
const socket = createSocket({ type: 'udp4', reuseAddr: true });
socket.on('message', (message, { address }) => console.log(`${message} from ${address}`));
socket.bind(5000, () => {
  socket.addMembership(group, own);
  socket.setMulticastInterface(own);
  console.log('ready');
});
for await (const line of createInterface({ input: process.stdin })) {
  const [text, ...to] = line.split(' ');
  for (const address of to) socket.send(text, 5000, address);
}
